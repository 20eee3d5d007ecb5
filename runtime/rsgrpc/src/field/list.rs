//! Fields with any number of values.

use super::fields::part;
use super::{Of, layout};
use crate::enumeration::{Enumeration, NamesOf};
use crate::error::Fault;
use crate::kind::{ClosedEnum, Read, Show, Static};
use crate::source::tag_of;
use crate::view::RepeatedView;
use crate::wire::wire_type::LEN;
use crate::{Source, UnknownFields, UnknownFieldsView};

layout! {
    /// Any number of values, each written with a tag of its own.
    Repeated<K: Static>, K::WIRE
}

layout! {
    /// Any number of values, written together behind one tag.
    Packed<K: Static>, K::WIRE
}

/// A place for a repeated field: a vector, or a view of what is not decoded.
pub trait List<'a, K> {
    /// Takes in more values.
    ///
    /// # Errors
    /// The source holds no such values.
    fn merge<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault>;
}

impl<'a, K: Static + Read<'a, T>, T: Default> List<'a, K> for Vec<T> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn merge<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault> {
        source.many(tag, K::KIND, self)
    }
}

impl<'a, K: Static + Read<'a, T>, T: Default> List<'a, K> for RepeatedView<'a, K, T> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn merge<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault> {
        source.lend(tag, K::KIND, self.raw())
    }
}

macro_rules! list {
    ($($layout:ident: $packed:literal;)*) => {$(
        impl<K: Static> $layout<K> {
            /// Whether the field is what `tag` announces, packed or not.
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub const fn takes(&self, tag: u32) -> bool {
                tag == tag_of::<K>(self.label.number) || K::PACKABLE && tag == self.label.number << 3 | LEN
            }

            /// Takes in more values.
            ///
            /// # Errors
            /// The source holds no such values.
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub fn merge<'a, L: List<'a, K>, S: Source<'a>>(
                &self,
                tag: u32,
                slot: &mut L,
                source: &mut S,
            ) -> Result<(), Fault> {
                slot.merge(tag, source)
            }
        }

        impl $layout<ClosedEnum> {
            /// Takes in more values; those that the schema does not know go to
            /// `unknown`.
            ///
            /// # Errors
            /// The source holds no such values.
            pub fn merge_known<'a, E: Enumeration, S: Source<'a>>(
                &self,
                tag: u32,
                slot: &mut Vec<E>,
                unknown: &mut UnknownFields,
                source: &mut S,
            ) -> Result<(), Fault> {
                source.many_known(tag, NamesOf::<E>::NEW, slot, unknown)
            }

            /// The same for a view.
            ///
            /// # Errors
            /// The source holds no such values.
            pub fn lend_known<'a, E: Enumeration, S: Source<'a>>(
                &self,
                tag: u32,
                slot: &mut RepeatedView<'a, ClosedEnum, E>,
                unknown: &mut UnknownFieldsView<'a>,
                source: &mut S,
            ) -> Result<(), Fault> {
                source.lend_known(tag, NamesOf::<E>::NEW, slot.raw(), unknown)
            }
        }

        part!([K: Static + Show<T>, T] Of<$layout<K>, &'m Vec<T>>, |field, visitor| {
            if field.value.is_empty() {
                visitor.empty(&field.layout.label, false);
            } else {
                visitor.many(&field.layout.label, K::KIND, field.value, $packed);
            }
        });
    )*};
}

list! {
    Repeated: false;
    Packed: true;
}
