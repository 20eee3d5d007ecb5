//! What is wrong with text that cannot be parsed.

use std::fmt;

use crate::error::{Cause, Fault};

/// Why and where text cannot be parsed.
///
/// ```
/// use rsgrpc::{Message, wkt::Timestamp};
///
/// let error = Timestamp::from_text("seconds: 1\nnanos: -").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "google.protobuf.Timestamp, line 2, column 9, `nanos`: expected an integer, found the end",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    message: String,
    line: usize,
    column: usize,
    path: String,
    text: String,
}

impl ParseError {
    /// The error that `problem` is in `text`, of the message `message`.
    #[cold]
    pub(super) fn new(problem: Problem, text: &str, message: &str) -> Self {
        let before = text.get(..problem.at).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        let path = problem.path.iter().rev().map(String::as_str).collect::<Vec<_>>().join(".");
        Self(Box::new(Inner {
            message: message.to_owned(),
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
            path,
            text: problem.text,
        }))
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.0.line
    }

    /// The column, in characters from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.0.column
    }

    /// The field, by its path from the outermost message: `address.street`.
    /// Empty outside of any field.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { message, line, column, path, text } = &*self.0;
        write!(f, "{message}, line {line}, column {column}")?;
        if !path.is_empty() {
            write!(f, ", `{path}`")?;
        }
        write!(f, ": {text}")
    }
}

impl std::error::Error for ParseError {}

/// What is wrong, at which byte, and in which field: the innermost first.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) at: usize,
    pub(super) text: String,
    pub(super) path: Vec<String>,
}

/// The failure whose [`Problem`] the lexer has noted.
pub(super) const NOTED: Fault = Fault::new(Cause::Tag);
