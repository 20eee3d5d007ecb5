//! The way into a message: a format that has a value for a field.

use bytes::Bytes;

use crate::enumeration::Names;
use crate::error::Fault;
use crate::fill::Fill;
use crate::kind::{Kind, Read, Static};
use crate::message::Decode;
use crate::view::RawList;
use crate::{Str, UnknownFields, UnknownFieldsView};

/// A decoder that stands before a value. What the value is, the field says.
///
/// Each method fails where the source holds no such value.
#[allow(clippy::missing_errors_doc, reason = "one sentence for all of them, above")]
pub trait Source<'a>: Sized {
    /// The field is to be taken away: nothing is read, layouts empty their places.
    const REMOVES: bool = false;

    /// `bool`
    fn bool(&mut self) -> Result<bool, Fault>;
    /// `int32`
    fn int32(&mut self) -> Result<i32, Fault>;
    /// `int64`
    fn int64(&mut self) -> Result<i64, Fault>;
    /// `uint32`
    fn uint32(&mut self) -> Result<u32, Fault>;
    /// `uint64`
    fn uint64(&mut self) -> Result<u64, Fault>;
    /// `sint32`
    fn sint32(&mut self) -> Result<i32, Fault>;
    /// `sint64`
    fn sint64(&mut self) -> Result<i64, Fault>;
    /// `fixed32`
    fn fixed32(&mut self) -> Result<u32, Fault>;
    /// `fixed64`
    fn fixed64(&mut self) -> Result<u64, Fault>;
    /// `sfixed32`
    fn sfixed32(&mut self) -> Result<i32, Fault>;
    /// `sfixed64`
    fn sfixed64(&mut self) -> Result<i64, Fault>;
    /// `float`
    fn float(&mut self) -> Result<f32, Fault>;
    /// `double`
    fn double(&mut self) -> Result<f64, Fault>;
    /// `string`, in place of what `slot` holds.
    fn string(&mut self, slot: &mut String) -> Result<(), Fault>;
    /// The same for a string that may stand in place.
    fn inline_string(&mut self, slot: &mut Str) -> Result<(), Fault> {
        let mut text = String::new();
        self.string(&mut text)?;
        *slot = text.into();
        Ok(())
    }
    /// A `string` that the source lends.
    fn str(&mut self) -> Result<&'a str, Fault>;
    /// `bytes`
    fn bytes(&mut self) -> Result<Bytes, Fault>;
    /// `bytes`, in place of what `slot` holds.
    fn bytes_into(&mut self, slot: &mut Bytes) -> Result<(), Fault> {
        *slot = self.bytes()?;
        Ok(())
    }
    /// `bytes` that the source lends.
    fn slice(&mut self) -> Result<&'a [u8], Fault>;
    /// A value of an open enum.
    fn enumeration<N: Names>(&mut self, names: N) -> Result<i32, Fault>;
    /// A value of a closed enum; one that the schema does not know comes as it
    /// is encoded.
    fn known<N: Names>(&mut self, names: N) -> Result<Result<i32, &'a [u8]>, Fault>;
    /// A message, merged into `slot`.
    fn message<M: Fill<'a>>(&mut self, number: u32, slot: &mut M) -> Result<(), Fault>;
    /// The same for one of many messages, which is worth reading in place where it is small.
    fn listed<M: Fill<'a>>(&mut self, number: u32, slot: &mut M) -> Result<(), Fault> {
        self.message(number, slot)
    }
    /// A message that nobody wants yet: reads it and drops it.
    fn check_message<M: Decode<'a>>(&mut self, number: u32) -> Result<(), Fault>;
    /// A message between group tags, merged into `slot`.
    fn group<M: Fill<'a>>(&mut self, number: u32, slot: &mut M) -> Result<(), Fault>;
    /// A message between group tags that nobody wants yet.
    fn check_group<M: Decode<'a>>(&mut self, number: u32) -> Result<(), Fault>;

    /// The value of a repeated field, or one of several parts of it.
    fn many<K: Read<'a, T>, T: Default>(&mut self, tag: u32, kind: K, slot: &mut Vec<T>)
    -> Result<(), Fault>;
    /// The same for a closed enum.
    fn many_known<N: Names, E: From<i32>>(
        &mut self,
        tag: u32,
        names: N,
        slot: &mut Vec<E>,
        unknown: &mut UnknownFields,
    ) -> Result<(), Fault>;
    /// The same as `many`, checked and left where it is.
    fn lend<K: Read<'a, T>, T: Default>(
        &mut self,
        tag: u32,
        kind: K,
        slot: &mut RawList<'a>,
    ) -> Result<(), Fault>;
    /// The same for a closed enum.
    fn lend_known<N: Names>(
        &mut self,
        tag: u32,
        names: N,
        slot: &mut RawList<'a>,
        unknown: &mut UnknownFieldsView<'a>,
    ) -> Result<(), Fault>;

    /// An entry of a map. The kinds are the key's and the value's.
    fn entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        kinds: (K, V),
        key: &mut A,
        value: &mut B,
    ) -> Result<(), Fault>;
    /// An entry of a map to a closed enum; one whose value the schema does not
    /// know comes as it is encoded.
    fn entry_known<K: Read<'a, A>, A: Default, N: Names>(
        &mut self,
        kinds: (K, N),
        key: &mut A,
        value: &mut i32,
    ) -> Result<Option<&'a [u8]>, Fault>;
    /// The entry read last has a key that the map held already, and replaced
    /// its value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn repeated_key(&mut self) -> Result<(), Fault> {
        Ok(())
    }
    /// An entry of a map, checked and left where it is.
    fn lend_entry<K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default>(
        &mut self,
        tag: u32,
        kinds: (K, V),
        slot: &mut RawList<'a>,
    ) -> Result<(), Fault>;
    /// The same where the value is a closed enum.
    fn lend_entry_known<K: Read<'a, A>, A: Default, N: Names>(
        &mut self,
        tag: u32,
        kinds: (K, N),
        slot: &mut RawList<'a>,
        unknown: &mut UnknownFieldsView<'a>,
    ) -> Result<(), Fault>;

    /// An item of a message set, merged into what `slot` gives for its number.
    /// False, and nothing is read, where that is none, or the source has no such
    /// items.
    fn item<M: Fill<'a>>(&mut self, _slot: impl FnOnce(u32) -> Option<M>) -> Result<bool, Fault> {
        Ok(false)
    }
    /// A field that the schema does not know.
    fn unknown(&mut self, tag: u32, slot: &mut UnknownFields) -> Result<(), Fault>;
    /// The same, borrowed.
    fn lend_unknown(&mut self, tag: u32, slot: &mut UnknownFieldsView<'a>) -> Result<(), Fault>;

    /// Books memory for elements that are about to be allocated.
    fn charge(&mut self, bytes: usize) -> Result<(), Fault>;
}

/// The tag of an unpacked value of kind `K` in the field `number`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) const fn tag_of<K: Static>(number: u32) -> u32 {
    number << 3 | K::WIRE
}

/// The same for a kind that may be known at run time only.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn tag_for(number: u32, kind: impl Kind) -> u32 {
    number << 3 | kind.wire()
}
