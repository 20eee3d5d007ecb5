//! The types of a pool, linked.

use std::collections::HashMap;
use std::fmt;

use super::Slot;
use crate::label::{FieldLabel, MadeKey};
use crate::wire::wire_type::{FIXED32, FIXED64, LEN, START_GROUP, VARINT};

/// Messages and enums, which name each other by their places here.
//
// Invariant: each place that a `Type` holds is one of these vectors'.
#[derive(Default)]
pub(crate) struct Types {
    pub(crate) messages: Vec<MessageType>,
    pub(crate) enums: Vec<EnumType>,
    /// Places of messages, by their full names.
    pub(crate) by_name: HashMap<String, u32>,
}

#[expect(clippy::indexing_slicing, reason = "places are checked where types are linked")]
impl Types {
    #[inline]
    pub(crate) fn message(&self, place: u32) -> &MessageType {
        &self.messages[place as usize]
    }

    #[inline]
    pub(crate) fn enumeration(&self, place: u32) -> &EnumType {
        &self.enums[place as usize]
    }
}

impl Types {
    pub(crate) fn message_named(&self, name: &str) -> Option<&MessageType> {
        Some(self.message(*self.by_name.get(name)?))
    }
}

impl fmt::Debug for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Types({} messages, {} enums)", self.messages.len(), self.enums.len())
    }
}

/// A message's type.
#[derive(Debug)]
pub(crate) struct MessageType {
    /// The full name.
    pub(crate) name: String,
    /// The fields by number, and behind them the extensions by number.
    pub(crate) fields: Vec<FieldType>,
    /// How many of these are no extensions.
    pub(crate) declared: usize,
    /// Where they are, by number …
    pub(crate) numbers: Table,
    /// … by name in the schema (`[full.name]` for an extension) …
    pub(crate) names: HashMap<String, usize>,
    /// … and by name in JSON.
    pub(crate) json_names: HashMap<String, usize>,
    pub(crate) oneofs: Vec<Oneof>,
    /// Names that the schema reserves.
    pub(crate) reserved: Vec<String>,
    /// Its extensions are items of a group in the binary format.
    pub(crate) set: bool,
    /// This message, or one that it may contain, has required fields.
    pub(crate) required: bool,
}

impl MessageType {
    /// The field with this number, and its place.
    #[inline]
    pub(crate) fn numbered(&self, number: u32) -> Option<(usize, &FieldType)> {
        let place = self.numbers.place(number)?;
        Some((place, self.fields.get(place)?))
    }
}

#[derive(Debug)]
pub(crate) struct Oneof {
    pub(crate) name: String,
    /// The places of its members.
    pub(crate) fields: Vec<usize>,
}

/// A field, or an extension.
#[derive(Debug)]
pub(crate) struct FieldType {
    pub(crate) number: u32,
    /// The tag of an unpacked value.
    pub(crate) tag: u32,
    /// The name in the schema, `[full.name]` for an extension.
    pub(crate) name: String,
    /// The name in JSON …
    pub(crate) json_name: String,
    /// … and as it is written there, if that takes no more than copying.
    pub(crate) key: Option<Box<MadeKey>>,
    pub(crate) redact: bool,
    pub(crate) extension: bool,
    pub(crate) presence: Presence,
    pub(crate) shape: Shape,
    /// What reading the unset field gives; never empty itself.
    pub(crate) default: Slot,
}

impl FieldType {
    #[inline]
    pub(crate) fn label(&self) -> FieldLabel<'_> {
        let key = self.key.as_deref().ok_or(self.json_name.as_str());
        FieldLabel::with_key(
            self.number,
            self.tag,
            &self.name,
            key,
            self.redact,
            matches!(self.presence, Presence::Oneof(_)),
        )
    }
}

/// How a field knows "unset".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Unset and zero are the same.
    Implicit,
    Explicit,
    Required,
    /// Set while no other member is; the place of the `oneof`.
    Oneof(usize),
}

