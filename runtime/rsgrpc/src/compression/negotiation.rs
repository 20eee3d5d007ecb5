//! What the two sides of a call agree on.

use super::{Compression, Encoding};
use crate::Writer;
use crate::status::{Code, Status};
use http::header::{HeaderMap, HeaderName, HeaderValue};

pub(crate) static GRPC_ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
pub(crate) static GRPC_ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");

/// What the messages of a call are compressed with as they leave.
#[derive(Clone, Debug)]
pub(crate) struct Encoder {
    encoding: Encoding,
    min_size: usize,
}

impl Encoder {
    pub(crate) fn encoding(&self) -> &Encoding {
        &self.encoding
    }

    /// Replaces a message by the compressed one. False, and nothing done, where that does not pay.
    pub(crate) fn compress(&self, message: &mut Writer) -> Result<bool, Status> {
        if message.len() < self.min_size {
            return Ok(false);
        }
        self.encoding.compress(message)
    }
}

/// What the other side has said of the messages that it sends.
#[derive(Clone, Debug)]
pub(crate) enum Received {
    /// Nothing: none is compressed.
    Plain,
    /// Some may be compressed, with this.
    Encoded(Encoding),
    /// Some may be compressed, with what is not accepted. A compressed one fails with this; the others are
    /// as good as any.
    Refused(Status),
}

impl Compression {
    /// The encodings that are read, as the other side is told.
    pub(crate) fn header(&self) -> &HeaderValue {
        &self.header
    }

    /// Whether there is anything to tell.
    pub(crate) fn accepts_any(&self) -> bool {
        !self.accepted.is_empty()
    }

    /// What a `grpc-encoding` means. A message with one that is not accepted fails as `refused`.
    pub(crate) fn received(&self, named: Option<&HeaderValue>, refused: Code) -> Received {
        let Some(name) = named.map(HeaderValue::as_bytes) else { return Received::Plain };
        if name == b"identity" {
            return Received::Plain;
        }
        match self.accepted.iter().find(|encoding| encoding.header().as_bytes() == name) {
            Some(encoding) => Received::Encoded(encoding.clone()),
            None => Received::Refused(self.refuse(name, refused)),
        }
    }

    /// What a client compresses the requests of a call with: the call's choice, or else the channel's.
    pub(crate) fn encoder(&self, choice: Option<&Option<Encoding>>) -> Option<Encoder> {
        let encoding = choice.unwrap_or(&self.sent).clone()?;
        Some(Encoder { encoding, min_size: self.min_size })
    }

    #[cold]
    fn refuse(&self, name: &[u8], code: Code) -> Status {
        let name = String::from_utf8_lossy(name);
        let supported = self.header.to_str().unwrap_or_default();
        Status::new(code, format!("messages are compressed with {name:?}; supported: {supported}"))
    }
}

/// What compression means to one call on a server.
pub(crate) struct Terms {
    /// There only where the client has named an encoding.
    named: Option<Box<Named>>,
    /// The server's choice for responses, which the client may not read.
    sent: Option<Encoding>,
    min_size: usize,
}

struct Named {
    received: Received,
    /// The encodings that the server accepts.
    accepted: HeaderValue,
}

impl Terms {
    pub(crate) fn new(compression: &Compression, request: &HeaderMap) -> Self {
        let named = request.get(&GRPC_ENCODING).map(|name| {
            let received = compression.received(Some(name), Code::Unimplemented);
            Box::new(Named { received, accepted: compression.header.clone() })
        });
        Self { named, sent: compression.sent.clone(), min_size: compression.min_size }
    }

    /// What compressed requests are.
    pub(crate) fn received(&self) -> Received {
        self.named.as_ref().map_or(Received::Plain, |named| named.received.clone())
    }

    /// What the client is to be told of the encodings that the server accepts: something where it has named
    /// one, since it may be the wrong one.
    pub(crate) fn accepted(&self) -> Option<&HeaderValue> {
        self.named.as_ref().map(|named| &named.accepted)
    }

    /// What the responses are compressed with: the handler's choice, or else the server's, unless the client
    /// does not read it.
    pub(crate) fn encoder(&self, choice: Option<Option<Encoding>>, request: &HeaderMap) -> Option<Encoder> {
        let encoding = match choice {
            Some(choice) => choice?,
            None => self.sent.clone()?,
        };
        let accepted = request.get_all(&GRPC_ACCEPT_ENCODING).iter();
        let mut accepted = accepted.flat_map(|list| list.as_bytes().split(|byte| *byte == b','));
        let known = accepted.any(|name| name.trim_ascii() == encoding.header().as_bytes());
        known.then_some(Encoder { encoding, min_size: self.min_size })
    }
}

/// The value of `grpc-accept-encoding` for these encodings.
pub(super) fn list(encodings: &[Encoding]) -> HeaderValue {
    let names: Vec<&str> = std::iter::once("identity").chain(encodings.iter().map(Encoding::name)).collect();
    // Names are ASCII, so the fallback is never taken.
    HeaderValue::try_from(names.join(",")).unwrap_or(HeaderValue::from_static("identity"))
}
