//! What protoc asks for, from bytes.

use rsgrpc::descriptor::compiler::CodeGeneratorRequestView;
use rsgrpc::descriptor::{FileDescriptorProto, FileDescriptorProtoView, SourceCodeInfo};
use rsgrpc::{Limits, View};

use crate::error::{Errors, Problem};

/// How large a request may be, in bytes.
pub const LARGEST: u64 = 1 << 30;

/// What protoc asks for, where it lies: descriptors are many times as large as their bytes.
#[derive(Debug)]
pub struct Request<'a> {
    /// The options.
    pub parameter: &'a str,
    /// The files to generate.
    pub generate: Vec<String>,
    view: CodeGeneratorRequestView<'a>,
}

impl<'a> Request<'a> {
    /// Checks all of it.
    ///
    /// # Errors
    /// If the bytes are too many, or no `CodeGeneratorRequest`, or describe nothing.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Errors> {
        let problem = |text: String| Err(Errors::from(Problem::new("", "", text)));
        if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
            return problem(format!("the request is larger than {LARGEST} bytes"));
        }
        // What would be missing is in options that protoc has interpreted.
        let view: CodeGeneratorRequestView<'_> = match limits(bytes).view_partial(bytes) {
            Ok(request) => request,
            Err(error) => return problem(format!("the request is not a CodeGeneratorRequest: {error}")),
        };
        let generate: Vec<_> = view.file_to_generate.iter().map(str::to_owned).collect();
        if generate.is_empty() {
            return problem("the request names no file to generate".to_owned());
        }
        Ok(Self { parameter: view.parameter.unwrap_or_default(), generate, view })
    }

    /// The files with their comments, each made when it is asked for.
    pub fn files(&self) -> impl Iterator<Item = FileDescriptorProto> + Clone {
        self.view.proto_file.iter().map(file)
    }
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
