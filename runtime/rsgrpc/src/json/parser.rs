//! How JSON is read into a message.

use super::error::{Cause, Error, Failure};
use super::object;
use super::reader::Reader;
use crate::fill::Fill;
use crate::registry::Known;
use crate::visit::Shown;
use crate::{Limits, Message, Registry};

/// How JSON is read into a message.
///
/// ```
/// use rsgrpc::{json, wkt::Mixin};
///
/// let text = r#"{"name": "a", "color": "red"}"#;
/// assert!(json::Parser::new().parse::<Mixin>(text).is_err());
/// let mixin: Mixin = json::Parser::new().ignore_unknown(true).parse(text)?;
/// assert_eq!(mixin.name, "a");
/// # Ok::<(), json::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Parser<'r> {
    pub(super) ignore_unknown: bool,
    pub(super) limits: Limits,
    pub(crate) registry: Option<&'r Registry>,
}

impl Default for Parser<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'r> Parser<'r> {
    /// Refuses what the schema does not know; within the default [`Limits`].
    pub fn new() -> Self {
        Self { ignore_unknown: false, limits: Limits::default(), registry: None }
    }

    /// Steps over fields and names of enums' values that the schema does not
    /// know.
    pub fn ignore_unknown(self, ignore_unknown: bool) -> Self {
        Self { ignore_unknown, ..self }
    }

    /// How much a read may take.
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Where the types of `Any` values and extensions are found; without it,
    /// the well-known types are known.
    pub fn registry<'n>(self, registry: &'n Registry) -> Parser<'n>
    where
        'r: 'n,
    {
        Parser { registry: Some(registry), ..self }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// What is wrong with the input, and where; or that a required field is
    /// missing.
    pub fn parse<M: Message>(&self, json: &str) -> Result<M, Error> {
        let mut message = M::default();
        self.fill(&mut message, json, Known::of(self.registry))?;
        complete(&message, json)?;
        Ok(message)
    }

    /// Reads any message, whose types are `known`, complete or not.
    pub(crate) fn fill<'a, M: Fill<'a>>(
        &'a self,
        message: &mut M,
        json: &'a str,
        known: Known<'a>,
    ) -> Result<(), Error> {
        let mut reader = Reader::new(json, self);
        reader.known = known;
        let read = object::message(message, &mut reader).and_then(|()| reader.end());
        read.map_err(|_| reader.into_failure().error(message.name(), Some(json.as_bytes())))
    }

    /// Reads a message from bytes that are said to be UTF-8.
    ///
    /// # Errors
    /// As for [`parse`](Self::parse); or that they are not.
    pub fn parse_bytes<M: Message>(&self, json: &[u8]) -> Result<M, Error> {
        match std::str::from_utf8(json) {
            Ok(json) => self.parse(json),
            Err(error) => {
                let failure = Failure::new(Cause::Utf8, error.valid_up_to(), "the input is not UTF-8");
                Err(failure.error(M::NAME, Some(json)))
            }
        }
    }
}

/// Sees to it that no required field is missing.
pub(crate) fn complete<'m, M: Shown<'m>>(message: M, json: &str) -> Result<(), Error> {
    let Some(path) = message.missing() else { return Ok(()) };
    let detail = format!("required field `{path}` is missing");
    Err(Failure::new(Cause::Required, json.len(), detail).error(message.name(), Some(json.as_bytes())))
}
