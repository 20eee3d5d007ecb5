//! Enums: numbers that know their names.

use std::fmt;
use std::hash::Hash;

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
