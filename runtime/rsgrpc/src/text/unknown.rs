//! Fields that nobody knows, by their numbers.

use super::out::Out;
use super::quote::Escaped;
use crate::extension::{Record, records};
use crate::limits::Limits;
use crate::wire::wire_type::{FIXED32, FIXED64, LEN, START_GROUP, VARINT};
use crate::wire::{Context, Reader, Span};

/// So many levels of messages are looked for in what may as well be text.
const DEPTH: u32 = 10;

/// Prints a field with what can be told of its value.
pub(super) fn print(record: Record<'_>, out: &mut Out<'_>) {
    print_within(record, out, DEPTH);
}

fn print_within(record: Record<'_>, out: &mut Out<'_>, depth: u32) {
    let number = record.number();
    let span = Span::new(record.value);
    let mut cx = Context::new(span, None, Limits::default().levels(), 0);
    let mut reader = Reader::new(span, &mut cx);
    match record.tag & 7 {
        VARINT => out.line(number, reader.varint().unwrap_or_default()),
        FIXED32 => {
            let value = reader.fixed().map(u32::from_le_bytes).unwrap_or_default();
            out.line(number, format_args!("0x{value:08x}"));
        }
        FIXED64 => {
            let value = reader.fixed().map(u64::from_le_bytes).unwrap_or_default();
            out.line(number, format_args!("0x{value:016x}"));
        }
        LEN => {
            let value = reader.delimited().map(Span::as_slice).unwrap_or_default();
            match fields(value).filter(|_| depth > 0) {
                Some(fields) => print_all(number, &fields, out, depth),
                None => out.line(number, Escaped(value)),
            }
        }
        START_GROUP => {
            // The last tag ends the group.
            let fields = records(record.value);
            print_all(number, &fields, out, depth);
        }
        _ => {}
    }
}

fn print_all(number: u32, fields: &[Record<'_>], out: &mut Out<'_>, depth: u32) {
    out.open(number);
    for field in fields {
        print_within(*field, out, depth.saturating_sub(1));
    }
    out.close();
}

/// The fields of a message, if `value` is one that is not empty.
fn fields(value: &[u8]) -> Option<Vec<Record<'_>>> {
    let fields = records(value);
    let len = |field: &Record<'_>| crate::wire::varint_len(field.tag.into()) + field.value.len();
    // A tag may be longer than it has to be; then this is no message.
    let whole = fields.iter().map(len).sum::<usize>() == value.len();
    (whole && !fields.is_empty()).then_some(fields)
}
