//! Lists and maps that a message lends.

use std::fmt;

use super::owned::{ValueList, ValueMap};
use super::pool::DescriptorPool;
use super::value::{MapKey, MessageRef, Value, ValueRef, key_in, key_out};
use crate::Map;
use crate::dynamic::{Key, List, Slot, Type};

/// The values of a repeated field.
pub struct ListRef<'m>(pub(super) Items<'m>);

pub(super) enum Items<'m> {
    /// With the pool if the type is one of its.
    Dynamic(Option<&'m DescriptorPool>, Type, &'m List),
    Values(&'m [Value]),
    Typed(Box<dyn TypedList<'m> + 'm>),
}

/// The values of a generated message's repeated field.
pub(super) trait TypedList<'m> {
    fn len(&self) -> usize;
    fn get(&self, index: usize) -> Option<ValueRef<'m>>;
}

impl<'m> ListRef<'m> {
    pub(super) fn typed(list: impl TypedList<'m> + 'm) -> Self {
        Self(Items::Typed(Box::new(list)))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Items::Dynamic(_, _, list) => list.len(),
            Items::Values(values) => values.len(),
            Items::Typed(list) => list.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value at `index`, from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<ValueRef<'m>> {
        let (pool, of, list) = match &self.0 {
            Items::Dynamic(pool, of, list) => (*pool, *of, *list),
            Items::Values(values) => return values.get(index).map(Value::as_ref),
            Items::Typed(list) => return list.get(index),
        };
        Some(match (list, of) {
            (List::Bool(values), _) => ValueRef::Bool(*values.get(index)?),
            (List::I32(values), Type::Enum { .. }) => ValueRef::Enum(*values.get(index)?),
            (List::I32(values), _) => ValueRef::I32(*values.get(index)?),
            (List::I64(values), _) => ValueRef::I64(*values.get(index)?),
            (List::U32(values), _) => ValueRef::U32(*values.get(index)?),
            (List::U64(values), _) => ValueRef::U64(*values.get(index)?),
            (List::F32(values), _) => ValueRef::F32(*values.get(index)?),
            (List::F64(values), _) => ValueRef::F64(*values.get(index)?),
            (List::Str(values), _) => ValueRef::String(values.get(index)?),
            (List::Blob(values), _) => ValueRef::Bytes(values.get(index)?),
            (List::Message(values), Type::Message(place) | Type::Group(place)) => {
                ValueRef::Message(MessageRef::dynamic(pool?, place, values.get(index)?))
            }
            (List::Message(_), _) => return None,
        })
    }

    /// Copies the values.
    pub(super) fn to_list(&self) -> ValueList {
        match &self.0 {
            Items::Dynamic(pool, of, list) => ValueList::copied(*pool, *of, list),
            _ => self.iter().map(|value| value.to_value()).collect(),
        }
    }

    /// The values, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = ValueRef<'m>> + '_ {
        // Each place below the length has a value.
        (0..self.len()).map(|index| self.get(index).unwrap_or(ValueRef::Bool(false)))
    }
}

impl fmt::Debug for ListRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The entries of a map.
pub struct MapRef<'m>(pub(super) Entries<'m>);

pub(super) enum Entries<'m> {
    /// The same; the type is that of the values.
    Dynamic(Option<&'m DescriptorPool>, Type, &'m Map<Key, Slot>),
    Values(&'m [(MapKey, Value)]),
    Typed(Box<dyn TypedMap<'m> + 'm>),
}

/// The entries of a generated message's map.
pub(super) trait TypedMap<'m> {
    fn len(&self) -> usize;
    fn get(&self, index: usize) -> Option<(MapKey, ValueRef<'m>)>;
}

impl<'m> MapRef<'m> {
    pub(super) fn typed(map: impl TypedMap<'m> + 'm) -> Self {
        Self(Entries::Typed(Box::new(map)))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Entries::Dynamic(_, _, map) => map.len(),
            Entries::Values(entries) => entries.len(),
            Entries::Typed(map) => map.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of `key`.
    #[must_use]
    pub fn get(&self, key: &MapKey) -> Option<ValueRef<'m>> {
        match &self.0 {
            Entries::Dynamic(pool, of, map) => ValueRef::of(*pool, *of, map.get(&key_in(key.clone()))?),
            // Of those with one key the last counts.
            Entries::Values(entries) => {
                entries.iter().rev().find(|entry| entry.0 == *key).map(|entry| entry.1.as_ref())
            }
            Entries::Typed(_) => self.iter().find(|entry| entry.0 == *key).map(|entry| entry.1),
        }
    }

    /// Copies the entries.
    pub(super) fn to_map(&self) -> ValueMap {
        match &self.0 {
            Entries::Dynamic(pool, of, map) => ValueMap::copied(*pool, *of, map),
            _ => self.iter().map(|(key, value)| (key, value.to_value())).collect(),
        }
    }

    /// The entries, in the order in which their keys were first inserted.
    pub fn iter(&self) -> Box<dyn Iterator<Item = (MapKey, ValueRef<'m>)> + '_> {
        match &self.0 {
            Entries::Dynamic(pool, of, map) => {
                let entries = map.iter();
                Box::new(
                    entries.filter_map(|(key, value)| Some((key_out(key), ValueRef::of(*pool, *of, value)?))),
                )
            }
            Entries::Values(entries) => {
                Box::new(entries.iter().map(|(key, value)| (key.clone(), value.as_ref())))
            }
            Entries::Typed(map) => Box::new((0..map.len()).filter_map(|index| map.get(index))),
        }
    }
}

impl fmt::Debug for MapRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
