//! Messages, fields and enums.

use std::fmt;

use super::dynamic::DynamicMessage;
use super::enumeration::EnumDescriptor;
use super::pool::{DescriptorPool, FileDescriptor};
use super::value::ValueRef;
use crate::Message;
use crate::descriptor::{DescriptorProto, FieldDescriptorProto};
use crate::dynamic::{self, FieldType, MessageType, Presence, Type};

/// A message's type.
#[derive(Clone)]
pub struct MessageDescriptor {
    pool: DescriptorPool,
    place: u32,
}

#[expect(clippy::indexing_slicing, reason = "a descriptor's place is one of its pool's")]
impl MessageDescriptor {
    pub(super) fn new(pool: &DescriptorPool, place: u32) -> Self {
        Self { pool: pool.clone(), place }
    }

    /// Such as `google.protobuf.Any`.
    #[must_use]
    pub fn full_name(&self) -> &str {
        &self.of().name
    }

    /// Such as `Any`.
    #[must_use]
    pub fn name(&self) -> &str {
        simple(self.full_name())
    }

    /// The pool.
    #[inline]
    #[must_use]
    pub fn pool(&self) -> &DescriptorPool {
        &self.pool
    }

    /// The file that declares it.
    #[must_use]
    pub fn file(&self) -> FileDescriptor {
        FileDescriptor::new(&self.pool, self.declared().file)
    }

    /// The message that it is declared in.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        Some(Self::new(&self.pool, self.declared().parent?))
    }

    /// The descriptor that it was made of.
    #[must_use]
    pub fn proto(&self) -> Option<&DescriptorProto> {
        proto_of(&self.pool, self.place)
    }

    /// Its options as a message of the pool's own `google.protobuf.MessageOptions`, so that custom options are
    /// fields of it; none where it has no options, or the pool has no `google/protobuf/descriptor.proto`.
    #[must_use]
    pub fn options(&self) -> Option<DynamicMessage> {
        options(&self.pool, self.proto()?.options.as_ref()?)
    }

    /// The fields, by number. Extensions are not among them.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = FieldDescriptor> + '_ {
        (0..self.of().declared).map(|place| FieldDescriptor::new(&self.pool, self.place, place))
    }

    /// The extensions that the pool has of it, by number.
    pub fn extensions(&self) -> impl ExactSizeIterator<Item = FieldDescriptor> + '_ {
        let of = self.of();
        (of.declared..of.fields.len()).map(|place| FieldDescriptor::new(&self.pool, self.place, place))
    }

    /// The field or extension with this number.
    #[must_use]
    pub fn field(&self, number: u32) -> Option<FieldDescriptor> {
        Some(FieldDescriptor::new(&self.pool, self.place, self.of().numbered(number)?.0))
    }

    /// The field of this name in the schema; an extension is called by its full name in brackets.
    #[must_use]
    pub fn field_named(&self, name: &str) -> Option<FieldDescriptor> {
        Some(FieldDescriptor::new(&self.pool, self.place, *self.of().names.get(name)?))
    }

    /// The field of this name in JSON.
    #[must_use]
    pub fn field_named_in_json(&self, name: &str) -> Option<FieldDescriptor> {
        Some(FieldDescriptor::new(&self.pool, self.place, *self.of().json_names.get(name)?))
    }

    /// The `oneof`s, as declared.
    pub fn oneofs(&self) -> impl ExactSizeIterator<Item = OneofDescriptor> + '_ {
        (0..self.of().oneofs.len()).map(|place| OneofDescriptor { message: self.clone(), place })
    }

    /// The messages that it declares.
    pub fn messages(&self) -> impl Iterator<Item = Self> + '_ {
        self.declared().contents.messages.iter().map(|place| Self::new(&self.pool, *place))
    }

    /// The enums that it declares.
    pub fn enums(&self) -> impl Iterator<Item = EnumDescriptor> + '_ {
        self.declared().contents.enums.iter().map(|place| EnumDescriptor::new(&self.pool, *place))
    }

    #[inline]
    pub(super) fn of(&self) -> &MessageType {
        self.pool.types().message(self.place)
    }

    #[inline]
    pub(super) fn place(&self) -> u32 {
        self.place
    }

    fn declared(&self) -> &super::link::Declared {
        &self.pool.inner().linked.messages[self.place as usize]
    }
}

