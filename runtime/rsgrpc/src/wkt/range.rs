//! What cannot be held.

use std::fmt;

/// A point or a span of time that a type cannot hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RangeError {
    /// A [`Timestamp`](super::Timestamp) is from 0001-01-01T00:00:00Z to
    /// 9999-12-31T23:59:59.999999999Z.
    Timestamp,
    /// The seconds of a [`Duration`](super::Duration) are from -315,576,000,000
    /// to 315,576,000,000.
    Duration,
    /// The nanoseconds of a [`Timestamp`](super::Timestamp) are from 0 to
    /// 999,999,999; those of a [`Duration`](super::Duration) from -999,999,999,
    /// and never of another sign than its seconds.
    Nanos,
    /// The type of that name has a smaller range, or no negative values.
    Target(&'static str),
}

impl fmt::Display for RangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timestamp => f.write_str("not within the years 1 to 9999"),
            Self::Duration => f.write_str("not within ±315,576,000,000 seconds"),
            Self::Nanos => f.write_str("the nanoseconds are not a fraction of a second, of the same sign"),
            Self::Target(name) => write!(f, "out of the range of {name}"),
        }
    }
}

impl std::error::Error for RangeError {}

/// Nanoseconds in a second.
pub(super) const SECOND: i128 = 1_000_000_000;

/// Defines what [`Timestamp`](super::Timestamp) and
/// [`Duration`](super::Duration) have in common: seconds and nanoseconds.
macro_rules! seconds_and_nanos {
    ($type:ident, $unit:literal) => {
        impl $type {
            #[doc = concat!("The nanoseconds ", $unit, ", whatever the fields hold.")]
            #[must_use]
            pub fn as_nanos(&self) -> i128 {
                i128::from(self.seconds) * crate::wkt::range::SECOND + i128::from(self.nanos)
            }

            /// The same value with seconds and nanoseconds as they should be:
            /// each second's worth of nanoseconds carried over, and the sign
            /// as the schema asks for.
            ///
            /// # Errors
            /// The value is out of range.
            pub fn normalized(&self) -> Result<Self, crate::wkt::RangeError> {
                Self::from_nanos(self.as_nanos())
            }

            const fn literal(seconds: i64, nanos: i32) -> Self {
                Self { seconds, nanos, unknown_fields: crate::UnknownFields::new() }
            }
        }

        impl Eq for $type {}

        impl std::hash::Hash for $type {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                (self.seconds, self.nanos).hash(state);
            }
        }

        impl PartialOrd for $type {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        /// By value, whatever the fields hold. Where the values are the same but the fields are not, the fields
        /// decide, the unknown ones last, so that only equal messages compare as equal.
        impl Ord for $type {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                let key = |it: &Self| (it.as_nanos(), it.seconds);
                key(self)
                    .cmp(&key(other))
                    .then_with(|| self.unknown_fields.as_bytes().cmp(other.unknown_fields.as_bytes()))
            }
        }
    };
}
pub(super) use seconds_and_nanos;

/// Implements conversions by value where there are ones by reference.
macro_rules! by_value {
    ($($from:ty => $to:ty;)*) => {$(
        impl TryFrom<$from> for $to {
            type Error = crate::wkt::RangeError;

            fn try_from(value: $from) -> Result<Self, crate::wkt::RangeError> {
                Self::try_from(&value)
            }
        }
    )*};
}
pub(super) use by_value;
