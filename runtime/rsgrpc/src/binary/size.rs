//! How long a message will be.

use bytes::Bytes;

use crate::enumeration::Names;
use crate::kind::Show;
use crate::label::FieldLabel;
use crate::source::tag_for;
use crate::visit::{Shown, Sink, Visitor};
use crate::wire::wire_type::item;
use crate::wire::{varint_len, zigzag32, zigzag64};
use crate::{Map, UnknownFields};

/// The number of bytes that `message` takes.
pub(crate) fn len<'m, M: Shown<'m>>(message: M) -> usize {
    let mut total = Total(0);
    message.visit(&mut total);
    total.0
}

struct Total(usize);

/// A length and what it announces.
fn delimited(len: usize) -> usize {
    varint_len(len as u64) + len
}

fn tag_len(tag: u32) -> usize {
    varint_len(tag.into())
}

impl<'m> Visitor<'m> for Total {
    fn one<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, value: &'m T) {
        self.0 += kind.show(value, Tagged(tag_for(label.number, kind)));
    }

    fn many<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, values: &'m [T], packed: bool) {
        let tag = tag_for(label.number, kind);
        if packed {
            let len = values.iter().map(|value| kind.show(value, Tagged(0))).sum();
            self.0 += tag_len(tag) + delimited(len);
        } else {
            self.0 += values.iter().map(|value| kind.show(value, Tagged(tag))).sum::<usize>();
        }
    }

    fn map<K: Show<A> + 'm, V: Show<B> + 'm, A, B>(
        &mut self,
        label: &FieldLabel<'m>,
        (of_key, of_value): (K, V),
        entries: &'m Map<A, B>,
    ) {
        let tag = tag_len(label.number << 3);
        for (key, value) in entries {
            let key = of_key.show(key, Tagged(tag_for(1, of_key)));
            let value = of_value.show(value, Tagged(tag_for(2, of_value)));
            self.0 += tag + delimited(key + value);
        }
    }

    fn unknown(&mut self, fields: &'m UnknownFields) {
        self.0 += fields.as_bytes().len();
    }

    fn item<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, value: &'m T) {
        let id = tag_len(item::TYPE_ID) + varint_len(label.number.into());
        self.0 += tag_len(item::START) + id + kind.show(value, Tagged(item::MESSAGE)) + tag_len(item::END);
    }
}

/// The length of a value with its tag; 0 is no tag, for packed values.
struct Tagged(u32);

macro_rules! scalars {
    ($($method:ident: $type:ty, |$value:ident| $len:expr;)*) => {$(
        #[inline]
        fn $method(self, $value: $type) -> usize {
            (if self.0 == 0 { 0 } else { tag_len(self.0) }) + $len
        }
    )*};
}

impl<'m> Sink<'m> for Tagged {
    type Out = usize;

    scalars! {
        bool: bool, |_value| 1;
        int32: i32, |value| varint_len(i64::from(value) as u64);
        int64: i64, |value| varint_len(value as u64);
        uint32: u32, |value| varint_len(value.into());
        uint64: u64, |value| varint_len(value);
        sint32: i32, |value| varint_len(zigzag32(value).into());
        sint64: i64, |value| varint_len(zigzag64(value));
        fixed32: u32, |_value| 4;
        fixed64: u64, |_value| 8;
        sfixed32: i32, |_value| 4;
        sfixed64: i64, |_value| 8;
        float: f32, |_value| 4;
        double: f64, |_value| 8;
        string: &'m str, |value| delimited(value.len());
        bytes: &'m Bytes, |value| delimited(value.len());
    }

    fn enumeration<N: Names>(self, _: N, number: i32) -> usize {
        self.int32(number)
    }

    fn message<M: Shown<'m>>(self, value: M) -> usize {
        tag_len(self.0) + delimited(len(value))
    }

    fn group<M: Shown<'m>>(self, value: M) -> usize {
        2 * tag_len(self.0) + len(value)
    }
}
