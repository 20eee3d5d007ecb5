//! How a message is printed as JSON.

use std::cell::Cell;

use super::error::{Cause, Error, Failure};
use super::out::Out;
use super::visit;
use crate::registry::Known;
use crate::visit::Shown;
use crate::wire::utf8;
use crate::{Message, Registry};

/// How a message is printed as JSON.
///
/// ```
/// use rsgrpc::{Message, json, wkt::Mixin};
///
/// let mixin = Mixin { name: "a".into(), ..Default::default() };
/// assert_eq!(json::Printer::new().print(&mixin)?, r#"{"name":"a"}"#);
/// assert_eq!(json::Printer::new().defaults(true).print(&mixin)?, r#"{"name":"a","root":""}"#);
/// assert_eq!(json::Printer::new().pretty(true).print(&mixin)?, "{\n  \"name\": \"a\"\n}");
/// # Ok::<(), json::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Printer<'r> {
    pub(super) pretty: bool,
    pub(super) defaults: bool,
    pub(super) proto_names: bool,
    pub(super) enum_numbers: bool,
    pub(super) redact: bool,
    pub(crate) registry: Option<&'r Registry>,
}

impl Default for Printer<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'r> Printer<'r> {
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
    pub const fn pretty(self, pretty: bool) -> Self {
        Self { pretty, ..self }
    }

    /// Writes fields without presence always: numbers as 0, lists as `[]` …
    pub const fn defaults(self, defaults: bool) -> Self {
        Self { defaults, ..self }
    }

    /// Calls fields by their names in the schema.
    pub const fn proto_names(self, proto_names: bool) -> Self {
        Self { proto_names, ..self }
    }

    /// Writes enums as numbers.
    pub const fn enum_numbers(self, enum_numbers: bool) -> Self {
        Self { enum_numbers, ..self }
    }

    /// Writes `"[REDACTED]"` in place of fields that the schema marks with
    /// `debug_redact`: for logs.
    pub const fn redact(self, redact: bool) -> Self {
        Self { redact, ..self }
    }

    /// Where the types of `Any` values and extensions are found; without it,
    /// the well-known types are known.
    pub const fn registry<'n>(self, registry: &'n Registry) -> Printer<'n>
    where
        'r: 'n,
    {
        Printer { registry: Some(registry), ..self }
    }

    /// Prints `message`.
    ///
    /// # Errors
    /// A value has no form in JSON; see [`Message::to_json`].
    pub fn print<M: Message>(&self, message: &M) -> Result<String, Error> {
        self.print_shown(message, Known::of(self.registry))
    }

    /// The same for any message, whose types are `known`.
    pub(crate) fn print_shown<'m, M: Shown<'m>>(
        &self,
        message: M,
        known: Known<'_>,
    ) -> Result<String, Error> {
        // While a thread ends there may be none any more.
        let mut bytes = SCRATCH.try_with(Cell::take).unwrap_or_default();
        bytes.clear();
        bytes.reserve(FIRST);
        self.write(message, known, &mut bytes)?;
        // It is what was written; to check it costs little, and is safe.
        let not_utf8 = || Failure::new(Cause::Utf8, 0, "not UTF-8").error(message.name(), None);
        if bytes.capacity() > KEPT {
            return String::from_utf8(bytes).map_err(|_| not_utf8());
        }
        let printed = utf8(&bytes).map(str::to_owned).ok_or_else(not_utf8);
        let _ = SCRATCH.try_with(|scratch| scratch.set(bytes));
        printed
    }

    /// Prints `message` behind what `bytes` holds: a buffer that is used again,
    /// or the body of a reply.
    ///
    /// # Errors
    /// As for [`print`](Self::print); `bytes` is then what it was.
    pub fn print_to<M: Message>(&self, message: &M, bytes: &mut Vec<u8>) -> Result<(), Error> {
        self.write(message, Known::of(self.registry), bytes)
    }

    fn write<'m, M: Shown<'m>>(
        &self,
        message: M,
        known: Known<'_>,
        bytes: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let before = bytes.len();
        let mut out = Out::new(self, std::mem::take(bytes));
        out.known = known;
        visit::message(message, &mut out);
        *bytes = out.bytes;
        match out.failure {
            None => Ok(()),
            Some(failure) => {
                bytes.truncate(before);
                Err(failure.error(message.name(), None))
            }
        }
    }
}

/// As much memory as printing starts with.
const FIRST: usize = 4 * 1024;

/// A thread keeps no more memory than this to print in.
const KEPT: usize = 64 * 1024;

thread_local! {
    /// Nothing while it is in use.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}
