//! What protoc gets: files, or what is wrong.

use rsgrpc::Message;
use rsgrpc::descriptor::compiler::CodeGeneratorResponse;
use rsgrpc::descriptor::compiler::code_generator_response::{Feature, File};

use crate::error::Errors;
use crate::schema;

/// A generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Relative to the output directory; without folders.
    pub name: String,
    /// The whole text.
    pub content: String,
}

/// How a response begins: with the syntax and the editions that the plugin can do, since protoc checks that first.
///
/// The parts of a response, one behind the other, are the response: so protobuf merges messages.
pub fn head() -> Vec<u8> {
    let (oldest, newest) = schema::SUPPORTED;
    let features = [Feature::PROTO3_OPTIONAL, Feature::SUPPORTS_EDITIONS];
    let response = CodeGeneratorResponse {
        supported_features: Some(features.into_iter().fold(0, |set, feature| set | bits(feature))),
        minimum_edition: Some(oldest.into()),
        maximum_edition: Some(newest.into()),
        ..Default::default()
    };
    response.encode()
}

/// The part of a response that is one file.
pub fn file(output: Output) -> Vec<u8> {
    let file = File { name: Some(output.name), content: Some(output.content), ..Default::default() };
    CodeGeneratorResponse { file: vec![file], ..Default::default() }.encode()
}

/// The part of a response that says what is wrong.
pub fn error(errors: &Errors) -> Vec<u8> {
    CodeGeneratorResponse { error: Some(errors.to_string()), ..Default::default() }.encode()
}

fn bits(feature: Feature) -> u64 {
    u64::try_from(i32::from(feature)).unwrap_or(0)
}
