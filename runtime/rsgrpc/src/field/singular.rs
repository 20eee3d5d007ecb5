//! Fields with one value at most.

use super::fields::part;
use super::{Of, layout};
use crate::enumeration::{Enumeration, NamesOf};
use crate::error::Fault;
use crate::kind::{ClosedEnum, Read, Show, Static};
use crate::source::tag_of;
use crate::wire::or_default;
use crate::{Source, UnknownFields, UnknownFieldsView};

layout! {
    /// One value, left out while it is the default: proto3 without `optional`.
    Implicit<K: Static>, K::WIRE
}

layout! {
    /// One value or none: `optional`, and message fields.
    Explicit<K: Static>, K::WIRE
}

layout! {
    /// One value; a message without it is refused.
    Required<K: Static>, K::WIRE
}

macro_rules! takes_one_tag {
    ($($layout:ident)*) => {$(
        impl<K: Static> $layout<K> {
            /// Whether the field is what `tag` announces.
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub const fn takes(&self, tag: u32) -> bool {
                tag == tag_of::<K>(self.label.number)
            }
        }
    )*};
}
takes_one_tag!(Implicit Explicit Required);

impl<K> Implicit<K> {
    /// Reads the value into `slot`.
    ///
    /// # Errors
    /// The source holds no such value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn merge<'a, T: Default, S: Source<'a>>(&self, slot: &mut T, source: &mut S) -> Result<(), Fault>
    where
        K: Static + Read<'a, T>,
    {
        if S::REMOVES {
            *slot = T::default();
            return Ok(());
        }
        K::KIND.read(slot, self.label.number, source)
    }
}

part!([K: Static + Show<T>, T] Of<Implicit<K>, &'m T>, |field, visitor| {
    if K::KIND.is_default(field.value) {
        visitor.unset(&field.layout.label, K::KIND, field.value);
    } else {
        visitor.one(&field.layout.label, K::KIND, field.value);
    }
});

macro_rules! merge_option {
    ($($layout:ident)*) => {$(
        impl<K> $layout<K> {
            /// Reads the value into `slot`.
            ///
            /// # Errors
            /// The source holds no such value.
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub fn merge<'a, T: Default, S: Source<'a>>(
                &self,
                slot: &mut Option<T>,
                source: &mut S,
            ) -> Result<(), Fault>
            where
                K: Static + Read<'a, T>,
            {
                if S::REMOVES {
                    *slot = None;
                    return Ok(());
                }
                if K::ASIDE > 0 && slot.is_none() {
                    source.charge(K::ASIDE)?;
                }
                K::KIND.read(or_default(slot), self.label.number, source)
            }
        }

        impl $layout<ClosedEnum> {
            /// Reads the value into `slot`, or into `unknown` where the schema
            /// does not know it.
            ///
            /// # Errors
            /// The source holds no such value.
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub fn merge_known<'a, E: Enumeration, S: Source<'a>>(
                &self,
                tag: u32,
                slot: &mut Option<E>,
                unknown: &mut UnknownFields,
                source: &mut S,
            ) -> Result<(), Fault> {
                if S::REMOVES {
                    *slot = None;
                    return Ok(());
                }
                match source.known(NamesOf::<E>::NEW)? {
                    Ok(value) => *slot = Some(value.into()),
                    Err(value) => unknown.push(tag, value),
                }
                Ok(())
            }

            /// The same for a view.
            ///
            /// # Errors
            /// The source holds no such value.
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub fn lend_known<'a, E: Enumeration, S: Source<'a>>(
                &self,
                tag: u32,
                slot: &mut Option<E>,
                unknown: &mut UnknownFieldsView<'a>,
                source: &mut S,
            ) -> Result<(), Fault> {
                match source.known(NamesOf::<E>::NEW)? {
                    Ok(value) => *slot = Some(value.into()),
                    Err(value) => {
                        source.charge(unknown.next_cost())?;
                        *unknown = std::mem::take(unknown).with(tag, value);
                    }
                }
                Ok(())
            }
        }
    )*};
}
merge_option!(Explicit Required);

part!([K: Static + Show<T>, T] Of<Explicit<K>, &'m Option<T>>, |field, visitor| {
    if let Some(value) = field.value {
        visitor.one(&field.layout.label, K::KIND, value);
    }
});

part!([K: Static + Show<T>, T] Of<Required<K>, &'m Option<T>>, |field, visitor| {
    match field.value {
        Some(value) => visitor.one(&field.layout.label, K::KIND, value),
        None => visitor.absent(&field.layout.label),
    }
});
