//! [`Any`]: packing and unpacking.

use std::fmt;

use super::{Any, AnyView};
use crate::{DecodeError, Message, UnknownFields, View};

/// What [`Any::pack`] puts before a type's name.
const PREFIX: &str = "type.googleapis.com/";

/// Any message, with the name of its type.
///
/// ```
/// use rsgrpc::wkt::{Any, Duration, Timestamp};
///
/// let any = Any::pack(&Duration::new(60, 0)?);
/// assert_eq!(any.type_url, "type.googleapis.com/google.protobuf.Duration");
/// assert!(any.is::<Duration>());
/// assert_eq!(any.unpack::<Duration>()?.seconds, 60);
///
/// let error = any.unpack::<Timestamp>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "expected google.protobuf.Timestamp, found `type.googleapis.com/google.protobuf.Duration`",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Any {
    /// Encodes `message`, and notes its type.
    #[must_use]
    pub fn pack<M: Message>(message: &M) -> Self {
        Self {
            type_url: [PREFIX, M::NAME].concat(),
            value: message.encode().into(),
            unknown_fields: UnknownFields::new(),
        }
    }

    /// The full name of the message's type: what follows the last slash of
    /// `type_url`; none without a slash, or where nothing follows it.
    #[must_use]
    pub fn type_name(&self) -> Option<&str> {
        type_name(&self.type_url)
    }

    /// Whether it holds an `M`, as it says itself. What stands before the name
    /// in `type_url` does not matter.
    #[must_use]
    pub fn is<M: Message>(&self) -> bool {
        self.type_name() == Some(M::NAME)
    }

    /// Decodes the message, within the default [`Limits`](crate::Limits). Large
    /// `bytes` fields share the memory of `value`.
    ///
    /// # Errors
    /// It holds a message of another type, or one that cannot be decoded.
    pub fn unpack<M: Message>(&self) -> Result<M, UnpackError> {
        check::<M>(&self.type_url)?;
        Ok(M::decode_bytes(&self.value)?)
    }
}

/// As for [`Any`].
///
/// ```
/// use rsgrpc::wkt::{Any, AnyView, StringValue, StringValueView};
/// use rsgrpc::{Message, View};
///
/// let bytes = Any::pack(&StringValue::from("zero copies")).encode();
/// let text: StringValueView<'_> = AnyView::decode(&bytes)?.unpack()?;
/// assert_eq!(text.value, "zero copies");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl<'a> AnyView<'a> {
    /// The full name of the message's type; see [`Any::type_name`].
    #[must_use]
    pub fn type_name(&self) -> Option<&'a str> {
        type_name(self.type_url)
    }

    /// Whether it holds an `M`, as it says itself; see [`Any::is`].
    #[must_use]
    pub fn is<M: Message>(&self) -> bool {
        self.type_name() == Some(M::NAME)
    }

    /// Decodes a view of the message, within the default
    /// [`Limits`](crate::Limits).
    ///
    /// # Errors
    /// It holds a message of another type, or one that cannot be decoded.
    pub fn unpack<V: View<'a>>(&self) -> Result<V, UnpackError> {
        check::<V::Message>(self.type_url)?;
        Ok(V::decode(self.value)?)
    }
}

fn type_name(url: &str) -> Option<&str> {
    url.rsplit_once('/').map(|(_, name)| name).filter(|name| !name.is_empty())
}

fn check<M: Message>(url: &str) -> Result<(), UnpackError> {
    if type_name(url) == Some(M::NAME) {
        return Ok(());
    }
    // A peer wrote it: enough of it to tell what it is.
    let found = url.chars().take(MOST_SHOWN).collect();
    Err(UnpackError::Type { expected: M::NAME, found })
}

/// So many characters of a type URL are shown in an error.
const MOST_SHOWN: usize = 200;

/// An [`Any`] that does not hold what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnpackError {
    /// It holds a message of another type.
    Type {
        /// The full name of the type that was asked for.
        expected: &'static str,
        /// The type URL of the one that is there, up to 200 characters of it.
        found: String,
    },
    /// The type is right, but the message cannot be decoded.
    Decode(DecodeError),
}

impl fmt::Display for UnpackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type { expected, found } if found.is_empty() => {
                write!(f, "expected {expected}, found no type")
            }
            Self::Type { expected, found } => {
                write!(f, "expected {expected}, found `{}`", found.escape_debug())
            }
            Self::Decode(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for UnpackError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Type { .. } => None,
            Self::Decode(error) => Some(error),
        }
    }
}

impl From<DecodeError> for UnpackError {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cause;
    use crate::wkt::{Empty, Timestamp};

    fn any(type_url: &str, value: &'static [u8]) -> Any {
        Any { type_url: type_url.into(), value: value.into(), ..Any::default() }
    }

    #[track_caller]
    fn fails(any: &Any, error: &str) {
        assert!(!any.is::<Timestamp>());
        assert_eq!(any.unpack::<Timestamp>().unwrap_err().to_string(), error);
        let bytes = any.encode();
        let view = AnyView::decode(&bytes).unwrap();
        assert_eq!(view.unpack::<crate::wkt::TimestampView<'_>>().unwrap_err().to_string(), error);
    }

    #[test]
    fn any_prefix() {
        for url in ["/google.protobuf.Timestamp", "a.b/c//google.protobuf.Timestamp"] {
            assert_eq!(any(url, &[8, 7]).unpack::<Timestamp>().unwrap().seconds, 7);
        }
        assert_eq!(Any::pack(&Any::pack(&Empty::default())).unpack::<Any>().unwrap().value.len(), 0);
    }

    #[test]
    fn another_type() {
        fails(&Any::default(), "expected google.protobuf.Timestamp, found no type");
        let bare = "expected google.protobuf.Timestamp, found `google.protobuf.Timestamp`";
        fails(&any("google.protobuf.Timestamp", &[]), bare);
        assert_eq!(any("google.protobuf.Timestamp", &[]).type_name(), None);
        fails(&any("x/", &[]), "expected google.protobuf.Timestamp, found `x/`");
        fails(&any("x/a\n", &[]), "expected google.protobuf.Timestamp, found `x/a\\n`");
        let long = any(&"é".repeat(100_000), &[]).unpack::<Timestamp>().unwrap_err();
        assert!(long.to_string().len() < 500);
    }

    #[test]
    fn a_bad_message() {
        let error = any("/google.protobuf.Timestamp", &[8]).unpack::<Timestamp>().unwrap_err();
        assert!(matches!(error, UnpackError::Decode(error) if error.cause() == Cause::Varint));
    }
}
