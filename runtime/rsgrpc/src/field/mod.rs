//! How a field lays its values out: once, sometimes, many times, by key.
//!
//! A layout is a constant of generated code. It holds the field's number and
//! name, which are constants where they are used, and no other state. It says
//! which tags are the field's (`takes`), how a value gets in (`merge`), and,
//! as a part of [`Fields`], how it gets out.

mod fields;
mod list;
mod oneof;
mod singular;
mod table;
mod unknown;

pub use fields::{Fields, Of};
pub use list::{List, Packed, Repeated};
pub use oneof::{Choice, Member, Oneof};
pub use singular::{Explicit, Implicit, Required};
pub use table::{Entries, Table};
pub use unknown::Unknown;

/// Defines a layout: its label, and what is said of it in generated code.
macro_rules! layout {
    ($(#[$doc:meta])* $layout:ident<$($kind:ident $(: $bound:ident)?),+>, $wire:expr $(, $mark:ident)?) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $layout<$($kind),+> {
            label: crate::label::Label,
            kind: std::marker::PhantomData<fn($($kind),+)>,
        }

        impl<$($kind $(: $bound)?),+> $layout<$($kind),+> {
            /// The field with this number and this name in the schema.
            #[must_use]
            pub const fn new(number: u32, name: &'static str) -> Self {
                let label = crate::label::Label::new(number, $wire, name)$(.$mark())?;
                Self { label, kind: std::marker::PhantomData }
            }
        }

        impl<$($kind),+> $layout<$($kind),+> {
            /// Gives the name in JSON, where it is not the schema's in lower
            /// camel case.
            #[must_use]
            pub const fn json(mut self, name: &'static str) -> Self {
                self.label = self.label.with_json(name);
                self
            }

            /// Keeps the value out of debug output.
            #[must_use]
            pub const fn redacted(mut self) -> Self {
                self.label.redact = true;
                self
            }

            /// The field, apart from its value.
            #[must_use]
            pub const fn label(&self) -> &crate::label::Label {
                &self.label
            }

            /// The field with its value, to be visited.
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub const fn of<T>(&'static self, value: T) -> super::Of<Self, T> {
                super::Of { layout: self, value }
            }
        }
    };
}
use layout;
