//! Generated messages, read and changed field by field.

use bytes::Bytes;

use super::containers::{ListRef, MapRef, TypedList, TypedMap};
use super::embedded::Described;
use super::give::{Give, Remove};
use super::value::{Erased, MapKey, MessageRef, SetError, Value, ValueRef};
use super::{DescriptorPool, DynamicMessage, MessageDescriptor, Reflect};
use crate::enumeration::Names;
use crate::fill::Fill;
use crate::kind::Show;
use crate::label::FieldLabel;
use crate::visit::{Shown, Sink, Visitor};
use crate::{Map, Message, UnknownFields};

/// Extensions of a generated message are not among its fields: their constants read them.
impl<M: Message + Described> Reflect for M {
    /// # Panics
    /// The message was changed by hand and is not what its file says.
    #[expect(clippy::expect_used, reason = "the plugin writes both")]
    fn descriptor(&self) -> MessageDescriptor {
        M::descriptors().pool().message(M::NAME).expect("the message is in its own file")
    }

    fn value(&self, number: u32) -> Option<ValueRef<'_>> {
        value(self, M::descriptors().pool(), number)
    }

    fn each<'m>(&'m self, take: &mut dyn FnMut(u32, ValueRef<'m>)) {
        each(self, M::descriptors().pool(), take);
    }

    fn put(&mut self, number: u32, value: Value) -> Result<(), SetError> {
        let Some(place) = self.numbered(number) else {
            return Err(SetError::NoField { message: M::NAME.to_owned(), field: number.to_string() });
        };
        self.remove(number);
        Give::field(self, place, value)
            .map_err(|_| SetError::Type { message: M::NAME.to_owned(), field: place.name.to_owned() })
    }

    fn remove(&mut self, number: u32) {
        // What is not set is left alone: another member of a `oneof` may be.
        if let Some(place) = self.numbered(number)
            && Reflect::value(self, number).is_some()
        {
            // It asks for nothing, and so cannot fail.
            let _ = self.fill(place.tag, &mut Remove);
        }
    }

    fn to_dynamic(&self) -> DynamicMessage {
        DynamicMessage::copied(Reflect::descriptor(self), Message::encode(self))
    }
}

/// A message in a generated message.
struct Inner<'m, M> {
    pool: &'m DescriptorPool,
    message: M,
}

impl<'m, M: Shown<'m>> Erased<'m> for Inner<'m, M> {
    /// # Panics
    /// The generated code was changed by hand.
    #[expect(clippy::expect_used, reason = "the pool has all that the plugin has resolved")]
    fn descriptor(&self) -> MessageDescriptor {
        self.pool.message(self.message.name()).expect("a message of the pool")
    }

    fn value(&self, number: u32) -> Option<ValueRef<'m>> {
        value(self.message, self.pool, number)
    }

    fn each(&self, take: &mut dyn FnMut(u32, ValueRef<'m>)) {
        each(self.message, self.pool, take);
    }

    fn encode(&self) -> Vec<u8> {
        crate::binary::encoded(self.message)
    }
}

fn value<'m, M: Shown<'m>>(message: M, pool: &'m DescriptorPool, number: u32) -> Option<ValueRef<'m>> {
    let mut found = None;
    message.visit(&mut Set { pool, only: Some(number), take: |_, value| found = Some(value) });
    found
}

fn each<'m, M: Shown<'m>>(message: M, pool: &'m DescriptorPool, take: &mut dyn FnMut(u32, ValueRef<'m>)) {
    message.visit(&mut Set { pool, only: None, take });
}

/// Takes the fields that are set: one or all.
struct Set<'m, F> {
    pool: &'m DescriptorPool,
    only: Option<u32>,
    take: F,
}

impl<'m, F: FnMut(u32, ValueRef<'m>)> Set<'m, F> {
    #[inline]
    fn wants(&self, label: &FieldLabel<'m>) -> bool {
        self.only.is_none_or(|only| only == label.number)
    }
}

