//! Kinds that are chosen at run time.

use bytes::Bytes;

use super::fill::Filling;
use super::show::Showing;
use super::{Body, EnumType, Key, MessageType, Slot, Type, Types};
use crate::enumeration::Names;
use crate::error::Fault;
use crate::kind::{Kind, Read, Show};
use crate::visit::Sink;
use crate::wire::wire_type::{LEN, START_GROUP, VARINT};
use crate::{Source, Str};

/// The kind of a field's values, or of a map's keys or values, that are
/// [`Slot`]s or [`Key`]s.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TypeKind<'p> {
    pub(crate) types: &'p Types,
    pub(crate) of: Type,
}

/// The kind of the messages of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MessageKind<'p> {
    pub(crate) types: &'p Types,
    pub(crate) message: &'p MessageType,
    pub(crate) group: bool,
}

/// The kind of the numbers of a list of an enum.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EnumKind<'p>(pub(crate) &'p EnumType);

impl Names for &EnumType {
    fn type_name(&self) -> &str {
        &self.name
    }

    fn name(&self, number: i32) -> Option<&str> {
        self.name_of(number)
    }

    fn number(&self, name: &str) -> Option<i32> {
        let place = self.by_name.get(name)?;
        self.values.get(*place).map(|value| value.number)
    }

    fn count(&self) -> usize {
        self.values.len()
    }

    fn at(&self, index: usize) -> Option<i32> {
        self.values.get(index).map(|value| value.number)
    }
}

impl<'p> TypeKind<'p> {
    /// The zero of the type, as the value of an entry that does not say it.
    pub(crate) fn zero(self) -> Slot {
        match self.of {
            Type::Bool => Slot::Bool(false),
            Type::Int32 | Type::Sint32 | Type::Sfixed32 => Slot::I32(0),
            Type::Int64 | Type::Sint64 | Type::Sfixed64 => Slot::I64(0),
            Type::Uint32 | Type::Fixed32 => Slot::U32(0),
            Type::Uint64 | Type::Fixed64 => Slot::U64(0),
            Type::Float => Slot::F32(0.0),
            Type::Double => Slot::F64(0.0),
            Type::Str => Slot::Str(Str::new()),
            Type::Blob => Slot::Blob(Box::default()),
            Type::Enum { place, .. } => Slot::Enum(self.types.enumeration(place).default_number()),
            Type::Message(_) | Type::Group(_) => Slot::Message(Body::default()),
        }
    }

    /// The same as a key.
    pub(crate) fn zero_key(self) -> Key {
        match self.of {
            Type::Int32 | Type::Sint32 | Type::Sfixed32 => Key::I32(0),
            Type::Int64 | Type::Sint64 | Type::Sfixed64 => Key::I64(0),
            Type::Uint32 | Type::Fixed32 => Key::U32(0),
            Type::Uint64 | Type::Fixed64 => Key::U64(0),
            Type::Str => Key::Str(Str::new()),
            _ => Key::Bool(false),
        }
    }

    #[inline]
    fn message(self, place: u32) -> &'p MessageType {
        self.types.message(place)
    }
}

impl Kind for TypeKind<'_> {
    #[inline]
    fn wire(self) -> u32 {
        self.of.wire()
    }
}

impl<'a> Read<'a, Slot> for TypeKind<'a> {
    #[inline]
    fn read<S: Source<'a>>(self, slot: &mut Slot, number: u32, source: &mut S) -> Result<(), Fault> {
        let value = match self.of {
            Type::Bool => Slot::Bool(source.bool()?),
            Type::Int32 => Slot::I32(source.int32()?),
            Type::Int64 => Slot::I64(source.int64()?),
            Type::Uint32 => Slot::U32(source.uint32()?),
            Type::Uint64 => Slot::U64(source.uint64()?),
            Type::Sint32 => Slot::I32(source.sint32()?),
            Type::Sint64 => Slot::I64(source.sint64()?),
            Type::Fixed32 => Slot::U32(source.fixed32()?),
            Type::Fixed64 => Slot::U64(source.fixed64()?),
            Type::Sfixed32 => Slot::I32(source.sfixed32()?),
            Type::Sfixed64 => Slot::I64(source.sfixed64()?),
            Type::Float => Slot::F32(source.float()?),
            Type::Double => Slot::F64(source.double()?),
            Type::Str => {
                if !matches!(slot, Slot::Str(_)) {
                    slot.set(Slot::Str(Str::new()));
                }
                let Slot::Str(text) = slot else { return Ok(()) };
                return source.inline_string(text);
            }
            Type::Blob => Slot::Blob(Box::new(source.bytes()?)),
            Type::Enum { place, .. } => Slot::Enum(source.enumeration(self.types.enumeration(place))?),
            Type::Message(place) | Type::Group(place) => {
                if !matches!(slot, Slot::Message(_)) {
                    slot.set(Slot::Message(Body::default()));
                }
                let Slot::Message(body) = slot else { return Ok(()) };
                let mut filling = Filling { types: self.types, of: self.message(place), body };
                return match self.of {
                    Type::Group(_) => source.group(number, &mut filling),
                    _ => source.message(number, &mut filling),
                };
            }
        };
        slot.set(value);
        Ok(())
    }
}

