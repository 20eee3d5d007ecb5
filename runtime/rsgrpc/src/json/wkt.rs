//! The well-known messages that are text in JSON.

use std::borrow::Cow;
use std::io::Write;

use super::error::Cause;
use super::form::Form;
use super::object::Target;
use super::out::Out;
use super::reader::{Given, Reader};
use crate::error::Fault;
use crate::visit::Shown;
use crate::wire::wire_type::{LEN, VARINT};
use crate::wkt::{Duration, FieldMask, ParseTimeError, RangeError, Timestamp};
use crate::{Message, binary};

/// Why a text is no well-known message, or a message has no text.
type Problem = (Cause, &'static str);

const TIMESTAMP: &str = "expected a timestamp, such as \"2025-03-01T12:00:00.5Z\"";
const DURATION: &str = "expected a duration, such as \"1.5s\"";
const PATHS: &str = "the paths of a field mask are in lower camel case";
const NO_FORM: &str = "the path of the field mask has no form in JSON";

/// A message as this crate's type of the same name: itself, unless a schema
/// was compiled anew.
pub(super) fn as_known<'m, M: Shown<'m>, W: Message>(message: M) -> Result<Cow<'m, W>, Problem> {
    match message.typed() {
        Some(known) => Ok(Cow::Borrowed(known)),
        None => W::decode(&binary::encoded(message))
            .map(Cow::Owned)
            .map_err(|_| (Cause::Type, "the well-known type does not have the fields that it should")),
    }
}

/// Writes a timestamp, a duration or a field mask.
pub(super) fn write<'m, M: Shown<'m>>(form: Form, message: M, out: &mut Out<'_>) {
    let written = match form {
        Form::Timestamp => as_known(message).and_then(|known| timestamp(&known, out)),
        Form::Duration => as_known(message).and_then(|known| duration(&known, out)),
        _ => as_known(message).and_then(|known| field_mask(&known, out)),
    };
    if let Err((cause, problem)) = written {
        out.fail(cause, problem);
    }
}

fn timestamp(message: &Timestamp, out: &mut Out<'_>) -> Result<(), Problem> {
    message.check().map_err(range)?;
    // Writing to memory does not fail.
    let _ = write!(out.bytes, "\"{message}\"");
    Ok(())
}

fn duration(message: &Duration, out: &mut Out<'_>) -> Result<(), Problem> {
    message.check().map_err(range)?;
    let _ = write!(out.bytes, "\"{message}\"");
    Ok(())
}

fn range(error: RangeError) -> Problem {
    let problem = match error {
        RangeError::Timestamp => "the timestamp is not within the years 1 to 9999",
        RangeError::Duration => "the duration is longer than 10,000 years",
        _ => "the nanos are not within a second, or have another sign than the seconds",
    };
    (Cause::Range, problem)
}

fn field_mask(message: &FieldMask, out: &mut Out<'_>) -> Result<(), Problem> {
    let text = message.to_camel_case().map_err(|_| (Cause::Type, NO_FORM))?;
    out.string(&text);
    Ok(())
}

/// Reads a timestamp, a duration or a field mask.
pub(super) fn read<'a>(
    form: Form,
    target: &mut dyn Target<'a>,
    reader: &mut Reader<'a, '_>,
) -> Result<(), Fault> {
    let at = reader.place();
    let text = reader.text("a string")?;
    let time = match form {
        Form::Timestamp => text.parse().map(|time: Timestamp| (time.seconds, time.nanos)),
        Form::Duration => text.parse().map(|time: Duration| (time.seconds, time.nanos)),
        _ => {
            // They are not read one by one, as elements are.
            let paths = text.bytes().filter(|byte| *byte == b',').count() + 1;
            reader.book(paths.saturating_mul(size_of::<String>()))?;
            let mask = FieldMask::from_camel_case(&text).map_err(|_| reader.fault(Cause::Type, at, PATHS))?;
            reader.give(Given::Paths(mask.paths));
            return target.put(1 << 3 | LEN, reader);
        }
    };
    let problem = |error| match error {
        ParseTimeError::Range(error) => range(error),
        ParseTimeError::Syntax { .. } if form == Form::Timestamp => (Cause::Type, TIMESTAMP),
        ParseTimeError::Syntax { .. } => (Cause::Type, DURATION),
    };
    let (seconds, nanos) =
        time.map_err(problem).map_err(|(cause, problem)| reader.fault(cause, at, problem))?;
    reader.give(Given::Integer(seconds));
    target.put(1 << 3 | VARINT, reader)?;
    reader.give(Given::Integer(nanos.into()));
    target.put(2 << 3 | VARINT, reader)
}
