//! Dynamic messages, shown to any visitor.

use super::{
    Body, EnumKind, FieldType, List, MessageKind, MessageType, Presence, Shape, Slot, Type, TypeKind, Types,
};
use crate::Message;
use crate::kind::{
    Blob, Bool, Double, Fixed32, Fixed64, Float, Int32, Int64, Sfixed32, Sfixed64, Sint32, Sint64, Str,
    Uint32, Uint64,
};
use crate::label::FieldLabel;
use crate::required;
use crate::visit::{Shown, Visitor};

/// A message that is shown, with its type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Showing<'m> {
    pub(crate) types: &'m Types,
    pub(crate) of: &'m MessageType,
    pub(crate) body: &'m Body,
}

impl<'m> Shown<'m> for Showing<'m> {
    const STATIC_NAME: Option<&'static str> = None;

    fn name(self) -> &'m str {
        &self.of.name
    }

    fn visit<V: Visitor<'m>>(self, visitor: &mut V) {
        let slots = self.body.slots();
        if slots.is_empty() {
            self.of.fields.iter().for_each(|field| self.unset(field, visitor));
            return;
        }
        for (field, slot) in self.of.fields.iter().zip(slots) {
            if slot.is_empty() {
                self.unset(field, visitor);
            } else {
                self.field(field, slot, visitor);
            }
        }
        self.unknown(visitor);
    }

    fn visit_back<V: Visitor<'m>>(self, visitor: &mut V) {
        self.unknown(visitor);
        // What is not there is nothing to those who go backwards.
        for (field, slot) in self.of.fields.iter().zip(self.body.slots()).rev() {
            if !slot.is_empty() {
                self.field(field, slot, visitor);
            }
        }
    }

    fn missing(self) -> Option<String> {
        if self.of.required { required::missing(self) } else { None }
    }

    fn typed<W: Message>(self) -> Option<&'m W> {
        None
    }
}

impl<'m> Showing<'m> {
    fn unknown<V: Visitor<'m>>(self, visitor: &mut V) {
        if let Some(Slot::Unknown(fields)) = self.body.slots().last()
            && !fields.is_empty()
        {
            visitor.unknown(fields);
        }
    }

    fn field<V: Visitor<'m>>(self, field: &'m FieldType, slot: &'m Slot, visitor: &mut V) {
        let types = self.types;
        match (field.shape, slot) {
            (Shape::One(of), value) if self.of.set && field.extension => {
                visitor.item(&field.label(), TypeKind { types, of }, value);
            }
            (Shape::One(of), value) => visitor.one(&field.label(), TypeKind { types, of }, value),
            (Shape::Many { of, packed }, Slot::List(list)) => {
                many(types, &field.label(), of, packed, list, visitor);
            }
            (Shape::Map(key, value), Slot::Map(map)) => {
                let kinds = (TypeKind { types, of: key }, TypeKind { types, of: value });
                visitor.map(&field.label(), kinds, map);
            }
            _ => {}
        }
    }

    #[inline]
    fn unset<V: Visitor<'m>>(self, field: &'m FieldType, visitor: &mut V) {
        match (field.shape, field.presence) {
            _ if field.extension => {}
            (Shape::Many { .. }, _) => visitor.empty(&field.label(), false),
            (Shape::Map(..), _) => visitor.empty(&field.label(), true),
            (Shape::One(of), Presence::Implicit) => {
                visitor.unset(&field.label(), TypeKind { types: self.types, of }, &field.default);
            }
            (Shape::One(_), Presence::Required) => visitor.absent(&field.label()),
            (Shape::One(_), _) => {}
        }
    }
}

fn many<'m, V: Visitor<'m>>(
    types: &'m Types,
    label: &FieldLabel<'m>,
    of: Type,
    packed: bool,
    list: &'m List,
    visitor: &mut V,
) {
    match (list, of) {
        (List::Bool(values), _) => visitor.many(label, Bool, values, packed),
        (List::I32(values), Type::Sint32) => visitor.many(label, Sint32, values, packed),
        (List::I32(values), Type::Sfixed32) => visitor.many(label, Sfixed32, values, packed),
        (List::I32(values), Type::Enum { place, .. }) => {
            visitor.many(label, EnumKind(types.enumeration(place)), values, packed);
        }
        (List::I32(values), _) => visitor.many(label, Int32, values, packed),
        (List::I64(values), Type::Sint64) => visitor.many(label, Sint64, values, packed),
        (List::I64(values), Type::Sfixed64) => visitor.many(label, Sfixed64, values, packed),
        (List::I64(values), _) => visitor.many(label, Int64, values, packed),
        (List::U32(values), Type::Fixed32) => visitor.many(label, Fixed32, values, packed),
        (List::U32(values), _) => visitor.many(label, Uint32, values, packed),
        (List::U64(values), Type::Fixed64) => visitor.many(label, Fixed64, values, packed),
        (List::U64(values), _) => visitor.many(label, Uint64, values, packed),
        (List::F32(values), _) => visitor.many(label, Float, values, packed),
        (List::F64(values), _) => visitor.many(label, Double, values, packed),
        (List::Str(values), _) => visitor.many(label, Str, values, packed),
        (List::Blob(values), _) => visitor.many(label, Blob, values, packed),
        (List::Message(values), Type::Message(place) | Type::Group(place)) => {
            let group = matches!(of, Type::Group(_));
            visitor.many(label, MessageKind { types, message: types.message(place), group }, values, packed);
        }
        (List::Message(_), _) => {}
    }
}
