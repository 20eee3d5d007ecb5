//! Extensions as they are stored: among the unknown fields of a message.

use crate::error::Fault;
use crate::limits::Limits;
use crate::wire::{Context, Reader, Span};
use crate::{DecodeError, UnknownFields};

/// One field with its tag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    pub(crate) tag: u32,
    pub(crate) value: &'a [u8],
}

impl Record<'_> {
    /// The field's number.
    pub(crate) fn number(self) -> u32 {
        self.tag >> 3
    }
}

/// What takes a value in: told the tag, given a reader that stands before the
/// value.
pub(super) type Take<'t, 'a> = dyn for<'r> FnMut(u32, &mut Reader<'r, 'a>) -> Result<(), Fault> + 't;

/// The fields one by one, up to the first that is malformed. Unknown fields of
/// a message never are.
pub(crate) fn records(fields: &[u8]) -> Vec<Record<'_>> {
    let mut records = Vec::new();
    // What is left out is malformed: nothing that a message keeps.
    let _ = each(fields, "", &mut |tag, reader| {
        let value = reader.unwanted(tag)?;
        records.push(Record { tag, value });
        Ok(())
    });
    records
}

/// Hands out field after field of the message `name`.
pub(super) fn each<'a>(fields: &'a [u8], name: &str, take: &mut Take<'_, 'a>) -> Result<(), DecodeError> {
    let span = Span::new(fields);
    let limits = Limits::default();
    let mut cx = Context::new(span, None, limits.levels(), limits.budget(fields.len()));
    walk(span, &mut cx, take).map_err(|fault| {
        let name = if cx.message.is_empty() { name } else { cx.message };
        DecodeError::new(fault, name, cx.offset())
    })
}

fn walk<'a>(span: Span<'a>, cx: &mut Context<'a>, take: &mut Take<'_, 'a>) -> Result<(), Fault> {
    let mut reader = Reader::new(span, cx);
    while reader.more() {
        let tag = reader.tag();
        take(tag, &mut reader)?;
    }
    Ok(())
}

/// Takes away all that is not to be kept.
pub(super) fn retain(fields: &mut UnknownFields, keep: &mut dyn FnMut(Record<'_>) -> bool) {
    let mut kept = UnknownFields::default();
    for record in records(fields.as_bytes()) {
        if keep(record) {
            kept.push(record.tag, record.value);
        }
    }
    *fields = kept;
}