/// How many values a field has, and of what type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    One(Type),
    Many {
        of: Type,
        packed: bool,
    },
    /// The types of the key and the value.
    Map(Type, Type),
}

impl Shape {
    /// The type of a value, in a list or a map, too.
    #[inline]
    pub(crate) fn of(self) -> Type {
        let (Self::One(of) | Self::Many { of, .. } | Self::Map(_, of)) = self;
        of
    }
}

/// A type of values. Messages and enums are places in [`Types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "protobuf's own names")]
pub(crate) enum Type {
    Bool,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Float,
    Double,
    Str,
    Blob,
    Enum { place: u32, closed: bool },
    Message(u32),
    Group(u32),
}

impl Type {
    pub(crate) fn wire(self) -> u32 {
        match self {
            Self::Fixed32 | Self::Sfixed32 | Self::Float => FIXED32,
            Self::Fixed64 | Self::Sfixed64 | Self::Double => FIXED64,
            Self::Str | Self::Blob | Self::Message(_) => LEN,
            Self::Group(_) => START_GROUP,
            _ => VARINT,
        }
    }

    /// Whether it is one of [`Types`].
    pub(crate) fn is_linked(self) -> bool {
        matches!(self, Self::Enum { .. } | Self::Message(_) | Self::Group(_))
    }

    pub(crate) fn packable(self) -> bool {
        !matches!(self.wire(), LEN | START_GROUP)
    }
}

/// The places of fields by their numbers: an array for small numbers, since
/// that is what most are.
#[derive(Debug)]
pub(crate) struct Table {
    small: Box<[u32]>,
    /// The others, by number.
    large: Box<[(u32, u32)]>,
}

/// Numbers below this are looked up in an array.
const SMALL: u32 = 256;

/// No field has the number.
const NONE: u32 = u32::MAX;

impl Table {
    /// The table of fields with these numbers, in this order.
    pub(crate) fn new(numbers: impl Iterator<Item = u32>) -> Self {
        let mut small = Vec::new();
        let mut large = Vec::new();
        for (place, number) in (0..NONE).zip(numbers) {
            if number >= SMALL {
                large.push((number, place));
                continue;
            }
            let at = number as usize;
            if small.len() <= at {
                small.resize(at + 1, NONE);
            }
            if let Some(slot) = small.get_mut(at) {
                *slot = place;
            }
        }
        large.sort_unstable();
        Self { small: small.into(), large: large.into() }
    }

    #[inline]
    fn place(&self, number: u32) -> Option<usize> {
        let place = match self.small.get(number as usize) {
            Some(place) => *place,
            None => {
                let at = self.large.binary_search_by_key(&number, |entry| entry.0).ok()?;
                self.large.get(at)?.1
            }
        };
        (place != NONE).then_some(place as usize)
    }
}

/// An enum.
#[derive(Debug)]
pub(crate) struct EnumType {
    /// The full name.
    pub(crate) name: String,
    /// As declared.
    pub(crate) values: Vec<EnumValue>,
    /// The places of values by number; of aliases the one declared first.
    pub(crate) by_number: Vec<(i32, usize)>,
    pub(crate) by_name: HashMap<String, usize>,
}

#[derive(Debug)]
pub(crate) struct EnumValue {
    pub(crate) name: String,
    pub(crate) number: i32,
}

impl EnumType {
    /// The name of this number.
    #[inline]
    pub(crate) fn name_of(&self, number: i32) -> Option<&str> {
        let at = self.by_number.binary_search_by_key(&number, |entry| entry.0).ok()?;
        self.values.get(self.by_number.get(at)?.1).map(|value| value.name.as_str())
    }

    /// The number that stands for "unset": that of the value declared first.
    pub(crate) fn default_number(&self) -> i32 {
        self.values.first().map_or(0, |value| value.number)
    }
}
