//! The protoc plugin of rsgrpc: from descriptors to messages, clients and servers in Rust.
//!
//! As a program it is `protoc-gen-rsgrpc`; a build script uses [`build`]. Both run the same stages in a row:
//! [`request`] → [`schema`] → [`plan`] → [`emit`], which writes by [`layout`] → [`response`].

pub mod build;
pub mod completeness;
pub mod directory;
pub mod emit;
pub mod error;
pub mod layout;
pub mod modules;
pub mod options;
pub mod plan;
pub mod request;
pub mod response;
mod work;

pub use rsgrpc::schema;

use std::borrow::Borrow;
use std::io::{self, Write};

use rsgrpc::descriptor::FileDescriptorProto;
use rsgrpc::descriptor::compiler::CodeGeneratorRequest;

use error::Errors;
use modules::MOD_FILE;
use options::Options;
use plan::{Planner, Sources};
use request::Request;
use response::Output;
use schema::Schema;

/// Answers a `CodeGeneratorRequest` with a `CodeGeneratorResponse`. Whatever is wrong is in the response's `error`.
///
/// Files are written as they are made, since all of them together may be hundreds of megabytes.
///
/// # Errors
/// Those of `out`.
pub fn respond(request: Vec<u8>, mut out: impl Write) -> io::Result<()> {
    out.write_all(&response::head())?;
    let run = Request::read(&request)
        .and_then(|request| Run::new(request.parameter, &request.generate, request.files()));
    drop(request);
    let mut written = Ok(());
    let done = run.map(|run| {
        run.files(|output| {
            if written.is_ok() {
                written = out.write_all(&response::file(output));
            }
        })
    });
    written?;
    match done {
        Ok(()) => Ok(()),
        Err(errors) => out.write_all(&response::error(&errors)),
    }
}

/// The files that a request asks for: one per package, and `mod.rs` unless an option says otherwise.
///
/// # Errors
/// Everything that the first stage with errors has found.
pub fn generate(request: CodeGeneratorRequest) -> Result<Vec<Output>, Errors> {
    let mut outputs = Vec::new();
    let files = request.proto_file.iter();
    let run = Run::new(request.parameter(), &request.file_to_generate, files)?;
    drop(request);
    run.files(|output| outputs.push(output));
    Ok(outputs)
}

/// A request that has passed all checks.
struct Run {
    schema: Schema,
    options: Options,
    /// What packages embed, if they do.
    sources: Option<Sources>,
    mod_file: Option<Output>,
}

impl Run {
    fn new<F: Borrow<FileDescriptorProto>>(
        parameter: &str,
        generate: &[String],
        files: impl Iterator<Item = F> + Clone,
    ) -> Result<Self, Errors> {
        let options = Options::parse(parameter)?;
        let schema = schema::resolve(files.clone(), generate)?;
        let sources = options.descriptors.then(|| Sources::new(files, generate));
        options.check(&schema)?;
        completeness::check(&schema, &options)?;
        let packages = plan::packages(&schema, &options);
        let mod_file = if options.mod_file {
            let content = modules::mod_file(packages.iter().map(|package| package.name))?;
            Some(Output { name: MOD_FILE.to_owned(), content })
        } else {
            None
        };
        Ok(Self { schema, options, sources, mod_file })
    }

    /// Makes the files, `mod.rs` last. Packages are planned, emitted and laid out one by one, on all processors.
    fn files(self, mut take: impl FnMut(Output)) {
        let planner = Planner::new(&self.schema, &self.options, self.sources.as_ref());
        let packages = plan::packages(&self.schema, &self.options);
        let work = |at: usize| {
            let package = packages.get(at).map(|files| planner.package(files))?;
            let content = emit::file(&modules::header(&package.sources), &package);
            Some(Output { name: modules::file_name(&package.name), content })
        };
        work::in_order(packages.len(), work, |output| output.into_iter().for_each(&mut take));
        self.mod_file.into_iter().for_each(take);
    }
}
