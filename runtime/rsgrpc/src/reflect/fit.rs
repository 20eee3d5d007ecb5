//! Values, fitted into the slots of fields.

use super::pool::DescriptorPool;
use super::value::{MapKey, Value, key_in};
use crate::dynamic::{Body, FieldType, Filling, Key, List, Presence, Shape, Slot, Type, TypeKind};
use crate::kind::Show;
use crate::{Limits, Map};

/// The slot of a field that holds `value`; none where that has another type.
pub(super) fn slot(pool: &DescriptorPool, field: &FieldType, value: Value) -> Option<Slot> {
    Some(match (field.shape, value) {
        (Shape::Many { of, .. }, Value::List(values)) => {
            let mut list = List::with_capacity(of, values.len());
            for value in values {
                list.push(one(pool, of, value)?);
            }
            if list.len() == 0 { Slot::Empty } else { Slot::List(list) }
        }
        (Shape::Map(..), Value::Map(entries)) => {
            let mut map = Map::new();
            for entry in entries {
                let (key, value) = entry_of(pool, field, entry)?;
                map.insert(key, value);
            }
            if map.is_empty() { Slot::Empty } else { Slot::Map(Box::new(map)) }
        }
        (Shape::One(of), value) => {
            let slot = one(pool, of, value)?;
            let kind = TypeKind { types: pool.types(), of };
            if field.presence == Presence::Implicit && kind.is_default(&slot) { Slot::Empty } else { slot }
        }
        _ => return None,
    })
}

pub(super) fn entry_of(
    pool: &DescriptorPool,
    field: &FieldType,
    entry: (MapKey, Value),
) -> Option<(Key, Slot)> {
    let Shape::Map(of_key, of_value) = field.shape else { return None };
    let key = key_in(entry.0);
    let fits = matches!(
        (of_key, &key),
        (Type::Bool, Key::Bool(_))
            | (Type::Int32 | Type::Sint32 | Type::Sfixed32, Key::I32(_))
            | (Type::Int64 | Type::Sint64 | Type::Sfixed64, Key::I64(_))
            | (Type::Uint32 | Type::Fixed32, Key::U32(_))
            | (Type::Uint64 | Type::Fixed64, Key::U64(_))
            | (Type::Str, Key::Str(_))
    );
    if fits { Some((key, one(pool, of_value, entry.1)?)) } else { None }
}

/// The slot of a single value.
pub(super) fn one(pool: &DescriptorPool, of: Type, value: Value) -> Option<Slot> {
    Some(match (of, value) {
        (Type::Bool, Value::Bool(value)) => Slot::Bool(value),
        (Type::Int32 | Type::Sint32 | Type::Sfixed32, Value::I32(value)) => Slot::I32(value),
        (Type::Int64 | Type::Sint64 | Type::Sfixed64, Value::I64(value)) => Slot::I64(value),
        (Type::Uint32 | Type::Fixed32, Value::U32(value)) => Slot::U32(value),
        (Type::Uint64 | Type::Fixed64, Value::U64(value)) => Slot::U64(value),
        (Type::Float, Value::F32(value)) => Slot::F32(value),
        (Type::Double, Value::F64(value)) => Slot::F64(value),
        (Type::Str, Value::String(value)) => Slot::Str(value),
        (Type::Blob, Value::Bytes(value)) => Slot::Blob(Box::new(value)),
        (Type::Enum { place, closed }, Value::Enum(number) | Value::I32(number)) => {
            let known = pool.types().enumeration(place).name_of(number).is_some();
            if closed && !known {
                return None;
            }
            Slot::I32(number)
        }
        (Type::Enum { place, .. }, Value::String(name)) => {
            let of = pool.types().enumeration(place);
            Slot::I32(of.values.get(*of.by_name.get(&name)?)?.number)
        }
        (Type::Message(place) | Type::Group(place), Value::Message(message)) => {
            if message.descriptor.place() == place && message.descriptor.pool().is(pool) {
                return Some(Slot::Message(message.body));
            }
            let of = pool.types().message(place);
            if message.descriptor.full_name() != of.name {
                return None;
            }
            let mut body = Body::default();
            let bytes = message.encode().into();
            Limits::default().fill(&mut Filling { types: pool.types(), of, body: &mut body }, &bytes).ok()?;
            Slot::Message(body)
        }
        _ => return None,
    })
}
