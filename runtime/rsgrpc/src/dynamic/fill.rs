//! Dynamic messages, filled by any source.

use super::body::unknown_in;
use super::{
    Body, EnumKind, FieldType, Key, List, MessageKind, MessageType, Presence, Shape, Slot, Type, TypeKind,
    Types,
};
use crate::error::Fault;
use crate::fill::{Fill, Place};
use crate::kind::{
    Blob, Bool, Double, Fixed32, Fixed64, Float, Int32, Int64, Read, Sfixed32, Sfixed64, Show, Sint32,
    Sint64, Str, Uint32, Uint64,
};
#[cfg(feature = "json")]
use crate::label::MadeKey;
use crate::wire::wire_type::{LEN, item};
use crate::{Map, Source, UnknownFields};

/// A message that is filled, with its type.
pub(crate) struct Filling<'a, 'b> {
    pub(crate) types: &'a Types,
    pub(crate) of: &'a MessageType,
    pub(crate) body: &'b mut Body,
}

impl<'a> Fill<'a> for Filling<'a, '_> {
    const STATIC_NAME: Option<&'static str> = None;

    #[inline]
    fn name(&self) -> &'a str {
        &self.of.name
    }

    #[inline]
    fn fill<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault> {
        match self.of.numbered(tag >> 3) {
            Some((place, field)) => self.field(place, field, tag, source),
            None => self.unknown(tag, source),
        }
    }

    #[cold]
    fn probe<S: Source<'a>>(&self, tag: u32, source: &mut S) -> Result<(), Fault> {
        Filling { types: self.types, of: self.of, body: &mut Body::default() }.fill(tag, source)
    }

    fn named(&self, name: &str) -> Option<Place<'a>> {
        self.place(*self.of.names.get(name)?)
    }

    #[cfg(feature = "json")]
    fn named_in_json(&self, name: &[u8]) -> Option<Place<'a>> {
        let name = std::str::from_utf8(name).ok()?;
        let place = self.of.json_names.get(name).or_else(|| self.of.names.get(name))?;
        self.place(*place)
    }

    #[cfg(feature = "json")]
    fn nth_in_json(&self, index: usize) -> Option<(Place<'a>, &'a MadeKey)> {
        let field = self.of.fields.get(index)?;
        Some((Place::new(index, &field.label()), field.key.as_ref()?))
    }

    fn places(&self) -> Vec<(Place<'a>, bool)> {
        let required = |field: &FieldType| field.presence == Presence::Required;
        let places = self.of.fields.iter().enumerate();
        places.filter_map(|(place, field)| Some((self.place(place)?, required(field)))).collect()
    }

    fn numbered(&self, number: u32) -> Option<Place<'a>> {
        self.place(self.of.numbered(number)?.0)
    }

    fn rival(&self, number: u32, is_set: &mut dyn FnMut(u32) -> bool) -> Option<&'a str> {
        self.members(number).find(|field| is_set(field.number)).map(|field| field.name.as_str())
    }

    fn reserves(&self, name: &str) -> bool {
        self.of.reserved.iter().any(|reserved| reserved == name)
    }
}

