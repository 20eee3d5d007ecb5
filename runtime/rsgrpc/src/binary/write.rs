//! A [`Writer`] as the visitor of a message's fields, from the last to the
//! first.

use bytes::Bytes;

use crate::enumeration::Enumeration;
use crate::field::Fields;
use crate::kind::Show;
use crate::label::Label;
use crate::message::Decode;
use crate::source::tag_of;
use crate::visit::{Sink, Visitor};
use crate::wire::Writer;
use crate::wire::wire_type::LEN;
use crate::{Map, Message, UnknownFields};

impl Visitor for Writer {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn one<K: Show<T>, T>(&mut self, label: &Label, value: &T) {
        K::show(value, Tagged { writer: self, tag: tag_of::<K>(label.number) });
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn many<K: Show<T>, T>(&mut self, label: &Label, values: &[T], packed: bool) {
        let tag = if packed { 0 } else { tag_of::<K>(label.number) };
        let mark = self.len();
        for value in values.iter().rev() {
            K::show(value, Tagged { writer: self, tag });
        }
        if packed {
            self.close(label.number << 3 | LEN, mark);
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn map<K: Show<A>, V: Show<B>, A, B>(&mut self, label: &Label, entries: &Map<A, B>) {
        for (key, value) in entries.iter().rev() {
            let mark = self.len();
            V::show(value, Tagged { writer: self, tag: tag_of::<V>(2) });
            K::show(key, Tagged { writer: self, tag: tag_of::<K>(1) });
            self.close(label.number << 3 | LEN, mark);
        }
    }

    #[cold]
    fn unknown(&mut self, fields: &UnknownFields) {
        self.prepend(fields.as_bytes());
    }
}

/// A value with its tag; 0 is no tag, for packed values.
struct Tagged<'w> {
    writer: &'w mut Writer,
    tag: u32,
}

macro_rules! scalars {
    ($($method:ident: $type:ty, $write:ident, |$value:ident| $bits:expr;)*) => {$(
        #[cfg_attr(not(debug_assertions), inline(always))]
        fn $method(self, $value: $type) {
            self.writer.$write(self.tag, $bits);
        }
    )*};
}

impl Sink for Tagged<'_> {
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
        string: &str, bytes, |value| value.as_bytes();
        bytes: &Bytes, shared, |value| value;
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn enumeration<E: Enumeration>(self, value: E) {
        self.int32(value.number());
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn message<M: Message>(self, value: &M) {
        let mark = self.writer.len();
        fields(value, self.writer);
        self.writer.close(self.tag, mark);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn group<M: Message>(self, value: &M) {
        // The end tag follows the start tag by one.
        self.writer.varint(0, u64::from(self.tag) + 1);
        fields(value, self.writer);
        self.writer.varint(0, self.tag.into());
    }
}

/// Writes the fields of a message inside another one: a small one in place, any
/// other by a call, or the outermost would hold the code of all that it may
/// contain.
#[cfg_attr(not(debug_assertions), inline(always))]
fn fields<M: Message>(message: &M, writer: &mut Writer) {
    if <M as Decode<'_>>::LEAF {
        message.fields().visit_back(writer);
    } else {
        all_fields(message, writer);
    }
}

#[inline(never)]
pub(super) fn all_fields<M: Message>(message: &M, writer: &mut Writer) {
    message.fields().visit_back(writer);
}

pub(super) const fn zigzag32(value: i32) -> u32 {
    (value << 1 ^ value >> 31) as u32
}

pub(super) const fn zigzag64(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}
