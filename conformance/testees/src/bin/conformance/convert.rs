//! One request: from one format to another.

use std::error::Error;

use rsgrpc::{Message, Registry, View, json, text};

use crate::generated::conformance::conformance_request::Payload;
use crate::generated::conformance::conformance_response::Result as Answer;
use crate::generated::conformance::{ConformanceRequest, TestCategory, WireFormat};

/// How messages come out of the binary format.
#[derive(Clone, Copy)]
pub(crate) enum Mode {
    Owned,
    /// As views, which are copied. What comes from another format is encoded first.
    Views,
}

/// What can be done with the messages of one type.
pub(crate) struct Type {
    pub(crate) name: &'static str,
    pub(crate) convert: fn(&ConformanceRequest, Mode, &Registry) -> Answer,
}

impl Type {
    pub(crate) const fn of<M: Message>() -> Self {
        Self { name: M::NAME, convert: convert::<M> }
    }
}

fn convert<M: Message>(request: &ConformanceRequest, mode: Mode, registry: &Registry) -> Answer {
    match read::<M>(request, mode, registry) {
        Ok(Some(message)) => write(&message, request, registry),
        Ok(None) => Answer::Skipped("JSPB is Google's own".to_owned()),
        Err(error) => Answer::ParseError(error.to_string()),
    }
}

/// The request's message; `None` where its format is none of ours.
fn read<M: Message>(
    request: &ConformanceRequest,
    mode: Mode,
    registry: &Registry,
) -> Result<Option<M>, Box<dyn Error>> {
    let message = match &request.payload {
        Some(Payload::ProtobufPayload(bytes)) => return Ok(Some(decode(bytes, mode)?)),
        Some(Payload::JsonPayload(text)) => {
            let lenient = request.test_category == TestCategory::JSON_IGNORE_UNKNOWN_PARSING_TEST;
            json::Parser::new().registry(registry).ignore_unknown(lenient).parse(text)?
        }
        Some(Payload::TextPayload(text)) => text::Parser::new().registry(registry).parse(text)?,
        Some(Payload::JspbPayload(_)) => return Ok(None),
        None => return Err("the request holds no message".into()),
    };
    match mode {
        Mode::Owned => Ok(Some(message)),
        Mode::Views => Ok(Some(decode(&message.encode(), mode)?)),
    }
}

fn decode<M: Message>(bytes: &[u8], mode: Mode) -> Result<M, rsgrpc::DecodeError> {
    match mode {
        Mode::Owned => M::decode(bytes),
        Mode::Views => Ok(M::View::decode(bytes)?.to_message()),
    }
}

fn write<M: Message>(message: &M, request: &ConformanceRequest, registry: &Registry) -> Answer {
    match request.requested_output_format {
        WireFormat::PROTOBUF => Answer::ProtobufPayload(message.encode().into()),
        WireFormat::JSON => match json::Printer::new().registry(registry).print(message) {
            Ok(text) => Answer::JsonPayload(text),
            Err(error) => Answer::SerializeError(error.to_string()),
        },
        WireFormat::TEXT_FORMAT => {
            let printer = text::Printer::new().registry(registry);
            Answer::TextPayload(printer.unknown_fields(request.print_unknown_fields).print(message))
        }
        other => Answer::Skipped(format!("{other:?} is none of our formats")),
    }
}
