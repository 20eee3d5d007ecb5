//! What protoc asks for, from bytes.

use rsgrpc::Limits;
use rsgrpc::descriptor::compiler::CodeGeneratorRequest;

use crate::error::{Errors, Problem};

/// How large a request may be, in bytes.
pub const LARGEST: u64 = 1 << 30;

/// Reads a request.
///
/// # Errors
/// If the bytes are too many, or no `CodeGeneratorRequest`, or describe nothing.
pub fn read(bytes: &[u8]) -> Result<CodeGeneratorRequest, Errors> {
    let problem = |text: String| Err(Errors::from(Problem::new("", "", text)));
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
        return problem(format!("the request is larger than {LARGEST} bytes"));
    }
    let request: CodeGeneratorRequest = match limits(bytes).decode(bytes) {
        Ok(request) => request,
        Err(error) => return problem(format!("the request is not a CodeGeneratorRequest: {error}")),
    };
    if request.file_to_generate.is_empty() {
        return problem("the request names no file to generate".to_owned());
    }
    Ok(request)
}

/// Descriptors are far larger than their bytes: a field of 30 is more than 1,000 in memory with its options.
pub(crate) fn limits(bytes: &[u8]) -> Limits {
    const PER_BYTE: usize = 100;
    const ANYWAY: usize = 64 << 20;
    Limits::default().memory(bytes.len().saturating_mul(PER_BYTE).saturating_add(ANYWAY))
}
