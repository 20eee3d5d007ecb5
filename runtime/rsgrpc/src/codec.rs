//! How a message becomes bytes and back: the seam for message types other than this crate's.

use crate::status::Status;
use crate::{Encoded, Limits, Message, Writer};
use bytes::Bytes;
use std::fmt::{self, Debug as _};

/// Turns messages of type `T` into bytes and back.
///
/// Generated stubs name their codec once, in their [`Method`](crate::Method)s. [`Protobuf`] serves the
/// messages of this crate; an implementation for another crate's messages runs the same stubs over those.
///
/// ```
/// use rsgrpc::{Bytes, Codec, Status, Writer};
///
/// /// Text as it is.
/// struct Plain;
///
/// impl Codec<String> for Plain {
///     fn encode(item: &String, out: &mut Writer) -> Result<(), Status> {
///         out.prepend(item.as_bytes());
///         Ok(())
///     }
///
///     fn decode(frame: Bytes) -> Result<String, Status> {
///         String::from_utf8(frame.into()).map_err(|error| Status::internal("not UTF-8").with_source(error))
///     }
/// }
/// ```
pub trait Codec<T>: 'static {
    /// Writes `item` in front of what `out` holds; `out` is empty when this is called.
    ///
    /// # Errors
    /// The item cannot be encoded. By convention the code is [`Code::Internal`](crate::Code::Internal).
    fn encode(item: &T, out: &mut Writer) -> Result<(), Status>;

    /// Reads an item from the bytes of one whole message, which it may keep and slice.
    ///
    /// # Errors
    /// The bytes are not a message. By convention the code is [`Code::Internal`](crate::Code::Internal).
    fn decode(frame: Bytes) -> Result<T, Status>;

    /// As [`decode`](Self::decode), of a message that lies in `chunk` among others, into `slot`, which is empty. A codec that
    /// keeps nothing of `chunk` need not count one more reference to it, and one that builds the item where it belongs
    /// saves moving it, which for many small messages is half of the work.
    ///
    /// # Errors
    /// As for [`decode`](Self::decode). A slot that is left empty ends the stream as [`Code::Internal`](crate::Code::Internal).
    fn decode_within(chunk: &Bytes, frame: &[u8], slot: &mut Option<T>) -> Result<(), Status> {
        *slot = Some(Self::decode(chunk.slice_ref(frame))?);
        Ok(())
    }

    /// Shows an item to people, for logs: the name of its type, unless a codec knows better.
    ///
    /// # Errors
    /// Those of `f`.
    fn show(item: &T, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = item;
        f.write_str(std::any::type_name::<T>())
    }
}

/// The codec of this crate's messages.
///
/// It also serves [`Encoded`], which keeps a received message as bytes until a view of it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Protobuf;

impl<M: Message> Codec<M> for Protobuf {
    fn encode(item: &M, out: &mut Writer) -> Result<(), Status> {
        item.encode_into(out);
        Ok(())
    }

    fn decode(frame: Bytes) -> Result<M, Status> {
        M::decode_bytes(&frame).map_err(Status::from)
    }

    fn decode_within(chunk: &Bytes, frame: &[u8], slot: &mut Option<M>) -> Result<(), Status> {
        Limits::default().decode_within(chunk, frame, slot).map_err(Status::from)
    }

    fn show(item: &M, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        item.fmt(f)
    }
}

/// Messages that are encoded already: for who knows their types at run time only, or does not care.
impl Codec<Bytes> for Protobuf {
    fn encode(item: &Bytes, out: &mut Writer) -> Result<(), Status> {
        out.prepend_shared(item);
        Ok(())
    }

    fn decode(frame: Bytes) -> Result<Bytes, Status> {
        Ok(frame)
    }
}

impl<M: Message> Codec<Encoded<M>> for Protobuf {
    fn encode(item: &Encoded<M>, out: &mut Writer) -> Result<(), Status> {
        out.prepend_shared(item.bytes());
        Ok(())
    }

    fn decode(frame: Bytes) -> Result<Encoded<M>, Status> {
        Ok(Encoded::new(frame))
    }

    fn show(item: &Encoded<M>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match item.decode() {
            Ok(message) => message.fmt(f),
            Err(_) => item.fmt(f),
        }
    }
}

/// [`Codec::decode_within`].
type DecodeWithin<T> = fn(&Bytes, &[u8], &mut Option<T>) -> Result<(), Status>;

/// A codec for `T` as functions, so that streams need no type parameter for it.
pub(crate) struct Coding<T> {
    pub(crate) encode: fn(&T, &mut Writer) -> Result<(), Status>,
    pub(crate) decode: fn(Bytes) -> Result<T, Status>,
    pub(crate) decode_within: DecodeWithin<T>,
    pub(crate) show: fn(&T, &mut fmt::Formatter<'_>) -> fmt::Result,
}

impl<T> Coding<T> {
    pub(crate) const fn of<C: Codec<T>>() -> Self {
        Self { encode: C::encode, decode: C::decode, decode_within: C::decode_within, show: C::show }
    }
}

impl<T> Clone for Coding<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Coding<T> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wkt::Timestamp;

    /// Decodes as the provided method does.
    struct Provided;

    impl Codec<Timestamp> for Provided {
        fn encode(item: &Timestamp, out: &mut Writer) -> Result<(), Status> {
            Protobuf::encode(item, out)
        }

        fn decode(frame: Bytes) -> Result<Timestamp, Status> {
            Protobuf::decode(frame)
        }
    }

    #[test]
    fn a_message_within_a_chunk_is_decoded_into_its_slot() {
        let chunk = Bytes::from_static(b"\x08\x07\x10\x09\x08");
        for coding in [Coding::<Timestamp>::of::<Protobuf>(), Coding::of::<Provided>()] {
            let read = |frame| {
                let mut slot = None;
                let read = (coding.decode_within)(&chunk, frame, &mut slot);
                (slot.map(|time| (time.seconds, time.nanos)), read.is_ok())
            };
            assert_eq!(read(&chunk[..2]), (Some((7, 0)), true));
            assert_eq!(read(&chunk[..4]), (Some((7, 9)), true));
            // The last field is cut off: nothing stays.
            assert_eq!(read(&chunk), (None, false));
        }
    }
}
