//! A message as it came.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;

use crate::{DecodeError, Message, View};

/// A message in its encoded form: the bytes in which it came, decoded when
/// asked for.
///
/// With the plugin's option `request=view`, handlers receive this in place of
/// the message, look at it through [`view`](Self::view) without a copy, and may
/// keep it or pass it on as it is.
///
/// ```
/// use rsgrpc::{Encoded, wkt::Timestamp};
///
/// let encoded = Encoded::from(&Timestamp { seconds: 7, ..Default::default() });
/// assert_eq!(encoded.view()?.seconds, 7);
/// # Ok::<(), rsgrpc::DecodeError>(())
/// ```
pub struct Encoded<M> {
    bytes: Bytes,
    message: PhantomData<fn() -> M>,
}

impl<M: Message> Encoded<M> {
    /// Takes bytes that are said to hold an `M`; [`view`](Self::view) and
    /// [`decode`](Self::decode) will tell.
    #[must_use]
    pub const fn new(bytes: Bytes) -> Self {
        Self { bytes, message: PhantomData }
    }

    /// The message, borrowing from these bytes.
    ///
    /// # Errors
    /// As for [`Message::decode`].
    pub fn view(&self) -> Result<M::View<'_>, DecodeError> {
        View::decode(&self.bytes)
    }

    /// The message; large `bytes` fields share these bytes.
    ///
    /// # Errors
    /// As for [`Message::decode`].
    pub fn decode(&self) -> Result<M, DecodeError> {
        M::decode_bytes(&self.bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl<M: Message> From<&M> for Encoded<M> {
    fn from(message: &M) -> Self {
        Self::new(message.encode().into())
    }
}

impl<M> Clone for Encoded<M> {
    fn clone(&self) -> Self {
        Self { bytes: self.bytes.clone(), message: PhantomData }
    }
}

impl<M: Message> fmt::Debug for Encoded<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoded<{}>({} bytes)", M::NAME, self.bytes.len())
    }
}
