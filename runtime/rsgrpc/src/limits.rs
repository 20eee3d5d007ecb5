//! How much a decode may take.

use bytes::Bytes;

#[cfg(feature = "reflect")]
use crate::fill::Fill;
use crate::wire::{Context, Span};
use crate::{DecodeError, Message, View, binary};

/// How deeply messages may be nested, by default.
const DEPTH: u32 = 100;

/// The memory that any decode may take for elements, by default …
const MEMORY: usize = 64 << 20;

/// … and for each byte of its input.
const PER_BYTE: usize = 16;

/// How much a decode may take: depth, and memory for the elements of repeated
/// fields and maps, since two bytes of input can become a large struct.
///
/// ```
/// use rsgrpc::{Limits, wkt::Struct};
///
/// let cautious = Limits::default().depth(10).memory(1 << 20);
/// let empty: Struct = cautious.decode(&[])?;
/// # Ok::<(), rsgrpc::DecodeError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    depth: u32,
    memory: Option<usize>,
}

impl Default for Limits {
    /// 100 levels; 64 MiB, and 16 bytes more for each byte of the input.
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Limits {
    pub(crate) const DEFAULT: Self = Self { depth: DEPTH, memory: None };

    /// How many levels of messages and groups may be nested in the outermost.
    /// Beyond a few thousand the stack is what limits.
    #[must_use]
    pub fn depth(self, levels: u32) -> Self {
        Self { depth: levels, ..self }
    }

    /// How many bytes may be allocated for elements. What strings, `bytes` and
    /// unknown fields hold does not count: it is no more than eight times
    /// the input, since short ones are given room to grow.
    #[must_use]
    pub fn memory(self, bytes: usize) -> Self {
        Self { memory: Some(bytes), ..self }
    }

    /// Decodes within these limits; see [`Message::decode`].
    ///
    /// # Errors
    /// As there.
    #[inline]
    pub fn decode<M: Message>(&self, input: &[u8]) -> Result<M, DecodeError> {
        complete(&mut self.context(input, None))
    }

    /// Decodes within these limits; see [`Message::decode_bytes`].
    ///
    /// # Errors
    /// As there.
    #[inline]
    pub fn decode_bytes<M: Message>(&self, input: &Bytes) -> Result<M, DecodeError> {
        complete(&mut self.context(input, Some(input)))
    }

    /// As [`decode_bytes`](Self::decode_bytes), of an input that is a part of `owner`, into `slot`, which is empty then and
    /// after an error.
    #[cfg(feature = "call")]
    #[inline]
    pub(crate) fn decode_within<M: Message>(
        &self,
        owner: &Bytes,
        input: &[u8],
        slot: &mut Option<M>,
    ) -> Result<(), DecodeError> {
        let message = slot.insert(M::default());
        let decoded = binary::decode_into(message, &mut self.context(input, Some(owner)));
        let decoded = match decoded {
            Ok(()) if M::REQUIRED => required(message),
            decoded => decoded,
        };
        if decoded.is_err() {
            *slot = None;
        }
        decoded
    }

    /// Decodes a view within these limits; see [`View::decode`].
    ///
    /// # Errors
    /// As there.
    #[inline]
    pub fn view<'a, V: View<'a>>(&self, input: &'a [u8]) -> Result<V, DecodeError> {
        if V::Message::REQUIRED {
            // Not by the view's `to_message`, which takes what memory it needs.
            self.decode::<V::Message>(input)?;
        }
        self.view_partial(input)
    }

    /// Decodes a view within these limits; fields that are required may be missing.
    ///
    /// [`view`](Self::view) looks for them by decoding all of a message that has any, which takes its time and memory.
    ///
    /// # Errors
    /// As for [`View::decode`], but for what is missing.
    ///
    /// ```
    /// use rsgrpc::Limits;
    /// use rsgrpc::descriptor::uninterpreted_option::NamePartView;
    ///
    /// assert!(Limits::default().view::<NamePartView<'_>>(b"").is_err());
    /// assert!(Limits::default().view_partial::<NamePartView<'_>>(b"").is_ok());
    /// ```
    #[inline]
    pub fn view_partial<'a, V: View<'a>>(&self, input: &'a [u8]) -> Result<V, DecodeError> {
        binary::decode_view(&mut self.context(input, None))
    }

    /// Decodes into `message`, complete or not. Large `bytes` fields share the
    /// memory of `input`.
    #[cfg(feature = "reflect")]
    pub(crate) fn fill<'a, M: Fill<'a>>(&self, message: &mut M, input: &'a Bytes) -> Result<(), DecodeError> {
        binary::decode_into(message, &mut self.context(input, Some(input)))
    }

    /// How many levels may be entered.
    pub(crate) fn levels(&self) -> u32 {
        self.depth
    }

    /// How many bytes an input of this length may make allocate for elements.
    pub(crate) fn budget(&self, input: usize) -> usize {
        self.memory.unwrap_or_else(|| input.saturating_mul(PER_BYTE).saturating_add(MEMORY))
    }

    /// For a decode of all of `input`, a part of `owner`.
    // A call, since whoever decodes would hold all this.
    #[inline(never)]
    pub(crate) fn context<'a>(&self, input: &'a [u8], owner: Option<&'a Bytes>) -> Context<'a> {
        // The outermost message is entered as one inside another is, but it is no level.
        let levels = self.depth.saturating_add(1);
        let mut cx = Context::new(Span::new(input), owner, levels, self.budget(input.len()));
        cx.begin();
        cx
    }
}

/// Decodes a message that has its required fields.
#[inline]
fn complete<M: Message>(cx: &mut Context<'_>) -> Result<M, DecodeError> {
    if M::REQUIRED { with_required(cx) } else { binary::decode(cx) }
}

fn with_required<M: Message>(cx: &mut Context<'_>) -> Result<M, DecodeError> {
    let message: M = binary::decode(cx)?;
    required(&message).map(|()| message)
}

fn required<M: Message>(message: &M) -> Result<(), DecodeError> {
    match message.missing() {
        Some(path) => Err(DecodeError::missing(M::NAME, path)),
        None => Ok(()),
    }
}
