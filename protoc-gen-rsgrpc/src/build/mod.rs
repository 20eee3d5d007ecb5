//! Generating from a `build.rs`, without the plugin's binary.
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), protoc_gen_rsgrpc::build::Error> {
//!     protoc_gen_rsgrpc::build::compile(&["proto/greeter.proto"], &["proto"])
//! }
//! ```
//!
//! ```ignore
//! // src/lib.rs
//! mod proto {
//!     include!(concat!(env!("OUT_DIR"), "/mod.rs"));
//! }
//! ```
//!
//! protoc is the one that the environment variable `PROTOC` names, or else the one on the `PATH`, or else, with
//! the Cargo feature `vendored-protoc`, the one that comes with it.

mod error;
mod protoc;

use std::path::{Path, PathBuf};
use std::{env, fs};

use rsgrpc::Message;
use rsgrpc::descriptor::compiler::CodeGeneratorRequest;
use rsgrpc::descriptor::{FileDescriptorProto, FileDescriptorSet};

pub use error::Error;

use crate::{directory, generate};

/// Generates code for these files into `OUT_DIR`, with the default options. `includes` is where they and
/// their imports are looked for.
///
/// # Errors
/// See [`Config::compile`].
pub fn compile<P: AsRef<Path>, I: AsRef<Path>>(protos: &[P], includes: &[I]) -> Result<(), Error> {
    includes.iter().fold(Config::new(), |config, include| config.include(include)).compile(protos)
}

/// How to generate.
///
/// ```no_run
/// # fn main() -> Result<(), protoc_gen_rsgrpc::build::Error> {
/// protoc_gen_rsgrpc::build::Config::new()
///     .include("proto")
///     .option("strict")
///     .compile(&["proto/greeter.proto"])
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "nothing happens before `compile`"]
pub struct Config {
    includes: Vec<PathBuf>,
    options: Vec<String>,
    out_dir: Option<PathBuf>,
    protoc: Option<PathBuf>,
    descriptor_set: Option<PathBuf>,
}

impl Config {
    /// The default options, into `OUT_DIR`, with the package's directory as the only place for imports.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a directory in which files and their imports are looked for: protoc's `-I`. The names of the
    /// files are relative to it.
    pub fn include(mut self, dir: impl AsRef<Path>) -> Self {
        self.includes.push(dir.as_ref().to_owned());
        self
    }

    /// Adds an option of [`options::LIST`](crate::options::LIST), such as `strict`.
    pub fn option(mut self, option: impl Into<String>) -> Self {
        self.options.push(option.into());
        self
    }

    /// Where to write the files, instead of `OUT_DIR`.
    pub fn out_dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.out_dir = Some(dir.as_ref().to_owned());
        self
    }

    /// Also writes the descriptors of the files and of all that they import to this file, as
    /// `protoc --include_imports --descriptor_set_out` does: a `google.protobuf.FileDescriptorSet`, without
    /// comments. `rsgrpc::reflect::DescriptorPool::decode` reads it.
    pub fn descriptor_set(mut self, path: impl AsRef<Path>) -> Self {
        self.descriptor_set = Some(path.as_ref().to_owned());
        self
    }

    /// Which protoc to run, instead of the one of the environment.
    pub fn protoc(mut self, program: impl AsRef<Path>) -> Self {
        self.protoc = Some(program.as_ref().to_owned());
        self
    }

    /// Generates code for these files: one per package, and `mod.rs`. Files that would not change are not
    /// written. Tells Cargo to come again when a `.proto` file that was read changes, or `PROTOC`.
    ///
    /// # Errors
    /// If there is no protoc, or it reports errors, or an option is wrong, or files cannot be written. The
    /// text says what to do about it.
    pub fn compile<P: AsRef<Path>>(&self, protos: &[P]) -> Result<(), Error> {
        println!("cargo:rerun-if-env-changed=PROTOC");
        let out_dir = match &self.out_dir {
            Some(dir) => dir.clone(),
            None => env::var_os("OUT_DIR").map(PathBuf::from).ok_or(Error::NoOutDir)?,
        };
        let protos: Vec<&Path> = protos.iter().map(AsRef::as_ref).collect();
        let protoc = self.protoc.clone().map_or_else(protoc::find, Ok)?;
        let files = protoc::run(&protoc, &self.includes, &protos)?;
        for path in files.iter().filter_map(|file| self.find(file.name())) {
            println!("cargo:rerun-if-changed={}", path.display());
        }
        if let Some(path) = &self.descriptor_set {
            let bare =
                |file: &FileDescriptorProto| FileDescriptorProto { source_code_info: None, ..file.clone() };
            let set = FileDescriptorSet { file: files.iter().map(bare).collect(), ..Default::default() };
            let written =
                path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, set.encode()));
            written.map_err(|source| Error::Io { path: path.clone(), source })?;
        }
        let request = CodeGeneratorRequest {
            file_to_generate: protos.iter().map(|proto| protoc::name(&self.includes, proto)).collect(),
            parameter: Some(self.options.join(",")),
            proto_file: files,
            ..Default::default()
        };
        let outputs = generate(request).map_err(Error::Schema)?;
        directory::write(&out_dir, &outputs).map_err(Error::Write)
    }

    /// Where protoc has found the file of this name; `None` for those that come with it.
    fn find(&self, name: &str) -> Option<PathBuf> {
        let here = PathBuf::new();
        let includes = if self.includes.is_empty() { std::slice::from_ref(&here) } else { &self.includes };
        includes.iter().map(|include| include.join(name)).find(|path| path.is_file())
    }
}
