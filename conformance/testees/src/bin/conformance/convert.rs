//! One request: from one format to another.

use std::error::Error;

use rsgrpc::reflect::DescriptorPool;
use rsgrpc::{Message, Registry, View, json, text};

use crate::generated::conformance::conformance_request::Payload;
use crate::generated::conformance::conformance_response::Result as Answer;
use crate::generated::conformance::{ConformanceRequest, TestCategory, WireFormat};

/// How messages are read.
pub(crate) struct Mode {
    /// From the binary format as views, which are copied. What comes from another format is encoded first.
    pub(crate) views: bool,
    /// From text format with fields that come more often than they should.
    pub(crate) overwrite: bool,
    pub(crate) registry: Registry,
    /// The types of dynamic messages, if all are to be such.
    pub(crate) pool: Option<DescriptorPool>,
}

/// What can be done with the messages of one type.
pub(crate) struct Type {
    pub(crate) name: &'static str,
    pub(crate) convert: fn(&ConformanceRequest, &Mode) -> Answer,
}

impl Type {
    pub(crate) const fn of<M: Message>() -> Self {
        Self { name: M::NAME, convert: convert::<M> }
    }
}

fn convert<M: Message>(request: &ConformanceRequest, mode: &Mode) -> Answer {
    match read::<M>(request, mode) {
        Ok(Some(message)) => write(&message, request, &mode.registry),
        Ok(None) => Answer::Skipped("JSPB is Google's own".to_owned()),
        Err(error) => Answer::ParseError(error.to_string()),
    }
}

/// The request's message; `None` where its format is none of ours.
fn read<M: Message>(request: &ConformanceRequest, mode: &Mode) -> Result<Option<M>, Box<dyn Error>> {
    let registry = &mode.registry;
    let message: M = match &request.payload {
        Some(Payload::ProtobufPayload(bytes)) => return Ok(Some(decode(bytes, mode)?)),
        Some(Payload::JsonPayload(text)) => {
            let lenient = request.test_category == TestCategory::JSON_IGNORE_UNKNOWN_PARSING_TEST;
            json::Parser::new().registry(registry).ignore_unknown(lenient).parse(text)?
        }
        Some(Payload::TextPayload(text)) => {
            text::Parser::new().registry(registry).overwrite(mode.overwrite).parse(text)?
        }
        Some(Payload::JspbPayload(_)) => return Ok(None),
        None => return Err("the request holds no message".into()),
    };
    if mode.views { Ok(Some(decode(&message.encode(), mode)?)) } else { Ok(Some(message)) }
}

fn decode<M: Message>(bytes: &[u8], mode: &Mode) -> Result<M, rsgrpc::DecodeError> {
    if mode.views { Ok(M::View::decode(bytes)?.to_message()) } else { M::decode(bytes) }
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
