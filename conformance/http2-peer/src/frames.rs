//! Frames and their parts (RFC 9113 §4 to §7), and what gRPC puts into them.

use crate::hpack;
use std::fmt;

/// Frame types.
pub const DATA: u8 = 0;
/// Opens a stream, or ends its body.
pub const HEADERS: u8 = 1;
/// Obsolete, and to be ignored.
pub const PRIORITY: u8 = 2;
/// Ends a stream.
pub const RST_STREAM: u8 = 3;
/// Parameters of the connection.
pub const SETTINGS: u8 = 4;
/// Never allowed from a client.
pub const PUSH_PROMISE: u8 = 5;
/// To be answered.
pub const PING: u8 = 6;
/// Ends a connection.
pub const GOAWAY: u8 = 7;
/// Flow control.
pub const WINDOW_UPDATE: u8 = 8;
/// More of a header block.
pub const CONTINUATION: u8 = 9;

/// Flag of DATA and HEADERS: the sender's last frame on the stream.
pub const END_STREAM: u8 = 1;
/// Flag of SETTINGS and PING: an answer.
pub const ACK: u8 = 1;
/// Flag of HEADERS: no CONTINUATION follows.
pub const END_HEADERS: u8 = 4;
/// Flag of DATA and HEADERS.
pub const PADDED: u8 = 8;

/// Error codes (RFC 9113 §7).
pub const NO_ERROR: u32 = 0;
/// The peer broke a rule that has no code of its own.
pub const PROTOCOL_ERROR: u32 = 1;
/// The sender failed.
pub const INTERNAL_ERROR: u32 = 2;
/// A window was exceeded or overflowed.
pub const FLOW_CONTROL_ERROR: u32 = 3;
/// A frame for a stream that has ended.
pub const STREAM_CLOSED: u32 = 5;
/// A frame of a length that its type does not allow.
pub const FRAME_SIZE_ERROR: u32 = 6;
/// The stream was not processed.
pub const REFUSED_STREAM: u32 = 7;
/// The stream is not needed any more.
pub const CANCEL: u32 = 8;
/// The state of header compression is lost.
pub const COMPRESSION_ERROR: u32 = 9;
/// Too much of something.
pub const ENHANCE_YOUR_CALM: u32 = 11;

/// SETTINGS parameters (RFC 9113 §6.5.2).
pub const MAX_CONCURRENT_STREAMS: u16 = 3;
/// The window that each stream begins with.
pub const INITIAL_WINDOW_SIZE: u16 = 4;
/// The longest payload that is accepted.
pub const MAX_FRAME_SIZE: u16 = 5;

/// A frame, valid or not.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// The type.
    pub kind: u8,
    /// Depends on the type.
    pub flags: u8,
    /// 0 is the connection.
    pub stream: u32,
    /// At most 2^24 - 1 bytes.
    pub payload: Vec<u8>,
}

impl Frame {
    /// As it is sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let length = u32::try_from(self.payload.len()).unwrap().to_be_bytes();
        let mut bytes = length[1..].to_vec();
        bytes.extend([self.kind, self.flags]);
        bytes.extend(self.stream.to_be_bytes());
        bytes.extend(&self.payload);
        bytes
    }

    /// With the flag END_STREAM.
    #[must_use]
    pub fn end(mut self) -> Self {
        self.flags |= END_STREAM;
        self
    }

    /// With these flags and no others.
    #[must_use]
    pub fn flags(mut self, flags: u8) -> Self {
        self.flags = flags;
        self
    }

    /// With so many bytes of padding.
    #[must_use]
    pub fn padded(mut self, length: u8) -> Self {
        self.payload.insert(0, length);
        self.payload.resize(self.payload.len() + usize::from(length), 0);
        self.flags |= PADDED;
        self
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 10] = [
            "DATA",
            "HEADERS",
            "PRIORITY",
            "RST_STREAM",
            "SETTINGS",
            "PUSH_PROMISE",
            "PING",
            "GOAWAY",
            "WINDOW_UPDATE",
            "CONTINUATION",
        ];
        let name = NAMES.get(usize::from(self.kind)).copied().unwrap_or("unknown");
        write!(f, "{name}(stream {}, flags {:#x}, ", self.stream, self.flags)?;
        match self.payload.get(..32) {
            None => write!(f, "\"{}\")", self.payload.escape_ascii()),
            Some(start) => write!(f, "\"{}\" and so on, {} bytes)", start.escape_ascii(), self.payload.len()),
        }
    }
}

