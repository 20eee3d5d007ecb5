//! What protoc asks for, from bytes.

use rsgrpc::descriptor::compiler::{CodeGeneratorRequest, CodeGeneratorRequestView};
use rsgrpc::descriptor::{FileDescriptorProto, FileDescriptorProtoView, SourceCodeInfo};
use rsgrpc::{Limits, View};

use crate::error::{Errors, Problem};

/// How large a request may be, in bytes.
pub const LARGEST: u64 = 1 << 30;

/// Reads of a request what is needed: the parameter, and the files with their comments.
///
/// # Errors
/// If the bytes are too many, or no `CodeGeneratorRequest`, or describe nothing.
pub fn read(bytes: &[u8]) -> Result<CodeGeneratorRequest, Errors> {
    let problem = |text: String| Err(Errors::from(Problem::new("", "", text)));
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
        return problem(format!("the request is larger than {LARGEST} bytes"));
    }
    let view: CodeGeneratorRequestView<'_> = match limits(bytes).view(bytes) {
        Ok(request) => request,
        Err(error) => return problem(format!("the request is not a CodeGeneratorRequest: {error}")),
    };
    let request = CodeGeneratorRequest {
        file_to_generate: view.file_to_generate.iter().map(str::to_owned).collect(),
        parameter: view.parameter.map(str::to_owned),
        proto_file: view.proto_file.iter().map(file).collect(),
        ..Default::default()
    };
    if request.file_to_generate.is_empty() {
        return problem("the request names no file to generate".to_owned());
    }
    Ok(request)
}

/// A file with the places of its comments, and no others: where things stand in the text is most of a file.
pub(crate) fn file(mut view: FileDescriptorProtoView<'_>) -> FileDescriptorProto {
    let info = view.source_code_info.take();
    let mut file = view.to_message();
    file.source_code_info = info.map(|info| {
        let locations = info.location.iter();
        let commented = locations
            .filter(|location| location.leading_comments.is_some() || location.trailing_comments.is_some());
        SourceCodeInfo {
            location: commented.map(|location| location.to_message()).collect(),
            ..Default::default()
        }
    });
    file
}

/// Descriptors are far larger than their bytes: a field of 30 is more than 1,000 in memory with its options.
pub(crate) fn limits(bytes: &[u8]) -> Limits {
    const PER_BYTE: usize = 100;
    const ANYWAY: usize = 64 << 20;
    Limits::default().memory(bytes.len().saturating_mul(PER_BYTE).saturating_add(ANYWAY))
}
