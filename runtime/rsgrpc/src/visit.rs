//! The way out of a message: its fields, one by one, for any format.

use crate::enumeration::Names;
use crate::field::Fields;
use crate::kind::Show;
use crate::label::FieldLabel;
use crate::{Map, Message, UnknownFields};

/// Receives the fields of a message that are present. The message lives for
/// `'m`, and what is handed out borrows from it.
pub trait Visitor<'m> {
    /// A field with one value.
    fn one<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, value: &'m T);
    /// A repeated field; never empty.
    fn many<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, values: &'m [T], packed: bool);
    /// A map; never empty. The kinds are the key's and the value's.
    fn map<K: Show<A> + 'm, V: Show<B> + 'm, A, B>(
        &mut self,
        label: &FieldLabel<'m>,
        kinds: (K, V),
        entries: &'m Map<A, B>,
    );
    /// What the schema does not know; never empty.
    fn unknown(&mut self, fields: &'m UnknownFields);
    /// An extension of a message set, whose items are groups in the binary
    /// format.
    #[inline]
    fn item<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, value: &'m T) {
        self.one(label, kind, value);
    }
    /// A required field that is not set.
    #[inline]
    fn absent(&mut self, _: &FieldLabel<'m>) {}
    /// A field without presence that has its default value.
    #[inline]
    fn unset<K: Show<T> + 'm, T>(&mut self, _: &FieldLabel<'m>, _kind: K, _: &'m T) {}
    /// A repeated field without values, or a map without entries.
    #[inline]
    fn empty(&mut self, _: &FieldLabel<'m>, _map: bool) {}
}

/// Receives one value, in protobuf's data model.
pub trait Sink<'m>: Sized {
    /// What comes of it.
    type Out;
    /// `bool`
    fn bool(self, value: bool) -> Self::Out;
    /// `int32`
    fn int32(self, value: i32) -> Self::Out;
    /// `int64`
    fn int64(self, value: i64) -> Self::Out;
    /// `uint32`
    fn uint32(self, value: u32) -> Self::Out;
    /// `uint64`
    fn uint64(self, value: u64) -> Self::Out;
    /// `sint32`
    fn sint32(self, value: i32) -> Self::Out;
    /// `sint64`
    fn sint64(self, value: i64) -> Self::Out;
    /// `fixed32`
    fn fixed32(self, value: u32) -> Self::Out;
    /// `fixed64`
    fn fixed64(self, value: u64) -> Self::Out;
    /// `sfixed32`
    fn sfixed32(self, value: i32) -> Self::Out;
    /// `sfixed64`
    fn sfixed64(self, value: i64) -> Self::Out;
    /// `float`
    fn float(self, value: f32) -> Self::Out;
    /// `double`
    fn double(self, value: f64) -> Self::Out;
    /// `string`
    fn string(self, value: &'m str) -> Self::Out;
    /// `bytes`
    fn bytes(self, value: &'m bytes::Bytes) -> Self::Out;
    /// The number of an enum's value, and the enum.
    fn enumeration<N: Names>(self, names: N, number: i32) -> Self::Out;
    /// A message.
    fn message<M: Shown<'m>>(self, value: M) -> Self::Out;
    /// A message between group tags.
    fn group<M: Shown<'m>>(self, value: M) -> Self::Out;
}

/// A message on its way out: a reference to a typed one, or a dynamic one with
/// its descriptor.
pub trait Shown<'m>: Copy + 'm {
    /// Its full name, where that is known at compile time.
    const STATIC_NAME: Option<&'static str>;
    /// Small and without messages of its own: worth encoding in place.
    const LEAF: bool = false;

    /// Its full name.
    fn name(self) -> &'m str;
    /// Hands out what is present, from the first field to the last.
    fn visit<V: Visitor<'m>>(self, visitor: &mut V);
    /// The same from the last to the first.
    fn visit_back<V: Visitor<'m>>(self, visitor: &mut V);
    /// The path of the first required field that is not set.
    fn missing(self) -> Option<String>;
    /// The message, if it is a `W`.
    fn typed<W: Message>(self) -> Option<&'m W>;
}

impl<'m, M: Message> Shown<'m> for &'m M {
    const STATIC_NAME: Option<&'static str> = Some(M::NAME);
    const LEAF: bool = <M as crate::message::Decode<'_>>::LEAF;

    #[inline]
    fn name(self) -> &'m str {
        M::NAME
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn visit<V: Visitor<'m>>(self, visitor: &mut V) {
        self.fields().visit(visitor);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn visit_back<V: Visitor<'m>>(self, visitor: &mut V) {
        self.fields().visit_back(visitor);
    }

    #[inline]
    fn missing(self) -> Option<String> {
        Message::missing(self)
    }

    #[inline]
    fn typed<W: Message>(self) -> Option<&'m W> {
        (self as &dyn std::any::Any).downcast_ref()
    }
}
