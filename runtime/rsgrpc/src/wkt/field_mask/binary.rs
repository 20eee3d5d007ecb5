//! Messages of which fields are left out: on the way through the binary format,
//! so that no message has code for it.

use super::error::{FieldMaskError, Problem};
use super::select::{Selected, Selection, Shape};
use crate::codegen::Fault;
use crate::unknown::push_varint;
use crate::wire::wire_type::{END_GROUP, LEN, START_GROUP};
use crate::wire::{Context, Reader, Span, skip};
use crate::{Bytes, Message, binary};

/// Which fields stay.
#[derive(Clone, Copy)]
pub(super) enum Keep {
    Selected,
    Others,
    /// Others, and the selected ones that merge with what follows.
    Mergeable,
}

impl Keep {
    fn keeps(self, whole: Option<Shape>) -> bool {
        match (self, whole) {
            (Self::Selected, whole) => whole.is_some(),
            (Self::Mergeable, Some(shape)) => shape == Shape::Merged,
            (Self::Others | Self::Mergeable, whole) => whole.is_none(),
        }
    }
}

/// The fields that stay of each message, merged in this order.
pub(super) fn filtered<M: Message>(
    messages: &[(&M, Keep)],
    selection: &Selection,
) -> Result<M, FieldMaskError> {
    let mut all = Vec::new();
    for (message, keep) in messages {
        let bytes = message.encode();
        // The message exists: it may be as deep and as large as it is.
        let mut cx = Context::new(Span::new(&bytes), None, u32::MAX, usize::MAX);
        let stays = filter(cx.input(), &mut cx, selection, *keep);
        all.extend(stays.map_err(|_| not_ours::<M>())?);
    }
    let all = Bytes::from(all);
    binary::decode(&mut Context::new(Span::new(&all), Some(&all), u32::MAX, usize::MAX))
        .map_err(|_| not_ours::<M>())
}

#[cold]
fn not_ours<M: Message>() -> FieldMaskError {
    FieldMaskError::of(Problem::Encoded(M::NAME), "")
}

/// The fields that stay of a message or group at the start of `rest`.
fn filter<'a>(
    mut rest: Span<'a>,
    cx: &mut Context<'a>,
    selection: &Selection,
    keep: Keep,
) -> Result<Vec<u8>, Fault> {
    let mut stays = Vec::new();
    loop {
        let mut reader = Reader::new(rest, cx);
        if !reader.more() {
            return Ok(stays);
        }
        let tag = reader.tag();
        let value = reader.rest();
        if tag & 7 == END_GROUP {
            return Ok(stays);
        }
        let after = skip(value, cx, tag)?;
        match selection.0.get(&(tag >> 3)) {
            Some(Selected::Part(inner)) if tag & 7 == START_GROUP => {
                let inner = filter(value, cx, inner, keep)?;
                push_varint(&mut stays, tag.into());
                stays.extend(inner);
                // The end tag follows the start tag by one.
                push_varint(&mut stays, u64::from(tag) + 1);
            }
            Some(Selected::Part(inner)) if tag & 7 == LEN => {
                let body = Reader::new(value, cx).delimited()?;
                let inner = filter(body, cx, inner, keep)?;
                push_varint(&mut stays, tag.into());
                push_varint(&mut stays, inner.len() as u64);
                stays.extend(inner);
            }
            selected => {
                let whole = match selected {
                    Some(Selected::Whole(shape)) => Some(*shape),
                    _ => None,
                };
                if keep.keeps(whole) {
                    stays.extend_from_slice(rest.before(after));
                }
            }
        }
        rest = after;
    }
}
