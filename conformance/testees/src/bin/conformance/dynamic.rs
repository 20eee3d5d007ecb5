//! The same requests, answered with dynamic messages.

use std::error::Error;

use rsgrpc::reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, PoolError};
use rsgrpc::{json, text};

use crate::convert::Mode;
use crate::generated::conformance::conformance_request::Payload;
use crate::generated::conformance::conformance_response::Result as Answer;
use crate::generated::conformance::{ConformanceRequest, TestCategory, WireFormat};

/// All that the build script has read.
pub(crate) fn pool() -> Result<DescriptorPool, PoolError> {
    DescriptorPool::decode(include_bytes!(concat!(env!("OUT_DIR"), "/conformance/descriptors.binpb")))
}

pub(crate) fn convert(request: &ConformanceRequest, mode: &Mode, pool: &DescriptorPool) -> Answer {
    let Some(descriptor) = pool.message(&request.message_type) else {
        return Answer::RuntimeError(format!("no such type: {}", request.message_type));
    };
    match read(request, mode, descriptor) {
        Ok(Some(message)) => write(&message, request),
        Ok(None) => Answer::Skipped("JSPB is Google's own".to_owned()),
        Err(error) => Answer::ParseError(error.to_string()),
    }
}

/// The request's message; `None` where its format is none of ours.
fn read(
    request: &ConformanceRequest,
    mode: &Mode,
    descriptor: MessageDescriptor,
) -> Result<Option<DynamicMessage>, Box<dyn Error>> {
    Ok(Some(match &request.payload {
        Some(Payload::ProtobufPayload(bytes)) => DynamicMessage::decode(descriptor, bytes)?,
        Some(Payload::JsonPayload(text)) => {
            let lenient = request.test_category == TestCategory::JSON_IGNORE_UNKNOWN_PARSING_TEST;
            DynamicMessage::parse_json(descriptor, text, &json::Parser::new().ignore_unknown(lenient))?
        }
        Some(Payload::TextPayload(text)) => {
            DynamicMessage::parse_text(descriptor, text, &text::Parser::new().overwrite(mode.overwrite))?
        }
        Some(Payload::JspbPayload(_)) => return Ok(None),
        None => return Err("the request holds no message".into()),
    }))
}

fn write(message: &DynamicMessage, request: &ConformanceRequest) -> Answer {
    match request.requested_output_format {
        WireFormat::PROTOBUF => Answer::ProtobufPayload(message.encode().into()),
        WireFormat::JSON => match message.to_json() {
            Ok(text) => Answer::JsonPayload(text),
            Err(error) => Answer::SerializeError(error.to_string()),
        },
        WireFormat::TEXT_FORMAT => {
            let printer = text::Printer::new().unknown_fields(request.print_unknown_fields);
            Answer::TextPayload(message.print_text(&printer))
        }
        other => Answer::Skipped(format!("{other:?} is none of our formats")),
    }
}
