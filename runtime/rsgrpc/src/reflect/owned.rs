//! Lists and maps by themselves.

use std::fmt;

use super::containers::{Entries, Items, ListRef, MapRef};
use super::pool::DescriptorPool;
use super::value::{MapKey, Value, ValueRef, key_out};
use crate::Map;
use crate::dynamic::{Key, List, Slot, Type};

/// The values of a repeated field, by themselves.
///
/// What is copied from a message stays laid out as it is there, so that setting a field of the same type is a move.
/// To change a list, collect its values, or [`push`](super::DynamicMessage::push) to the message's own.
///
/// ```
/// use rsgrpc::reflect::{Value, ValueList};
///
/// let list: ValueList = ["a", "b"].into_iter().collect();
/// assert_eq!(list.as_ref().len(), 2);
/// assert_eq!(Value::from(vec!["a", "b"]), Value::List(list));
/// ```
pub struct ValueList(Values);

#[derive(Clone)]
enum Values {
    Given(Vec<Value>),
    Copied {
        /// Of a type that is one of its.
        pool: Option<DescriptorPool>,
        of: Type,
        list: List,
    },
}

impl ValueList {
    pub(super) fn copied(pool: Option<&DescriptorPool>, of: Type, list: &List) -> Self {
        Self(Values::Copied { pool: pool_of(of, pool), of, list: list.clone() })
    }

    /// The list as a message of the pool holds it, if it is a copy of one with values of this type.
    pub(super) fn into_copied(self, pool: &DescriptorPool, of: Type) -> Result<List, Self> {
        match self.0 {
            Values::Copied { pool: from, of: held, list } if held == of && is(&from, pool) => Ok(list),
            _ => Err(self),
        }
    }

    /// Lends it.
    #[must_use]
    pub fn as_ref(&self) -> ListRef<'_> {
        ListRef(match &self.0 {
            Values::Given(values) => Items::Values(values),
            Values::Copied { pool, of, list } => Items::Dynamic(pool.as_ref(), *of, list),
        })
    }
}

impl Clone for ValueList {
    // Not inlined, so that the clone of a small value stays small.
    #[inline(never)]
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl Default for ValueList {
    fn default() -> Self {
        Self(Values::Given(Vec::new()))
    }
}

impl<T: Into<Value>> From<Vec<T>> for ValueList {
    fn from(values: Vec<T>) -> Self {
        values.into_iter().collect()
    }
}

impl<T: Into<Value>> FromIterator<T> for ValueList {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self(Values::Given(values.into_iter().map(Into::into).collect()))
    }
}

impl IntoIterator for ValueList {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;

    fn into_iter(self) -> Self::IntoIter {
        let values: Vec<Value> = match self.0 {
            Values::Given(values) => values,
            Values::Copied { .. } => self.as_ref().iter().map(|value| value.to_value()).collect(),
        };
        values.into_iter()
    }
}

impl PartialEq for ValueList {
    fn eq(&self, other: &Self) -> bool {
        self.clone().into_iter().eq(other.clone())
    }
}

impl fmt::Debug for ValueList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}

/// The pool, where values of the type ask for it.
fn pool_of(of: Type, pool: Option<&DescriptorPool>) -> Option<DescriptorPool> {
    if of.is_linked() { pool.cloned() } else { None }
}

/// Whether values of a type that came with the one pool are such with the other.
fn is(from: &Option<DescriptorPool>, pool: &DescriptorPool) -> bool {
    from.as_ref().is_none_or(|from| from.is(pool))
}

/// The entries of a map, by themselves. Of those with one key the last counts.
///
/// Like a [`ValueList`], one that is copied from a message is moved into another. Equality does not look at the order.
///
/// ```
/// use rsgrpc::reflect::{MapKey, ValueMap};
///
/// let map: ValueMap = [("a", 1), ("b", 2), ("a", 3)].into_iter().collect();
/// assert!(map.as_ref().get(&MapKey::from("a")).is_some());
/// assert_eq!(map, [("b", 2), ("a", 3)].into_iter().collect());
/// ```
pub struct ValueMap(Pairs);

#[derive(Clone)]
enum Pairs {
    Given(Vec<(MapKey, Value)>),
    Copied {
        pool: Option<DescriptorPool>,
        /// The values' type. That of the keys is seen from them.
        of: Type,
        map: Box<Map<Key, Slot>>,
    },
}

impl ValueMap {
    pub(super) fn copied(pool: Option<&DescriptorPool>, of: Type, map: &Map<Key, Slot>) -> Self {
        Self(Pairs::Copied { pool: pool_of(of, pool), of, map: Box::new(map.clone()) })
    }

    /// The map as a message of the pool holds it, if it is a copy of one with values of this type, and its keys
    /// are such that `fits`.
    pub(super) fn into_copied(
        self,
        pool: &DescriptorPool,
        of: Type,
        fits: impl FnOnce(&Key) -> bool,
    ) -> Result<Box<Map<Key, Slot>>, Self> {
        match self.0 {
            Pairs::Copied { pool: from, of: held, map }
                if held == of && is(&from, pool) && map.keys().next().is_none_or(fits) =>
            {
                Ok(map)
            }
            _ => Err(self),
        }
    }

    /// Lends it.
    #[must_use]
    pub fn as_ref(&self) -> MapRef<'_> {
        MapRef(match &self.0 {
            Pairs::Given(entries) => Entries::Values(entries),
            Pairs::Copied { pool, of, map } => Entries::Dynamic(pool.as_ref(), *of, map),
        })
    }
}

impl Clone for ValueMap {
    // As above.
    #[inline(never)]
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl Default for ValueMap {
    fn default() -> Self {
        Self(Pairs::Given(Vec::new()))
    }
}

impl<K: Into<MapKey>, V: Into<Value>> FromIterator<(K, V)> for ValueMap {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self(Pairs::Given(entries.into_iter().map(|(key, value)| (key.into(), value.into())).collect()))
    }
}

impl IntoIterator for ValueMap {
    type Item = (MapKey, Value);
    type IntoIter = std::vec::IntoIter<(MapKey, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        let entries: Vec<_> = match self.0 {
            Pairs::Given(entries) => entries,
            Pairs::Copied { pool, of, map } => {
                let value = |slot| Some(ValueRef::of(pool.as_ref(), of, slot)?.to_value());
                map.iter().filter_map(|(key, slot)| Some((key_out(key), value(slot)?))).collect()
            }
        };
        entries.into_iter()
    }
}

impl PartialEq for ValueMap {
    fn eq(&self, other: &Self) -> bool {
        let map = |map: &Self| map.clone().into_iter().collect::<Map<_, _>>();
        map(self) == map(other)
    }
}

impl fmt::Debug for ValueMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}
