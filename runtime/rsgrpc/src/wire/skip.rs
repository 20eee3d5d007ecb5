//! Stepping over the value of a field that nobody wants.

use super::reader::{Context, Reader, Span};
use super::wire_type::{END_GROUP, FIXED32, FIXED64, LEN, START_GROUP, VARINT};
use crate::error::{Cause, Fault};

/// Steps over the value that `tag` announces, at the start of `span`; gives
/// back what follows it. Takes and returns values, so that no reader's address
/// escapes.
#[cold]
#[inline(never)]
pub(crate) fn skip<'a>(span: Span<'a>, cx: &mut Context<'a>, tag: u32) -> Result<Span<'a>, Fault> {
    let mut reader = Reader::new(span, cx);
    if tag < 8 {
        return Err(reader.fault(Cause::Tag));
    }
    match tag & 7 {
        VARINT => drop(reader.varint()?),
        FIXED64 => drop(reader.fixed::<8>()?),
        LEN => drop(reader.delimited()?),
        FIXED32 => drop(reader.fixed::<4>()?),
        START_GROUP => return skip_group(span, cx, tag >> 3),
        END_GROUP => return Err(reader.fault(Cause::Group)),
        _ => return Err(reader.fault(Cause::Tag)),
    }
    Ok(reader.rest())
}

fn skip_group<'a>(mut rest: Span<'a>, cx: &mut Context<'a>, number: u32) -> Result<Span<'a>, Fault> {
    let Some(depth) = cx.depth.checked_sub(1) else {
        return Err(Reader::new(rest, cx).fault(Cause::Depth));
    };
    cx.depth = depth;
    loop {
        let mut reader = Reader::new(rest, cx);
        if !reader.more() {
            return Err(reader.fault(Cause::Truncated));
        }
        let tag = reader.tag();
        rest = reader.rest();
        if tag == number << 3 | END_GROUP {
            cx.depth += 1;
            return Ok(rest);
        }
        rest = skip(rest, cx, tag)?;
    }
}
