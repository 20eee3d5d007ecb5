//! What a dynamic message holds.

use bytes::Bytes;

use super::{Filling, MessageType, Showing, Types};
use crate::error::Fault;
use crate::visit::Shown;
use crate::{DecodeError, Limits, Map, Source, Str, UnknownFields};

/// The fields of a message, without its type, which whoever holds the message
/// knows: so a message in a message costs one allocation and no count.
//
// Invariant: the slots are as many as the fields of the type and one more, for
// unknown fields; or there are none, where nothing was ever set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body(Option<Box<[Slot]>>);

/// A field's value. A field that is not set is `Empty`; so is one without
/// presence that has its default value, and a list or a map that holds nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Slot {
    #[default]
    Empty,
    Bool(bool),
    I32(i32),
    I64(i64),
    U32(u32),
    U64(u64),
    F32(f32),
    F64(f64),
    Enum(i32),
    Str(Str),
    Blob(Box<Bytes>),
    Message(Body),
    List(List),
    Map(Box<Map<Key, Slot>>),
    /// What the type does not know; in the last slot alone.
    Unknown(UnknownFields),
}

/// The values of a repeated field, side by side.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum List {
    Bool(Vec<bool>),
    /// Of enums, too.
    I32(Vec<i32>),
    I64(Vec<i64>),
    U32(Vec<u32>),
    U64(Vec<u64>),
    F32(Vec<f32>),
    F64(Vec<f64>),
    Str(Vec<Str>),
    Blob(Vec<Bytes>),
    Message(Vec<Body>),
}

/// The key of a map's entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Key {
    Bool(bool),
    I32(i32),
    I64(i64),
    U32(u32),
    U64(u64),
    Str(Str),
}

impl Default for Key {
    fn default() -> Self {
        Self::Bool(false)
    }
}

impl List {
    /// Adds a value of the list's own type; any other is left out.
    pub(crate) fn push(&mut self, value: Slot) {
        match (self, value) {
            (Self::Bool(values), Slot::Bool(value)) => values.push(value),
            (Self::I32(values), Slot::I32(value) | Slot::Enum(value)) => values.push(value),
            (Self::I64(values), Slot::I64(value)) => values.push(value),
            (Self::U32(values), Slot::U32(value)) => values.push(value),
            (Self::U64(values), Slot::U64(value)) => values.push(value),
            (Self::F32(values), Slot::F32(value)) => values.push(value),
            (Self::F64(values), Slot::F64(value)) => values.push(value),
            (Self::Str(values), Slot::Str(value)) => values.push(value),
            (Self::Blob(values), Slot::Blob(value)) => values.push(*value),
            (Self::Message(values), Slot::Message(value)) => values.push(value),
            _ => {}
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Bool(values) => values.len(),
            Self::I32(values) => values.len(),
            Self::I64(values) => values.len(),
            Self::U32(values) => values.len(),
            Self::U64(values) => values.len(),
            Self::F32(values) => values.len(),
            Self::F64(values) => values.len(),
            Self::Str(values) => values.len(),
            Self::Blob(values) => values.len(),
            Self::Message(values) => values.len(),
        }
    }
}

const _: () = assert!(size_of::<Slot>() == 32);

impl Slot {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Holds `value`. Most slots are empty before, and then there is nothing
    /// to drop.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn set(&mut self, value: Self) {
        if !self.is_empty() {
            self.clear();
        }
        std::mem::forget(std::mem::replace(self, value));
    }

    #[inline(never)]
    pub(crate) fn clear(&mut self) {
        *self = Self::Empty;
    }
}

/// So many slots.
fn empty(count: usize) -> Box<[Slot]> {
    (0..count).map(|_| Slot::Empty).collect()
}

impl PartialEq for Body {
    /// A body without slots is equal to one whose slots are empty.
    fn eq(&self, other: &Self) -> bool {
        let slots = self.slots().len().max(other.slots().len());
        (0..slots.saturating_sub(1)).all(|place| self.slot(place) == other.slot(place))
            && self.unknown() == other.unknown()
    }
}

impl Body {
    /// Nothing is set.
    pub(crate) const EMPTY: &'static Self = &Self(None);

    /// Decodes a message of the type `of`, and checks that it is complete.
    pub(crate) fn decode(
        types: &Types,
        of: &MessageType,
        input: &Bytes,
        limits: Limits,
    ) -> Result<Self, DecodeError> {
        let mut body = Self::default();
        limits.fill(&mut Filling { types, of, body: &mut body }, input)?;
        match (Showing { types, of, body: &body }).missing() {
            None => Ok(body),
            Some(path) => Err(DecodeError::missing(&of.name, path)),
        }
    }

    /// The slot of the field at `place`.
    #[inline]
    pub(crate) fn slot(&self, place: usize) -> &Slot {
        self.made(place).unwrap_or(&Slot::Empty)
    }

    /// The same, none where nothing was ever set.
    #[inline]
    pub(crate) fn made(&self, place: usize) -> Option<&Slot> {
        self.0.as_ref()?.get(place)
    }

    /// All slots, the unknown fields' last; none where nothing was ever set.
    #[inline]
    pub(crate) fn slots(&self) -> &[Slot] {
        self.0.as_deref().unwrap_or_default()
    }

    /// All slots of a message of the type that `of` gives, to be set.
    #[inline]
    pub(crate) fn slots_mut<'t>(&mut self, of: impl FnOnce() -> &'t MessageType) -> &mut [Slot] {
        self.0.get_or_insert_with(|| empty(of().fields.len() + 1))
    }

    /// The same, with their memory booked.
    #[inline]
    pub(crate) fn book<'a, S: Source<'a>>(
        &mut self,
        of: &MessageType,
        source: &mut S,
    ) -> Result<&mut [Slot], Fault> {
        match &mut self.0 {
            Some(slots) => Ok(slots),
            none => {
                let count = of.fields.len() + 1;
                source.charge(count * size_of::<Slot>())?;
                Ok(none.insert(empty(count)))
            }
        }
    }

    pub(crate) fn unknown(&self) -> &UnknownFields {
        const NONE: &UnknownFields = &UnknownFields::new();
        match self.slots().last() {
            Some(Slot::Unknown(fields)) => fields,
            _ => NONE,
        }
    }

    pub(crate) fn unknown_mut(&mut self, of: &MessageType) -> &mut UnknownFields {
        unknown_in(self.slots_mut(|| of))
    }
}

/// The unknown fields among the slots of a message.
///
/// # Panics
/// There are no slots: there always is the one for unknown fields.
#[expect(clippy::expect_used, reason = "an invariant of `Body`")]
pub(super) fn unknown_in(slots: &mut [Slot]) -> &mut UnknownFields {
    let last = slots.last_mut().expect("the slot of the unknown fields");
    if !matches!(last, Slot::Unknown(_)) {
        *last = Slot::Unknown(UnknownFields::new());
    }
    match last {
        Slot::Unknown(fields) => fields,
        _ => unreachable!("it was set just now"),
    }
}
