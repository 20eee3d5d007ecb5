//! Fields that the schema does not know: rare, so one pointer wide.

use crate::wire::{Seldom, push_default, varint_len};

/// Fields that the schema does not know, as they came. They are written again
/// after the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFields(Seldom);

impl Default for UnknownFields {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl UnknownFields {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self(Seldom::NONE)
    }

    /// Whether there are none.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Tags and values in the binary format, in the order in which they came.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.get().map_or(&[], Vec::as_slice)
    }

    /// Forgets them.
    pub fn clear(&mut self) {
        self.0 = Seldom::NONE;
    }

    /// Adds tags and values that are well formed.
    pub(crate) fn append(&mut self, records: &[u8]) {
        if !records.is_empty() {
            self.0.get_or_default().extend_from_slice(records);
        }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn push(&mut self, tag: u32, value: &[u8]) {
        let bytes = self.0.get_or_default();
        push_varint(bytes, tag.into());
        bytes.extend_from_slice(value);
    }
}

pub(crate) fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    bytes.reserve(varint_len(value));
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Unknown fields that borrow from the input.
#[derive(Clone, Debug, Default)]
#[allow(clippy::box_collection, reason = "one pointer wide, for the many views that have none")]
pub struct UnknownFieldsView<'a>(Option<Box<Vec<TagAndValue<'a>>>>);

type TagAndValue<'a> = (u32, &'a [u8]);

impl<'a> UnknownFieldsView<'a> {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Each field's tag (number × 8 + wire type) and encoded value, in the
    /// order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &'a [u8])> + '_ {
        self.0.iter().flat_map(|fields| fields.iter().copied())
    }

    /// How much memory the next field will take, beyond what is allocated.
    pub(crate) fn next_cost(&self) -> usize {
        let size = size_of::<(u32, &[u8])>();
        self.0.as_ref().map_or(4 * size, |fields| {
            if fields.len() == fields.capacity() { fields.len() * size } else { 0 }
        })
    }

    /// By value, so that the view's address does not escape: a view that is
    /// only checked then never exists in memory.
    #[cold]
    #[inline(never)]
    pub(crate) fn with(mut self, tag: u32, value: &'a [u8]) -> Self {
        *push_default(self.0.get_or_insert_default()) = (tag, value);
        self
    }

    pub(crate) fn to_owned(&self) -> UnknownFields {
        let mut owned = UnknownFields::default();
        self.iter().for_each(|(tag, value)| owned.push(tag, value));
        owned
    }
}
