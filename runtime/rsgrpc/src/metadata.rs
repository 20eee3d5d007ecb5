//! What a call carries beside its messages: names and values in headers and trailers.

pub(crate) mod base64;
mod draft;
mod name;

use crate::status::Status;
use bytes::Bytes;
pub(crate) use draft::Draft;
use http::header::{HeaderMap, HeaderValue};
use std::error::Error;
use std::fmt;

/// Names and values that travel with a call: before its messages (initial metadata) or after them (trailers).
///
/// - A name consists of `0-9 a-z _ - .`; upper case is accepted and written in lower case.
/// - A name that ends in `-bin` has binary values, which the runtime writes in base64. All others have values
///   of printable ASCII.
/// - A name may have several values; their order is kept.
/// - Names that gRPC itself speaks are refused: `grpc-…`, `te`, `content-type`, `user-agent` and the like,
///   and HTTP/2's names that begin with a colon.
///
/// From what a peer sends, values that are not printable ASCII, or not base64 under a `-bin` name, are left
/// out, and so are the names that belong to the protocol.
///
/// ```
/// use rsgrpc::Metadata;
///
/// let mut metadata = Metadata::new();
/// metadata.insert("request-id", "7f3a")?;
/// metadata.append_bin("trace-bin", [1, 2, 255])?;
/// assert_eq!(metadata.get("request-id"), Some("7f3a"));
/// assert_eq!(metadata.get_bin("trace-bin").as_deref(), Some(&[1, 2, 255][..]));
/// assert!(metadata.insert("grpc-status", "0").is_err());
/// # Ok::<(), rsgrpc::MetadataError>(())
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Metadata(HeaderMap);

/// A value of [`Metadata`], as [`Metadata::iter`] gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetadataValue<'a> {
    /// Printable ASCII.
    Ascii(&'a str),
    /// The value of a `-bin` name, decoded from base64.
    Binary(Bytes),
}

impl Metadata {
    /// The most that one call may carry: the bytes of names and values, and 32 for each value, as HTTP/2
    /// counts header lists. Peers usually accept far less, often 8 or 16 KiB.
    pub const MAX_SIZE: usize = 256 * 1024;

    /// No metadata.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The first value of a name with ASCII values.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.get_all(name).next()
    }

    /// All values of a name with ASCII values, in order.
    pub fn get_all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let values = (!name::is_binary(name) && is_shown(name)).then(|| self.0.get_all(name));
        values.into_iter().flatten().filter_map(ascii)
    }

    /// The first value of a `-bin` name.
    #[must_use]
    pub fn get_bin(&self, name: &str) -> Option<Bytes> {
        self.get_all_bin(name).next()
    }

    /// All values of a `-bin` name, in order.
    pub fn get_all_bin<'a>(&'a self, name: &str) -> impl Iterator<Item = Bytes> + use<'a> {
        let values = (name::is_binary(name) && is_shown(name)).then(|| self.0.get_all(name));
        values.into_iter().flatten().flat_map(binary)
    }

    /// Sets the only value of a name.
    ///
    /// # Errors
    /// The name is not one, is reserved or ends in `-bin`; the value is not printable ASCII; or all of it
    /// together would exceed [`MAX_SIZE`](Self::MAX_SIZE).
    pub fn insert(&mut self, name: &str, value: &str) -> Result<(), MetadataError> {
        self.put(name, parse_ascii(name, value)?, Put::Replace)
    }

    /// Adds a value to a name.
    ///
    /// # Errors
    /// As [`insert`](Self::insert).
    pub fn append(&mut self, name: &str, value: &str) -> Result<(), MetadataError> {
        self.put(name, parse_ascii(name, value)?, Put::Add)
    }

    /// Sets the only value of a `-bin` name.
    ///
    /// # Errors
    /// The name is not one, is reserved or does not end in `-bin`; or all of it together would exceed
    /// [`MAX_SIZE`](Self::MAX_SIZE).
    pub fn insert_bin(&mut self, name: &str, value: impl AsRef<[u8]>) -> Result<(), MetadataError> {
        self.put(name, encode_binary(name, value.as_ref())?, Put::Replace)
    }

    /// Adds a value to a `-bin` name.
    ///
    /// # Errors
    /// As [`insert_bin`](Self::insert_bin).
    pub fn append_bin(&mut self, name: &str, value: impl AsRef<[u8]>) -> Result<(), MetadataError> {
        self.put(name, encode_binary(name, value.as_ref())?, Put::Add)
    }

    /// Removes all values of a name; says whether there were any.
    pub fn remove(&mut self, name: &str) -> bool {
        is_shown(name) && self.0.remove(name).is_some()
    }

    /// Whether the name has a value.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some() || self.get_bin(name).is_some()
    }

    /// All names and values; several values of one name follow each other.
    pub fn iter(&self) -> impl Iterator<Item = (&str, MetadataValue<'_>)> {
        let headers = self.0.iter().map(|(name, value)| (name.as_str(), value));
        headers.filter(|(name, _)| !name::is_hidden(name)).flat_map(|(name, value)| {
            let (text, bytes) = match name::is_binary(name) {
                true => (None, Some(binary(value))),
                false => (ascii(value), None),
            };
            let text = text.map(MetadataValue::Ascii).into_iter();
            text.chain(bytes.into_iter().flatten().map(MetadataValue::Binary)).map(move |value| (name, value))
        })
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there are no values.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The size as HTTP/2 counts it: the bytes of names and values, binary ones in base64, and 32 for each
    /// value.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.iter().map(|(name, value)| entry_size(name.as_str(), value.as_bytes())).sum()
    }

    /// What a peer sent.
    pub(crate) fn from_headers(headers: HeaderMap) -> Self {
        Self(headers)
    }

    /// All of it, what belongs to the protocol included.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.0
    }

    /// As [`headers`](Self::headers).
    pub(crate) fn into_headers(self) -> HeaderMap {
        self.0
    }

    /// Adds all of it to headers that are about to be sent. What came from a peer and is reserved is left
    /// out, so that received metadata can be echoed.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        for (name, value) in self.0.iter().filter(|(name, _)| !name::is_reserved(name.as_str())) {
            // Fails past 32,768 names, which `MAX_SIZE` and the limit on received headers keep away.
            let _ = headers.try_append(name.clone(), value.clone());
        }
    }

    fn put(&mut self, name: &str, value: HeaderValue, how: Put) -> Result<(), MetadataError> {
        let parsed = name::parse(name)?;
        let too_large = || MetadataError { name: name.into(), reason: Reason::TooLarge };
        if self.size() + entry_size(name, value.as_bytes()) > Self::MAX_SIZE {
            return Err(too_large());
        }
        match how {
            Put::Replace => self.0.try_insert(parsed, value).map(drop),
            Put::Add => self.0.try_append(parsed, value).map(drop),
        }
        .map_err(|_| too_large())
    }
}

