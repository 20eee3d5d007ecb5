//! Metadata as a caller writes it for one call.

use super::{Metadata, MetadataError, Reason, check_ascii, encode_binary, entry_size, name};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use std::{fmt, iter};

/// Room for a few short values, in bytes, and for their names.
const VALUES: usize = 128;
const NAMES: usize = 64;

/// Metadata that is written once, and read when the call is sent: checked, and kept as text.
///
/// Header maps are for looking things up, and dear to build and to copy. Text is neither, and the names of most calls are
/// those of the call before.
#[derive(Clone, Default)]
pub(crate) struct Draft {
    /// In the order of `values`, each with a line break behind it, which no name can hold.
    names: String,
    /// Each behind its length.
    values: Vec<u8>,
    /// As HTTP/2 counts it.
    size: usize,
}

impl Draft {
    /// As [`Metadata::append`].
    pub(crate) fn append(&mut self, name: &str, value: &str) -> Result<(), MetadataError> {
        check_ascii(name, value)?;
        self.put(name, value)
    }

    /// As [`Metadata::append_bin`].
    pub(crate) fn append_bin(&mut self, name: &str, value: &[u8]) -> Result<(), MetadataError> {
        let value = encode_binary(name, value)?;
        // Base64 is ASCII.
        self.put(name, value.to_str().unwrap_or_default())
    }

    /// All names as one text: drafts with the same one have the same names in the same order.
    pub(crate) fn shape(&self) -> &str {
        &self.names
    }

    /// The name of each value.
    pub(crate) fn names(&self) -> impl Iterator<Item = HeaderName> + '_ {
        // All of this was checked when it was written, and so were the values.
        self.names.split_terminator('\n').filter_map(|name| name.try_into().ok())
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = HeaderValue> + '_ {
        let mut rest = &*self.values;
        iter::from_fn(move || {
            let (len, behind) = rest.split_first_chunk()?;
            let (value, behind) = behind.split_at_checked(usize::from_le_bytes(*len))?;
            rest = behind;
            value.try_into().ok()
        })
    }

    fn put(&mut self, name: &str, value: &str) -> Result<(), MetadataError> {
        name::check(name)?;
        let size = self.size + entry_size(name, value.as_bytes());
        if size > Metadata::MAX_SIZE {
            return Err(MetadataError { name: name.into(), reason: Reason::TooLarge });
        }
        if self.names.is_empty() {
            self.names.reserve(NAMES);
            self.values.reserve(VALUES);
        }
        let begin = self.names.len();
        self.names.push_str(name);
        let written = self.names.get_mut(begin..).unwrap_or_default();
        written.make_ascii_lowercase();
        if name::is_reserved(written) {
            self.names.truncate(begin);
            return Err(MetadataError { name: name.into(), reason: Reason::Reserved });
        }
        self.names.push('\n');
        self.values.extend_from_slice(&value.len().to_le_bytes());
        self.values.extend_from_slice(value.as_bytes());
        self.size = size;
        Ok(())
    }
}

impl From<Draft> for Metadata {
    fn from(draft: Draft) -> Self {
        let mut headers = HeaderMap::new();
        for (name, value) in draft.names().zip(draft.values()) {
            // Fails past 32,768 names, which `MAX_SIZE` keeps away.
            let _ = headers.try_append(name, value);
        }
        Self(headers)
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Metadata::from(self.clone()).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_what_metadata_would_be() {
        let (mut draft, mut metadata) = (Draft::default(), Metadata::new());
        for (name, value) in [("Fruit", "apple"), ("x", ""), ("fruit", "pear"), ("authorization", "a b")] {
            draft.append(name, value).unwrap();
            metadata.append(name, value).unwrap();
        }
        draft.append_bin("Raw-Bin", &[0, 255, 10]).unwrap();
        metadata.append_bin("Raw-Bin", [0, 255, 10]).unwrap();
        assert_eq!(draft.shape(), "fruit\nx\nfruit\nauthorization\nraw-bin\n");
        assert_eq!(draft.size, metadata.size());
        assert_eq!(format!("{draft:?}"), format!("{metadata:?}"));
        assert_eq!(Metadata::from(draft), metadata);
    }

    #[test]
    fn a_draft_refuses_what_metadata_refuses() {
        let long = "x".repeat(Metadata::MAX_SIZE);
        let (mut draft, mut metadata) = (Draft::default(), Metadata::new());
        draft.append("first", "x").unwrap();
        metadata.append("first", "x").unwrap();
        for (name, value) in [
            ("", "x"),
            ("a b", "x"),
            ("ä", "x"),
            ("a\n", "x"),
            ("Grpc-Status", "0"),
            ("TE", "x"),
            ("User-Agent", "x"),
            ("Content-Type", "x"),
            ("trace-BIN", "x"),
            ("a", "x\n"),
            ("a", "ä"),
            ("a", &long),
            (&long, "x"),
        ] {
            let refused = draft.append(name, value).unwrap_err();
            assert_eq!(refused, metadata.append(name, value).unwrap_err());
        }
        for name in ["trace", "grpc-trace-bin", "-bin\n"] {
            let refused = draft.append_bin(name, b"x").unwrap_err();
            assert_eq!(refused, metadata.append_bin(name, b"x").unwrap_err());
        }
        assert_eq!(draft.shape(), "first\n");
        assert!(draft.values().eq(["x"]));
    }
}
