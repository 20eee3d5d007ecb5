//! Protobuf's binary format: reading from a [`Reader`], writing to a
//! [`Writer`], and counting what would be written.

mod read;
mod scratch;
mod size;
#[cfg(test)]
mod tests;
mod write;

use crate::error::{Cause, DecodeError, Fault};
use crate::message::{Decode, Message};
use crate::wire::wire_type::END_GROUP;
use crate::wire::{Context, Reader, Span, Writer};

pub(crate) use scratch::scratch;
pub(crate) use size::len;

/// Decodes the whole input of `cx`.
#[inline]
pub(crate) fn decode<'a, M: Decode<'a>>(cx: &mut Context<'a>) -> Result<M, DecodeError> {
    let mut message = M::default();
    match merge::<M, false>(&mut message, cx.input(), cx) {
        Ok(()) => Ok(message),
        Err(fault) => Err(error::<M>(fault, cx)),
    }
}

#[cold]
fn error<'a, M: Decode<'a>>(fault: Fault, cx: &Context<'a>) -> DecodeError {
    let message = if cx.message.is_empty() { M::Message::NAME } else { cx.message };
    DecodeError::new(fault, message, cx.offset())
}

/// Puts `message` before what `writer` holds.
#[inline]
pub(crate) fn encode<M: Message>(message: &M, writer: &mut Writer) {
    write::all_fields(message, writer);
}

/// Takes in all fields of `span`.
#[cfg_attr(not(debug_assertions), inline(always))]
fn merge<'a, M: Decode<'a>, const SHALLOW: bool>(
    message: &mut M,
    span: Span<'a>,
    cx: &mut Context<'a>,
) -> Result<(), Fault> {
    let mut reader = Reader::<SHALLOW>::new(span, cx);
    while reader.more() {
        let tag = reader.tag();
        message.merge(tag, &mut reader)?;
    }
    Ok(())
}

/// Takes in a message inside another one.
#[inline(never)]
fn merge_nested<'a, M: Decode<'a>, const SHALLOW: bool>(
    message: &mut M,
    span: Span<'a>,
    cx: &mut Context<'a>,
) -> Result<(), Fault> {
    enter::<M>(span, cx)?;
    if let Err(fault) = merge::<M, SHALLOW>(message, span, cx) {
        return Err(blame::<M>(fault, cx));
    }
    cx.depth += 1;
    Ok(())
}

/// Takes in a message that nobody wants yet. It is a local of this function, so
/// that the optimiser drops what is stored in it.
#[inline(never)]
fn check_nested<'a, M: Decode<'a>>(span: Span<'a>, cx: &mut Context<'a>) -> Result<(), Fault> {
    enter::<M>(span, cx)?;
    if let Err(fault) = merge::<M, false>(&mut M::default(), span, cx) {
        return Err(blame::<M>(fault, cx));
    }
    cx.depth += 1;
    Ok(())
}

/// Takes in a message that starts with `rest` and ends with the end tag of the
/// group `number`; gives back what follows.
#[inline(never)]
fn merge_group<'a, M: Decode<'a>, const SHALLOW: bool>(
    message: &mut M,
    number: u32,
    rest: Span<'a>,
    cx: &mut Context<'a>,
) -> Result<Span<'a>, Fault> {
    enter::<M>(rest, cx)?;
    let mut reader = Reader::<SHALLOW>::new(rest, cx);
    while reader.more() {
        let tag = reader.tag();
        if tag == number << 3 | END_GROUP {
            reader.cx.depth += 1;
            return Ok(reader.rest());
        }
        if let Err(fault) = message.merge(tag, &mut reader) {
            return Err(blame::<M>(fault, reader.cx));
        }
    }
    let fault = reader.fault(Cause::Truncated);
    Err(blame::<M>(fault, reader.cx))
}

#[inline]
fn enter<'a, M: Decode<'a>>(span: Span<'a>, cx: &mut Context<'a>) -> Result<(), Fault> {
    if cx.depth == 0 {
        let fault = Reader::<true>::new(span, cx).fault(Cause::Depth);
        return Err(blame::<M>(fault, cx));
    }
    cx.depth -= 1;
    Ok(())
}

/// Notes the message in which a decode fails: the innermost, which comes first.
#[cold]
#[inline(never)]
fn blame<'a, M: Decode<'a>>(fault: Fault, cx: &mut Context<'a>) -> Fault {
    if cx.message.is_empty() {
        cx.message = M::Message::NAME;
    }
    fault
}
