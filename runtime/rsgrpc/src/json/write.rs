//! How a message is written as JSON.

use super::error::{Cause, Error, Failure};
use super::out::Out;
use super::visit;
use crate::{Message, Registry};

/// How a message is written as JSON.
///
/// ```
/// use rsgrpc::{Message, json, wkt::Mixin};
///
/// let mixin = Mixin { name: "a".into(), ..Default::default() };
/// assert_eq!(json::Write::new().write(&mixin)?, r#"{"name":"a"}"#);
/// assert_eq!(json::Write::new().defaults().write(&mixin)?, r#"{"name":"a","root":""}"#);
/// assert_eq!(json::Write::new().pretty().write(&mixin)?, "{\n  \"name\": \"a\"\n}");
/// # Ok::<(), json::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Write<'r> {
    pub(super) pretty: bool,
    pub(super) defaults: bool,
    pub(super) proto_names: bool,
    pub(super) enum_numbers: bool,
    pub(super) redact: bool,
    pub(super) registry: Option<&'r Registry>,
}

impl Default for Write<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'r> Write<'r> {
    /// In one line; fields by their names in JSON, enums by name, and fields
    /// without presence left out while they have their default value.
    pub const fn new() -> Self {
        Self {
            pretty: false,
            defaults: false,
            proto_names: false,
            enum_numbers: false,
            redact: false,
            registry: None,
        }
    }

    /// One member or element to a line, indented by two spaces a level.
    pub const fn pretty(self) -> Self {
        Self { pretty: true, ..self }
    }

    /// Writes fields without presence always: numbers as 0, lists as `[]` …
    pub const fn defaults(self) -> Self {
        Self { defaults: true, ..self }
    }

    /// Calls fields by their names in the schema.
    pub const fn proto_names(self) -> Self {
        Self { proto_names: true, ..self }
    }

    /// Writes enums as numbers.
    pub const fn enum_numbers(self) -> Self {
        Self { enum_numbers: true, ..self }
    }

    /// Writes `"[REDACTED]"` in place of fields that the schema marks with
    /// `debug_redact`: for logs.
    pub const fn redact(self) -> Self {
        Self { redact: true, ..self }
    }

    /// Where the types of `Any` values and extensions are found; without it,
    /// the well-known types are known.
    pub const fn registry(self, registry: &'r Registry) -> Self {
        Self { registry: Some(registry), ..self }
    }

    /// Writes `message`.
    ///
    /// # Errors
    /// A value has no form in JSON; see [`Message::to_json`].
    pub fn write<M: Message>(&self, message: &M) -> Result<String, Error> {
        let bytes = self.write_to(message, Vec::with_capacity(128))?;
        // It is what was written; to check it again costs less than a call that
        // is unsafe.
        String::from_utf8(bytes).map_err(|_| Failure::new(Cause::Utf8, 0, "not UTF-8").error(M::NAME, None))
    }

    /// Writes `message` behind what `bytes` holds: a buffer that is used again,
    /// or the body of a reply. It is lost where an error is returned.
    ///
    /// # Errors
    /// As for [`write`](Self::write).
    pub fn write_to<M: Message>(&self, message: &M, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
        let mut out = Out::new(self, bytes);
        visit::message(message, &mut out);
        match out.failure {
            None => Ok(out.bytes),
            Some(failure) => Err(failure.error(M::NAME, None)),
        }
    }
}
