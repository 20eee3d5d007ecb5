//! Enums: numbers that know their names.

use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

/// A generated enum: a number of 32 bits with names for some of its values.
///
/// Enums are open by construction: each number is a value. Whether the schema
/// knows it, [`is_known`](Self::is_known) says.
pub trait Enumeration:
    Copy + Default + Eq + Hash + fmt::Debug + From<i32> + Into<i32> + Send + Sync + 'static
{
    /// The name in the schema, with its package.
    const NAME: &'static str;
    /// Each number and name, by number; of aliases the first declared comes
    /// first.
    const NAMES: &'static [(i32, &'static str)];

    /// The number.
    #[must_use]
    fn number(self) -> i32 {
        self.into()
    }

    /// The name in the schema, if it has one for this number.
    #[must_use]
    fn name(self) -> Option<&'static str> {
        let number = self.number();
        let place = Self::NAMES.partition_point(|named| named.0 < number);
        Self::NAMES.get(place).filter(|named| named.0 == number).map(|named| named.1)
    }

    /// The value of that name in the schema; aliases have one each.
    #[must_use]
    fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|named| named.1 == name).map(|named| Self::from(named.0))
    }

    /// Whether the schema has a name for this number.
    #[must_use]
    fn is_known(self) -> bool {
        self.name().is_some()
    }
}

/// The names of an enum's values, known at compile time or at run time.
pub trait Names: Copy {
    /// The enum's full name.
    fn type_name(&self) -> &str;
    /// The name of this number, if it has one.
    fn name(&self, number: i32) -> Option<&str>;
    /// The number of this name.
    fn number(&self, name: &str) -> Option<i32>;
    /// How many names there are.
    fn count(&self) -> usize;
    /// The number of one of them.
    fn at(&self, index: usize) -> Option<i32>;
}

/// The names of a generated enum.
#[derive(Debug)]
pub struct NamesOf<E>(PhantomData<fn(E)>);

impl<E> NamesOf<E> {
    /// They are constants: this holds nothing.
    pub const NEW: Self = Self(PhantomData);
}

impl<E> Clone for NamesOf<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for NamesOf<E> {}

impl<E: Enumeration> Names for NamesOf<E> {
    #[inline]
    fn type_name(&self) -> &str {
        E::NAME
    }

    #[inline]
    fn name(&self, number: i32) -> Option<&str> {
        E::from(number).name()
    }

    #[inline]
    fn number(&self, name: &str) -> Option<i32> {
        E::from_name(name).map(Into::into)
    }

    fn count(&self) -> usize {
        E::NAMES.len()
    }

    fn at(&self, index: usize) -> Option<i32> {
        E::NAMES.get(index).map(|named| named.0)
    }
}
