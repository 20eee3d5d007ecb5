//! Compression of messages, as gRPC has it: each message by itself, in an encoding that the two sides agree on.
//!
//! Nothing is compressed unless an application asks for it: for a channel or a server with
//! [`Compression::send`], for a call with `compress` on the call or on the server's
//! [`Context`](crate::Context::compress), or not for a message, with
//! [`Sender::send_uncompressed`](crate::Sender::send_uncompressed). What arrives compressed is read without
//! being asked for, as long as its encoding is one of those that are [accepted](Compression::accept).
//!
//! The Cargo feature `gzip` brings the encodings `gzip` and `deflate`, the feature `zstd` brings `zstd`, and a
//! [`Compressor`] brings any other.
//!
//! - A client says in `grpc-accept-encoding` what it reads, and a server sends it nothing else: where the
//!   client does not read what the server would send, the server sends messages as they are.
//! - A client cannot know what a server reads. Requests that it does not read fail as UNIMPLEMENTED, and the
//!   message of that status says what it does read. Responses that the client does not read fail as INTERNAL.
//! - [The limit on received messages](crate::Server::receive_limit) is for what they are decompressed to. A
//!   small message that becomes a large one fails as RESOURCE_EXHAUSTED as soon as it exceeds that.
//! - A call within a process ([`Server::local`](crate::Server::local)) compresses nothing, whatever is set:
//!   its messages go nowhere.
//!
//! A secret and what an attacker can choose do not belong into one compressed message, since its length then
//! tells of the secret (CRIME, BREACH).
//!
//! The rules are those of gRPC's `compression.md` and `PROTOCOL-HTTP2.md`.
//!
#![cfg_attr(feature = "gzip", doc = "```")]
#![cfg_attr(not(feature = "gzip"), doc = "```ignore")]
//! use rsgrpc::compression::{Compression, Encoding};
//! use rsgrpc::{ChannelBuilder, Server};
//!
//! // All responses, for clients that read gzip.
//! let server = Server::new().compression(Compression::new().send(Encoding::gzip()));
//!
//! // All requests of 4 KiB and more.
//! let compression = Compression::new().send(Encoding::gzip()).min_size(4096);
//! let channel = ChannelBuilder::new().compression(compression).connect("http://127.0.0.1:50051")?;
//! # Ok::<(), rsgrpc::ChannelError>(())
//! ```

mod decompressed;
#[cfg(feature = "gzip")]
mod deflate;
mod encoding;
mod negotiation;
#[cfg(any(feature = "gzip", feature = "zstd"))]
mod parts;
#[cfg(feature = "zstd")]
mod zstd;

pub use decompressed::Decompressed;
pub use encoding::{Compressor, Encoding};
pub(crate) use negotiation::{Encoder, GRPC_ACCEPT_ENCODING, GRPC_ENCODING, Received, Terms};

use http::HeaderValue;

/// Smaller messages are not compressed by default, in bytes. One of this size, half text, costs gzip some 12 µs
/// and loses 600 bytes, which a link of 400 Mbit/s carries in that time; and what is smaller still fits into
/// one packet whether it is compressed or not.
const MIN_SIZE: usize = 1024;

/// How one side, a [server](crate::Server::compression) or a [channel](crate::ChannelBuilder::compression),
/// compresses what it sends, and what it reads.
#[derive(Clone, Debug)]
pub struct Compression {
    accepted: Vec<Encoding>,
    sent: Option<Encoding>,
    min_size: usize,
    /// `accepted` as the other side is told.
    header: HeaderValue,
}

impl Compression {
    /// The defaults: reads [all encodings that are compiled in](Encoding::built_in), sends messages as they
    /// are.
    #[must_use]
    pub fn new() -> Self {
        Self {
            accepted: Vec::new(),
            sent: None,
            min_size: MIN_SIZE,
            header: HeaderValue::from_static("identity"),
        }
        .accept(Encoding::built_in())
    }

    /// The encodings that are read, instead of those that are compiled in. What is not compressed is always
    /// read.
    #[must_use]
    pub fn accept(mut self, encodings: impl IntoIterator<Item = Encoding>) -> Self {
        self.accepted = encodings.into_iter().collect();
        self.header = negotiation::list(&self.accepted);
        self
    }

    /// What messages are compressed with unless a call says otherwise. A server compresses for those clients
    /// alone that read this encoding; a client has to know that the server does.
    #[must_use]
    pub fn send(mut self, encoding: Encoding) -> Self {
        self.sent = Some(encoding);
        self
    }

    /// The size in bytes from which on a message is compressed; 1024 by default. Whatever its size, a message
    /// that compression does not make smaller is sent as it is.
    #[must_use]
    pub fn min_size(mut self, bytes: usize) -> Self {
        self.min_size = bytes;
        self
    }
}

impl Default for Compression {
    fn default() -> Self {
        Self::new()
    }
}

/// For fuzz targets: what an encoding makes of these bytes, as a compressed message of at most `limit` bytes; and
/// whether it takes them, as a message, there and back.
#[cfg(fuzzing)]
pub fn recode(
    encoding: &Encoding,
    bytes: &[u8],
    limit: usize,
) -> (Result<bytes::Bytes, crate::Status>, bool) {
    let mut compressed = crate::Writer::default();
    compressed.prepend(bytes);
    let whole = match encoding.compress(&mut compressed) {
        Ok(true) => encoding.decompress(&compressed.to_vec(), bytes.len()).is_ok_and(|back| back == bytes),
        Ok(false) => compressed.to_vec() == bytes,
        Err(_) => false,
    };
    (encoding.decompress(bytes, limit), whole)
}

#[cfg(test)]
mod tests;
