//! From what a view borrows to what a message owns.

use std::hash::Hash;

use bytes::Bytes;

use crate::enumeration::Enumeration;
use crate::kind::{Read, Static};
use crate::view::{MapView, RepeatedView};
use crate::{Map, Str, UnknownFields, UnknownFieldsView};

/// A value of a view that can be copied to a `T`.
pub trait Own<T> {
    /// Copies what is borrowed.
    fn own(&self) -> T;
}

macro_rules! copied {
    ($($type:ty)*) => {$(
        impl Own<$type> for $type {
            #[inline]
            fn own(&self) -> $type {
                *self
            }
        }
    )*};
}
copied!(bool i32 i64 u32 u64 f32 f64);

impl<E: Enumeration> Own<E> for E {
    #[inline]
    fn own(&self) -> E {
        *self
    }
}

impl Own<String> for &str {
    #[inline]
    fn own(&self) -> String {
        (*self).to_owned()
    }
}

impl Own<Str> for &str {
    #[inline]
    fn own(&self) -> Str {
        (*self).into()
    }
}

impl Own<Bytes> for &[u8] {
    #[inline]
    fn own(&self) -> Bytes {
        Bytes::copy_from_slice(self)
    }
}

impl<T, B: Own<T>> Own<Option<T>> for Option<B> {
    #[inline]
    fn own(&self) -> Option<T> {
        self.as_ref().map(Own::own)
    }
}

// What is in a list or a map was not decoded yet, so that it is decoded into what owns it at once.

impl<'a, K: Static + Read<'a, T>, B, T: Default> Own<Vec<T>> for RepeatedView<'a, K, B> {
    fn own(&self) -> Vec<T> {
        self.to_vec()
    }
}

impl<'a, K, V, A, B, C, D> Own<Map<C, D>> for MapView<'a, K, V, A, B>
where
    K: Static + Read<'a, C>,
    V: Static + Read<'a, D>,
    C: Default + Eq + Hash,
    D: Default,
{
    fn own(&self) -> Map<C, D> {
        self.entries().collect()
    }
}

impl Own<UnknownFields> for UnknownFieldsView<'_> {
    #[inline]
    fn own(&self) -> UnknownFields {
        if self.is_empty() { UnknownFields::default() } else { self.to_owned() }
    }
}