enum Put {
    Replace,
    Add,
}

fn is_shown(name: &str) -> bool {
    !name::is_hidden(name)
}

fn entry_size(name: &str, value: &[u8]) -> usize {
    name.len() + value.len() + 32
}

fn ascii(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok().filter(|text| !text.contains('\t'))
}

/// One header may hold several values, joined by commas.
fn binary(value: &HeaderValue) -> impl Iterator<Item = Bytes> + '_ {
    value.as_bytes().split(|byte| *byte == b',').filter_map(base64::decode).map(Bytes::from)
}

fn parse_ascii(name: &str, value: &str) -> Result<HeaderValue, MetadataError> {
    check_ascii(name, value)?;
    HeaderValue::from_str(value).map_err(|_| MetadataError { name: name.into(), reason: Reason::Value })
}

fn check_ascii(name: &str, value: &str) -> Result<(), MetadataError> {
    let error = |reason| MetadataError { name: name.into(), reason };
    if name::is_binary_in_any_case(name) {
        return Err(error(Reason::NeedsBinary));
    }
    match value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        true => Ok(()),
        false => Err(error(Reason::Value)),
    }
}

fn encode_binary(name: &str, value: &[u8]) -> Result<HeaderValue, MetadataError> {
    match name::is_binary_in_any_case(name) {
        true => Ok(base64::encode(value)),
        false => Err(MetadataError { name: name.into(), reason: Reason::NeedsAscii }),
    }
}

/// Does not show the values of `authorization`, `cookie` and the like: logs are no place for them.
impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Shown<'a>(Option<MetadataValue<'a>>);
        impl fmt::Debug for Shown<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match &self.0 {
                    None => f.write_str(".."),
                    Some(MetadataValue::Ascii(text)) => fmt::Debug::fmt(text, f),
                    Some(MetadataValue::Binary(bytes)) => fmt::Debug::fmt(bytes, f),
                }
            }
        }
        let shown = |(name, value)| (name, Shown((!name::is_secret(name)).then_some(value)));
        f.debug_map().entries(self.iter().map(shown)).finish()
    }
}

/// Metadata that cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataError {
    name: String,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    EmptyName,
    Name,
    Reserved,
    NeedsBinary,
    NeedsAscii,
    Value,
    TooLarge,
}

impl fmt::Display for MetadataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match self.reason {
            Reason::EmptyName => write!(f, "metadata without a name"),
            Reason::Name => {
                write!(f, "metadata name {name:?}: only letters, digits, `_`, `-` and `.` are allowed")
            }
            Reason::Reserved => write!(f, "metadata name {name:?} is reserved for gRPC"),
            Reason::NeedsBinary => write!(f, "metadata name {name:?} ends in -bin and needs a binary value"),
            Reason::NeedsAscii => {
                write!(f, "metadata name {name:?} does not end in -bin and needs an ASCII value")
            }
            Reason::Value => write!(f, "metadata {name:?}: the value is not printable ASCII"),
            Reason::TooLarge => {
                write!(f, "metadata {name:?}: together more than {} bytes", Metadata::MAX_SIZE)
            }
        }
    }
}

impl Error for MetadataError {}

impl From<MetadataError> for Status {
    fn from(error: MetadataError) -> Self {
        Self::internal(error.to_string()).with_source(error)
    }
}

#[cfg(test)]
mod tests;
