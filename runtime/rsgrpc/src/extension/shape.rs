//! How an extension's values are laid out.

use super::stored::{each, records, retain};
use crate::error::Fault;
use crate::field::{Explicit, Packed, Repeated};
use crate::kind::{Read, Show, Static};
use crate::label::{FieldLabel, Label};
use crate::source::{Source, tag_of};
use crate::visit::Visitor;
use crate::wire::wire_type::LEN;
use crate::wire::{Reader, Span};
use crate::{DecodeError, UnknownFields, Writer};

/// The layout of an extension whose values are `T`: [`Explicit`],
/// [`Repeated`], [`Packed`] or [`InSet`](super::InSet).
pub trait Shape<T> {
    /// The wire type of an unpacked value.
    const WIRE: u32;
    /// The extended message is a message set.
    const IN_SET: bool = false;

    /// All that is set: one value or none, or a list.
    type Value: Default;

    /// Whether there is a value among `fields`.
    #[must_use]
    fn has(label: &Label, fields: &UnknownFields) -> bool {
        records(fields.as_bytes()).iter().any(|record| record.number() == label.number)
    }

    /// Takes what is set away from `fields`.
    fn clear(label: &Label, fields: &mut UnknownFields) {
        retain(fields, &mut |record| record.number() != label.number);
    }

    /// Reads what is set from the fields of the message `of`.
    ///
    /// # Errors
    /// What is there has another type.
    fn read(
        label: &Label,
        of: &str,
        fields: &UnknownFields,
        value: &mut Self::Value,
    ) -> Result<(), DecodeError>;

    /// Adds `value` to `fields`.
    fn write(label: &Label, value: &Self::Value, fields: &mut UnknownFields);

    /// Hands `value` over, if there is any.
    fn show<'m, V: Visitor<'m>>(label: &FieldLabel<'m>, value: &'m Self::Value, visitor: &mut V);

    /// Takes a value in from a format.
    ///
    /// # Errors
    /// The source holds no such value.
    fn merge<'a, S: Source<'a>>(label: &Label, value: &mut Self::Value, source: &mut S) -> Result<(), Fault>;
}

/// Writes what `value` shows to the end of `fields`.
pub(super) fn append<L: Shape<T>, T>(label: &Label, value: &L::Value, fields: &mut UnknownFields) {
    let mut writer = Writer::default();
    L::show(label, value, &mut writer);
    fields.append(&writer.to_vec());
}

impl<K, T> Shape<T> for Explicit<K>
where
    K: Static + Show<T> + for<'a> Read<'a, T>,
    T: Default,
{
    const WIRE: u32 = K::WIRE;

    type Value = Option<T>;

    fn read(
        label: &Label,
        of: &str,
        fields: &UnknownFields,
        value: &mut Option<T>,
    ) -> Result<(), DecodeError> {
        each(fields.as_bytes(), of, &mut |tag, reader| {
            if tag != tag_of::<K>(label.number) {
                return reader.unwanted(tag).map(drop);
            }
            match value {
                // Messages merge, all else is replaced.
                Some(value) => K::KIND.read(value, label.number, reader)?,
                None => *value = K::KIND.element(label.number, reader)?,
            }
            Ok(())
        })
    }

    fn write(label: &Label, value: &Option<T>, fields: &mut UnknownFields) {
        append::<Self, T>(label, value, fields);
    }

    fn show<'m, V: Visitor<'m>>(label: &FieldLabel<'m>, value: &'m Option<T>, visitor: &mut V) {
        if let Some(value) = value {
            visitor.one(label, K::KIND, value);
        }
    }

    fn merge<'a, S: Source<'a>>(label: &Label, value: &mut Option<T>, source: &mut S) -> Result<(), Fault> {
        K::KIND.read(value.get_or_insert_default(), label.number, source)
    }
}

/// Reads a value, or a packed run of them.
fn read_many<'a, K: Static + Read<'a, T>, T: Default>(
    tag: u32,
    values: &mut Vec<T>,
    reader: &mut Reader<'_, 'a>,
) -> Result<(), Fault> {
    let number = tag >> 3;
    if !(K::PACKABLE && tag & 7 == LEN) {
        return read_element::<K, T>(number, values, reader);
    }
    let run: Span<'a> = reader.delimited()?;
    let mut run = Reader::new(run, reader.cx);
    while run.more() {
        read_element::<K, T>(number, values, &mut run)?;
    }
    Ok(())
}

fn read_element<'a, K: Static + Read<'a, T>, T: Default>(
    number: u32,
    values: &mut Vec<T>,
    reader: &mut Reader<'_, 'a>,
) -> Result<(), Fault> {
    if values.len() == values.capacity() {
        reader.charge(values.len().max(4).saturating_mul(size_of::<T>()))?;
    }
    values.extend(K::KIND.element(number, reader)?);
    Ok(())
}

macro_rules! lists {
    ($($layout:ident: $packed:literal;)*) => {$(
        impl<K, T> Shape<T> for $layout<K>
        where
            K: Static + Show<T> + for<'a> Read<'a, T>,
            T: Default,
        {
            const WIRE: u32 = K::WIRE;

            type Value = Vec<T>;

            fn read(
                label: &Label,
                of: &str,
                fields: &UnknownFields,
                values: &mut Vec<T>,
            ) -> Result<(), DecodeError> {
                each(fields.as_bytes(), of, &mut |tag, reader| {
                    let packed = K::PACKABLE && tag == label.number << 3 | LEN;
                    if tag == tag_of::<K>(label.number) || packed {
                        read_many::<K, T>(tag, values, reader)
                    } else {
                        reader.unwanted(tag).map(drop)
                    }
                })
            }

            fn write(label: &Label, values: &Vec<T>, fields: &mut UnknownFields) {
                append::<Self, T>(label, values, fields);
            }

            fn show<'m, V: Visitor<'m>>(label: &FieldLabel<'m>, values: &'m Vec<T>, visitor: &mut V) {
                if !values.is_empty() {
                    visitor.many(label, K::KIND, values, $packed);
                }
            }

            fn merge<'a, S: Source<'a>>(
                label: &Label,
                values: &mut Vec<T>,
                source: &mut S,
            ) -> Result<(), Fault> {
                source.many(label.tag, K::KIND, values)
            }
        }
    )*};
}

lists! {
    Repeated: false;
    Packed: true;
}