impl<'a> Filling<'a, '_> {
    fn place(&self, place: usize) -> Option<Place<'a>> {
        let field = self.of.fields.get(place)?;
        Some(Place::new(place, &field.label()))
    }

    /// The members of the `oneof` that has the field `number`.
    fn members(&self, number: u32) -> impl Iterator<Item = &'a FieldType> + use<'a> {
        let of = self.of;
        let oneof = match of.numbered(number) {
            Some((_, FieldType { presence: Presence::Oneof(oneof), .. })) => of.oneofs.get(*oneof),
            _ => None,
        };
        oneof.into_iter().flat_map(|oneof| &oneof.fields).filter_map(|place| of.fields.get(*place))
    }

    #[inline]
    fn field<S: Source<'a>>(
        &mut self,
        place: usize,
        field: &'a FieldType,
        tag: u32,
        source: &mut S,
    ) -> Result<(), Fault> {
        match field.shape {
            Shape::One(of) if tag == field.tag => self.one(place, field, of, source),
            Shape::Many { of, .. } if tag == field.tag || of.packable() && tag & 7 == LEN => {
                self.many(place, of, tag, source)
            }
            Shape::Map(key, value) if tag == field.tag => self.entry(place, key, value, tag, source),
            _ => self.unknown(tag, source),
        }
    }

    /// Reads the value of a singular field.
    #[inline]
    fn one<S: Source<'a>>(
        &mut self,
        place: usize,
        field: &'a FieldType,
        of: Type,
        source: &mut S,
    ) -> Result<(), Fault> {
        let types = self.types;
        let slots = self.body.book(self.of, source)?;
        let Some(slot) = slots.get_mut(place) else { return Ok(()) };
        let implicit = field.presence == Presence::Implicit;
        /// Holds a number, unless it is one that the field is without.
        macro_rules! number {
            ($variant:ident, $value:expr, $zero:expr) => {{
                let value = $value;
                if implicit && value == $zero {
                    slot.set(Slot::Empty);
                } else {
                    slot.set(Slot::$variant(value));
                }
            }};
        }
        match of {
            Type::Bool => number!(Bool, source.bool()?, false),
            Type::Int32 => number!(I32, source.int32()?, 0),
            Type::Int64 => number!(I64, source.int64()?, 0),
            Type::Uint32 => number!(U32, source.uint32()?, 0),
            Type::Uint64 => number!(U64, source.uint64()?, 0),
            Type::Sint32 => number!(I32, source.sint32()?, 0),
            Type::Sint64 => number!(I64, source.sint64()?, 0),
            Type::Fixed32 => number!(U32, source.fixed32()?, 0),
            Type::Fixed64 => number!(U64, source.fixed64()?, 0),
            Type::Sfixed32 => number!(I32, source.sfixed32()?, 0),
            Type::Sfixed64 => number!(I64, source.sfixed64()?, 0),
            Type::Enum { place, closed: false } => {
                number!(Enum, source.enumeration(types.enumeration(place))?, 0);
            }
            Type::Enum { place, closed: true } => match source.known(types.enumeration(place))? {
                Ok(value) => slot.set(Slot::Enum(value)),
                Err(value) => {
                    unknown_in(slots).push(field.tag, value);
                    return Ok(());
                }
            },
            // Minus zero is not the default, so these are left to their kind.
            Type::Float | Type::Double | Type::Str | Type::Blob | Type::Message(_) | Type::Group(_) => {
                let kind = TypeKind { types, of };
                kind.read(slot, field.number, source)?;
                if implicit && kind.is_default(slot) {
                    slot.clear();
                }
            }
        }
        if let Presence::Oneof(oneof) = field.presence {
            clear_rivals(self.of, oneof, place, slots);
        }
        Ok(())
    }

    /// Reads values of a repeated field.
    fn many<S: Source<'a>>(&mut self, place: usize, of: Type, tag: u32, source: &mut S) -> Result<(), Fault> {
        let types = self.types;
        let slots = self.body.book(self.of, source)?;
        if let Type::Enum { place: names, closed: true } = of {
            let mut numbers = match slots.get_mut(place).map(std::mem::take) {
                Some(Slot::List(List::I32(numbers))) => numbers,
                _ => Vec::new(),
            };
            let read = source.many_known(tag, types.enumeration(names), &mut numbers, unknown_in(slots));
            // What was read is kept even so: a probe looks at it.
            if let Some(slot) = slots.get_mut(place)
                && !numbers.is_empty()
            {
                *slot = Slot::List(List::I32(numbers));
            }
            return read;
        }
        let Some(slot) = slots.get_mut(place) else { return Ok(()) };
        if !matches!(slot, Slot::List(_)) {
            slot.set(Slot::List(List::of(of)));
        }
        let Slot::List(list) = slot else { return Ok(()) };
        let read = read_many(types, list, of, tag, source);
        if list.len() == 0 {
            slot.clear();
        }
        read
    }

    /// Reads an entry of a map.
    fn entry<S: Source<'a>>(
        &mut self,
        place: usize,
        key: Type,
        value: Type,
        tag: u32,
        source: &mut S,
    ) -> Result<(), Fault> {
        let types = self.types;
        let (of_key, of_value) = (TypeKind { types, of: key }, TypeKind { types, of: value });
        let slots = self.body.book(self.of, source)?;
        if let Type::Enum { place: names, closed: true } = value {
            let names = types.enumeration(names);
            let (mut key, mut value) = (of_key.zero_key(), names.default_number());
            if let Some(entry) = source.entry_known((of_key, names), &mut key, &mut value)? {
                unknown_in(slots).push(tag, entry);
                return Ok(());
            }
            let Some(map) = slots.get_mut(place).and_then(map_in) else { return Ok(()) };
            if map.next_cost() > 0 {
                source.charge(map.next_cost())?;
            }
            return match map.insert(key, Slot::Enum(value)) {
                None => Ok(()),
                Some(_) => source.repeated_key(),
            };
        }
        let Some(slot) = slots.get_mut(place) else { return Ok(()) };
        let Some(map) = map_in(slot) else { return Ok(()) };
        let before = map.len();
        let cost = map.next_cost();
        let read = if cost > 0 { source.charge(cost) } else { Ok(()) }.and_then(|()| {
            map.insert_with(|key, value| {
                (*key, *value) = (of_key.zero_key(), of_value.zero());
                source.entry((of_key, of_value), key, value)
            })
        });
        if read.is_err() && map.is_empty() {
            slot.clear();
            return read;
        }
        read?;
        if map.len() == before { source.repeated_key() } else { Ok(()) }
    }

    /// Keeps a field that the type does not know, or reads an item of a message
    /// set that it does.
    #[cold]
    fn unknown<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault> {
        let (types, of) = (self.types, self.of);
        let slots = self.body.book(of, source)?;
        if of.set && tag == item::START {
            let fields = &mut *slots;
            let taken = source.item(move |number| {
                let (place, field) = of.numbered(number)?;
                let Shape::One(Type::Message(message)) = field.shape else { return None };
                let slot = fields.get_mut(place)?;
                if !matches!(slot, Slot::Message(_)) {
                    *slot = Slot::Message(Body::default());
                }
                let Slot::Message(body) = slot else { return None };
                Some(Filling { types, of: types.message(message), body })
            })?;
            if taken {
                return Ok(());
            }
        }
        let fields: &mut UnknownFields = unknown_in(slots);
        source.unknown(tag, fields)?;
        if fields.is_empty()
            && let Some(last) = slots.last_mut()
        {
            last.clear();
        }
        Ok(())
    }
}

