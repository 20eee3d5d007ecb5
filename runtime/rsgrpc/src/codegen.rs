//! What generated code calls, beside the public API.
//!
//! Nothing here is meant to be written by hand, and it changes with the plugin:
//! [`generated_by`] sees to it that the two fit.

pub use crate::debug::{debug, debug_enum};
pub use crate::enumeration::{Names, NamesOf};
pub use crate::error::Fault;
pub use crate::extension::{InSet, Shape};
pub use crate::field::{
    Choice, Entries, Explicit, Fields, Implicit, List, Member, Of, Oneof, Packed, Repeated, Required, Table,
    Unknown,
};
pub use crate::fill::{Fill, Place};
pub use crate::kind::{
    Blob, Bool, Boxed, ClosedEnum, Double, Enum, Fixed32, Fixed64, Float, Group, Int32, Int64, Kind, Lend,
    Nested, Read, Sfixed32, Sfixed64, Show, Sint32, Sint64, Static, Str, Uint32, Uint64,
};
pub use crate::label::{FieldLabel, Label};
pub use crate::lazy::Lazy;
pub use crate::message::Decode;
pub use crate::own::Own;
pub use crate::source::Source;
pub use crate::view::RawList;
pub use crate::visit::{Shown, Sink, Visitor};
pub use crate::wire::Reader;

#[doc(hidden)]
#[cfg(feature = "arbitrary")]
pub use ::arbitrary;
#[doc(hidden)]
#[cfg(feature = "proptest")]
pub use ::proptest;
#[doc(hidden)]
#[cfg(feature = "serde")]
pub use ::serde_core;

pub use crate::__descriptors as descriptors;
pub use crate::__features as features;

/// Implements for a message what the features `serde`, `arbitrary` and
/// `proptest` promise, those that are on.
#[doc(hidden)]
#[macro_export]
macro_rules! __features {
    ($message:ty) => {
        $crate::__serde!($message);
        $crate::__arbitrary!($message);
        $crate::__proptest!($message);
    };
}

/// Makes a message a value that serde can write and read.
#[doc(hidden)]
#[cfg(feature = "serde")]
#[macro_export]
macro_rules! __serde {
    ($message:ty) => {
        #[allow(deprecated)]
        impl $crate::codegen::serde_core::Serialize for $message {
            fn serialize<S: $crate::codegen::serde_core::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::json::serde::serialize(self, serializer)
            }
        }

        #[allow(deprecated)]
        impl<'de> $crate::codegen::serde_core::Deserialize<'de> for $message {
            fn deserialize<D: $crate::codegen::serde_core::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::json::serde::deserialize(deserializer)
            }
        }
    };
}

#[doc(hidden)]
#[cfg(not(feature = "serde"))]
#[macro_export]
macro_rules! __serde {
    ($message:ty) => {};
}

/// Makes a message something that random bytes choose.
#[doc(hidden)]
#[cfg(feature = "arbitrary")]
#[macro_export]
macro_rules! __arbitrary {
    ($message:ty) => {
        #[allow(deprecated)]
        impl<'a> $crate::codegen::arbitrary::Arbitrary<'a> for $message {
            #[inline]
            fn arbitrary(
                bytes: &mut $crate::codegen::arbitrary::Unstructured<'a>,
            ) -> $crate::codegen::arbitrary::Result<Self> {
                $crate::arbitrary::message(bytes)
            }
        }
    };
}

#[doc(hidden)]
#[cfg(not(feature = "arbitrary"))]
#[macro_export]
macro_rules! __arbitrary {
    ($message:ty) => {};
}

/// Makes a message something that proptest chooses.
#[doc(hidden)]
#[cfg(feature = "proptest")]
#[macro_export]
macro_rules! __proptest {
    ($message:ty) => {
        #[allow(deprecated)]
        impl $crate::codegen::proptest::arbitrary::Arbitrary for $message {
            type Parameters = ();
            type Strategy = $crate::proptest::Messages<Self>;

            #[inline]
            fn arbitrary_with((): ()) -> Self::Strategy {
                $crate::proptest::messages()
            }
        }
    };
}

#[doc(hidden)]
#[cfg(not(feature = "proptest"))]
#[macro_export]
macro_rules! __proptest {
    ($message:ty) => {};
}

#[doc(hidden)]
#[cfg(not(feature = "reflect"))]
#[macro_export]
macro_rules! __descriptors {
    ($($descriptors:tt)*) => {};
}

/// Refuses, at compile time, code that another version of the plugin generated.
///
/// Versions fit when they agree in the first number, or in the first two where
/// the first is 0.
///
/// # Panics
/// They do not fit.
#[allow(clippy::indexing_slicing, reason = "runs at compile time; the bounds stand before each access")]
pub const fn generated_by(plugin: &str) {
    let (runtime, plugin) = (env!("CARGO_PKG_VERSION").as_bytes(), plugin.as_bytes());
    let (mut at, mut dots) = (0, 0);
    while dots < if runtime[0] == b'0' { 2 } else { 1 } {
        assert!(
            at < plugin.len() && at < runtime.len() && plugin[at] == runtime[at],
            concat!(
                "this file was generated for another version of the crate `rsgrpc` than ",
                env!("CARGO_PKG_VERSION"),
                ": generate it again with protoc-gen-rsgrpc ",
                env!("CARGO_PKG_VERSION"),
                ", or depend on the version of `rsgrpc` that it names"
            )
        );
        if runtime[at] == b'.' {
            dots += 1;
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::generated_by;

    #[test]
    fn this_version_fits() {
        generated_by(env!("CARGO_PKG_VERSION"));
    }

    #[test]
    #[should_panic(expected = "generate it again")]
    fn another_does_not() {
        generated_by("9.9.9");
    }

    #[test]
    #[should_panic(expected = "generate it again")]
    fn nonsense_does_not() {
        generated_by("");
    }
}
