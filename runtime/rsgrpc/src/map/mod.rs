//! The map of generated code: insertion-ordered, small first.

mod entry;
mod iter;

use std::borrow::Borrow;
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::ops::Index as At;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::wire::push_default;

pub use entry::{Entry, OccupiedEntry, VacantEntry};
pub use iter::{IntoIter, Iter, IterMut};

/// Up to this many entries are searched one by one.
const SCAN: usize = 16;

/// The map of generated messages.
///
/// It has the habits of std's `HashMap`, but keeps the order of insertion, so
/// that a message encodes the same way each time. Few entries are scanned; many
/// get a hash index, seeded at random. Equality does not look at the order.
///
/// ```
/// use rsgrpc::Map;
///
/// let mut stock = Map::from([("apple", 3), ("pear", 1)]);
/// *stock.entry("plum").or_default() += 2;
/// assert_eq!(stock["apple"], 3);
/// assert_eq!(stock.remove("pear"), Some(1));
/// assert_eq!(stock, Map::from([("plum", 2), ("apple", 3)]));
/// ```
//
// Invariant: `index` is there whenever `entries` are more than `SCAN`. When it
// is there, it holds each place in `entries` once, under the hash of its key.
#[derive(Clone)]
pub struct Map<K, V> {
    entries: Vec<(K, V)>,
    index: Option<Box<Index>>,
}

#[derive(Clone, Default)]
struct Index {
    places: HashTable<usize>,
    seed: RandomState,
}

impl<K, V> Map<K, V> {
    /// An empty map, without memory of its own.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: Vec::new(), index: None }
    }

    /// Whether there are no entries.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The number of entries.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Removes all entries.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.index = None;
    }

    /// The entries, in the order in which their keys were first inserted.
    #[inline]
    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter(self.entries.iter())
    }

    /// The entries, with values that may be changed.
    #[inline]
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        IterMut(self.entries.iter_mut())
    }

    /// The keys.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator {
        self.entries.iter().map(|entry| &entry.0)
    }

    /// The values.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator {
        self.entries.iter().map(|entry| &entry.1)
    }

    /// The values, to be changed.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> + ExactSizeIterator {
        self.entries.iter_mut().map(|entry| &mut entry.1)
    }

    /// How much memory the next entry will take, beyond what is allocated.
    pub(crate) fn next_cost(&self) -> usize {
        if self.entries.len() < self.entries.capacity() {
            return 0;
        }
        // An index needs up to two places for each entry.
        self.entries.len().max(4) * (size_of::<(K, V)>() + 2 * size_of::<usize>())
    }
}

