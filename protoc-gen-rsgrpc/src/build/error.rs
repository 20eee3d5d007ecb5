//! Why a build script could not generate.

use std::path::PathBuf;
use std::{fmt, io};

use crate::directory;
use crate::error::Errors;

/// Why a build script could not generate. Its `Debug` is its text too, since that is what Cargo shows of an
/// error that `main` returns.
#[non_exhaustive]
pub enum Error {
    /// Neither `OUT_DIR` nor a directory of the caller's is given.
    NoOutDir,
    /// There is no protoc.
    NoProtoc,
    /// protoc could not be started, or its result not be read.
    Io {
        /// The program, or the file that it was to write.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// protoc found errors in the files; its own words.
    Protoc(String),
    /// What protoc has read is not what the plugin can take.
    Schema(Errors),
    /// The result could not be written.
    Write(directory::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoOutDir => f.write_str(
                "OUT_DIR is not set: call this from a build script, or name a directory with `Config::out_dir`",
            ),
            Self::NoProtoc => f.write_str(
                "there is no protoc: install it (Debian and Ubuntu: `apt install protobuf-compiler`, macOS: `brew \
                 install protobuf`), or set the environment variable PROTOC to its path, or turn on the feature \
                 `vendored-protoc` of protoc-gen-rsgrpc in [build-dependencies]",
            ),
            Self::Io { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Protoc(text) => write!(f, "protoc failed:\n{}", text.trim_end()),
            Self::Schema(errors) => write!(f, "cannot generate:\n{errors}"),
            Self::Write(error) => error.fmt(f),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Write(error) => Some(error),
            Self::NoOutDir | Self::NoProtoc | Self::Protoc(_) | Self::Schema(_) => None,
        }
    }
}
