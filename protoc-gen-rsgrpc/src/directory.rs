//! Generated files in a directory: writing them, and finding them again for `mod.rs`.

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use crate::error::Errors;
use crate::modules::{self, HEADER, MOD_FILE};
use crate::response::Output;

/// Why a directory's files could not be written.
#[derive(Debug)]
pub enum Error {
    /// The file system refused.
    Io {
        /// What was read or written.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// No generated file is in this directory.
    Empty(PathBuf),
    /// The files cannot be modules together.
    Modules(Errors),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Empty(path) => {
                let path = path.display();
                write!(
                    f,
                    "{path}: no file here begins with `{HEADER}`; run protoc or buf with this directory first"
                )
            }
            Self::Modules(errors) => errors.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Empty(_) => None,
            Self::Modules(errors) => Some(errors),
        }
    }
}

/// Writes each file whose contents are not there yet, so that what did not change keeps its time stamp.
/// Makes the directory if need be.
///
/// # Errors
/// Those of the file system.
pub fn write(dir: &Path, outputs: &[Output]) -> Result<(), Error> {
    fs::create_dir_all(dir).map_err(io_error(dir))?;
    for output in outputs {
        let path = dir.join(&output.name);
        if fs::read(&path).is_ok_and(|present| present == output.content.as_bytes()) {
            continue;
        }
        fs::write(&path, &output.content).map_err(io_error(&path))?;
    }
    Ok(())
}

/// Writes a `mod.rs` that declares every package whose generated file is in the directory. Other files are
/// left alone.
///
/// # Errors
/// If there is none, or two packages would be the same module, or the file system refuses.
pub fn write_mod_file(dir: &Path) -> Result<(), Error> {
    let mut packages = Vec::new();
    for entry in fs::read_dir(dir).map_err(io_error(dir))? {
        let entry = entry.map_err(io_error(dir))?;
        let name = entry.file_name();
        let Some(package) = name.to_str().and_then(modules::package_of) else { continue };
        let path = entry.path();
        let text = fs::read(&path).map_err(io_error(&path))?;
        if text.starts_with(HEADER.as_bytes()) {
            packages.push(package.to_owned());
        }
    }
    if packages.is_empty() {
        return Err(Error::Empty(dir.to_owned()));
    }
    packages.sort();
    let content = modules::mod_file(packages.iter().map(String::as_str)).map_err(Error::Modules)?;
    write(dir, &[Output { name: MOD_FILE.to_owned(), content }])
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    |source| Error::Io { path, source }
}