impl Show<Slot> for TypeKind<'_> {
    fn is_default(self, value: &Slot) -> bool {
        match value {
            Slot::Empty => true,
            Slot::Bool(value) => !value,
            Slot::I32(value) | Slot::Enum(value) => *value == 0,
            Slot::I64(value) => *value == 0,
            Slot::U32(value) => *value == 0,
            Slot::U64(value) => *value == 0,
            Slot::F32(value) => value.to_bits() == 0,
            Slot::F64(value) => value.to_bits() == 0,
            Slot::Str(value) => value.is_empty(),
            Slot::Blob(value) => value.is_empty(),
            _ => false,
        }
    }

    /// What is empty is shown as the zero of its type.
    #[inline]
    fn show<'m, S: Sink<'m>>(self, value: &'m Slot, sink: S) -> S::Out
    where
        Self: 'm,
    {
        macro_rules! held {
            ($variant:ident) => {
                match value {
                    Slot::$variant(value) => *value,
                    _ => Default::default(),
                }
            };
        }
        static NO_BYTES: Bytes = Bytes::new();
        match self.of {
            Type::Bool => sink.bool(held!(Bool)),
            Type::Int32 => sink.int32(held!(I32)),
            Type::Int64 => sink.int64(held!(I64)),
            Type::Uint32 => sink.uint32(held!(U32)),
            Type::Uint64 => sink.uint64(held!(U64)),
            Type::Sint32 => sink.sint32(held!(I32)),
            Type::Sint64 => sink.sint64(held!(I64)),
            Type::Fixed32 => sink.fixed32(held!(U32)),
            Type::Fixed64 => sink.fixed64(held!(U64)),
            Type::Sfixed32 => sink.sfixed32(held!(I32)),
            Type::Sfixed64 => sink.sfixed64(held!(I64)),
            Type::Float => sink.float(held!(F32)),
            Type::Double => sink.double(held!(F64)),
            Type::Str => match value {
                Slot::Str(text) => sink.string(text),
                _ => sink.string(""),
            },
            Type::Blob => match value {
                Slot::Blob(bytes) => sink.bytes(bytes),
                _ => sink.bytes(&NO_BYTES),
            },
            Type::Enum { place, .. } => sink.enumeration(self.types.enumeration(place), held!(Enum)),
            Type::Message(place) | Type::Group(place) => {
                let body = match value {
                    Slot::Message(body) => body,
                    _ => Body::EMPTY,
                };
                let showing = Showing { types: self.types, of: self.message(place), body };
                match self.of {
                    Type::Group(_) => sink.group(showing),
                    _ => sink.message(showing),
                }
            }
        }
    }
}

impl<'a> Read<'a, Key> for TypeKind<'a> {
    fn read<S: Source<'a>>(self, slot: &mut Key, number: u32, source: &mut S) -> Result<(), Fault> {
        if self.of == Type::Str {
            if !matches!(slot, Key::Str(_)) {
                *slot = Key::Str(Str::new());
            }
            let Key::Str(text) = slot else { return Ok(()) };
            return source.inline_string(text);
        }
        let mut value = Slot::Empty;
        self.read(&mut value, number, source)?;
        *slot = match value {
            Slot::Bool(value) => Key::Bool(value),
            Slot::I32(value) => Key::I32(value),
            Slot::I64(value) => Key::I64(value),
            Slot::U32(value) => Key::U32(value),
            Slot::U64(value) => Key::U64(value),
            _ => Key::default(),
        };
        Ok(())
    }
}

impl Show<Key> for TypeKind<'_> {
    fn is_default(self, _: &Key) -> bool {
        false
    }

    fn show<'m, S: Sink<'m>>(self, value: &'m Key, sink: S) -> S::Out
    where
        Self: 'm,
    {
        match (self.of, value) {
            (Type::Sint32, Key::I32(value)) => sink.sint32(*value),
            (Type::Sfixed32, Key::I32(value)) => sink.sfixed32(*value),
            (Type::Sint64, Key::I64(value)) => sink.sint64(*value),
            (Type::Sfixed64, Key::I64(value)) => sink.sfixed64(*value),
            (Type::Fixed32, Key::U32(value)) => sink.fixed32(*value),
            (Type::Fixed64, Key::U64(value)) => sink.fixed64(*value),
            (_, Key::Bool(value)) => sink.bool(*value),
            (_, Key::I32(value)) => sink.int32(*value),
            (_, Key::I64(value)) => sink.int64(*value),
            (_, Key::U32(value)) => sink.uint32(*value),
            (_, Key::U64(value)) => sink.uint64(*value),
            (_, Key::Str(value)) => sink.string(value),
        }
    }
}

impl Kind for MessageKind<'_> {
    fn wire(self) -> u32 {
        if self.group { START_GROUP } else { LEN }
    }
}

impl<'a> Read<'a, Body> for MessageKind<'a> {
    fn read<S: Source<'a>>(self, body: &mut Body, number: u32, source: &mut S) -> Result<(), Fault> {
        let mut filling = Filling { types: self.types, of: self.message, body };
        if self.group { source.group(number, &mut filling) } else { source.message(number, &mut filling) }
    }
}

impl Show<Body> for MessageKind<'_> {
    fn is_default(self, _: &Body) -> bool {
        false
    }

    fn show<'m, S: Sink<'m>>(self, body: &'m Body, sink: S) -> S::Out
    where
        Self: 'm,
    {
        let showing = Showing { types: self.types, of: self.message, body };
        if self.group { sink.group(showing) } else { sink.message(showing) }
    }
}

impl Kind for EnumKind<'_> {
    fn wire(self) -> u32 {
        VARINT
    }
}

impl<'a> Read<'a, i32> for EnumKind<'a> {
    fn read<S: Source<'a>>(self, slot: &mut i32, _: u32, source: &mut S) -> Result<(), Fault> {
        *slot = source.enumeration(self.0)?;
        Ok(())
    }

    fn of_varint(self, value: u64) -> Option<i32> {
        Some(value as i32)
    }
}

impl Show<i32> for EnumKind<'_> {
    fn is_default(self, value: &i32) -> bool {
        *value == 0
    }

    fn show<'m, S: Sink<'m>>(self, value: &'m i32, sink: S) -> S::Out {
        sink.enumeration(self.0, *value)
    }
}