impl<K: Eq + Hash, V> Map<K, V> {
    /// The value of `key`.
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        Some(&self.entries.get(self.place(key)?)?.1)
    }

    /// The value of `key`, to be changed.
    pub fn get_mut<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key)?;
        Some(&mut self.entries.get_mut(place)?.1)
    }

    /// Whether there is an entry for `key`.
    pub fn contains_key<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_some()
    }

    /// Sets the value of `key`; gives back the old one.
    #[inline]
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.get_mut(&key) {
            Some(slot) => Some(std::mem::replace(slot, value)),
            None => {
                self.push(key, value);
                None
            }
        }
    }

    /// Removes `key` and gives back its value. The last entry takes its place.
    pub fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key)?;
        Some(self.swap_remove(place).1)
    }

    /// The entry of `key`, to be looked at, changed or made.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        match self.place(&key) {
            Some(place) => Entry::Occupied(OccupiedEntry { map: self, place, key }),
            None => Entry::Vacant(VacantEntry { map: self, key }),
        }
    }

    /// Keeps the entries for which `keep` is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.entries.retain_mut(|(key, value)| keep(key, value));
        self.index = None;
        if self.entries.len() > SCAN {
            self.index_all();
        }
    }

    /// The entries by key: an order that does not depend on the insertions.
    #[must_use]
    pub fn sorted(&self) -> Vec<(&K, &V)>
    where
        K: Ord,
    {
        let mut entries: Vec<_> = self.iter().collect();
        entries.sort_unstable_by(|a, b| a.0.cmp(b.0));
        entries
    }

    /// Reads an entry where it will live. An entry whose key was there already
    /// gives its value to the first one.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn insert_with<E>(
        &mut self,
        read: impl FnOnce(&mut K, &mut V) -> Result<(), E>,
    ) -> Result<(), E>
    where
        K: Default,
        V: Default,
    {
        let (key, value) = push_default(&mut self.entries);
        if let Err(error) = read(key, value) {
            self.entries.pop();
            return Err(error);
        }
        if self.entries.len() > SCAN || self.index.is_some() {
            self.settle_indexed();
        } else if let Some(((key, _), before)) = self.entries.split_last()
            && let Some(place) = before.iter().position(|entry| entry.0 == *key)
        {
            self.replace(place);
        }
        Ok(())
    }

    /// Moves the value of the last entry to the one at `place`.
    #[cold]
    #[inline(never)]
    fn replace(&mut self, place: usize) {
        if let Some((_, value)) = self.entries.pop()
            && let Some(entry) = self.entries.get_mut(place)
        {
            entry.1 = value;
        }
    }

    #[cold]
    #[inline(never)]
    fn settle_indexed(&mut self) {
        if let Some((key, value)) = self.entries.pop() {
            self.insert(key, value);
        }
    }

    #[inline]
    fn place<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        match &self.index {
            None => self.entries.iter().position(|entry| entry.0.borrow() == key),
            Some(index) => index.find(&self.entries, key),
        }
    }

    /// Adds an entry whose key is not there yet.
    fn push(&mut self, key: K, value: V) -> usize {
        let place = self.entries.len();
        self.entries.push((key, value));
        if self.index.is_some() {
            self.index_one(place);
        } else if place >= SCAN {
            self.index_all();
        }
        place
    }

    #[inline(never)]
    fn index_one(&mut self, place: usize) {
        if let (Some(index), Some(entry)) = (&mut self.index, self.entries.get(place)) {
            let Index { places, seed } = &mut **index;
            let hash = seed.hash_one(&entry.0);
            places.insert_unique(hash, place, |&place| hash_at(seed, &self.entries, place));
        }
    }

    #[cold]
    #[inline(never)]
    fn index_all(&mut self) {
        self.index = Some(Box::default());
        (0..self.entries.len()).for_each(|place| self.index_one(place));
    }

    fn swap_remove(&mut self, place: usize) -> (K, V) {
        let last = self.entries.len() - 1;
        if let Some(index) = &mut self.index {
            let Index { places, seed } = &mut **index;
            if let Ok(found) = places.find_entry(hash_at(seed, &self.entries, place), |&at| at == place) {
                found.remove();
            }
            if last != place
                && let Some(moved) = places.find_mut(hash_at(seed, &self.entries, last), |&at| at == last)
            {
                *moved = place;
            }
        }
        self.entries.swap_remove(place)
    }
}

fn hash_at<K: Hash, V>(seed: &RandomState, entries: &[(K, V)], place: usize) -> u64 {
    // Each place in the index is a place in the entries; see the invariant.
    entries.get(place).map_or(0, |entry| seed.hash_one(&entry.0))
}

impl Index {
    #[inline(never)]
    fn find<K: Borrow<Q>, V, Q: Eq + Hash + ?Sized>(&self, entries: &[(K, V)], key: &Q) -> Option<usize> {
        let is_key = |&place: &usize| entries.get(place).is_some_and(|entry| entry.0.borrow() == key);
        self.places.find(self.seed.hash_one(key), is_key).copied()
    }
}

impl<K, V> Default for Map<K, V> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Eq + Hash, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        // Most equal maps have the same order.
        let same =
            self.entries.iter().zip(&other.entries).take_while(|(entry, other)| entry == other).count();
        let rest = self.entries.get(same..).unwrap_or_default();
        self.len() == other.len() && rest.iter().all(|(key, value)| other.get(key) == Some(value))
    }
}

impl<K: Eq + Hash, V: Eq> Eq for Map<K, V> {}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<K: Eq + Hash + Borrow<Q>, V, Q: Eq + Hash + ?Sized> At<&Q> for Map<K, V> {
    type Output = V;

    /// # Panics
    /// There is no entry for `key`.
    #[allow(clippy::expect_used, reason = "what indexing a map means")]
    fn index(&self, key: &Q) -> &V {
        self.get(key).expect("no entry for this key")
    }
}

#[cfg(test)]
mod tests;
