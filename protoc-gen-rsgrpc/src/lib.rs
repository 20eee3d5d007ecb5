//! The protoc plugin of rsgrpc: from descriptors to messages, clients and servers in Rust.
//!
//! As a program it is `protoc-gen-rsgrpc`; a build script uses [`build`]. Both run the same stages in a row:
//! [`request`] → [`schema`] → [`plan`] → [`emit`] → [`mod@format`] → [`response`].

pub mod build;
pub mod completeness;
pub mod directory;
pub mod emit;
pub mod error;
pub mod format;
pub mod modules;
pub mod options;
pub mod plan;
pub mod request;
pub mod response;

use rsgrpc::descriptor::compiler::CodeGeneratorRequest;

pub use rsgrpc::schema;

use error::{Errors, Problem};
use modules::MOD_FILE;
use options::Options;
use response::Output;

/// Answers a `CodeGeneratorRequest` with a `CodeGeneratorResponse`. Whatever is wrong is in the response's
/// `error`.
pub fn respond(request: &[u8]) -> Vec<u8> {
    response::write(request::read(request).and_then(|request| generate(&request)))
}

/// The files that a request asks for: one per package, and `mod.rs` unless an option says otherwise.
///
/// # Errors
/// Everything that the first stage with errors has found.
pub fn generate(request: &CodeGeneratorRequest) -> Result<Vec<Output>, Errors> {
    let options = Options::parse(request.parameter())?;
    let schema = schema::resolve(&request.proto_file, &request.file_to_generate)?;
    options.check(&schema)?;
    completeness::check(&schema, &options)?;
    let plan = plan::plan(&schema, &request.proto_file, &options);
    let mut outputs = Vec::with_capacity(plan.packages.len() + 1);
    let mut errors = Errors::default();
    for package in &plan.packages {
        match format::file(&modules::header(&package.sources), package) {
            Ok(content) => outputs.push(Output { name: modules::file_name(&package.name), content }),
            Err(error) => {
                errors.push(Problem::new("", &package.name, format!("cannot be laid out: {error}")))
            }
        }
    }
    if options.mod_file {
        let packages = plan.packages.iter().map(|package| package.name.as_str());
        let content = modules::mod_file(packages)?;
        outputs.push(Output { name: MOD_FILE.to_owned(), content });
    }
    errors.or(outputs)
}