/// Any frame.
#[must_use]
pub fn frame(kind: u8, flags: u8, stream: u32, payload: impl Into<Vec<u8>>) -> Frame {
    Frame { kind, flags, stream, payload: payload.into() }
}

/// DATA.
#[must_use]
pub fn data(stream: u32, payload: impl AsRef<[u8]>) -> Frame {
    frame(DATA, 0, stream, payload.as_ref())
}

/// HEADERS, whole.
#[must_use]
pub fn headers(stream: u32, list: &[(&str, &str)]) -> Frame {
    frame(HEADERS, END_HEADERS, stream, hpack::encode(list))
}

/// CONTINUATION, the last one.
#[must_use]
pub fn continuation(stream: u32, block: impl Into<Vec<u8>>) -> Frame {
    frame(CONTINUATION, END_HEADERS, stream, block)
}

/// RST_STREAM.
#[must_use]
pub fn reset(stream: u32, code: u32) -> Frame {
    frame(RST_STREAM, 0, stream, code.to_be_bytes())
}

/// SETTINGS.
#[must_use]
pub fn settings(parameters: &[(u16, u32)]) -> Frame {
    let payload =
        parameters.iter().flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()].concat());
    frame(SETTINGS, 0, 0, payload.collect::<Vec<_>>())
}

/// The answer to SETTINGS.
#[must_use]
pub fn settings_ack() -> Frame {
    frame(SETTINGS, ACK, 0, [])
}

/// PING.
#[must_use]
pub fn ping(payload: [u8; 8]) -> Frame {
    frame(PING, 0, 0, payload)
}

/// The answer to PING.
#[must_use]
pub fn pong(payload: [u8; 8]) -> Frame {
    frame(PING, ACK, 0, payload)
}

/// GOAWAY.
#[must_use]
pub fn goaway(last_stream: u32, code: u32, debug: &str) -> Frame {
    frame(GOAWAY, 0, 0, [&last_stream.to_be_bytes()[..], &code.to_be_bytes(), debug.as_bytes()].concat())
}

/// WINDOW_UPDATE.
#[must_use]
pub fn window_update(stream: u32, increment: u32) -> Frame {
    frame(WINDOW_UPDATE, 0, stream, increment.to_be_bytes())
}

/// The head of a gRPC request.
pub const REQUEST: &[(&str, &str)] =
    &[(":method", "POST"), (":scheme", "http"), (":authority", "test"), ("te", "trailers"), GRPC];

const GRPC: (&str, &str) = ("content-type", "application/grpc");

/// HEADERS that open a gRPC call.
#[must_use]
pub fn request(stream: u32, path: &str) -> Frame {
    request_with(stream, path, &[])
}

/// HEADERS that open a gRPC call, with more headers.
#[must_use]
pub fn request_with(stream: u32, path: &str, more: &[(&str, &str)]) -> Frame {
    // Pseudo-headers come first.
    let list = [&[(":path", path)], REQUEST, more].concat();
    headers(stream, &list)
}

/// HEADERS that begin the answer to a gRPC call.
#[must_use]
pub fn response(stream: u32) -> Frame {
    headers(stream, &[(":status", "200"), GRPC])
}

/// HEADERS that end the answer to a gRPC call.
#[must_use]
pub fn trailers(stream: u32, list: &[(&str, &str)]) -> Frame {
    headers(stream, list).end()
}

/// DATA with one message.
#[must_use]
pub fn message(stream: u32, message: impl AsRef<[u8]>) -> Frame {
    data(stream, prefixed(message))
}

/// A message with its prefix.
#[must_use]
pub fn prefixed(message: impl AsRef<[u8]>) -> Vec<u8> {
    let message = message.as_ref();
    let length = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&[0], &length[..], message].concat()
}