impl PartialEq for MessageDescriptor {
    /// Whether both are the same message of the same pool.
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place && self.pool.is(&other.pool)
    }
}

impl Eq for MessageDescriptor {}

impl fmt::Debug for MessageDescriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MessageDescriptor({})", self.full_name())
    }
}

pub(super) fn simple(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Options as a message of the pool.
pub(super) fn options<M: Message>(pool: &DescriptorPool, options: &M) -> Option<DynamicMessage> {
    DynamicMessage::from_message(pool.message(M::NAME)?, options).ok()
}

/// A field of a message, or an extension.
#[derive(Clone)]
pub struct FieldDescriptor {
    pool: DescriptorPool,
    message: u32,
    place: u32,
    /// The type of its values: what reading one asks for …
    each: Type,
    /// … and what setting one asks for.
    shape: dynamic::Shape,
    presence: Presence,
}

/// How many values a field has.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Shape {
    /// At most one.
    Singular(Kind),
    /// Any number.
    Repeated(Kind),
    /// One for each key; the kinds are the key's and the value's.
    Map(Kind, Kind),
}

/// What a field's values are.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "protobuf's own names")]
#[non_exhaustive]
pub enum Kind {
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
    String,
    Bytes,
    Enum(EnumDescriptor),
    Message(MessageDescriptor),
}

#[expect(clippy::indexing_slicing, reason = "a descriptor's place is one of its pool's")]
impl FieldDescriptor {
    pub(super) fn new(pool: &DescriptorPool, message: u32, place: usize) -> Self {
        let FieldType { shape, presence, .. } = pool.types().message(message).fields[place];
        // A field has a number, and there are fewer of these.
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        Self { pool: pool.clone(), message, place, each: shape.of(), shape, presence }
    }

    /// 1 to 536,870,911.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.of().number
    }

    /// The name in the schema; of an extension the full name, without brackets.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = &self.of().name;
        name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name)
    }

    /// The name in JSON; of an extension the full name in brackets.
    #[must_use]
    pub fn json_name(&self) -> &str {
        &self.of().json_name
    }

    /// The message that it is a field of: of an extension the one that is extended.
    #[must_use]
    pub fn message(&self) -> MessageDescriptor {
        MessageDescriptor::new(&self.pool, self.message)
    }

    /// Whether it is an extension.
    #[must_use]
    pub fn is_extension(&self) -> bool {
        self.of().extension
    }

    /// How many values of what it holds.
    #[must_use]
    pub fn shape(&self) -> Shape {
        match self.of().shape {
            dynamic::Shape::One(of) => Shape::Singular(self.kind(of)),
            dynamic::Shape::Many { of, .. } => Shape::Repeated(self.kind(of)),
            dynamic::Shape::Map(key, value) => Shape::Map(self.kind(key), self.kind(value)),
        }
    }

    fn kind(&self, of: Type) -> Kind {
        match of {
            Type::Bool => Kind::Bool,
            Type::Int32 => Kind::Int32,
            Type::Int64 => Kind::Int64,
            Type::Uint32 => Kind::Uint32,
            Type::Uint64 => Kind::Uint64,
            Type::Sint32 => Kind::Sint32,
            Type::Sint64 => Kind::Sint64,
            Type::Fixed32 => Kind::Fixed32,
            Type::Fixed64 => Kind::Fixed64,
            Type::Sfixed32 => Kind::Sfixed32,
            Type::Sfixed64 => Kind::Sfixed64,
            Type::Float => Kind::Float,
            Type::Double => Kind::Double,
            Type::Str => Kind::String,
            Type::Blob => Kind::Bytes,
            Type::Enum { place, .. } => Kind::Enum(EnumDescriptor::new(&self.pool, place)),
            Type::Message(place) | Type::Group(place) => {
                Kind::Message(MessageDescriptor::new(&self.pool, place))
            }
        }
    }

    /// Whether "unset" differs from every value: `optional`, a message, a member of a `oneof`, and the like.
    #[must_use]
    pub fn has_presence(&self) -> bool {
        let FieldType { shape, presence, .. } = self.of();
        matches!(shape, dynamic::Shape::One(_)) && *presence != Presence::Implicit
    }

    /// Whether a message without it is not complete.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.of().presence == Presence::Required
    }

    /// Whether the values of a repeated field are written together.
    #[must_use]
    pub fn is_packed(&self) -> bool {
        matches!(self.of().shape, dynamic::Shape::Many { packed: true, .. })
    }

    /// The `oneof` that it is a member of.
    #[must_use]
    pub fn oneof(&self) -> Option<OneofDescriptor> {
        match self.of().presence {
            Presence::Oneof(place) => Some(OneofDescriptor { message: self.message(), place }),
            _ => None,
        }
    }

    /// What reading the unset field gives.
    #[must_use]
    pub fn default(&self) -> ValueRef<'_> {
        ValueRef::default_of(&self.pool, self.of())
    }

    /// The descriptor that it was made of.
    #[must_use]
    pub fn proto(&self) -> Option<&FieldDescriptorProto> {
        let number = i32::try_from(self.number()).ok();
        if !self.is_extension() {
            let message = proto_of(&self.pool, self.message)?;
            return message.field.iter().find(|field| field.number == number);
        }
        let name = self.name();
        let linked = &self.pool.inner().linked;
        let extension = linked.extensions.iter().find(|extension| extension.full_name == name)?;
        let declared = match extension.parent {
            Some(parent) => &proto_of(&self.pool, parent)?.extension,
            None => &self.pool.inner().files[extension.file].extension,
        };
        declared.iter().find(|field| field.name() == simple(name))
    }

    /// Its options; see [`MessageDescriptor::options`].
    #[must_use]
    pub fn options(&self) -> Option<DynamicMessage> {
        options(&self.pool, self.proto()?.options.as_ref()?)
    }

    pub(super) fn of(&self) -> &FieldType {
        &self.pool.types().message(self.message).fields[self.place as usize]
    }

    #[inline]
    pub(super) fn pool(&self) -> &DescriptorPool {
        &self.pool
    }

    /// Its place among the fields of its message.
    #[inline]
    pub(super) fn place(&self) -> usize {
        self.place as usize
    }

    /// The type of its values, in a list or a map, too.
    #[inline]
    pub(super) fn each(&self) -> Type {
        self.each
    }

    #[inline]
    pub(super) fn layout(&self) -> (&dynamic::Shape, Presence) {
        (&self.shape, self.presence)
    }

    /// The place of its message.
    #[inline]
    pub(super) fn owner(&self) -> u32 {
        self.message
    }
}

