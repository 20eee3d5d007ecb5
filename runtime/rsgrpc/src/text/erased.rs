//! What the registry keeps of each type for text format.

use super::body;
use super::input::{Input, Value};
use super::out::{Body, Out};
use crate::error::Fault;
use crate::extension::Shape;
use crate::fill::Fill;
use crate::label::Label;
use crate::message::Message;
use crate::source::Source;
use crate::visit::Shown;
use crate::{DecodeError, UnknownFields, binary};

/// A message's type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MessageText {
    /// Prints the fields of an encoded message.
    pub(super) print: fn(&[u8], &mut Out<'_>) -> Result<(), DecodeError>,
    /// Reads a message in braces, and encodes it.
    pub(super) read: for<'a> fn(&mut Input<'a>) -> Result<Vec<u8>, Fault>,
}

impl MessageText {
    pub(crate) const fn of<M: Message>() -> Self {
        Self { print: print::<M>, read: read::<M> }
    }
}

fn print<M: Message>(bytes: &[u8], out: &mut Out<'_>) -> Result<(), DecodeError> {
    body::print(&M::decode(bytes)?, out);
    Ok(())
}

fn read<M: Message>(input: &mut Input<'_>) -> Result<Vec<u8>, Fault> {
    let mut message = M::default();
    let began = read_content(&mut message, input)?;
    encoded(began, &message, input)
}

/// Where a message began, and what memory was left there.
pub(super) type Began = (usize, usize);

/// Reads a message in braces.
pub(super) fn read_content<'a, M: Fill<'a>>(message: &mut M, input: &mut Input<'a>) -> Result<Began, Fault> {
    let began = (input.lexer.start(), input.memory);
    input.value = Value::default();
    input.body(message)?;
    Ok(began)
}

/// Encodes it.
pub(super) fn encoded<'m, M: Shown<'m>>(
    (start, before): Began,
    message: M,
    input: &mut Input<'_>,
) -> Result<Vec<u8>, Fault> {
    if let Some(path) = message.missing() {
        return Err(input.lexer.fail_at(start, format!("required field `{path}` is missing")));
    }
    let len = binary::len(message);
    // Both are there for a moment, then the message goes.
    input.charge(len)?;
    input.memory = before.saturating_sub(len);
    Ok(binary::encoded(message))
}

/// An extension's type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExtensionText {
    /// Prints the value that is among these fields of a message.
    pub(super) print: fn(&Label, &str, &UnknownFields, &mut Body<'_, '_>) -> Result<(), DecodeError>,
    /// Reads a value, and adds it, encoded, to these fields.
    pub(super) read: for<'a> fn(&Label, &mut Input<'a>, &mut UnknownFields) -> Result<(), Fault>,
}

impl ExtensionText {
    pub(crate) const fn of<L: Shape<T>, T>() -> Self {
        Self { print: print_extension::<L, T>, read: read_extension::<L, T> }
    }
}

fn print_extension<L: Shape<T>, T>(
    label: &Label,
    of: &str,
    fields: &UnknownFields,
    body: &mut Body<'_, '_>,
) -> Result<(), DecodeError> {
    let mut value = L::Value::default();
    L::read(label, of, fields, &mut value)?;
    L::show(label, &value, body);
    Ok(())
}

fn read_extension<L: Shape<T>, T>(
    label: &Label,
    input: &mut Input<'_>,
    fields: &mut UnknownFields,
) -> Result<(), Fault> {
    let mut value = L::Value::default();
    L::merge(label, &mut value, input)?;
    L::write(label, &value, fields);
    Ok(())
}
