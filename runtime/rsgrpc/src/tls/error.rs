//! What is wrong with certificates, keys and configurations.

use std::error::Error;
use std::path::Path;
use std::{fmt, io};

/// A certificate, a key, roots or a configuration that cannot be used. Its source is what the parser, the
/// cryptography or the file system said.
#[derive(Debug)]
pub struct TlsError {
    problem: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl TlsError {
    pub(super) fn new(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), source: None }
    }

    pub(super) fn caused(
        problem: impl fmt::Display,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        let source = source.into();
        Self { problem: format!("{problem}: {source}"), source: Some(source) }
    }

    /// Says in which file the problem is.
    pub(super) fn within(mut self, file: &Path) -> Self {
        self.problem = format!("{}: {}", file.display(), self.problem);
        self
    }
}

/// Reads a file of certificates or keys.
pub(super) fn read(file: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(file).map_err(|error| TlsError::caused(file.display(), error))
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)
    }
}

impl Error for TlsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<TlsError> for io::Error {
    fn from(error: TlsError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}

/// The error of a handshake without its wrapping: rustls's own where it is one.
pub(crate) fn cause(error: io::Error) -> Box<dyn Error + Send + Sync> {
    match error.downcast::<rustls::Error>() {
        Ok(error) => Box::new(error),
        Err(error) => Box::new(error),
    }
}