impl<'m, F: FnMut(u32, ValueRef<'m>)> Visitor<'m> for Set<'m, F> {
    fn one<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, value: &'m T) {
        if self.wants(label) {
            (self.take)(label.number, kind.show(value, Lent(self.pool)));
        }
    }

    fn many<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, values: &'m [T], _: bool) {
        if self.wants(label) {
            let list = ListRef::typed(Listed { pool: self.pool, kind, values });
            (self.take)(label.number, ValueRef::List(list));
        }
    }

    fn map<K: Show<A> + 'm, V: Show<B> + 'm, A, B>(
        &mut self,
        label: &FieldLabel<'m>,
        kinds: (K, V),
        entries: &'m Map<A, B>,
    ) {
        if self.wants(label) {
            let map = MapRef::typed(Mapped { pool: self.pool, kinds, entries: entries.iter().collect() });
            (self.take)(label.number, ValueRef::Map(map));
        }
    }

    fn unknown(&mut self, _: &'m UnknownFields) {}
}

struct Listed<'m, K, T> {
    pool: &'m DescriptorPool,
    kind: K,
    values: &'m [T],
}

impl<'m, K: Show<T> + 'm, T> TypedList<'m> for Listed<'m, K, T> {
    fn len(&self) -> usize {
        self.values.len()
    }

    fn get(&self, index: usize) -> Option<ValueRef<'m>> {
        Some(self.kind.show(self.values.get(index)?, Lent(self.pool)))
    }
}

struct Mapped<'m, K, V, A, B> {
    pool: &'m DescriptorPool,
    kinds: (K, V),
    entries: Vec<(&'m A, &'m B)>,
}

impl<'m, K: Show<A> + 'm, V: Show<B> + 'm, A, B> TypedMap<'m> for Mapped<'m, K, V, A, B> {
    fn len(&self) -> usize {
        self.entries.len()
    }

    fn get(&self, index: usize) -> Option<(MapKey, ValueRef<'m>)> {
        let (key, value) = self.entries.get(index)?;
        let key = match self.kinds.0.show(*key, Lent(self.pool)) {
            ValueRef::Bool(key) => MapKey::Bool(key),
            ValueRef::I32(key) => MapKey::I32(key),
            ValueRef::I64(key) => MapKey::I64(key),
            ValueRef::U32(key) => MapKey::U32(key),
            ValueRef::U64(key) => MapKey::U64(key),
            ValueRef::String(key) => MapKey::String(key.into()),
            // No other is a key.
            _ => return None,
        };
        Some((key, self.kinds.1.show(*value, Lent(self.pool))))
    }
}

/// Lends a value.
struct Lent<'m>(&'m DescriptorPool);

macro_rules! scalars {
    ($($method:ident: $type:ty, $variant:ident;)*) => {$(
        fn $method(self, value: $type) -> ValueRef<'m> {
            ValueRef::$variant(value)
        }
    )*};
}

impl<'m> Sink<'m> for Lent<'m> {
    type Out = ValueRef<'m>;

    scalars! {
        bool: bool, Bool;
        int32: i32, I32;
        int64: i64, I64;
        uint32: u32, U32;
        uint64: u64, U64;
        sint32: i32, I32;
        sint64: i64, I64;
        fixed32: u32, U32;
        fixed64: u64, U64;
        sfixed32: i32, I32;
        sfixed64: i64, I64;
        float: f32, F32;
        double: f64, F64;
        string: &'m str, String;
        bytes: &'m Bytes, Bytes;
    }

    fn enumeration<N: Names>(self, _: N, number: i32) -> ValueRef<'m> {
        ValueRef::Enum(number)
    }

    fn message<M: Shown<'m>>(self, value: M) -> ValueRef<'m> {
        ValueRef::Message(MessageRef::typed(Inner { pool: self.0, message: value }))
    }

    fn group<M: Shown<'m>>(self, value: M) -> ValueRef<'m> {
        self.message(value)
    }
}
