//! Protobuf's binary format: reading from a [`Reader`], writing to a
//! [`Writer`], and counting what would be written.

mod packed;
mod read;
mod scratch;
mod size;
#[cfg(test)]
mod tests;
mod write;

use std::ops::ControlFlow;

use crate::error::{Cause, DecodeError, Fault};
use crate::fill::Fill;
use crate::visit::Shown;
use crate::wire::wire_type::END_GROUP;
use crate::wire::{Context, Reader, Span};

pub(crate) use size::len;
pub(crate) use write::encode;

/// Decodes the whole input of `cx`.
#[inline]
pub(crate) fn decode<'a, M: Fill<'a> + Default>(cx: &mut Context<'a>) -> Result<M, DecodeError> {
    let mut message = M::default();
    match merge_all(&mut message, cx) {
        Ok(()) => Ok(message),
        Err(fault) => Err(error(fault, cx)),
    }
}

/// The same of a view, which leaves nothing for later.
#[inline]
pub(crate) fn decode_view<'a, V: Fill<'a> + Default>(cx: &mut Context<'a>) -> Result<V, DecodeError> {
    let mut view = V::default();
    match merge_nested(&mut view, cx.input(), cx) {
        Ok(()) => Ok(view),
        Err(fault) => Err(error(fault, cx)),
    }
}

/// Decodes the whole input of `cx` into `message`.
#[cfg(any(feature = "call", feature = "reflect"))]
#[inline]
pub(crate) fn decode_into<'a, M: Fill<'a>>(message: &mut M, cx: &mut Context<'a>) -> Result<(), DecodeError> {
    merge_all(message, cx).map_err(|fault| error(fault, cx))
}

#[cold]
#[inline(never)]
fn error(fault: Fault, cx: &Context<'_>) -> DecodeError {
    DecodeError::new(fault, cx.message, cx.offset())
}

/// Takes in the whole input, and then what was left for later.
#[inline]
fn merge_all<'a, M: Fill<'a>>(message: &mut M, cx: &mut Context<'a>) -> Result<(), Fault> {
    let merged = merge_nested(message, cx.input(), cx);
    if cx.has_left() { merge_left(merged, message, cx) } else { merged }
}

/// A message that takes in more. Not generic, so that the loop is there once.
trait More<'a> {
    fn merge(&mut self, span: Span<'a>, cx: &mut Context<'a>) -> Result<(), Fault>;
}

impl<'a, M: Fill<'a>> More<'a> for M {
    fn merge(&mut self, span: Span<'a>, cx: &mut Context<'a>) -> Result<(), Fault> {
        merge_nested(self, span, cx)
    }
}

#[cold]
#[inline(never)]
fn merge_left<'a>(
    mut merged: Result<(), Fault>,
    message: &mut dyn More<'a>,
    cx: &mut Context<'a>,
) -> Result<(), Fault> {
    loop {
        match cx.go_on(merged) {
            ControlFlow::Continue(left) => merged = message.merge(left, cx),
            ControlFlow::Break(result) => return result,
        }
    }
}

/// Encodes `message` by itself.
#[inline]
pub(crate) fn encoded<'m, M: Shown<'m>>(message: M) -> Vec<u8> {
    // What it is written in is handled once, not in the code of each message.
    scratch::written(&message)
}

/// Takes in all fields of `span`.
#[cfg_attr(not(debug_assertions), inline(always))]
fn merge<'a, M: Fill<'a>>(message: &mut M, span: Span<'a>, cx: &mut Context<'a>) -> Result<(), Fault> {
    let mut reader = Reader::new(span, cx);
    while reader.more() {
        let tag = reader.tag();
        message.fill(tag, &mut reader)?;
    }
    Ok(())
}

/// Takes in a small message without messages of its own, in place. It counts
/// like any other, only that what is wrong in it is said of the one around it.
#[cfg_attr(not(debug_assertions), inline(always))]
fn merge_leaf<'a, M: Fill<'a>>(message: &mut M, span: Span<'a>, cx: &mut Context<'a>) -> Result<(), Fault> {
    enter(span, cx)?;
    merge(message, span, cx)?;
    cx.depth += 1;
    Ok(())
}

/// Takes in a message inside another one, and the outermost as if it were that.
#[inline(never)]
fn merge_nested<'a, M: Fill<'a>>(message: &mut M, span: Span<'a>, cx: &mut Context<'a>) -> Result<(), Fault> {
    let merged = match enter(span, cx) {
        Ok(()) => merge(message, span, cx),
        too_deep => too_deep,
    };
    conclude(merged, message.name(), cx)
}

/// Takes in a message that starts with `rest` and ends with the end tag of the
/// group `number`; gives back what follows.
#[inline(never)]
fn merge_group<'a, M: Fill<'a>>(
    message: &mut M,
    number: u32,
    rest: Span<'a>,
    cx: &mut Context<'a>,
) -> Result<Span<'a>, Fault> {
    if let Err(fault) = enter(rest, cx) {
        return Err(blame(fault, message.name(), cx));
    }
    let mut reader = Reader::new(rest, cx);
    while reader.more() {
        let tag = reader.tag();
        if tag == number << 3 | END_GROUP {
            reader.cx.depth += 1;
            return Ok(reader.rest());
        }
        if let Err(fault) = message.fill(tag, &mut reader) {
            return Err(blame(fault, message.name(), reader.cx));
        }
    }
    let fault = reader.fault(Cause::Truncated);
    Err(blame(fault, message.name(), reader.cx))
}

#[inline]
fn enter<'a>(span: Span<'a>, cx: &mut Context<'a>) -> Result<(), Fault> {
    if cx.depth == 0 {
        return Err(too_deep(span, cx));
    }
    cx.depth -= 1;
    Ok(())
}

#[cold]
#[inline(never)]
fn too_deep<'a>(span: Span<'a>, cx: &mut Context<'a>) -> Fault {
    Reader::new(span, cx).fault(Cause::Depth)
}

/// What ends a message, which came to this.
#[cfg_attr(not(debug_assertions), inline(always))]
fn conclude<'a>(merged: Result<(), Fault>, message: &'a str, cx: &mut Context<'a>) -> Result<(), Fault> {
    if let Err(fault) = merged {
        return Err(blame(fault, message, cx));
    }
    cx.depth += 1;
    Ok(())
}

/// Notes the message in which a decode fails: the innermost, which comes first.
#[cold]
#[inline(never)]
fn blame<'a>(fault: Fault, message: &'a str, cx: &mut Context<'a>) -> Fault {
    if cx.message.is_empty() {
        cx.message = message;
    }
    fault
}
