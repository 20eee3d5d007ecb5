//! How long a message will be.

use bytes::Bytes;

use super::write::{zigzag32, zigzag64};
use crate::enumeration::Enumeration;
use crate::field::Fields;
use crate::kind::Show;
use crate::label::Label;
use crate::source::tag_of;
use crate::visit::{Sink, Visitor};
use crate::wire::varint_len;
use crate::{Map, Message, UnknownFields};

/// The number of bytes that `message` takes.
pub(crate) fn len<M: Message>(message: &M) -> usize {
    let mut total = Total(0);
    message.fields().visit(&mut total);
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

impl Visitor for Total {
    fn one<K: Show<T>, T>(&mut self, label: &Label, value: &T) {
        self.0 += K::show(value, Tagged(tag_of::<K>(label.number)));
    }

    fn many<K: Show<T>, T>(&mut self, label: &Label, values: &[T], packed: bool) {
        let tag = tag_of::<K>(label.number);
        if packed {
            let len = values.iter().map(|value| K::show(value, Tagged(0))).sum();
            self.0 += tag_len(tag) + delimited(len);
        } else {
            self.0 += values.iter().map(|value| K::show(value, Tagged(tag))).sum::<usize>();
        }
    }

    fn map<K: Show<A>, V: Show<B>, A, B>(&mut self, label: &Label, entries: &Map<A, B>) {
        let tag = tag_len(label.number << 3);
        for (key, value) in entries {
            let key = K::show(key, Tagged(tag_of::<K>(1)));
            let value = V::show(value, Tagged(tag_of::<V>(2)));
            self.0 += tag + delimited(key + value);
        }
    }

    fn unknown(&mut self, fields: &UnknownFields) {
        self.0 += fields.as_bytes().len();
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

impl Sink for Tagged {
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
        string: &str, |value| delimited(value.len());
        bytes: &Bytes, |value| delimited(value.len());
    }

    fn enumeration<E: Enumeration>(self, value: E) -> usize {
        self.int32(value.number())
    }

    fn message<M: Message>(self, value: &M) -> usize {
        tag_len(self.0) + delimited(len(value))
    }

    fn group<M: Message>(self, value: &M) -> usize {
        2 * tag_len(self.0) + len(value)
    }
}
