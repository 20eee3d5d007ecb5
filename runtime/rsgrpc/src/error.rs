//! What is wrong with input that cannot be decoded.

use std::fmt;

/// The reasons why a decoder stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[non_exhaustive]
pub enum Cause {
    /// The input ends inside a field, or a length reaches past its message.
    Truncated = 1,
    /// A varint is cut off, longer than ten bytes, or does not fit 64 bits.
    Varint,
    /// A `string` holds something else than UTF-8.
    Utf8,
    /// A tag has field number 0, does not fit 32 bits, or has a wire type that
    /// does not exist.
    Tag,
    /// A group ends that was not begun, or another one than the last begun.
    Group,
    /// Messages are nested more deeply than the limit.
    Depth,
    /// The elements would take more memory than the limit.
    Memory,
    /// A required field is missing.
    Required,
    /// The source cannot lend its bytes, which a view needs.
    Borrow,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the input ends inside a field",
            Self::Varint => "malformed varint",
            Self::Utf8 => "a string is not UTF-8",
            Self::Tag => "malformed tag",
            Self::Group => "a group ends that was not begun",
            Self::Depth => "messages are nested too deeply",
            Self::Memory => "the elements would take too much memory",
            Self::Required => "a required field is missing",
            Self::Borrow => "a view cannot borrow from this format",
        })
    }
}

/// A failed step of a decode. One byte, `Copy`: it travels in a register. Where
/// it happened is kept aside, and found in the [`DecodeError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault(Cause);

impl Fault {
    /// A failure for this reason.
    #[must_use]
    pub const fn new(cause: Cause) -> Self {
        Self(cause)
    }

    /// The reason.
    #[must_use]
    pub const fn cause(self) -> Cause {
        self.0
    }
}

/// Why and where input cannot be decoded.
///
/// ```
/// use rsgrpc::{Message, wkt::Timestamp};
///
/// let error = Timestamp::decode(&[0x08]).unwrap_err();
/// assert_eq!(error.to_string(), "google.protobuf.Timestamp, byte 1: malformed varint");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError(Box<Inner>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    cause: Cause,
    message: String,
    offset: usize,
    /// The path of the missing field.
    missing: Option<String>,
}

impl DecodeError {
    #[cold]
    pub(crate) fn new(fault: Fault, message: &str, offset: usize) -> Self {
        Self(Box::new(Inner { cause: fault.0, message: message.to_owned(), offset, missing: None }))
    }

    #[cold]
    pub(crate) fn missing(message: &str, path: String) -> Self {
        let message = message.to_owned();
        Self(Box::new(Inner { cause: Cause::Required, message, offset: 0, missing: Some(path) }))
    }

    /// The reason.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.0.cause
    }

    /// Where it was found, in bytes from the start of the input.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The full name of the message in which it was found.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { cause, message, offset, missing } = &*self.0;
        match missing {
            Some(path) => write!(f, "{message}: required field `{path}` is missing"),
            None => write!(f, "{message}, byte {offset}: {cause}"),
        }
    }
}

impl std::error::Error for DecodeError {}
