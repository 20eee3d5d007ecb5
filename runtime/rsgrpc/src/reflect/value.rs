//! Values of fields, borrowed and owned.

use std::fmt;

use bytes::Bytes;

use super::containers::{Entries, Items, ListRef, MapRef};
use super::descriptor::MessageDescriptor;
use super::dynamic::DynamicMessage;
use super::owned::{ValueList, ValueMap};
use super::pool::DescriptorPool;
use crate::Str;
use crate::dynamic::{Body, FieldType, Key, Slot, Type};

/// A value that a message lends.
#[derive(Debug)]
#[non_exhaustive]
pub enum ValueRef<'m> {
    /// Of a `bool`.
    Bool(bool),
    /// Of `int32`, `sint32` and `sfixed32`.
    I32(i32),
    /// Of `int64`, `sint64` and `sfixed64`.
    I64(i64),
    /// Of `uint32` and `fixed32`.
    U32(u32),
    /// Of `uint64` and `fixed64`.
    U64(u64),
    /// Of a `float`.
    F32(f32),
    /// Of a `double`.
    F64(f64),
    /// Of a `string`.
    String(&'m str),
    /// Of `bytes`.
    Bytes(&'m Bytes),
    /// The number of an enum's value.
    Enum(i32),
    /// A message.
    Message(MessageRef<'m>),
    /// The values of a repeated field.
    List(ListRef<'m>),
    /// The entries of a map.
    Map(MapRef<'m>),
}

/// A value by itself.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Of a `bool`.
    Bool(bool),
    /// Of `int32`, `sint32` and `sfixed32`; of an enum, its number.
    I32(i32),
    /// Of `int64`, `sint64` and `sfixed64`.
    I64(i64),
    /// Of `uint32` and `fixed32`.
    U32(u32),
    /// Of `uint64` and `fixed64`.
    U64(u64),
    /// Of a `float`.
    F32(f32),
    /// Of a `double`.
    F64(f64),
    /// Of a `string`; of an enum, the name of a value.
    String(Str),
    /// Of `bytes`.
    Bytes(Bytes),
    /// The number of an enum's value.
    Enum(i32),
    /// A message.
    Message(DynamicMessage),
    /// The values of a repeated field.
    List(ValueList),
    /// The entries of a map.
    Map(ValueMap),
}

/// The key of a map's entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MapKey {
    /// Of a `bool`.
    Bool(bool),
    /// Of `int32`, `sint32` and `sfixed32`.
    I32(i32),
    /// Of `int64`, `sint64` and `sfixed64`.
    I64(i64),
    /// Of `uint32` and `fixed32`.
    U32(u32),
    /// Of `uint64` and `fixed64`.
    U64(u64),
    /// Of a `string`.
    String(Str),
}

macro_rules! conversions {
    ($($type:ty: $variant:ident;)*) => {$(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

conversions! {
    bool: Bool;
    i32: I32;
    i64: I64;
    u32: U32;
    u64: U64;
    f32: F32;
    f64: F64;
    String: String;
    &str: String;
    Str: String;
    Bytes: Bytes;
    DynamicMessage: Message;
    ValueList: List;
    ValueMap: Map;
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into())
    }
}

macro_rules! keys {
    ($($type:ty: $variant:ident;)*) => {$(
        impl From<$type> for MapKey {
            fn from(key: $type) -> Self {
                Self::$variant(key.into())
            }
        }
    )*};
}

keys! {
    bool: Bool;
    i32: I32;
    i64: I64;
    u32: U32;
    u64: U64;
    String: String;
    &str: String;
    Str: String;
}

impl Value {
    /// Drops it. Numbers own nothing: to find that out in one step costs less than in the course of dropping.
    #[inline]
    pub(super) fn discard(self) {
        let plain = matches!(
            self,
            Self::Bool(_)
                | Self::I32(_)
                | Self::I64(_)
                | Self::U32(_)
                | Self::U64(_)
                | Self::F32(_)
                | Self::F64(_)
                | Self::Enum(_)
        );
        if plain {
            std::mem::forget(self);
        }
    }

    /// Lends it.
    #[must_use]
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Bool(value) => ValueRef::Bool(*value),
            Self::I32(value) => ValueRef::I32(*value),
            Self::I64(value) => ValueRef::I64(*value),
            Self::U32(value) => ValueRef::U32(*value),
            Self::U64(value) => ValueRef::U64(*value),
            Self::F32(value) => ValueRef::F32(*value),
            Self::F64(value) => ValueRef::F64(*value),
            Self::String(value) => ValueRef::String(value),
            Self::Bytes(value) => ValueRef::Bytes(value),
            Self::Enum(value) => ValueRef::Enum(*value),
            Self::Message(message) => ValueRef::Message(message.as_ref()),
            Self::List(list) => ValueRef::List(list.as_ref()),
            Self::Map(map) => ValueRef::Map(map.as_ref()),
        }
    }
}

impl ValueRef<'_> {
    /// Copies what is borrowed. A generated message becomes a dynamic one.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Bool(value) => Value::Bool(*value),
            Self::I32(value) => Value::I32(*value),
            Self::I64(value) => Value::I64(*value),
            Self::U32(value) => Value::U32(*value),
            Self::U64(value) => Value::U64(*value),
            Self::F32(value) => Value::F32(*value),
            Self::F64(value) => Value::F64(*value),
            Self::String(value) => Value::String((*value).into()),
            Self::Bytes(value) => Value::Bytes((*value).clone()),
            Self::Enum(value) => Value::Enum(*value),
            Self::Message(message) => Value::Message(message.to_dynamic()),
            Self::List(list) => Value::List(list.to_list()),
            Self::Map(map) => Value::Map(map.to_map()),
        }
    }
}

