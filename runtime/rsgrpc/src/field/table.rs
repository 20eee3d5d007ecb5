//! Fields with any number of keys, each with a value.

use std::hash::Hash;

use super::fields::part;
use super::{Of, layout};
use crate::enumeration::{Enumeration, NamesOf};
use crate::error::Fault;
use crate::kind::{ClosedEnum, Read, Show, Static};
use crate::view::MapView;
use crate::wire::wire_type::LEN;
use crate::{Map, Source, UnknownFields, UnknownFieldsView};

layout! {
    /// Any number of keys, each with a value.
    Entries<K, V>, LEN
}

/// A place for a map.
pub trait Table<'a, K, V> {
    /// Takes in one more entry.
    ///
    /// # Errors
    /// The source holds no such entry.
    fn merge<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault>;
}

impl<'a, K, V, A, B> Table<'a, K, V> for Map<A, B>
where
    K: Static + Read<'a, A>,
    V: Static + Read<'a, B>,
    A: Default + Eq + Hash,
    B: Default,
{
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn merge<S: Source<'a>>(&mut self, _: u32, source: &mut S) -> Result<(), Fault> {
        if S::REMOVES {
            self.clear();
            return Ok(());
        }
        if self.next_cost() > 0 {
            source.charge(self.next_cost())?;
        }
        let before = self.len();
        self.insert_with(|key, value| source.entry((K::KIND, V::KIND), key, value))?;
        if self.len() == before { source.repeated_key() } else { Ok(()) }
    }
}

impl<'a, K, V, A, B> Table<'a, K, V> for MapView<'a, K, V, A, B>
where
    K: Static + Read<'a, A>,
    V: Static + Read<'a, B>,
    A: Default,
    B: Default,
{
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn merge<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault> {
        source.lend_entry(tag, (K::KIND, V::KIND), self.raw())
    }
}

impl<K, V> Entries<K, V> {
    /// Whether the field is what `tag` announces.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn takes(&self, tag: u32) -> bool {
        tag == self.label.number << 3 | LEN
    }

    /// Takes in one more entry.
    ///
    /// # Errors
    /// The source holds no such entry.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn merge<'a, T: Table<'a, K, V>, S: Source<'a>>(
        &self,
        tag: u32,
        slot: &mut T,
        source: &mut S,
    ) -> Result<(), Fault> {
        slot.merge(tag, source)
    }
}

impl<K> Entries<K, ClosedEnum> {
    /// Takes in one more entry; one whose value the schema does not know goes
    /// to `unknown`, with its key.
    ///
    /// # Errors
    /// The source holds no such entry.
    pub fn merge_known<'a, A, E: Enumeration, S: Source<'a>>(
        &self,
        tag: u32,
        slot: &mut Map<A, E>,
        unknown: &mut UnknownFields,
        source: &mut S,
    ) -> Result<(), Fault>
    where
        K: Static + Read<'a, A>,
        A: Default + Eq + Hash,
    {
        if S::REMOVES {
            slot.clear();
            return Ok(());
        }
        let (mut key, mut value) = (A::default(), E::default().into());
        match source.entry_known((K::KIND, NamesOf::<E>::NEW), &mut key, &mut value)? {
            Some(entry) => unknown.push(tag, entry),
            None => {
                source.charge(slot.next_cost())?;
                if slot.insert(key, value.into()).is_some() {
                    source.repeated_key()?;
                }
            }
        }
        Ok(())
    }

    /// The same for a view.
    ///
    /// # Errors
    /// The source holds no such entry.
    pub fn lend_known<'a, A: Default, E: Enumeration, S: Source<'a>>(
        &self,
        tag: u32,
        slot: &mut MapView<'a, K, ClosedEnum, A, E>,
        unknown: &mut UnknownFieldsView<'a>,
        source: &mut S,
    ) -> Result<(), Fault>
    where
        K: Static + Read<'a, A>,
    {
        source.lend_entry_known(tag, (K::KIND, NamesOf::<E>::NEW), slot.raw(), unknown)
    }
}

part!([K: Static + Show<A>, V: Static + Show<B>, A, B] Of<Entries<K, V>, &'m Map<A, B>>, |field, visitor| {
    if field.value.is_empty() {
        visitor.empty(&field.layout.label, true);
    } else {
        visitor.map(&field.layout.label, (K::KIND, V::KIND), field.value);
    }
});
