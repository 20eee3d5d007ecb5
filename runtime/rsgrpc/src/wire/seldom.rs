//! A vector that is seldom there.

use std::fmt;
use std::ptr::{self, NonNull};

/// A vector of bytes, or none: one pointer wide, and null is left to an `Option` around it, which then takes no more.
/// An `Option<Box<_>>` has null for itself, so that an `Option` of that takes a word of its own.
//
// Invariant: what `Box::leak` gave, and nobody else has; or `NONE`.
pub(crate) struct Seldom(NonNull<Vec<u8>>);

/// No vector is at an odd address.
const NONE: NonNull<Vec<u8>> = {
    assert!(align_of::<Vec<u8>>() > 1);
    match NonNull::new(ptr::without_provenance_mut(1)) {
        Some(none) => none,
        None => unreachable!(),
    }
};

// SAFETY: it is an `Option<Box<Vec<u8>>>`.
unsafe impl Send for Seldom {}
// SAFETY: the same.
unsafe impl Sync for Seldom {}

impl Seldom {
    pub(crate) const NONE: Self = Self(NONE);

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn is_none(&self) -> bool {
        self.0 == NONE
    }

    /// The vector, if there is one.
    #[inline]
    pub(crate) fn get(&self) -> Option<&Vec<u8>> {
        // SAFETY: it is a box that this owns.
        if self.is_none() { None } else { Some(unsafe { self.0.as_ref() }) }
    }

    /// The vector, an empty one if there was none.
    pub(crate) fn get_or_default(&mut self) -> &mut Vec<u8> {
        if self.is_none() {
            *self = Self::some(Vec::new());
        }
        // SAFETY: it is a box that this owns.
        unsafe { self.0.as_mut() }
    }

    fn some(vector: Vec<u8>) -> Self {
        Self(NonNull::from(Box::leak(Box::new(vector))))
    }

    #[cold]
    #[inline(never)]
    fn copy(&self) -> Self {
        self.get().map_or(Self::NONE, |vector| Self::some(vector.clone()))
    }

    #[cold]
    #[inline(never)]
    fn same(&self, other: &Self) -> bool {
        self.get() == other.get()
    }

    /// Frees the vector. Out of line, and by value, since it stands in the code of each message.
    #[cold]
    #[inline(never)]
    fn free(vector: NonNull<Vec<u8>>) {
        // SAFETY: only `drop` calls this, with what came from `Box::leak`; it is gone then.
        drop(unsafe { Box::from_raw(vector.as_ptr()) });
    }
}

// What is mostly not there is copied and compared out of line.

impl Clone for Seldom {
    #[inline]
    fn clone(&self) -> Self {
        if self.is_none() { Self::NONE } else { self.copy() }
    }
}

impl PartialEq for Seldom {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.is_none() && other.is_none() || self.same(other)
    }
}

impl Eq for Seldom {}

impl fmt::Debug for Seldom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl Drop for Seldom {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn drop(&mut self) {
        if !self.is_none() {
            Self::free(self.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_takes_no_more() {
        assert_eq!(size_of::<Option<Seldom>>(), size_of::<usize>());
        assert!(Some(Seldom::NONE).is_some());
    }

    #[test]
    fn what_is_put_there_stays() {
        let mut seldom = Seldom::NONE;
        assert!(seldom.is_none() && seldom.get().is_none());
        assert_eq!(seldom, seldom.clone());
        seldom.get_or_default().push(1);
        seldom.get_or_default().push(2);
        let copy = seldom.clone();
        assert_eq!(copy, seldom);
        assert_ne!(copy, Seldom::NONE);
        drop(seldom);
        assert_eq!(copy.get().map(Vec::as_slice), Some(&[1, 2][..]));
    }
}
