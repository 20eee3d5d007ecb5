//! What the official conformance runner tests: reads requests from stdin, each a message in one format, and
//! answers with the same message in another.
//!
//! With the argument `views`, messages come out of the binary format as views, and are copied from there.

mod formats;

use std::env;
use std::io::{self, ErrorKind, Read, Write};

use formats::{Format, Mode};
use generated::conformance::conformance_request::Payload;
use generated::conformance::conformance_response::Result as Answer;
use generated::conformance::{ConformanceRequest, ConformanceResponse, FailureSet, WireFormat};
use generated::protobuf_test_messages as messages;
use rsgrpc::Message;

mod generated {
    include!(concat!(env!("OUT_DIR"), "/conformance/mod.rs"));
}

/// All that the suite names as `message_type`.
const FORMATS: &[Format] = &[
    Format::of::<messages::proto2::TestAllTypesProto2>(),
    Format::of::<messages::proto3::TestAllTypesProto3>(),
    Format::of::<messages::editions::proto2::TestAllTypesProto2>(),
    Format::of::<messages::editions::proto3::TestAllTypesProto3>(),
    Format::of::<messages::editions::TestAllTypesEdition2023>(),
    // No test is expected to fail: the runner asks for the list first.
    Format::of::<FailureSet>(),
];

fn main() -> io::Result<()> {
    let mode = match env::args().nth(1).as_deref() {
        None | Some("owned") => Mode::Owned,
        Some("views") => Mode::Views,
        Some(_) => return Err(io::Error::other("usage: conformance [owned|views]")),
    };
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    while let Some(request) = frame(&mut input)? {
        let request = ConformanceRequest::decode(&request).map_err(io::Error::other)?;
        let response = ConformanceResponse { result: Some(answer(&request, mode)), ..Default::default() };
        let response = response.encode();
        let len = u32::try_from(response.len()).map_err(io::Error::other)?;
        output.write_all(&len.to_le_bytes())?;
        output.write_all(&response)?;
        output.flush()?;
    }
    Ok(())
}

/// A length, and as many bytes; `None` at the end of the input.
fn frame(input: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut len = [0; 4];
    match input.read_exact(&mut len) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        result => result?,
    }
    let mut bytes = Vec::new();
    input.take(u32::from_le_bytes(len).into()).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn answer(request: &ConformanceRequest, mode: Mode) -> Answer {
    let Some(format) = FORMATS.iter().find(|format| format.name == request.message_type) else {
        return Answer::RuntimeError(format!("no such type: {}", request.message_type));
    };
    match (&request.payload, request.requested_output_format) {
        (Some(Payload::ProtobufPayload(bytes)), WireFormat::PROTOBUF) => match (format.binary)(bytes, mode) {
            Ok(bytes) => Answer::ProtobufPayload(bytes.into()),
            Err(error) => Answer::ParseError(error.to_string()),
        },
        (None, _) => Answer::RuntimeError("no payload".to_owned()),
        _ => Answer::Skipped("binary only".to_owned()),
    }
}
