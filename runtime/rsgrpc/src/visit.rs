//! The way out of a message: its fields, one by one, for any format.

use crate::enumeration::Enumeration;
use crate::kind::Show;
use crate::label::Label;
use crate::{Map, Message, UnknownFields};

/// Receives the fields of a message that are present.
pub trait Visitor {
    /// A field with one value.
    fn one<K: Show<T>, T>(&mut self, label: &Label, value: &T);
    /// A repeated field; never empty.
    fn many<K: Show<T>, T>(&mut self, label: &Label, values: &[T], packed: bool);
    /// A map; never empty.
    fn map<K: Show<A>, V: Show<B>, A, B>(&mut self, label: &Label, entries: &Map<A, B>);
    /// What the schema does not know; never empty.
    fn unknown(&mut self, fields: &UnknownFields);
    /// A required field that is not set.
    #[inline]
    fn absent(&mut self, _: &Label) {}
    /// A field without presence that has its default value.
    #[inline]
    fn unset<K: Show<T>, T>(&mut self, _: &Label, _: &T) {}
    /// A repeated field without values, or a map without entries.
    #[inline]
    fn empty(&mut self, _: &Label, _map: bool) {}
}

/// Receives one value, in protobuf's data model.
pub trait Sink: Sized {
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
    fn string(self, value: &str) -> Self::Out;
    /// `bytes`
    fn bytes(self, value: &bytes::Bytes) -> Self::Out;
    /// An enum.
    fn enumeration<E: Enumeration>(self, value: E) -> Self::Out;
    /// A message.
    fn message<M: Message>(self, value: &M) -> Self::Out;
    /// A message between group tags.
    fn group<M: Message>(self, value: &M) -> Self::Out;
}
