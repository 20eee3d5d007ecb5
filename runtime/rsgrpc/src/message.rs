//! What generated code says of a message, and what follows from it.

use std::fmt;

use bytes::Bytes;

use crate::binary;
use crate::error::Fault;
use crate::field::Fields;
use crate::limits::Limits;
use crate::own::Own;
use crate::{DecodeError, Source, UnknownFields, Writer};

/// A protobuf message.
///
/// The plugin implements it; what is provided is for users.
///
/// ```
/// use rsgrpc::{Message, wkt::Duration};
///
/// let minute = Duration { seconds: 60, ..Default::default() };
/// let bytes = minute.encode();
/// assert_eq!(bytes, [8, 60]);
/// assert_eq!(Duration::decode(&bytes)?, minute);
/// # Ok::<(), rsgrpc::DecodeError>(())
/// ```
pub trait Message:
    Clone + Default + PartialEq + fmt::Debug + Send + Sync + 'static + for<'a> Decode<'a, Message = Self>
{
    /// The name in the schema, with its package.
    const NAME: &'static str;
    /// Whether this message, or one that it may contain, has required fields.
    const REQUIRED: bool = false;
    /// Names that the schema reserves: text format steps over such fields.
    const RESERVED: &'static [&'static str] = &[];

    /// The same message, borrowing from the bytes it was decoded from.
    type View<'a>: View<'a, Message = Self>;

    /// A message without any field set.
    fn default_ref() -> &'static Self;

    /// The fields, by number.
    fn fields(&self) -> impl Fields<'_>;

    /// Fields that the schema does not know, extensions among them.
    fn unknown_fields(&self) -> &UnknownFields;

    /// The same, to be changed.
    fn unknown_fields_mut(&mut self) -> &mut UnknownFields;

    /// Encodes to protobuf's binary format.
    ///
    /// Fields come in the order of their numbers, unknown ones last; maps in
    /// the order of their entries. Required fields that are missing are left
    /// out; [`missing`](Self::missing) tells.
    #[must_use]
    fn encode(&self) -> Vec<u8> {
        binary::encoded(self)
    }

    /// Puts the encoded message before what `writer` holds.
    #[inline]
    fn encode_into(&self, writer: &mut Writer) {
        binary::encode(self, writer);
    }

    /// The number of bytes that [`encode`](Self::encode) gives.
    #[must_use]
    fn encoded_len(&self) -> usize {
        binary::len(self)
    }

    /// Decodes protobuf's binary format, within the default [`Limits`].
    ///
    /// # Errors
    /// What is wrong with the input, in which message and at which byte; or
    /// that a required field is missing.
    #[inline]
    fn decode(input: &[u8]) -> Result<Self, DecodeError> {
        Limits::DEFAULT.decode(input)
    }

    /// As [`decode`](Self::decode), but large `bytes` fields share the input's
    /// memory instead of copying from it.
    ///
    /// # Errors
    /// As for [`decode`](Self::decode).
    #[inline]
    fn decode_bytes(input: &Bytes) -> Result<Self, DecodeError> {
        Limits::DEFAULT.decode_bytes(input)
    }

    /// Writes JSON, in one line; [`json::Printer`](crate::json::Printer) has
    /// options.
    ///
    /// ```
    /// use rsgrpc::{Message, wkt::Duration};
    ///
    /// let json = Duration { seconds: 1, nanos: 500_000_000, ..Default::default() }.to_json()?;
    /// assert_eq!(json, "\"1.500s\"");
    /// # Ok::<(), rsgrpc::json::Error>(())
    /// ```
    ///
    /// # Errors
    /// A value that JSON has no form for: a `Timestamp` out of range, an `Any`
    /// of a type that is not known, and the like.
    #[cfg(feature = "json")]
    fn to_json(&self) -> Result<String, crate::json::Error> {
        crate::json::Printer::new().print(self)
    }

    /// Reads JSON; [`json::Parser`](crate::json::Parser) has options.
    ///
    /// # Errors
    /// What is wrong with the input, at which line and column and in which
    /// field; or that a required field is missing.
    #[cfg(feature = "json")]
    fn from_json(json: &str) -> Result<Self, crate::json::Error> {
        crate::json::Parser::new().parse(json)
    }

    /// Prints the message in text format, a line for each value.
    #[cfg(feature = "text")]
    #[must_use]
    fn to_text(&self) -> String {
        crate::text::Printer::new().print(self)
    }

    /// Reads a message from text format, within the default [`Limits`].
    ///
    /// # Errors
    /// What is wrong with the text, and where; or that a required field is
    /// missing.
    #[cfg(feature = "text")]
    fn from_text(text: &str) -> Result<Self, crate::text::ParseError> {
        crate::text::Parser::new().parse(text)
    }

    /// The path of the first required field that is not set, here or in a
    /// message that this one contains.
    #[must_use]
    fn missing(&self) -> Option<String> {
        if Self::REQUIRED { crate::required::missing(self) } else { None }
    }
}

/// A message that can be filled from sources that live for `'a`.
pub trait Decode<'a>: Default {
    /// The message that it is, or that it is a view of.
    type Message: Message;
    /// Small and without messages of its own: worth decoding in place.
    const LEAF: bool = false;

    /// Takes in the value of the field that `tag` announces.
    ///
    /// # Errors
    /// The source holds no such value.
    fn merge<S: Source<'a>>(&mut self, tag: u32, source: &mut S) -> Result<(), Fault>;
}

/// A message that borrows from the bytes it was decoded from.
///
/// Decoding one checks all of the input, yet allocates nothing: repeated fields
/// and maps are walked where they lie. (A message that can contain itself is
/// boxed, and unknown fields are listed.)
///
/// ```
/// use rsgrpc::{Message, View, wkt::{Any, AnyView}};
///
/// let any = Any { type_url: "x/google.protobuf.Empty".into(), ..Default::default() };
/// let bytes = any.encode();
/// let view = AnyView::decode(&bytes)?;
/// assert_eq!(view.type_url, "x/google.protobuf.Empty");
/// assert_eq!(view.to_message(), any);
/// # Ok::<(), rsgrpc::DecodeError>(())
/// ```
pub trait View<'a>: Decode<'a> + Own<Self::Message> {
    /// Copies what is borrowed.
    fn to_message(&self) -> Self::Message {
        self.own()
    }

    /// Decodes protobuf's binary format, within the default [`Limits`].
    ///
    /// # Errors
    /// As for [`Message::decode`].
    #[inline]
    fn decode(input: &'a [u8]) -> Result<Self, DecodeError> {
        Limits::DEFAULT.view(input)
    }
}

impl<'a, V: Decode<'a> + Own<V::Message>> View<'a> for V {}
