//! Message sets: messages whose extensions are items of a group
//! (`message_set_wire_format`).

use super::shape::Shape;
use super::stored::{Record, records, retain};
use crate::error::Fault;
use crate::kind::{Nested, Read};
use crate::label::Label;
use crate::limits::Limits;
use crate::source::Source;
use crate::visit::Visitor;
use crate::wire::wire_type::{LEN, START_GROUP, VARINT};
use crate::wire::{Context, Reader, Span};
use crate::{DecodeError, Message, UnknownFields, Writer, binary};

/// An item of a message set: `group Item = 1 { int32 type_id = 2; bytes message = 3; }`.
const ITEM: u32 = 1 << 3 | START_GROUP;
const ITEM_END: u32 = ITEM + 1;
const TYPE_ID: u32 = 2 << 3 | VARINT;
const MESSAGE: u32 = 3 << 3 | LEN;

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
        _: &'static str,
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
            let limits = Limits::default();
            let (levels, budget) = (limits.levels(), limits.budget(whole.len()));
            *value = Some(binary::decode(&mut Context::new(Span::new(&whole), None, levels, budget))?);
        }
        Ok(())
    }

    fn write(label: &Label, value: &Option<M>, fields: &mut UnknownFields) {
        let Some(message) = value else { return };
        let mut writer = Writer::default();
        writer.varint(0, ITEM_END.into());
        let mark = writer.len();
        message.encode_into(&mut writer);
        writer.close(MESSAGE, mark);
        writer.varint(TYPE_ID, label.number.into());
        writer.varint(0, ITEM.into());
        fields.append(&writer.to_vec());
    }

    fn show<V: Visitor>(label: &Label, value: &Option<M>, visitor: &mut V) {
        if let Some(value) = value {
            visitor.one::<Nested, M>(label, value);
        }
    }

    fn merge<'a, S: Source<'a>>(label: &Label, value: &mut Option<M>, source: &mut S) -> Result<(), Fault> {
        Nested::read(value.get_or_insert_default(), label.number, source)
    }
}

fn is(record: Record<'_>, label: &Label) -> bool {
    item(record).is_some_and(|(id, _)| id == label.number)
}

/// The type and the encoded message of an item; none where `record` is
/// something else.
pub(crate) fn item(record: Record<'_>) -> Option<(u32, &[u8])> {
    if record.tag != ITEM {
        return None;
    }
    let span = Span::new(record.value);
    let limits = Limits::default();
    let mut cx = Context::new(span, None, limits.levels(), limits.budget(record.value.len()));
    let mut reader = Reader::<false>::new(span, &mut cx);
    let (mut id, mut message) = (None, &[][..]);
    while reader.more() {
        match reader.tag() {
            ITEM_END => break,
            // Numbers are 32 bits wide; the format drops what is above.
            TYPE_ID => id = Some(reader.varint().ok()? as u32),
            MESSAGE => message = reader.delimited().ok()?.as_slice(),
            tag => drop(reader.unwanted(tag).ok()?),
        }
    }
    Some((id?, message))
}
