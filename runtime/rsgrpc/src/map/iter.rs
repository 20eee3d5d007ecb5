//! A map's entries in a row, and a map from such a row.

use std::hash::Hash;

use super::Map;

/// The entries of a [`Map`].
#[derive(Clone, Debug)]
pub struct Iter<'m, K, V>(pub(super) std::slice::Iter<'m, (K, V)>);

/// The entries of a [`Map`], with values that may be changed.
#[derive(Debug)]
pub struct IterMut<'m, K, V>(pub(super) std::slice::IterMut<'m, (K, V)>);

/// The entries of a [`Map`] that is used up.
#[derive(Debug)]
pub struct IntoIter<K, V>(std::vec::IntoIter<(K, V)>);

macro_rules! iterators {
    ($([$($generics:tt)*] $iter:ty => $item:ty, |$entry:pat_param| $pair:expr;)*) => {$(
        impl<$($generics)*> Iterator for $iter {
            type Item = $item;

            #[inline]
            fn next(&mut self) -> Option<Self::Item> {
                self.0.next().map(|$entry| $pair)
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                self.0.size_hint()
            }
        }

        impl<$($generics)*> DoubleEndedIterator for $iter {
            #[inline]
            fn next_back(&mut self) -> Option<Self::Item> {
                self.0.next_back().map(|$entry| $pair)
            }
        }

        impl<$($generics)*> ExactSizeIterator for $iter {}
    )*};
}

iterators! {
    ['m, K, V] Iter<'m, K, V> => (&'m K, &'m V), |(key, value)| (key, value);
    ['m, K, V] IterMut<'m, K, V> => (&'m K, &'m mut V), |(key, value)| (&*key, value);
    [K, V] IntoIter<K, V> => (K, V), |entry| entry;
}

impl<'m, K, V> IntoIterator for &'m Map<K, V> {
    type Item = (&'m K, &'m V);
    type IntoIter = Iter<'m, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'m, K, V> IntoIterator for &'m mut Map<K, V> {
    type Item = (&'m K, &'m mut V);
    type IntoIter = IterMut<'m, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;

    fn into_iter(self) -> Self::IntoIter {
        IntoIter(self.entries.into_iter())
    }
}

impl<K: Eq + Hash, V> Extend<(K, V)> for Map<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<K: Eq + Hash, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        map.extend(entries);
        map
    }
}

impl<K: Eq + Hash, V, const N: usize> From<[(K, V); N]> for Map<K, V> {
    fn from(entries: [(K, V); N]) -> Self {
        entries.into_iter().collect()
    }
}
