//! A [`Writer`] as the visitor of a message's fields, from the last to the
//! first.

use bytes::Bytes;

use crate::enumeration::Names;
use crate::kind::Show;
use crate::label::FieldLabel;
use crate::source::tag_for;
use crate::visit::{Shown, Sink, Visitor};
use crate::wire::wire_type::{LEN, item};
use crate::wire::{Writer, zigzag32, zigzag64};
use crate::{Map, UnknownFields};

impl<'m> Visitor<'m> for Writer {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn one<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, value: &'m T) {
        kind.show(value, Tagged::one(self, tag_for(label.number, kind)));
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn many<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, values: &'m [T], packed: bool) {
        let tag = if packed { 0 } else { tag_for(label.number, kind) };
        let mark = self.len();
        for value in values.iter().rev() {
            kind.show(value, Tagged { writer: self, tag, listed: true });
        }
        if packed {
            self.close(label.number << 3 | LEN, mark);
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn map<K: Show<A> + 'm, V: Show<B> + 'm, A, B>(
        &mut self,
        label: &FieldLabel<'m>,
        (of_key, of_value): (K, V),
        entries: &'m Map<A, B>,
    ) {
        for (key, value) in entries.iter().rev() {
            let mark = self.len();
            of_value.show(value, Tagged::one(self, tag_for(2, of_value)));
            of_key.show(key, Tagged::one(self, tag_for(1, of_key)));
            self.close(label.number << 3 | LEN, mark);
        }
    }

    #[cold]
    fn unknown(&mut self, fields: &'m UnknownFields) {
        self.prepend(fields.as_bytes());
    }

    #[cold]
    fn item<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, value: &'m T) {
        self.varint(0, item::END.into());
        kind.show(value, Tagged::one(self, item::MESSAGE));
        self.varint(item::TYPE_ID, label.number.into());
        self.varint(0, item::START.into());
    }
}

/// A value with its tag; 0 is no tag, for packed values.
struct Tagged<'w> {
    writer: &'w mut Writer,
    tag: u32,
    /// It is one of many.
    listed: bool,
}

impl<'w> Tagged<'w> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn one(writer: &'w mut Writer, tag: u32) -> Self {
        Self { writer, tag, listed: false }
    }
}

macro_rules! scalars {
    ($($method:ident: $type:ty, $write:ident, |$value:ident| $bits:expr;)*) => {$(
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn $method(self, $value: $type) {
            self.writer.$write(self.tag, $bits);
        }
    )*};
}

impl<'m> Sink<'m> for Tagged<'_> {
    type Out = ();

    scalars! {
        bool: bool, varint, |value| value.into();
        // Negative numbers are written as 64 bits.
        int32: i32, varint, |value| i64::from(value) as u64;
        int64: i64, varint, |value| value as u64;
        uint32: u32, varint, |value| value.into();
        uint64: u64, varint, |value| value;
        sint32: i32, varint, |value| zigzag32(value).into();
        sint64: i64, varint, |value| zigzag64(value);
        fixed32: u32, fixed, |value| value.to_le_bytes();
        fixed64: u64, fixed, |value| value.to_le_bytes();
        sfixed32: i32, fixed, |value| value.to_le_bytes();
        sfixed64: i64, fixed, |value| value.to_le_bytes();
        float: f32, fixed, |value| value.to_le_bytes();
        double: f64, fixed, |value| value.to_le_bytes();
        string: &'m str, bytes, |value| value.as_bytes();
        bytes: &'m Bytes, shared, |value| value;
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn enumeration<N: Names>(self, _: N, number: i32) {
        self.int32(number);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn message<M: Shown<'m>>(self, value: M) {
        let mark = self.writer.len();
        fields(value, self.writer, self.listed);
        self.writer.close(self.tag, mark);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn group<M: Shown<'m>>(self, value: M) {
        // The end tag follows the start tag by one.
        self.writer.varint(0, u64::from(self.tag) + 1);
        fields(value, self.writer, self.listed);
        self.writer.varint(0, self.tag.into());
    }
}

/// Writes the fields of a message inside another one: a small one of many in
/// place, any other by a call, or the outermost would hold the code of all that
/// it may contain.
#[cfg_attr(not(debug_assertions), inline(always))]
fn fields<'m, M: Shown<'m>>(message: M, writer: &mut Writer, listed: bool) {
    if M::LEAF && listed {
        message.visit_back(writer);
    } else {
        encode(message, writer);
    }
}

/// Puts `message` before what `writer` holds.
#[inline(never)]
pub(crate) fn encode<'m, M: Shown<'m>>(message: M, writer: &mut Writer) {
    message.visit_back(writer);
}
