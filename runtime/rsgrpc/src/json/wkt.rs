//! The well-known messages that are text in JSON.

use std::borrow::Cow;

use super::error::Cause;
use super::form::{Form, Of};
use super::object::Target;
use super::out::Out;
use super::reader::{Given, Reader};
use super::time::Problem;
use super::{mask, time};
use crate::error::Fault;
use crate::wire::wire_type::{LEN, VARINT};
use crate::{Message, wkt};

/// A message as this crate's type of the same name: itself, unless a schema
/// was compiled anew.
pub(super) fn as_known<M: Message, W: Message>(message: &M) -> Result<Cow<'_, W>, Problem> {
    match (message as &dyn std::any::Any).downcast_ref() {
        Some(known) => Ok(Cow::Borrowed(known)),
        None => W::decode(&message.encode())
            .map(Cow::Owned)
            .map_err(|_| (Cause::Type, "the well-known type does not have the fields that it should")),
    }
}

/// Writes a timestamp, a duration or a field mask.
pub(super) fn write<M: Message>(message: &M, out: &mut Out<'_>) {
    let written = match Of::<M>::FORM {
        Form::Timestamp => as_known(message).and_then(|known| timestamp(&known, out)),
        Form::Duration => as_known(message).and_then(|known| duration(&known, out)),
        _ => as_known(message).and_then(|known| field_mask(&known, out)),
    };
    if let Err((cause, problem)) = written {
        out.fail(cause, problem);
    }
}

fn timestamp(message: &wkt::Timestamp, out: &mut Out<'_>) -> Result<(), Problem> {
    out.bytes.push(b'"');
    time::write_timestamp(message.seconds, message.nanos, &mut out.bytes)?;
    out.bytes.push(b'"');
    Ok(())
}

fn duration(message: &wkt::Duration, out: &mut Out<'_>) -> Result<(), Problem> {
    out.bytes.push(b'"');
    time::write_duration(message.seconds, message.nanos, &mut out.bytes)?;
    out.bytes.push(b'"');
    Ok(())
}

fn field_mask(message: &wkt::FieldMask, out: &mut Out<'_>) -> Result<(), Problem> {
    let mut text = String::new();
    mask::write(message.paths.iter().map(String::as_str), &mut text)
        .map_err(|problem| (Cause::Type, problem))?;
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
        Form::Timestamp => time::read_timestamp(&text),
        Form::Duration => time::read_duration(&text),
        _ => {
            let paths = mask::read(&text).map_err(|problem| reader.fault(Cause::Type, at, problem))?;
            reader.give(Given::Paths(paths));
            return target.put(1 << 3 | LEN, reader);
        }
    };
    let (seconds, nanos) = time.map_err(|(cause, problem)| reader.fault(cause, at, problem))?;
    reader.give(Given::Integer(seconds));
    target.put(1 << 3 | VARINT, reader)?;
    reader.give(Given::Integer(nanos.into()));
    target.put(2 << 3 | VARINT, reader)
}
