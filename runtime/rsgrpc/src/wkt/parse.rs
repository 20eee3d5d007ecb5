//! Reading times from text, and printing fractions of a second.

use std::fmt;

use super::RangeError;

/// Text that is not the time that it should be.
///
/// ```
/// use rsgrpc::wkt::Duration;
///
/// let error = "1.5".parse::<Duration>().unwrap_err();
/// assert_eq!(error.to_string(), "byte 3: expected `s`");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseTimeError {
    /// At this byte, something else was expected.
    Syntax {
        /// Where, in bytes from the start.
        at: usize,
        /// What.
        expected: &'static str,
    },
    /// It is well formed, but out of range.
    Range(RangeError),
}

impl fmt::Display for ParseTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { at, expected } => write!(f, "byte {at}: expected {expected}"),
            Self::Range(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ParseTimeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Syntax { .. } => None,
            Self::Range(error) => Some(error),
        }
    }
}

impl From<RangeError> for ParseTimeError {
    fn from(error: RangeError) -> Self {
        Self::Range(error)
    }
}

/// A place in a text.
pub(super) struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text: text.as_bytes(), at: 0 }
    }

    /// An error at this place.
    pub(super) fn expected<T>(&self, expected: &'static str) -> Result<T, ParseTimeError> {
        Err(ParseTimeError::Syntax { at: self.at, expected })
    }

    /// Steps over `byte`, if it comes next.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    /// Steps over `byte`, or fails.
    pub(super) fn require(&mut self, byte: u8, expected: &'static str) -> Result<(), ParseTimeError> {
        if self.eat(byte) { Ok(()) } else { self.expected(expected) }
    }

    /// One digit.
    pub(super) fn digit(&mut self) -> Option<u8> {
        let digit = self.text.get(self.at)?.checked_sub(b'0').filter(|digit| *digit < 10)?;
        self.at += 1;
        Some(digit)
    }

    /// A number of exactly `digits` digits, from `first` to `last`; at most 9
    /// digits.
    pub(super) fn number(
        &mut self,
        digits: u32,
        (first, last): (u32, u32),
        expected: &'static str,
    ) -> Result<u32, ParseTimeError> {
        let start = self.at;
        let mut number = 0;
        for _ in 0..digits {
            match self.digit() {
                Some(digit) => number = number * 10 + u32::from(digit),
                None => return self.expected(expected),
            }
        }
        if !(first..=last).contains(&number) {
            return Err(ParseTimeError::Syntax { at: start, expected });
        }
        Ok(number)
    }

    /// The nanoseconds that stand behind a dot; 0 if there is no dot.
    pub(super) fn fraction(&mut self) -> Result<u32, ParseTimeError> {
        if !self.eat(b'.') {
            return Ok(0);
        }
        let (mut nanos, mut unit) = (0, 1_000_000_000);
        while unit > 1 {
            match self.digit() {
                Some(digit) => {
                    unit /= 10;
                    nanos += u32::from(digit) * unit;
                }
                None if unit == 1_000_000_000 => return self.expected("1 to 9 digits"),
                None => break,
            }
        }
        Ok(nanos)
    }

    /// The end of the text.
    pub(super) fn end(&self) -> Result<(), ParseTimeError> {
        if self.at == self.text.len() { Ok(()) } else { self.expected("the end") }
    }
}

/// Prints a dot and 3, 6 or 9 digits, as many as are needed; nothing for 0.
pub(super) fn print_fraction(nanos: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match nanos {
        0 => Ok(()),
        nanos if nanos % 1_000_000 == 0 => write!(f, ".{:03}", nanos / 1_000_000),
        nanos if nanos % 1_000 == 0 => write!(f, ".{:06}", nanos / 1_000),
        nanos => write!(f, ".{nanos:09}"),
    }
}
