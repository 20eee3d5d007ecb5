//! Message sets: messages whose extensions are items of a group
//! (`message_set_wire_format`).

use super::shape::{Shape, append};
use super::stored::{Record, records, retain};
use crate::error::Fault;
use crate::kind::{Nested, Read};
use crate::label::{FieldLabel, Label};
use crate::limits::Limits;
use crate::source::Source;
use crate::visit::Visitor;
use crate::wire::wire_type::{LEN, item};
use crate::wire::{Context, Reader, Span};
use crate::{DecodeError, Message, UnknownFields, binary};

/// The layout of an extension in a message set: a message.
#[derive(Debug)]
pub enum InSet {}

impl<M: Message> Shape<M> for InSet {
    const WIRE: u32 = LEN;
    const IN_SET: bool = true;

    type Value = Option<M>;

    fn has(label: &Label, fields: &UnknownFields) -> bool {
        records(fields.as_bytes()).into_iter().any(|record| is(record, label))
    }

    fn clear(label: &Label, fields: &mut UnknownFields) {
        retain(fields, &mut |record| !is(record, label));
    }

    fn read(
        label: &Label,
        _: &str,
        fields: &UnknownFields,
        value: &mut Option<M>,
    ) -> Result<(), DecodeError> {
        let mut found = false;
        // Encoded messages one after the other are the merged message.
        let mut whole = Vec::new();
        for record in records(fields.as_bytes()) {
            if let Some((id, message)) = item(record)
                && id == label.number
            {
                found = true;
                whole.extend_from_slice(message);
            }
        }
        if found {
            *value = Some(binary::decode(&mut Limits::default().context(&whole, None))?);
        }
        Ok(())
    }

    fn write(label: &Label, value: &Option<M>, fields: &mut UnknownFields) {
        append::<Self, M>(label, value, fields);
    }

    fn show<'m, V: Visitor<'m>>(label: &FieldLabel<'m>, value: &'m Option<M>, visitor: &mut V) {
        if let Some(value) = value {
            visitor.item(label, Nested, value);
        }
    }

    fn merge<'a, S: Source<'a>>(label: &Label, value: &mut Option<M>, source: &mut S) -> Result<(), Fault> {
        Nested.read(value.get_or_insert_default(), label.number, source)
    }
}

fn is(record: Record<'_>, label: &Label) -> bool {
    item(record).is_some_and(|(id, _)| id == label.number)
}

/// The type and the encoded message of an item; none where `record` is
/// something else.
pub(crate) fn item(record: Record<'_>) -> Option<(u32, &[u8])> {
    if record.tag != item::START {
        return None;
    }
    let span = Span::new(record.value);
    let limits = Limits::default();
    let mut cx = Context::new(span, None, limits.levels(), limits.budget(record.value.len()));
    let mut reader = Reader::new(span, &mut cx);
    let (mut id, mut message) = (None, &[][..]);
    while reader.more() {
        match reader.tag() {
            item::END => break,
            // Numbers are 32 bits wide; the format drops what is above.
            item::TYPE_ID => id = Some(reader.varint().ok()? as u32),
            item::MESSAGE => message = reader.delimited().ok()?.as_slice(),
            tag => drop(reader.unwanted(tag).ok()?),
        }
    }
    Some((id?, message))
}
