//! Fields that share a place: at most one of them has a value.

use super::{Fields, layout};
use crate::enumeration::{Enumeration, NamesOf};
use crate::error::Fault;
use crate::kind::{ClosedEnum, Read, Show, Static};
use crate::label::{FieldLabel, Label};
use crate::source::tag_of;
use crate::{Map, Source, UnknownFields, UnknownFieldsView, Visitor};

layout! {
    /// One of several fields that share a place.
    Member<K: Static>, K::WIRE, member
}

impl<K: Static> Member<K> {
    /// Whether the field is what `tag` announces.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn takes(&self, tag: u32) -> bool {
        tag == tag_of::<K>(self.label.number)
    }
}

impl<K> Member<K> {
    /// Reads the value of a choice. `take` gets the old value out of the same
    /// choice, for messages, which merge.
    ///
    /// # Errors
    /// The source holds no such value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn merge<'a, T: Default, O, S: Source<'a>>(
        &self,
        slot: &mut Option<O>,
        wrap: impl FnOnce(T) -> O,
        take: impl FnOnce(O) -> Option<T>,
        source: &mut S,
    ) -> Result<(), Fault>
    where
        K: Static + Read<'a, T>,
    {
        let old = slot.take().and_then(take);
        if S::REMOVES {
            return Ok(());
        }
        if K::ASIDE > 0 && old.is_none() {
            source.charge(K::ASIDE)?;
        }
        let mut value = old.unwrap_or_default();
        K::KIND.read(&mut value, self.label.number, source)?;
        *slot = Some(wrap(value));
        Ok(())
    }

    /// Reads the value of a choice that does not merge with an old one.
    ///
    /// # Errors
    /// The source holds no such value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn set<'a, T: Default, O, S: Source<'a>>(
        &self,
        slot: &mut Option<O>,
        wrap: impl FnOnce(T) -> O,
        source: &mut S,
    ) -> Result<(), Fault>
    where
        K: Static + Read<'a, T>,
    {
        if S::REMOVES {
            *slot = None;
            return Ok(());
        }
        let mut value = T::default();
        K::KIND.read(&mut value, self.label.number, source)?;
        *slot = Some(wrap(value));
        Ok(())
    }

    /// Hands the value over.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn visit<'m, T, V: Visitor<'m>>(&self, value: &'m T, visitor: &mut V)
    where
        K: Static + Show<T>,
    {
        visitor.one(&self.label, K::KIND, value);
    }
}

impl Member<ClosedEnum> {
    /// Reads the value of a choice, or puts it into `unknown` where the schema
    /// does not know it.
    ///
    /// # Errors
    /// The source holds no such value.
    pub fn set_known<'a, E: Enumeration, O, S: Source<'a>>(
        &self,
        tag: u32,
        slot: &mut Option<O>,
        wrap: impl FnOnce(E) -> O,
        unknown: &mut UnknownFields,
        source: &mut S,
    ) -> Result<(), Fault> {
        if S::REMOVES {
            *slot = None;
            return Ok(());
        }
        match source.known(NamesOf::<E>::NEW)? {
            Ok(value) => *slot = Some(wrap(value.into())),
            Err(value) => unknown.push(tag, value),
        }
        Ok(())
    }

    /// The same for a view.
    ///
    /// # Errors
    /// The source holds no such value.
    pub fn lend_set_known<'a, E: Enumeration, O, S: Source<'a>>(
        &self,
        tag: u32,
        slot: &mut Option<O>,
        wrap: impl FnOnce(E) -> O,
        unknown: &mut UnknownFieldsView<'a>,
        source: &mut S,
    ) -> Result<(), Fault> {
        match source.known(NamesOf::<E>::NEW)? {
            Ok(value) => *slot = Some(wrap(value.into())),
            Err(value) => {
                source.charge(unknown.next_cost())?;
                *unknown = std::mem::take(unknown).with(tag, value);
            }
        }
        Ok(())
    }
}

/// A generated `oneof`: a Rust enum.
pub trait Oneof {
    /// Its members.
    const LABELS: &'static [&'static Label];

    /// Hands over the member that is set.
    fn visit<'m, V: Visitor<'m>>(&'m self, visitor: &mut V);
}

/// A `oneof` as a part of a message's fields.
#[derive(Debug)]
pub struct Choice<'m, O>(pub &'m Option<O>);

impl<'m, O: Oneof> Choice<'m, O> {
    /// The choice, where the member's number lies between these two: for a
    /// `oneof` whose members have other fields between them.
    #[must_use]
    pub fn within(self, first: u32, last: u32) -> impl Fields<'m> + use<'m, O> {
        Within { choice: self, first, last }
    }
}

super::fields::part!([O: Oneof] Choice<'m, O>, |field, visitor| {
    if let Some(member) = field.0 {
        member.visit(visitor);
    }
}, |_me, wanted| O::LABELS.iter().copied().find(|label| wanted(label)), O::LABELS.len(), |index| O::LABELS.get(index).copied(), O::LABELS);

struct Within<'m, O> {
    choice: Choice<'m, O>,
    first: u32,
    last: u32,
}

super::fields::part!([O: Oneof] Within<'m, O>, |field, visitor| {
    field.choice.visit(&mut Only { visitor, first: field.first, last: field.last });
}, |me, wanted| me.choice.find(&mut |label| {
    me.first <= label.number && label.number <= me.last && wanted(label)
}), me.labels().count(), |index| me.labels().nth(index), O::LABELS);

impl<O: Oneof> Within<'_, O> {
    fn labels(&self) -> impl Iterator<Item = &'static Label> {
        let (first, last) = (self.first, self.last);
        O::LABELS.iter().copied().filter(move |label| first <= label.number && label.number <= last)
    }
}

/// Passes on the fields whose numbers lie between two.
struct Only<'v, V> {
    visitor: &'v mut V,
    first: u32,
    last: u32,
}

impl<'m, V: Visitor<'m>> Visitor<'m> for Only<'_, V> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn one<K: Show<T> + 'm, T>(&mut self, label: &FieldLabel<'m>, kind: K, value: &'m T) {
        if self.first <= label.number && label.number <= self.last {
            self.visitor.one(label, kind, value);
        }
    }

    // A member has one value.
    fn many<K: Show<T> + 'm, T>(&mut self, _: &FieldLabel<'m>, _: K, _: &'m [T], _: bool) {}
    fn map<K: Show<A> + 'm, W: Show<B> + 'm, A, B>(
        &mut self,
        _: &FieldLabel<'m>,
        _: (K, W),
        _: &'m Map<A, B>,
    ) {
    }
    fn unknown(&mut self, _: &'m UnknownFields) {}
}