/// The map in `slot`, which is made where there is none.
#[inline]
fn map_in(slot: &mut Slot) -> Option<&mut Map<Key, Slot>> {
    if !matches!(slot, Slot::Map(_)) {
        slot.set(Slot::Map(Box::default()));
    }
    match slot {
        Slot::Map(map) => Some(map),
        _ => None,
    }
}

/// Clears the members of a `oneof`, all but the one at `place`.
pub(crate) fn clear_rivals(of: &MessageType, oneof: usize, place: usize, slots: &mut [Slot]) {
    let members = of.oneofs.get(oneof).map(|oneof| oneof.fields.as_slice()).unwrap_or_default();
    for member in members {
        if *member != place
            && let Some(slot) = slots.get_mut(*member)
            && !slot.is_empty()
        {
            slot.clear();
        }
    }
}

impl List {
    /// Without values.
    pub(crate) fn of(of: Type) -> Self {
        Self::with_capacity(of, 0)
    }

    /// The same with room for so many.
    pub(crate) fn with_capacity(of: Type, len: usize) -> Self {
        match of {
            Type::Bool => Self::Bool(Vec::with_capacity(len)),
            Type::Int32 | Type::Sint32 | Type::Sfixed32 | Type::Enum { .. } => {
                Self::I32(Vec::with_capacity(len))
            }
            Type::Int64 | Type::Sint64 | Type::Sfixed64 => Self::I64(Vec::with_capacity(len)),
            Type::Uint32 | Type::Fixed32 => Self::U32(Vec::with_capacity(len)),
            Type::Uint64 | Type::Fixed64 => Self::U64(Vec::with_capacity(len)),
            Type::Float => Self::F32(Vec::with_capacity(len)),
            Type::Double => Self::F64(Vec::with_capacity(len)),
            Type::Str => Self::Str(Vec::with_capacity(len)),
            Type::Blob => Self::Blob(Vec::with_capacity(len)),
            Type::Message(_) | Type::Group(_) => Self::Message(Vec::with_capacity(len)),
        }
    }
}

/// Reads values of any type; those of a closed enum are all taken.
fn read_many<'a, S: Source<'a>>(
    types: &'a Types,
    list: &mut List,
    of: Type,
    tag: u32,
    source: &mut S,
) -> Result<(), Fault> {
    match (list, of) {
        (List::Bool(values), _) => source.many(tag, Bool, values),
        (List::I32(values), Type::Sint32) => source.many(tag, Sint32, values),
        (List::I32(values), Type::Sfixed32) => source.many(tag, Sfixed32, values),
        (List::I32(values), Type::Enum { place, .. }) => {
            source.many(tag, EnumKind(types.enumeration(place)), values)
        }
        (List::I32(values), _) => source.many(tag, Int32, values),
        (List::I64(values), Type::Sint64) => source.many(tag, Sint64, values),
        (List::I64(values), Type::Sfixed64) => source.many(tag, Sfixed64, values),
        (List::I64(values), _) => source.many(tag, Int64, values),
        (List::U32(values), Type::Fixed32) => source.many(tag, Fixed32, values),
        (List::U32(values), _) => source.many(tag, Uint32, values),
        (List::U64(values), Type::Fixed64) => source.many(tag, Fixed64, values),
        (List::U64(values), _) => source.many(tag, Uint64, values),
        (List::F32(values), _) => source.many(tag, Float, values),
        (List::F64(values), _) => source.many(tag, Double, values),
        (List::Str(values), _) => source.many(tag, Str, values),
        (List::Blob(values), _) => source.many(tag, Blob, values),
        (List::Message(values), Type::Message(place) | Type::Group(place)) => {
            let group = matches!(of, Type::Group(_));
            source.many(tag, MessageKind { types, message: types.message(place), group }, values)
        }
        (List::Message(_), _) => Ok(()),
    }
}
