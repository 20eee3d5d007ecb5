//! Why a mask cannot be used.

use std::fmt;

use super::select::MOST_FIELDS;

/// Why a mask does not fit a message, or cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldMaskError {
    problem: Problem,
    path: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The message of that name has no field of the path's name.
    NoField(String),
    /// The path goes on behind a field of that name and message, which is not a
    /// message.
    NoMessage(String, String),
    TooLong,
    Case,
    /// What a hand-written message encodes to is not in the binary format.
    Encoded(&'static str),
}

/// So many characters of a path are shown.
const MOST_SHOWN: usize = 200;

impl FieldMaskError {
    #[cold]
    pub(super) fn of(problem: Problem, path: &str) -> Self {
        // A peer wrote it: enough of it to tell which it is.
        Self { problem, path: path.chars().take(MOST_SHOWN).collect() }
    }

    /// The path that is wrong, up to 200 characters of it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for FieldMaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.escape_debug();
        match &self.problem {
            Problem::NoField(message) => write!(f, "`{path}`: {message} has no such field"),
            Problem::NoMessage(message, field) => {
                write!(f, "`{path}`: `{field}` of {message} has no fields of its own, or more than one value")
            }
            Problem::TooLong => write!(f, "`{path}`: more than {MOST_FIELDS} fields deep"),
            Problem::Case => {
                write!(f, "`{path}`: cannot be written both in snake case and in lower camel case")
            }
            Problem::Encoded(message) => {
                write!(f, "{message} cannot be decoded from what it encodes to")
            }
        }
    }
}

impl std::error::Error for FieldMaskError {}
