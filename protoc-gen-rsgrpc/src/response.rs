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

/// The response's bytes.
///
/// Says in both cases which syntax and editions the plugin can do, since protoc checks that first.
pub fn write(result: Result<Vec<Output>, Errors>) -> Vec<u8> {
    let (oldest, newest) = schema::SUPPORTED;
    let features = [Feature::PROTO3_OPTIONAL, Feature::SUPPORTS_EDITIONS];
    let mut response = CodeGeneratorResponse {
        supported_features: Some(features.into_iter().fold(0, |set, feature| set | bits(feature))),
        minimum_edition: Some(oldest.into()),
        maximum_edition: Some(newest.into()),
        ..Default::default()
    };
    match result {
        Ok(outputs) => response.file = outputs.into_iter().map(file).collect(),
        Err(errors) => response.error = Some(errors.to_string()),
    }
    response.encode()
}

fn bits(feature: Feature) -> u64 {
    u64::try_from(i32::from(feature)).unwrap_or(0)
}

fn file(output: Output) -> File {
    File { name: Some(output.name), content: Some(output.content), ..Default::default() }
}
