//! Lists and maps that a message lends.

use std::fmt;

use super::pool::DescriptorPool;
use super::value::{MapKey, MessageRef, ValueRef, key_in, key_out};
use crate::Map;
use crate::dynamic::{FieldType, Key, List, Shape, Slot, Type};

/// The values of a repeated field.
pub struct ListRef<'m>(pub(super) Items<'m>);

pub(super) enum Items<'m> {
    Dynamic(&'m DescriptorPool, &'m FieldType, Option<&'m List>),
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
            Items::Dynamic(_, _, list) => list.map_or(0, List::len),
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
            Items::Dynamic(pool, field, list) => match field.shape {
                Shape::Many { of, .. } => (*pool, of, (*list)?),
                _ => return None,
            },
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
                ValueRef::Message(MessageRef::dynamic(pool, place, values.get(index)?))
            }
            (List::Message(_), _) => return None,
        })
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
    Dynamic(&'m DescriptorPool, &'m FieldType, Option<&'m Map<Key, Slot>>),
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
            Entries::Dynamic(_, _, map) => map.map_or(0, Map::len),
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
            Entries::Dynamic(pool, field, map) => {
                let Shape::Map(_, of) = field.shape else { return None };
                Some(ValueRef::one(pool, of, (*map)?.get(&key_in(key.clone()))?))
            }
            Entries::Typed(_) => self.iter().find(|entry| entry.0 == *key).map(|entry| entry.1),
        }
    }

    /// The entries, in the order in which their keys were first inserted.
    pub fn iter(&self) -> Box<dyn Iterator<Item = (MapKey, ValueRef<'m>)> + '_> {
        match &self.0 {
            Entries::Dynamic(pool, field, map) => {
                let entries = map.iter().flat_map(|map| map.iter());
                Box::new(entries.filter_map(|(key, value)| match field.shape {
                    Shape::Map(_, of) => Some((key_out(key), ValueRef::one(pool, of, value))),
                    _ => None,
                }))
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
