//! What the schema does not know, as a field like any other.

use super::Of;
use super::fields::part;
use crate::error::Fault;
use crate::{Source, UnknownFields, UnknownFieldsView};

/// The place of the unknown fields, behind all others.
#[derive(Debug)]
pub struct Unknown;

impl Unknown {
    /// Keeps a field that the schema does not know.
    ///
    /// # Errors
    /// The field is malformed.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn merge<'a, S: Source<'a>>(
        &self,
        tag: u32,
        slot: &mut UnknownFields,
        source: &mut S,
    ) -> Result<(), Fault> {
        source.unknown(tag, slot)
    }

    /// The same for a view.
    ///
    /// # Errors
    /// The field is malformed.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn lend<'a, S: Source<'a>>(
        &self,
        tag: u32,
        slot: &mut UnknownFieldsView<'a>,
        source: &mut S,
    ) -> Result<(), Fault> {
        source.lend_unknown(tag, slot)
    }

    /// The unknown fields, to be visited.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn of<T>(&'static self, value: T) -> Of<Self, T> {
        Of { layout: self, value }
    }
}

part!([] Of<Unknown, &'m UnknownFields>, |field, visitor| {
    if !field.value.is_empty() {
        visitor.unknown(field.value);
    }
}, |_me, _wanted| None, 0, |_index| None, &[]);
