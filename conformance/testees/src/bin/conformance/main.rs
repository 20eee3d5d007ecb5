//! What the official conformance runner tests: reads requests from stdin, each a message in one format, and
//! answers with the same message in another.
//!
//! With the argument `views`, messages come out of the binary format as views, and are copied from there. With
//! `dynamic`, messages are dynamic: of types that are read from descriptors. With `overwrite`, fields with one value may come more than once in text format.

mod convert;
mod dynamic;
mod registry;

use std::env;
use std::io::{self, ErrorKind, Read, Write};

use convert::{Mode, Type};
use generated::conformance::conformance_response::Result as Answer;
use generated::conformance::{ConformanceRequest, ConformanceResponse, FailureSet};
use generated::protobuf_test_messages as messages;
use rsgrpc::Message;

mod generated {
    include!(concat!(env!("OUT_DIR"), "/conformance/mod.rs"));
}

/// All that the suite names as `message_type`.
const TYPES: &[Type] = &[
    Type::of::<messages::proto2::TestAllTypesProto2>(),
    Type::of::<messages::proto3::TestAllTypesProto3>(),
    Type::of::<messages::editions::proto2::TestAllTypesProto2>(),
    Type::of::<messages::editions::proto3::TestAllTypesProto3>(),
    Type::of::<messages::editions::TestAllTypesEdition2023>(),
    // No test is expected to fail: the runner asks for the list first.
    Type::of::<FailureSet>(),
];

fn main() -> io::Result<()> {
    let mut mode = Mode { views: false, overwrite: false, registry: registry::registry(), pool: None };
    for argument in env::args().skip(1) {
        match argument.as_str() {
            "owned" => mode.views = false,
            "views" => mode.views = true,
            "dynamic" => mode.pool = Some(dynamic::pool().map_err(io::Error::other)?),
            "overwrite" => mode.overwrite = true,
            _ => return Err(io::Error::other("usage: conformance [owned|views|dynamic] [overwrite]")),
        }
    }
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    while let Some(request) = frame(&mut input)? {
        let request = ConformanceRequest::decode(&request).map_err(io::Error::other)?;
        let response = ConformanceResponse { result: Some(answer(&request, &mode)), ..Default::default() };
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

fn answer(request: &ConformanceRequest, mode: &Mode) -> Answer {
    if let Some(pool) = &mode.pool {
        return dynamic::convert(request, mode, pool);
    }
    match TYPES.iter().find(|found| found.name == request.message_type) {
        Some(found) => (found.convert)(request, mode),
        None => Answer::RuntimeError(format!("no such type: {}", request.message_type)),
    }
}
