//! Printing, with its options.

use super::body;
use super::out::Out;
use crate::registry::Known;
use crate::visit::Shown;
use crate::{Message, Registry};

/// Prints messages in text format.
///
/// ```
/// use rsgrpc::text::Printer;
/// use rsgrpc::wkt::{Struct, Value};
///
/// let message = Struct { fields: [("a".to_owned(), Value::default())].into(), ..Default::default() };
/// assert_eq!(Printer::new().single_line(true).print(&message), r#"fields { key: "a" value {} }"#);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Printer<'r> {
    pub(crate) registry: Option<&'r Registry>,
    single_line: bool,
    unknown_fields: bool,
    redact: bool,
}

impl<'r> Printer<'r> {
    /// A printer of lines that knows the well-known types.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Where extensions and the types in `google.protobuf.Any` are found. What
    /// is not found there is unknown, or printed as `type_url` and `value`.
    #[must_use]
    pub fn registry<'n>(self, registry: &'n Registry) -> Printer<'n>
    where
        'r: 'n,
    {
        Printer { registry: Some(registry), ..self }
    }

    /// Prints everything on one line.
    #[must_use]
    pub fn single_line(self, single_line: bool) -> Self {
        Self { single_line, ..self }
    }

    /// Prints fields that the schema does not know by their numbers. No parser
    /// can read these: text format does not tell their types.
    #[must_use]
    pub fn unknown_fields(self, unknown_fields: bool) -> Self {
        Self { unknown_fields, ..self }
    }

    /// Prints `[REDACTED]` in place of what the schema marks as `debug_redact`,
    /// for logs; and leaves out what may hide such: unknown fields, and the
    /// content of an `Any` whose type is unknown.
    #[must_use]
    pub fn redact(self, redact: bool) -> Self {
        Self { redact, ..self }
    }

    /// Prints a message.
    ///
    /// Fields come in the order of their numbers, maps in the order of their
    /// entries, extensions at the end.
    #[must_use]
    pub fn print<M: Message>(&self, message: &M) -> String {
        self.print_shown(message, Known::of(self.registry))
    }

    /// The same for any message, whose types are `known`.
    pub(crate) fn print_shown<'m, M: Shown<'m>>(&self, message: M, known: Known<'_>) -> String {
        let mut out = Out {
            text: String::new(),
            level: 0,
            registry: self.registry.unwrap_or_else(|| Registry::well_known()),
            known,
            single_line: self.single_line,
            unknown_fields: self.unknown_fields && !self.redact,
            redact: self.redact,
        };
        body::print(message, &mut out);
        out.text
    }
}
