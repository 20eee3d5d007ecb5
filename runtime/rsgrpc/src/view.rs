//! Repeated fields and maps of views: checked once, decoded on demand.

use std::fmt;
use std::marker::PhantomData;

use crate::error::Fault;
use crate::kind::{Lend, Read};
use crate::wire::wire_type::LEN;
use crate::wire::{Context, Reader, Span, skip};

/// From the first value of a repeated field to the end of its last. Other
/// fields may lie between.
//
// Invariant: `values` lies in `input`; it starts behind the tag `tag`.
#[derive(Clone, Copy)]
pub struct RawList<'a> {
    input: Span<'a>,
    values: Span<'a>,
    len: usize,
    tag: u32,
}

impl<'a> RawList<'a> {
    const EMPTY: Self = Self { input: Span::EMPTY, values: Span::EMPTY, len: 0, tag: 0 };

    /// Takes in `count` more values, from the start of `before`, behind a tag,
    /// to that of `after`. A list of another input is forgotten.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn add(&mut self, tag: u32, count: usize, before: Span<'a>, after: Span<'a>, input: Span<'a>) {
        let goes_on = self.len > 0 && self.input.is(input);
        let (first, tag, len) = if goes_on { (self.values, self.tag, self.len) } else { (before, tag, 0) };
        *self = Self { input, values: first.up_to(after, input), len: len + count, tag };
    }

    fn walk(self) -> Walk<'a> {
        Walk { list: self, rest: self.values, tag: self.tag, run: Span::EMPTY, left: self.len, at_tag: false }
    }
}

/// A way through a list. All of it was read before: it ends early only where a
/// hand-written `Decode` does not do the same thing twice.
#[derive(Clone)]
struct Walk<'a> {
    list: RawList<'a>,
    rest: Span<'a>,
    /// The tag of the value at the start of `rest`, or of the last one.
    tag: u32,
    /// What is left of a packed run.
    run: Span<'a>,
    left: usize,
    /// Whether `rest` starts before a tag, not behind one.
    at_tag: bool,
}

impl<'a> Walk<'a> {
    /// Reads the next value with `read`, which gives none for a value that the
    /// list leaves out. Unpacked values have the wire type `wire`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn next<T>(
        &mut self,
        wire: u32,
        packable: bool,
        mut read: impl FnMut(&mut Reader<'_, 'a, true>) -> Result<Option<T>, Fault>,
    ) -> Option<T> {
        // Depth and memory were checked when the view was decoded.
        let mut cx = Context::new(self.list.input, None, u32::MAX, usize::MAX);
        while self.left > 0 {
            let in_run = packable && !self.run.is_empty();
            if !in_run && self.at_tag {
                self.step(wire, packable, &mut cx)?;
            }
            let mut reader = Reader::<true>::new(if in_run { self.run } else { self.rest }, &mut cx);
            if !in_run && packable && self.tag & 7 == LEN {
                self.run = reader.delimited().ok()?;
                self.rest = reader.rest();
                self.at_tag = true;
                continue;
            }
            let value = read(&mut reader).ok()?;
            if in_run {
                self.run = reader.rest();
            } else {
                self.rest = reader.rest();
                self.at_tag = true;
            }
            if value.is_some() {
                self.left -= 1;
                return value;
            }
        }
        None
    }

    /// Goes behind the tag of the list's next value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn step(&mut self, wire: u32, packable: bool, cx: &mut Context<'a>) -> Option<()> {
        let mut reader = Reader::<true>::new(self.rest, cx);
        if reader.next_is(self.tag) {
            self.rest = reader.rest();
        } else {
            let unpacked = self.tag >> 3 << 3 | wire;
            (self.rest, self.tag) = find(unpacked, packable, self.rest, cx)?;
        }
        self.at_tag = false;
        Some(())
    }
}

/// Finds the next value with `tag`, or a packed run of them, behind other
/// fields.
#[cold]
#[inline(never)]
fn find<'a>(tag: u32, packable: bool, mut rest: Span<'a>, cx: &mut Context<'a>) -> Option<(Span<'a>, u32)> {
    loop {
        let mut reader = Reader::<true>::new(rest, cx);
        if !reader.more() {
            return None;
        }
        let next = reader.tag();
        rest = reader.rest();
        if next == tag || packable && next == tag >> 3 << 3 | LEN {
            return Some((rest, next));
        }
        rest = skip(rest, cx, next).ok()?;
    }
}

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

impl<'a, K: Read<'a, T>, T: Default> RepeatedView<'a, K, T> {
    /// The number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.raw.len
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.raw.len == 0
    }

    /// Decodes the values, one by one.
    #[inline]
    pub fn iter(&self) -> Values<'a, K, T> {
        Values { walk: self.raw.walk(), value: PhantomData }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn raw(&mut self) -> &mut RawList<'a> {
        &mut self.raw
    }
}

/// The values of a [`RepeatedView`].
pub struct Values<'a, K, T> {
    walk: Walk<'a>,
    value: PhantomData<fn(K) -> T>,
}

impl<'a, K: Read<'a, T>, T: Default> Iterator for Values<'a, K, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        let number = self.walk.tag >> 3;
        self.walk.next(K::WIRE, K::PACKABLE, |reader| K::element(number, reader))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.walk.left))
    }
}

impl<'a, K: Read<'a, T>, T: Default> IntoIterator for &RepeatedView<'a, K, T> {
    type Item = T;
    type IntoIter = Values<'a, K, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, K: Read<'a, T>, T: Default + fmt::Debug> fmt::Debug for RepeatedView<'a, K, T> {
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

impl<'a, K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default> MapView<'a, K, V, A, B> {
    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.raw.len == 0
    }

    /// Decodes the entries, one by one, in the order in which they came.
    #[inline]
    pub fn iter(&self) -> MapValues<'a, K, V, A, B> {
        MapValues { walk: self.raw.walk(), entry: PhantomData }
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

/// The entries of a [`MapView`].
pub struct MapValues<'a, K, V, A, B> {
    walk: Walk<'a>,
    entry: EntryOf<K, V, A, B>,
}

impl<'a, K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default> Iterator for MapValues<'a, K, V, A, B> {
    type Item = (A, B);

    #[inline]
    fn next(&mut self) -> Option<(A, B)> {
        self.walk.next(LEN, false, |reader| reader.element::<K, V, A, B>())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.walk.left))
    }
}

impl<'a, K: Read<'a, A>, V: Read<'a, B>, A: Default, B: Default> IntoIterator for &MapView<'a, K, V, A, B> {
    type Item = (A, B);
    type IntoIter = MapValues<'a, K, V, A, B>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, K: Read<'a, A>, V: Read<'a, B>, A, B> fmt::Debug for MapView<'a, K, V, A, B>
where
    A: Default + fmt::Debug,
    B: Default + fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}
