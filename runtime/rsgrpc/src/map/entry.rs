//! One entry of a map, there or not.

use std::hash::Hash;

use super::Map;

/// What [`Map::entry`] finds.
#[derive(Debug)]
pub enum Entry<'m, K, V> {
    /// The key is there.
    Occupied(OccupiedEntry<'m, K, V>),
    /// The key is not there.
    Vacant(VacantEntry<'m, K, V>),
}

/// An entry that is there.
//
// Invariant: `place < map.entries.len()`.
#[derive(Debug)]
pub struct OccupiedEntry<'m, K, V> {
    pub(super) map: &'m mut Map<K, V>,
    pub(super) place: usize,
    pub(super) key: K,
}

/// An entry that is not there yet.
#[derive(Debug)]
pub struct VacantEntry<'m, K, V> {
    pub(super) map: &'m mut Map<K, V>,
    pub(super) key: K,
}

impl<'m, K: Eq + Hash, V> Entry<'m, K, V> {
    /// The value; `value` where there was none.
    pub fn or_insert(self, value: V) -> &'m mut V {
        self.or_insert_with(|| value)
    }

    /// The value; what `value` gives where there was none.
    pub fn or_insert_with(self, value: impl FnOnce() -> V) -> &'m mut V {
        match self {
            Self::Occupied(entry) => entry.into_mut(),
            Self::Vacant(entry) => entry.insert(value()),
        }
    }

    /// The value; the type's default where there was none.
    pub fn or_default(self) -> &'m mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }

    /// Changes the value, if there is one.
    #[must_use]
    pub fn and_modify(mut self, change: impl FnOnce(&mut V)) -> Self {
        if let Self::Occupied(entry) = &mut self {
            change(entry.get_mut());
        }
        self
    }

    /// The key.
    pub fn key(&self) -> &K {
        match self {
            Self::Occupied(entry) => &entry.key,
            Self::Vacant(entry) => &entry.key,
        }
    }
}

#[allow(clippy::indexing_slicing, reason = "the place is one of the map's; see the invariant")]
impl<'m, K: Eq + Hash, V> OccupiedEntry<'m, K, V> {
    /// The value.
    #[must_use]
    pub fn get(&self) -> &V {
        &self.map.entries[self.place].1
    }

    /// The value, to be changed.
    pub fn get_mut(&mut self) -> &mut V {
        &mut self.map.entries[self.place].1
    }

    /// The value, to be changed for as long as the map is borrowed.
    #[must_use]
    pub fn into_mut(self) -> &'m mut V {
        &mut self.map.entries[self.place].1
    }

    /// Sets the value; gives back the old one.
    pub fn insert(&mut self, value: V) -> V {
        std::mem::replace(self.get_mut(), value)
    }

    /// Removes the entry; gives back the value.
    pub fn remove(self) -> V {
        self.map.swap_remove(self.place).1
    }
}

impl<'m, K: Eq + Hash, V> VacantEntry<'m, K, V> {
    /// Sets the value.
    #[allow(clippy::indexing_slicing, reason = "the place that was just filled")]
    pub fn insert(self, value: V) -> &'m mut V {
        let place = self.map.push(self.key, value);
        &mut self.map.entries[place].1
    }
}
