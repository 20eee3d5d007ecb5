//! Reading, with its options.

use super::error::{ParseError, Problem};
use super::input::{Input, Value};
use super::lexer::Lexer;
use crate::fill::Fill;
use crate::registry::Known;
use crate::visit::Shown;
use crate::{Limits, Message, Registry};

/// Reads messages from text format.
///
/// Fields that the schema does not know are refused, those whose names it
/// reserves are passed over. A field with one value may come once, unless
/// [`overwrite`](Self::overwrite) is set.
///
/// ```
/// use rsgrpc::text::Parser;
/// use rsgrpc::{Limits, wkt::Timestamp};
///
/// let parser = Parser::new().limits(Limits::default().depth(10));
/// let time: Timestamp = parser.parse("seconds: 0x10; nanos: 5")?;
/// assert_eq!((time.seconds, time.nanos), (16, 5));
/// # Ok::<(), rsgrpc::text::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Parser<'r> {
    pub(crate) registry: Option<&'r Registry>,
    limits: Limits,
    overwrite: bool,
}

impl<'r> Parser<'r> {
    /// A parser that knows the well-known types and has the default limits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Where extensions and the types in `google.protobuf.Any` are found.
    #[must_use]
    pub fn registry<'n>(self, registry: &'n Registry) -> Parser<'n>
    where
        'r: 'n,
    {
        Parser { registry: Some(registry), ..self }
    }

    /// How much a message may take.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Takes a field with one value as often as it comes, where it is refused
    /// otherwise: as in the binary format, the last value counts and messages
    /// merge. Parsers in other languages differ in this.
    #[must_use]
    pub fn overwrite(self, overwrite: bool) -> Self {
        Self { overwrite, ..self }
    }

    /// Reads a message.
    ///
    /// # Errors
    /// What is wrong with the text, and where; or that a required field is
    /// missing.
    pub fn parse<M: Message>(&self, text: &str) -> Result<M, ParseError> {
        let mut message = M::default();
        self.fill(&mut message, text, Known::of(self.registry))?;
        complete(&message, text)?;
        Ok(message)
    }

    /// Reads any message, whose types are `known`, complete or not.
    pub(crate) fn fill<'a, M: Fill<'a>>(
        &self,
        message: &mut M,
        text: &'a str,
        known: Known<'a>,
    ) -> Result<(), ParseError> {
        let mut input = Input {
            lexer: Lexer::new(text),
            known,
            overwrite: self.overwrite,
            depth: self.limits.levels(),
            memory: self.limits.budget(text.len()),
            value: Value::default(),
            group: None,
            given: None,
        };
        let done = input.fields(message, None);
        done.map_err(|fault| ParseError::new(input.lexer.problem(fault), text, message.name()))
    }
}

/// Sees to it that no required field is missing.
pub(crate) fn complete<'m, M: Shown<'m>>(message: M, text: &str) -> Result<(), ParseError> {
    let Some(path) = message.missing() else { return Ok(()) };
    let problem = Problem { at: text.len(), text: "required field is missing".to_owned(), path: vec![path] };
    Err(ParseError::new(problem, text, message.name()))
}
