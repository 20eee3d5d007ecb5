//! What is wrong with JSON, or with a message that cannot be written as JSON.

use std::borrow::Cow;
use std::fmt;

/// The reasons why JSON cannot be read, or a message not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// It is not JSON.
    Syntax,
    /// The input is not UTF-8, or an escape is half of a surrogate pair.
    Utf8,
    /// The field holds values of another type.
    Type,
    /// A number, a date or a duration is out of range.
    Range,
    /// The message has no such field, or the enum no such value.
    Unknown,
    /// A field or a key of a map is given twice, or two members of a `oneof`.
    Duplicate,
    /// A required field is missing.
    Required,
    /// The type of an `Any` is not in the registry, or its value is malformed.
    Any,
    /// Messages are nested more deeply than the limit.
    Depth,
    /// The elements would take more memory than the limit.
    Memory,
}

/// Why and where JSON cannot be read, or a message not be written as JSON.
///
/// ```
/// use rsgrpc::{Message, wkt::Struct};
///
/// let error = Struct::from_json("{\n  \"a\": [1, tru]\n}").unwrap_err();
/// assert_eq!((error.line(), error.column()), (Some(2), Some(12)));
/// assert_eq!(error.path(), "[\"a\"][1]");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    cause: Cause,
    detail: Cow<'static, str>,
    message: String,
    path: String,
    place: Option<Place>,
}

/// A place in the input, counted from 1.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    line: usize,
    column: usize,
}

impl Error {
    /// The reason.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.0.cause
    }

    /// The line of the input, from 1; none where a message is written.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.0.place.map(|place| place.line)
    }

    /// The character in the line, from 1; none where a message is written.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.0.place.map(|place| place.column)
    }

    /// The path of the field in which it was found, as in
    /// `chapters[2].notes["x"]`; empty for the message itself.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The same without a place, where the input is not the user's.
    #[cfg(feature = "serde")]
    pub(super) fn somewhere(mut self) -> Self {
        self.0.place = None;
        self
    }

    /// The full name of the message that was read or written.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { detail, message, path, place, .. } = &*self.0;
        f.write_str(message)?;
        if !path.is_empty() {
            write!(f, ", {path}")?;
        }
        if let Some(Place { line, column }) = place {
            write!(f, ", line {line}, column {column}")?;
        }
        write!(f, ": {detail}")
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}, {:?})", self.0.cause, self.to_string())
    }
}

impl std::error::Error for Error {}

/// A failure on its way out, from the value to the whole message.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) cause: Cause,
    pub(super) detail: Cow<'static, str>,
    /// Where in the input, in bytes.
    pub(super) at: usize,
    /// The path, from the last step to the first.
    steps: Vec<String>,
}

impl Failure {
    #[cold]
    pub(super) fn new(cause: Cause, at: usize, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { cause, detail: detail.into(), at, steps: Vec::new() }
    }

    /// It was found in this field …
    #[cold]
    pub(super) fn field(&mut self, name: &str) {
        self.steps.push(format!(".{name}"));
    }

    /// … in this element of a list …
    #[cold]
    pub(super) fn index(&mut self, index: usize) {
        self.steps.push(format!("[{index}]"));
    }

    /// … in the entry with this key.
    #[cold]
    pub(super) fn key(&mut self, key: &str) {
        self.steps.push(format!("[{key:?}]"));
    }

    /// The error, for the input if there is one.
    #[cold]
    pub(super) fn error(self, message: &str, input: Option<&[u8]>) -> Error {
        let path: String = self.steps.iter().rev().map(String::as_str).collect();
        let path = path.strip_prefix('.').map(str::to_owned).unwrap_or(path);
        let place = input.map(|input| place(input, self.at));
        let message = message.to_owned();
        Error(Box::new(Inner { cause: self.cause, detail: self.detail, message, path, place }))
    }
}

/// Counts lines and, in the last, characters.
fn place(input: &[u8], at: usize) -> Place {
    let before = input.get(..at).unwrap_or(input);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let in_line = before.get(start..).unwrap_or_default();
    let column = in_line.iter().filter(|byte| **byte & 0xc0 != 0x80).count() + 1;
    Place { line, column }
}
