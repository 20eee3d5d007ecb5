//! Finding protoc and running it.

use std::env::{self, consts::EXE_SUFFIX};
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use rsgrpc::descriptor::{FileDescriptorProto, FileDescriptorSetView};

use super::Error;
use crate::request::{self, limits};

/// The protoc to run: of the environment variable `PROTOC`, of the `PATH`, or the vendored one.
pub(super) fn find() -> Result<PathBuf, Error> {
    find_in(env::var_os("PROTOC"), env::var_os("PATH")).or_else(vendored).ok_or(Error::NoProtoc)
}

fn find_in(named: Option<OsString>, path: Option<OsString>) -> Option<PathBuf> {
    if let Some(named) = named.filter(|named| !named.is_empty()) {
        return Some(named.into());
    }
    let program = format!("protoc{EXE_SUFFIX}");
    env::split_paths(&path?).map(|dir| dir.join(&program)).find(|candidate| candidate.is_file())
}

#[cfg(feature = "vendored-protoc")]
fn vendored() -> Option<PathBuf> {
    protoc_bin_vendored::protoc_bin_path().ok()
}

#[cfg(not(feature = "vendored-protoc"))]
fn vendored() -> Option<PathBuf> {
    None
}

/// What protoc reads: the files and all that they import, with comments. Its warnings become Cargo's.
pub(super) fn run(
    protoc: &Path,
    includes: &[PathBuf],
    protos: &[&Path],
) -> Result<Vec<FileDescriptorProto>, Error> {
    let result = Scratch::new();
    let output = Command::new(protoc)
        .args(["--include_imports", "--include_source_info"])
        .arg(argument("--descriptor_set_out=", &result.0))
        .args(includes.iter().map(|include| argument("-I", include)))
        .args(protos)
        .output()
        .map_err(|source| Error::Io { path: protoc.to_owned(), source })?;
    let words = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(Error::Protoc(words.into_owned()));
    }
    for line in words.lines() {
        println!("cargo:warning={line}");
    }
    let unreadable = |source| Error::Io { path: result.0.clone(), source };
    let bytes = fs::read(&result.0).map_err(unreadable)?;
    let set: FileDescriptorSetView<'_> = limits(&bytes)
        .view_partial(&bytes)
        .map_err(|error| unreadable(io::Error::new(io::ErrorKind::InvalidData, error.to_string())))?;
    Ok(set.file.iter().map(request::file).collect())
}

/// What protoc calls a file: its path within the first include directory that it is in.
pub(super) fn name(includes: &[PathBuf], proto: &Path) -> String {
    let proto = plain(proto);
    let within =
        includes.iter().find_map(|include| proto.strip_prefix(plain(include)).ok()).unwrap_or(&proto);
    let parts: Vec<_> = within.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// The path without `.`, as protoc compares them.
fn plain(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

fn argument(flag: &str, path: &Path) -> OsString {
    let mut argument = OsString::from(flag);
    argument.push(path);
    argument
}

/// A file of this process's own that is gone when this is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let dir = env::var_os("OUT_DIR").map_or_else(env::temp_dir, PathBuf::from);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(dir.join(format!("protoc-gen-rsgrpc-{}-{count}.binpb", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protoc_is_the_named_one_or_on_the_path() {
        let vendored = protoc_bin_vendored::protoc_bin_path().unwrap();
        let dir = vendored.parent().unwrap().as_os_str();
        let path = || Some(env::join_paths(["/nowhere".as_ref(), dir]).unwrap());
        assert_eq!(find_in(Some("/my/protoc".into()), path()), Some("/my/protoc".into()));
        assert_eq!(find_in(None, path()), Some(vendored.clone()));
        assert_eq!(find_in(Some("".into()), path()), Some(vendored));
        assert_eq!(find_in(None, Some("/nowhere".into())), None);
        assert_eq!(find_in(None, None), None);
    }

    #[cfg(feature = "vendored-protoc")]
    #[test]
    fn the_vendored_one_comes_last() {
        assert_eq!(vendored(), protoc_bin_vendored::protoc_bin_path().ok());
    }

    #[test]
    fn names_are_relative_to_the_first_include() {
        #[track_caller]
        fn test(includes: &[&str], proto: &str, expected: &str) {
            let includes: Vec<_> = includes.iter().map(PathBuf::from).collect();
            assert_eq!(name(&includes, Path::new(proto)), expected);
        }
        test(&["proto"], "proto/a/b.proto", "a/b.proto");
        test(&["./proto/"], "proto//./a.proto", "a.proto");
        test(&["other", "proto"], "./proto/a.proto", "a.proto");
        test(&["."], "proto/a.proto", "proto/a.proto");
        test(&[], "proto/a.proto", "proto/a.proto");
        test(&["proto"], "a.proto", "a.proto");
    }
}
