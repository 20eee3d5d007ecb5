//! Messages of types that only a pool knows.

use std::fmt;

use bytes::Bytes;

use super::descriptor::{FieldDescriptor, MessageDescriptor, OneofDescriptor};
use super::value::{MessageRef, SetError, Value, ValueRef};
use super::{Reflect, fit};
use crate::dynamic::{Body, FieldType, Filling, List, Presence, Shape, Showing, Slot, Type, clear_rivals};
use crate::visit::Shown;
use crate::{DecodeError, Limits, Message, UnknownFields, Writer, binary, debug};

/// A message of a type that is known at run time.
///
/// It is in every way like a generated message: fields that the type does not know are kept, required fields are
/// asked for, the default [`Limits`] hold. Extensions that the pool knows are fields like others, and so are the
/// types that an `Any` holds known from the pool.
///
/// Two are equal if their type is the same of the same pool, and their fields are equal.
#[derive(Clone, PartialEq)]
pub struct DynamicMessage {
    pub(super) descriptor: MessageDescriptor,
    pub(super) body: Body,
}

/// What names a field of a message.
#[derive(Clone, Copy, Debug)]
pub enum FieldKey<'k> {
    /// Its number.
    Number(u32),
    /// Its name in the schema; of an extension the full name in brackets.
    Name(&'k str),
    /// Its descriptor, which may be that of another pool's message of the same name.
    Descriptor(&'k FieldDescriptor),
}

impl From<u32> for FieldKey<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

impl<'k> From<&'k str> for FieldKey<'k> {
    fn from(name: &'k str) -> Self {
        Self::Name(name)
    }
}

impl<'k> From<&'k FieldDescriptor> for FieldKey<'k> {
    fn from(field: &'k FieldDescriptor) -> Self {
        Self::Descriptor(field)
    }
}

impl fmt::Display for FieldKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Name(name) => write!(f, "`{}`", name.escape_debug()),
            Self::Descriptor(field) => write!(f, "`{}`", field.name()),
        }
    }
}

impl DynamicMessage {
    /// A message without any field set.
    #[must_use]
    pub fn new(descriptor: MessageDescriptor) -> Self {
        Self { descriptor, body: Body::default() }
    }

    pub(super) fn of_body(descriptor: MessageDescriptor, body: Body) -> Self {
        Self { descriptor, body }
    }

    /// A copy of a message of this very type, by way of its encoding: whatever it holds, complete or not.
    pub(super) fn copied(descriptor: MessageDescriptor, encoded: Vec<u8>) -> Self {
        let limits = Limits::default().depth(u32::MAX).memory(usize::MAX);
        let (types, of, mut body) = (descriptor.pool().types(), descriptor.of(), Body::default());
        // Nothing can be wrong with it, since the message is there.
        let _ = limits.fill(&mut Filling { types, of, body: &mut body }, &encoded.into());
        Self { descriptor, body }
    }

    /// Its type.
    #[must_use]
    pub fn descriptor(&self) -> &MessageDescriptor {
        &self.descriptor
    }

