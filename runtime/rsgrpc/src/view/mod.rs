//! Repeated fields and maps of views: checked once, decoded on demand.

mod pieces;
mod walk;

use std::fmt;
use std::marker::PhantomData;

use crate::error::Fault;
use crate::kind::{Lend, Read, Static};
use crate::wire::wire_type::LEN;
use crate::wire::{Reader, push_default};
use walk::{Take, Walk};

pub use walk::RawList;

/// A repeated field, checked and not yet decoded.
///
/// Walking it decodes the values one by one; there is no access by place.
pub struct RepeatedView<'a, K, T = <K as Lend<'a>>::View> {
    raw: RawList<'a>,
    value: PhantomData<fn(K) -> T>,
}

impl<K, T> Default for RepeatedView<'_, K, T> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn default() -> Self {
        Self { raw: RawList::EMPTY, value: PhantomData }
    }
}

impl<K, T> Clone for RepeatedView<'_, K, T> {
    fn clone(&self) -> Self {
        Self { raw: self.raw, value: PhantomData }
    }
}

impl<'a, K: Static + Read<'a, T>, T: Default> RepeatedView<'a, K, T> {
    /// The number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.raw.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.raw.len() == 0
    }

    /// Decodes the values, one by one.
    #[inline]
    pub fn iter(&self) -> Values<'a, K, T> {
        self.values()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn raw(&mut self) -> &mut RawList<'a> {
        &mut self.raw
    }
}

impl<'a, K, B> RepeatedView<'a, K, B> {
    /// The values, as whatever `T` holds them.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn values<T>(&self) -> Values<'a, K, T> {
        Values { walk: self.raw.walk(), value: PhantomData }
    }

    /// All values, as whatever `T` holds them.
    pub(crate) fn to_vec<T: Default>(&self) -> Vec<T>
    where
        K: Static + Read<'a, T>,
    {
        let mut values = Vec::with_capacity(self.raw.len());
        if K::PACKABLE {
            values.extend(self.values::<T>());
            return values;
        }
        self.raw.each(K::WIRE, &mut Taking { kind: K::KIND, values: &mut values });
        values
    }
}

/// Takes in values of a kind. Not a closure, of which the compiler makes three functions for each type of message.
struct Taking<'v, K, T> {
    kind: K,
    values: &'v mut Vec<T>,
}

impl<'a, K: Static + Read<'a, T>, T: Default> Take<'a> for Taking<'_, K, T> {
    fn take(&mut self, number: u32, reader: &mut Reader<'_, 'a>) -> Result<(), Fault> {
        self.kind.read(push_default(self.values), number, reader)
    }
}

/// The values of a [`RepeatedView`].
pub struct Values<'a, K, T> {
    walk: Walk<'a>,
    value: PhantomData<fn(K) -> T>,
}

impl<K, T> Clone for Values<'_, K, T> {
    fn clone(&self) -> Self {
        Self { walk: self.walk.clone(), value: PhantomData }
    }
}

impl<'a, K: Static + Read<'a, T>, T: Default> Iterator for Values<'a, K, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        let number = self.walk.number();
        let read = |reader: &mut Reader<'_, 'a>| K::KIND.element(number, reader);
        self.walk.next(K::WIRE, K::PACKABLE, K::MESSAGE, read, |value| K::KIND.of_varint(value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.walk.left()))
    }
}

impl<'a, K: Static + Read<'a, T>, T: Default> IntoIterator for &RepeatedView<'a, K, T> {
    type Item = T;
    type IntoIter = Values<'a, K, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, K: Static + Read<'a, T>, T: Default + fmt::Debug> fmt::Debug for RepeatedView<'a, K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}

/// Marks a map's kinds and types, without owning any.
type EntryOf<K, V, A, B> = PhantomData<fn(K, V) -> (A, B)>;

/// A map, checked and not yet decoded.
///
/// A key that comes twice is listed twice; the last one counts.
pub struct MapView<'a, K, V, A = <K as Lend<'a>>::View, B = <V as Lend<'a>>::View> {
    raw: RawList<'a>,
    entry: EntryOf<K, V, A, B>,
}

impl<K, V, A, B> Default for MapView<'_, K, V, A, B> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn default() -> Self {
        Self { raw: RawList::EMPTY, entry: PhantomData }
    }
}

impl<K, V, A, B> Clone for MapView<'_, K, V, A, B> {
    fn clone(&self) -> Self {
        Self { raw: self.raw, entry: PhantomData }
    }
}

impl<'a, K: Static + Read<'a, A>, V: Static + Read<'a, B>, A: Default, B: Default> MapView<'a, K, V, A, B> {
    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.raw.len() == 0
    }

    /// Decodes the entries, one by one, in the order in which they came.
    #[inline]
    pub fn iter(&self) -> MapValues<'a, K, V, A, B> {
        self.entries()
    }

    /// The value of `key`, found by walking all entries.
    pub fn get(&self, key: &A) -> Option<B>
    where
        A: PartialEq,
    {
        self.iter().filter(|entry| entry.0 == *key).last().map(|entry| entry.1)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn raw(&mut self) -> &mut RawList<'a> {
        &mut self.raw
    }
}

impl<'a, K, V, A, B> MapView<'a, K, V, A, B> {
    /// The entries, as whatever a `C` and a `D` hold them.
    #[inline]
    pub(crate) fn entries<C, D>(&self) -> MapValues<'a, K, V, C, D> {
        MapValues { walk: self.raw.walk(), entry: PhantomData }
    }
}

/// The entries of a [`MapView`].
pub struct MapValues<'a, K, V, A, B> {
    walk: Walk<'a>,
    entry: EntryOf<K, V, A, B>,
}

impl<'a, K: Static + Read<'a, A>, V: Static + Read<'a, B>, A: Default, B: Default> Iterator
    for MapValues<'a, K, V, A, B>
{
    type Item = (A, B);

    #[inline]
    fn next(&mut self) -> Option<(A, B)> {
        self.walk.next(LEN, false, V::MESSAGE, |reader| reader.element::<K, V, A, B>(), |_| None)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.walk.left()))
    }
}

impl<'a, K: Static + Read<'a, A>, V: Static + Read<'a, B>, A: Default, B: Default> IntoIterator
    for &MapView<'a, K, V, A, B>
{
    type Item = (A, B);
    type IntoIter = MapValues<'a, K, V, A, B>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, K: Static + Read<'a, A>, V: Static + Read<'a, B>, A, B> fmt::Debug for MapView<'a, K, V, A, B>
where
    A: Default + fmt::Debug,
    B: Default + fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}
