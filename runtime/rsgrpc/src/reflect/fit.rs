//! Values, fitted into the slots of fields. What fits is taken from the value, which is good for nothing then.

use std::mem::take;

use super::pool::DescriptorPool;
use super::value::{MapKey, Value, key_in};
use crate::dynamic::{Body, Filling, Key, List, Presence, Shape, Slot, Type};
use crate::{Limits, Map};

/// Puts `value` into the slot of a field. False, and the slot is left as it is, where that holds another type.
pub(super) fn field(
    pool: &DescriptorPool,
    (shape, presence): (&Shape, Presence),
    value: &mut Value,
    slot: &mut Slot,
) -> bool {
    match *shape {
        Shape::One(of) => put(pool, of, value, presence == Presence::Implicit, slot),
        Shape::Many { of, .. } => {
            let Some(list) = list(pool, of, value) else { return false };
            slot.set(if list.len() == 0 { Slot::Empty } else { Slot::List(list) });
            true
        }
        Shape::Map(..) => {
            let Some(map) = map(pool, *shape, value) else { return false };
            slot.set(if map.is_empty() { Slot::Empty } else { Slot::Map(map) });
            true
        }
    }
}

#[inline(never)]
fn list(pool: &DescriptorPool, of: Type, value: &mut Value) -> Option<List> {
    let Value::List(values) = value else { return None };
    let values = match take(values).into_copied(pool, of) {
        Ok(list) => return Some(list),
        Err(values) => values.into_iter(),
    };
    let mut list = List::with_capacity(of, values.len());
    for mut value in values {
        list.push(one(pool, of, &mut value)?);
    }
    Some(list)
}

#[inline(never)]
fn map(pool: &DescriptorPool, shape: Shape, value: &mut Value) -> Option<Box<Map<Key, Slot>>> {
    let (Shape::Map(of_key, of_value), Value::Map(entries)) = (shape, value) else { return None };
    let entries = match take(entries).into_copied(pool, of_value, |key| fits(of_key, key)) {
        Ok(map) => return Some(map),
        Err(entries) => entries,
    };
    let mut map = Box::new(Map::new());
    for (key, mut value) in entries {
        let (key, value) = entry_of(pool, shape, key, &mut value)?;
        map.insert(key, value);
    }
    Some(map)
}

pub(super) fn entry_of(
    pool: &DescriptorPool,
    shape: Shape,
    key: MapKey,
    value: &mut Value,
) -> Option<(Key, Slot)> {
    let Shape::Map(of_key, of_value) = shape else { return None };
    let key = key_in(key);
    if fits(of_key, &key) { Some((key, one(pool, of_value, value)?)) } else { None }
}

/// Whether a key is of this type.
fn fits(of: Type, key: &Key) -> bool {
    matches!(
        (of, key),
        (Type::Bool, Key::Bool(_))
            | (Type::Int32 | Type::Sint32 | Type::Sfixed32, Key::I32(_))
            | (Type::Int64 | Type::Sint64 | Type::Sfixed64, Key::I64(_))
            | (Type::Uint32 | Type::Fixed32, Key::U32(_))
            | (Type::Uint64 | Type::Fixed64, Key::U64(_))
            | (Type::Str, Key::Str(_))
    )
}

/// The slot of a single value.
pub(super) fn one(pool: &DescriptorPool, of: Type, value: &mut Value) -> Option<Slot> {
    let mut slot = Slot::Empty;
    put(pool, of, value, false, &mut slot).then_some(slot)
}

/// Puts a single value into `slot`; nothing where a zero is the same, as with `implicit` presence. False, and the slot
/// is left as it is, where the value is of another type.
fn put(pool: &DescriptorPool, of: Type, value: &mut Value, implicit: bool, slot: &mut Slot) -> bool {
    macro_rules! number {
        ($variant:ident, $value:expr, $is_zero:expr) => {{
            let value = *$value;
            if implicit && $is_zero(value) {
                slot.set(Slot::Empty);
            } else {
                slot.set(Slot::$variant(value));
            }
        }};
    }
    match (of, value) {
        (Type::Bool, Value::Bool(value)) => number!(Bool, value, |value: bool| !value),
        (Type::Int32 | Type::Sint32 | Type::Sfixed32, Value::I32(value)) => {
            number!(I32, value, |value| value == 0);
        }
        (Type::Int64 | Type::Sint64 | Type::Sfixed64, Value::I64(value)) => {
            number!(I64, value, |value| value == 0);
        }
        (Type::Uint32 | Type::Fixed32, Value::U32(value)) => number!(U32, value, |value| value == 0),
        (Type::Uint64 | Type::Fixed64, Value::U64(value)) => number!(U64, value, |value| value == 0),
        // Minus zero is not the default.
        (Type::Float, Value::F32(value)) => number!(F32, value, |value: f32| value.to_bits() == 0),
        (Type::Double, Value::F64(value)) => number!(F64, value, |value: f64| value.to_bits() == 0),
        (Type::Enum { closed: false, .. }, Value::Enum(value) | Value::I32(value)) => {
            number!(Enum, value, |value| value == 0);
        }
        (Type::Str, Value::String(value)) if implicit && value.is_empty() => slot.set(Slot::Empty),
        (Type::Str, Value::String(value)) => slot.set(Slot::Str(take(value))),
        (Type::Blob, Value::Bytes(value)) if implicit && value.is_empty() => slot.set(Slot::Empty),
        (Type::Blob, Value::Bytes(value)) => slot.set(Slot::Blob(Box::new(take(value)))),
        (of, value) => match linked(pool, of, value) {
            // By its name.
            Some(Slot::Enum(0)) if implicit => slot.set(Slot::Empty),
            Some(value) => slot.set(value),
            None => return false,
        },
    }
    true
}

/// The slot of a value for which the pool's types are asked.
#[inline(never)]
fn linked(pool: &DescriptorPool, of: Type, value: &mut Value) -> Option<Slot> {
    match (of, value) {
        (Type::Enum { place, .. }, Value::Enum(number) | Value::I32(number)) => {
            pool.types().enumeration(place).name_of(*number)?;
            Some(Slot::Enum(*number))
        }
        (Type::Enum { place, .. }, Value::String(name)) => {
            let of = pool.types().enumeration(place);
            Some(Slot::Enum(of.values.get(*of.by_name.get(name.as_str())?)?.number))
        }
        (Type::Message(place) | Type::Group(place), Value::Message(message)) => {
            if message.descriptor.place() == place && message.descriptor.pool().is(pool) {
                return Some(Slot::Message(take(&mut message.body)));
            }
            let of = pool.types().message(place);
            if message.descriptor.full_name() != of.name {
                return None;
            }
            let mut body = Body::default();
            let bytes = message.encode().into();
            Limits::default().fill(&mut Filling { types: pool.types(), of, body: &mut body }, &bytes).ok()?;
            Some(Slot::Message(body))
        }
        _ => None,
    }
}