    /// The value of a field; what the schema gives in its place where it is unset. None where the message has no
    /// such field.
    #[inline]
    #[must_use]
    pub fn get<'k>(&self, field: impl Into<FieldKey<'k>>) -> Option<ValueRef<'_>> {
        match field.into() {
            FieldKey::Descriptor(field) => self.get_described(field),
            key => self.get_at(self.search(key)?),
        }
    }

    /// The same by a descriptor, which knows all that there is to know if it is one of this type's.
    // Inlined, so that a caller who looks at the value at once never writes it to memory.
    #[inline]
    fn get_described(&self, field: &FieldDescriptor) -> Option<ValueRef<'_>> {
        if !self.owns(field) {
            return self.get_at(self.search(FieldKey::Descriptor(field))?);
        }
        let pool = Some(self.descriptor.pool());
        match self.body.made(field.place()).and_then(|slot| ValueRef::of(pool, field.each(), slot)) {
            Some(value) => Some(value),
            None => self.default_at(field.place()),
        }
    }

    fn get_at(&self, place: usize) -> Option<ValueRef<'_>> {
        let field = self.descriptor.of().fields.get(place)?;
        let pool = Some(self.descriptor.pool());
        ValueRef::of(pool, field.shape.of(), self.body.slot(place)).or_else(|| self.default_at(place))
    }

    /// What the schema gives in place of a field that is unset.
    #[inline(never)]
    fn default_at(&self, place: usize) -> Option<ValueRef<'_>> {
        Some(ValueRef::default_of(self.descriptor.pool(), self.descriptor.of().fields.get(place)?))
    }

    /// Whether a field is set: one without presence if it has another value than its default, a list or a map if
    /// it is not empty.
    #[must_use]
    pub fn has<'k>(&self, field: impl Into<FieldKey<'k>>) -> bool {
        self.place(field.into()).is_some_and(|place| !self.body.slot(place).is_empty())
    }

    /// Sets a field, in place of what it held; other members of its `oneof` are cleared.
    ///
    /// # Errors
    /// There is no such field, or it holds values of another type. Numbers are not converted, but an enum takes
    /// an `i32` and the name of a value, too. A message of another pool's type of the same name is copied.
    pub fn set<'k>(
        &mut self,
        field: impl Into<FieldKey<'k>>,
        value: impl Into<Value>,
    ) -> Result<(), SetError> {
        let mut value = value.into();
        let set = self.set_from(field.into(), &mut value);
        value.discard();
        set
    }

    /// The same; the value is taken from where it is, which saves moving all of it twice.
    fn set_from(&mut self, key: FieldKey<'_>, value: &mut Value) -> Result<(), SetError> {
        let Some(place) = self.place(key) else { return Err(self.no_field(key)) };
        let own = matches!(key, FieldKey::Descriptor(field) if self.owns(field));
        let Self { descriptor, body } = self;
        let (shape, presence) = match key {
            FieldKey::Descriptor(field) if own => field.layout(),
            _ => match descriptor.of().fields.get(place) {
                Some(of) => (&of.shape, of.presence),
                None => return Ok(()),
            },
        };
        let slots = body.slots_mut(|| descriptor.of());
        let Some(slot) = slots.get_mut(place) else { return Ok(()) };
        if !fit::field(descriptor.pool(), (shape, presence), value, slot) {
            return Err(self.wrong_type(place));
        }
        if let Presence::Oneof(oneof) = presence {
            clear_rivals(descriptor.of(), oneof, place, slots);
        }
        Ok(())
    }

    /// Takes a field's value away.
    pub fn clear<'k>(&mut self, field: impl Into<FieldKey<'k>>) {
        if let Some(place) = self.place(field.into())
            && !self.body.slot(place).is_empty()
        {
            self.put_slot(place, Slot::Empty);
        }
    }

    /// Adds a value to a repeated field.
    ///
    /// # Errors
    /// As for [`set`](Self::set).
    pub fn push<'k>(
        &mut self,
        field: impl Into<FieldKey<'k>>,
        value: impl Into<Value>,
    ) -> Result<(), SetError> {
        let key = field.into();
        let Some((place, of)) = self.find(key) else { return Err(self.no_field(key)) };
        let Shape::Many { of: each, .. } = of.shape else { return Err(self.wrong_type(place)) };
        let Some(value) = fit::one(self.descriptor.pool(), each, &mut value.into()) else {
            return Err(self.wrong_type(place));
        };
        let mut list = match self.take_slot(place) {
            Slot::List(list) => list,
            _ => List::of(each),
        };
        list.push(value);
        self.put_slot(place, Slot::List(list));
        Ok(())
    }

    /// Adds an entry to a map, in place of one with this key.
    ///
    /// # Errors
    /// As for [`set`](Self::set).
    pub fn insert<'k>(
        &mut self,
        field: impl Into<FieldKey<'k>>,
        key: impl Into<super::MapKey>,
        value: impl Into<Value>,
    ) -> Result<(), SetError> {
        let name = field.into();
        let Some((place, of)) = self.find(name) else { return Err(self.no_field(name)) };
        let entry = fit::entry_of(self.descriptor.pool(), of.shape, key.into(), &mut value.into());
        let Some((key, value)) = entry else {
            return Err(self.wrong_type(place));
        };
        let mut map = match self.take_slot(place) {
            Slot::Map(map) => map,
            _ => Box::default(),
        };
        map.insert(key, value);
        self.put_slot(place, Slot::Map(map));
        Ok(())
    }

    /// Changes the message in a singular field, which is set if it was not, and gives back what `change` does.
    ///
    /// # Errors
    /// There is no such field, or it holds no message.
    pub fn edit<'k, R>(
        &mut self,
        field: impl Into<FieldKey<'k>>,
        change: impl FnOnce(&mut Self) -> R,
    ) -> Result<R, SetError> {
        let key = field.into();
        let Some((place, of)) = self.find(key) else { return Err(self.no_field(key)) };
        let Shape::One(Type::Message(message) | Type::Group(message)) = of.shape else {
            return Err(self.wrong_type(place));
        };
        let body = match self.take_slot(place) {
            Slot::Message(body) => body,
            _ => Body::default(),
        };
        let mut inner = Self::of_body(MessageDescriptor::new(self.descriptor.pool(), message), body);
        let changed = change(&mut inner);
        // What it was replaced by may be of any type.
        let body = if inner.descriptor.place() == message { inner.body } else { Body::default() };
        self.put_slot(place, Slot::Message(body));
        Ok(changed)
    }

    /// The member of a `oneof` that is set.
    #[must_use]
    pub fn which(&self, oneof: &OneofDescriptor) -> Option<FieldDescriptor> {
        oneof.fields().find(|field| self.has(field))
    }

    /// The message, to be read.
    #[must_use]
    pub fn as_ref(&self) -> MessageRef<'_> {
        MessageRef::dynamic(self.descriptor.pool(), self.descriptor.place(), &self.body)
    }

    /// Fields that the type does not know.
    #[must_use]
    pub fn unknown_fields(&self) -> &UnknownFields {
        self.body.unknown()
    }

    /// The same, to be changed.
    pub fn unknown_fields_mut(&mut self) -> &mut UnknownFields {
        self.body.unknown_mut(self.descriptor.of())
    }

    /// The path of the first required field that is not set, here or in a message that this one contains.
    #[must_use]
    pub fn missing(&self) -> Option<String> {
        self.showing().missing()
    }

    /// Decodes protobuf's binary format, within the default [`Limits`].
    ///
    /// # Errors
    /// What is wrong with the input, in which message and at which byte; or that a required field is missing.
    pub fn decode(descriptor: MessageDescriptor, input: &Bytes) -> Result<Self, DecodeError> {
        Self::decode_within(descriptor, input, Limits::default())
    }

    /// The same within these limits.
    ///
    /// # Errors
    /// As for [`decode`](Self::decode).
    pub fn decode_within(
        descriptor: MessageDescriptor,
        input: &Bytes,
        limits: Limits,
    ) -> Result<Self, DecodeError> {
        let body = Body::decode(descriptor.pool().types(), descriptor.of(), input, limits)?;
        Ok(Self { descriptor, body })
    }

    /// Encodes to protobuf's binary format; see [`Message::encode`].
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        binary::encoded(self.showing())
    }

    /// Puts the encoded message before what `writer` holds.
    pub fn encode_into(&self, writer: &mut Writer) {
        binary::encode(self.showing(), writer);
    }

    /// The number of bytes that [`encode`](Self::encode) gives.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        binary::len(self.showing())
    }

    /// A copy of a generated message, or of one of its views' message, by way of its encoding. The type may be
    /// another version of the message's.
    ///
    /// # Errors
    /// The type does not fit the encoding.
    pub fn from_message<M: Message>(descriptor: MessageDescriptor, message: &M) -> Result<Self, DecodeError> {
        Self::decode(descriptor, &message.encode().into())
    }

    /// A copy as a generated message, by way of the encoding.
    ///
    /// # Errors
    /// The encoding does not fit the message.
    pub fn to_message<M: Message>(&self) -> Result<M, DecodeError> {
        M::decode_bytes(&self.encode().into())
    }

    /// What a generated message of this type would keep encoded: unknown fields, and extensions.
    pub(super) fn encoded_extensions(&self) -> UnknownFields {
        let of = self.descriptor.of();
        let mut rest = self.body.clone();
        let slots = rest.slots_mut(|| of);
        slots.iter_mut().take(of.declared).for_each(|slot| *slot = Slot::Empty);
        let mut fields = UnknownFields::new();
        fields.append(&binary::encoded(Showing { body: &rest, ..self.showing() }));
        fields
    }

    pub(super) fn showing(&self) -> Showing<'_> {
        Showing { types: self.descriptor.pool().types(), of: self.descriptor.of(), body: &self.body }
    }

    /// The place of a field: for its own type's descriptors two comparisons.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn place(&self, key: FieldKey<'_>) -> Option<usize> {
        match key {
            FieldKey::Descriptor(field) if self.owns(field) => Some(field.place()),
            _ => self.search(key),
        }
    }

    /// Whether the descriptor is one of this type's.
    #[inline]
    fn owns(&self, field: &FieldDescriptor) -> bool {
        field.owner() == self.descriptor.place() && field.pool().is(self.descriptor.pool())
    }

    #[inline(never)]
    fn search(&self, key: FieldKey<'_>) -> Option<usize> {
        let of = self.descriptor.of();
        let number = match key {
            FieldKey::Name(name) => return of.names.get(name).copied(),
            FieldKey::Number(number) => number,
            FieldKey::Descriptor(field) if field.message().full_name() == of.name => field.number(),
            FieldKey::Descriptor(_) => return None,
        };
        Some(of.numbered(number)?.0)
    }

    fn find(&self, key: FieldKey<'_>) -> Option<(usize, &FieldType)> {
        let place = self.place(key)?;
        Some((place, self.descriptor.of().fields.get(place)?))
    }

    fn take_slot(&mut self, place: usize) -> Slot {
        let slots = self.body.slots_mut(|| self.descriptor.of());
        slots.get_mut(place).map(std::mem::take).unwrap_or_default()
    }

    fn put_slot(&mut self, place: usize, value: Slot) {
        let of = self.descriptor.of();
        let slots = self.body.slots_mut(|| of);
        let set = !value.is_empty();
        if let Some(slot) = slots.get_mut(place) {
            slot.set(value);
        }
        if set && let Some(FieldType { presence: Presence::Oneof(oneof), .. }) = of.fields.get(place) {
            clear_rivals(of, *oneof, place, slots);
        }
    }

    #[cold]
    fn no_field(&self, key: FieldKey<'_>) -> SetError {
        SetError::NoField { message: self.descriptor.full_name().to_owned(), field: key.to_string() }
    }

    #[cold]
    fn wrong_type(&self, place: usize) -> SetError {
        let of = self.descriptor.of();
        let field = of.fields.get(place).map(|field| field.name.clone()).unwrap_or_default();
        SetError::Type { message: of.name.clone(), field }
    }
}

impl Reflect for DynamicMessage {
    fn descriptor(&self) -> MessageDescriptor {
        self.descriptor.clone()
    }

    fn value(&self, number: u32) -> Option<ValueRef<'_>> {
        self.as_ref().value(number)
    }

    fn each<'m>(&'m self, take: &mut dyn FnMut(u32, ValueRef<'m>)) {
        self.as_ref().each(take);
    }

    fn put(&mut self, number: u32, value: Value) -> Result<(), SetError> {
        self.set(number, value)
    }

    fn remove(&mut self, number: u32) {
        self.clear(number);
    }

    fn to_dynamic(&self) -> DynamicMessage {
        self.clone()
    }
}

impl fmt::Debug for DynamicMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug::show(self.showing(), f)
    }
}