impl PartialEq for FieldDescriptor {
    /// Whether both are the same field of the same pool.
    fn eq(&self, other: &Self) -> bool {
        self.message == other.message && self.place == other.place && self.pool.is(&other.pool)
    }
}

impl Eq for FieldDescriptor {}

impl fmt::Debug for FieldDescriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldDescriptor({} = {} of {})", self.name(), self.number(), self.message().full_name())
    }
}

/// The descriptor that a message was made of.
#[expect(clippy::indexing_slicing, reason = "places are the pool's own")]
pub(super) fn proto_of(pool: &DescriptorPool, place: u32) -> Option<&DescriptorProto> {
    let declared = &pool.inner().linked.messages[place as usize];
    let messages = match declared.parent {
        Some(parent) => &proto_of(pool, parent)?.nested_type,
        None => &pool.inner().files[declared.file].message_type,
    };
    let name = simple(&pool.types().message(place).name);
    messages.iter().find(|message| message.name() == name)
}

/// A `oneof`.
#[derive(Clone, PartialEq, Eq)]
pub struct OneofDescriptor {
    message: MessageDescriptor,
    place: usize,
}

#[expect(clippy::indexing_slicing, reason = "a descriptor's place is one of its pool's")]
impl OneofDescriptor {
    /// The name in the schema.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.message.of().oneofs[self.place].name
    }

    /// The message that it stands in.
    #[must_use]
    pub fn message(&self) -> &MessageDescriptor {
        &self.message
    }

    /// Its members.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = FieldDescriptor> + '_ {
        let places = self.message.of().oneofs[self.place].fields.iter();
        places.map(|place| FieldDescriptor::new(&self.message.pool, self.message.place, *place))
    }
}

impl fmt::Debug for OneofDescriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OneofDescriptor({} of {})", self.name(), self.message.full_name())
    }
}