impl<'m> ValueRef<'m> {
    /// What stands for a field that is unset.
    #[inline]
    pub(super) fn default_of(pool: &'m DescriptorPool, field: &'m FieldType) -> Self {
        // A default is never empty.
        Self::of(Some(pool), field.shape.of(), &field.default).unwrap_or(Self::Bool(false))
    }

    /// What `slot` holds, unless it is empty. The type is that of the value, or of those in the list or the map.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn of(pool: Option<&'m DescriptorPool>, of: Type, slot: &'m Slot) -> Option<Self> {
        Some(match slot {
            Slot::Bool(value) => Self::Bool(*value),
            Slot::I32(value) => Self::I32(*value),
            Slot::I64(value) => Self::I64(*value),
            Slot::U32(value) => Self::U32(*value),
            Slot::U64(value) => Self::U64(*value),
            Slot::F32(value) => Self::F32(*value),
            Slot::F64(value) => Self::F64(*value),
            Slot::Enum(value) => Self::Enum(*value),
            Slot::Str(value) => Self::String(value),
            Slot::Blob(value) => Self::Bytes(value),
            Slot::Message(body) => match of {
                Type::Message(place) | Type::Group(place) => {
                    Self::Message(MessageRef::dynamic(pool?, place, body))
                }
                _ => return None,
            },
            Slot::List(list) => Self::List(ListRef(Items::Dynamic(pool, of, list))),
            Slot::Map(map) => Self::Map(MapRef(Entries::Dynamic(pool, of, map))),
            Slot::Empty | Slot::Unknown(_) => return None,
        })
    }
}

/// A message in a message.
pub struct MessageRef<'m>(Held<'m>);

enum Held<'m> {
    Dynamic(&'m DescriptorPool, u32, &'m Body),
    Typed(Box<dyn Erased<'m> + 'm>),
}

/// A generated message, its type erased.
pub(super) trait Erased<'m> {
    fn descriptor(&self) -> MessageDescriptor;
    fn value(&self, number: u32) -> Option<ValueRef<'m>>;
    fn each(&self, take: &mut dyn FnMut(u32, ValueRef<'m>));
    fn encode(&self) -> Vec<u8>;
}

impl<'m> MessageRef<'m> {
    #[inline]
    pub(super) fn dynamic(pool: &'m DescriptorPool, place: u32, body: &'m Body) -> Self {
        Self(Held::Dynamic(pool, place, body))
    }

    pub(super) fn typed(message: impl Erased<'m> + 'm) -> Self {
        Self(Held::Typed(Box::new(message)))
    }

    /// Its type.
    #[must_use]
    pub fn descriptor(&self) -> MessageDescriptor {
        match &self.0 {
            Held::Dynamic(pool, place, _) => MessageDescriptor::new(pool, *place),
            Held::Typed(message) => message.descriptor(),
        }
    }

    /// The value of the field with this number, if it is set; see [`Reflect::value`](super::Reflect::value).
    #[must_use]
    pub fn value(&self, number: u32) -> Option<ValueRef<'m>> {
        match &self.0 {
            Held::Dynamic(pool, place, body) => {
                let (place, field) = pool.types().message(*place).numbered(number)?;
                ValueRef::of(Some(pool), field.shape.of(), body.slot(place))
            }
            Held::Typed(message) => message.value(number),
        }
    }

    /// The fields that are set, by number, extensions last; see [`Reflect::each`](super::Reflect::each).
    pub fn each(&self, take: &mut dyn FnMut(u32, ValueRef<'m>)) {
        match &self.0 {
            Held::Dynamic(pool, place, body) => {
                for (field, slot) in pool.types().message(*place).fields.iter().zip(body.slots()) {
                    if let Some(value) = ValueRef::of(Some(pool), field.shape.of(), slot) {
                        take(field.number, value);
                    }
                }
            }
            Held::Typed(message) => message.each(take),
        }
    }

    /// Copies it. A generated message becomes a dynamic one of its own pool.
    #[must_use]
    pub fn to_dynamic(&self) -> DynamicMessage {
        match &self.0 {
            Held::Dynamic(_, _, body) => DynamicMessage::of_body(self.descriptor(), (*body).clone()),
            Held::Typed(message) => DynamicMessage::copied(self.descriptor(), message.encode()),
        }
    }
}

impl fmt::Debug for MessageRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_dynamic(), f)
    }
}

pub(super) fn key_in(key: MapKey) -> Key {
    match key {
        MapKey::Bool(key) => Key::Bool(key),
        MapKey::I32(key) => Key::I32(key),
        MapKey::I64(key) => Key::I64(key),
        MapKey::U32(key) => Key::U32(key),
        MapKey::U64(key) => Key::U64(key),
        MapKey::String(key) => Key::Str(key),
    }
}

pub(super) fn key_out(key: &Key) -> MapKey {
    match key {
        Key::Bool(key) => MapKey::Bool(*key),
        Key::I32(key) => MapKey::I32(*key),
        Key::I64(key) => MapKey::I64(*key),
        Key::U32(key) => MapKey::U32(*key),
        Key::U64(key) => MapKey::U64(*key),
        Key::Str(key) => MapKey::String(key.clone()),
    }
}

/// Why a field cannot be set.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetError {
    /// The message has no such field.
    NoField {
        /// The message's full name.
        message: String,
        /// The field's name or number.
        field: String,
    },
    /// The field holds values of another type.
    Type {
        /// The message's full name.
        message: String,
        /// The field's name.
        field: String,
    },
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoField { message, field } => write!(f, "{message} has no field {field}"),
            Self::Type { message, field } => write!(f, "{message}: `{field}` holds values of another type"),
        }
    }
}

impl std::error::Error for SetError {}
