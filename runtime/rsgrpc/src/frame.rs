//! gRPC framing: each message is preceded by five bytes, one of flags and four of length.
//!
//! DATA frames have no relation to messages: one may hold many, and one message may span many. A flag says of
//! each message whether it is compressed.

mod room;

use crate::Writer;
use crate::codec::Coding;
use crate::compression::{Encoder, Encoding, Received};
use crate::status::Status;
use bytes::{Buf, Bytes};
use room::Room;
use std::cell::Cell;

/// Bytes before each message.
pub(crate) const PREFIX: usize = 5;

/// The largest message that is accepted unless an application says otherwise: 4 MiB.
pub(crate) const RECEIVE_LIMIT: usize = 4 << 20;

/// Finds messages in chunks of bytes. A message that lies whole in one chunk is sliced, never copied.
//
// Invariant: `partial` is empty, or begins with the prefix of a message that is not complete.
pub(crate) struct Deframer {
    /// What has arrived and not been looked at.
    chunk: Bytes,
    /// The beginning of a message that spans chunks, prefix included.
    partial: Room,
    /// The largest message that is accepted, compressed and decompressed.
    limit: usize,
    received: Received,
    /// The last message that was found was compressed.
    was_compressed: bool,
}

struct Prefix {
    compressed: bool,
    /// The length of the message.
    len: usize,
}

impl Deframer {
    /// A deframer for messages of at most `limit` bytes, compressed as the peer has said.
    pub(crate) fn new(limit: usize, received: Received) -> Self {
        Self { chunk: Bytes::new(), partial: Room::default(), limit, received, was_compressed: false }
    }

    /// Whether the message that was found last was compressed.
    pub(crate) fn was_compressed(&self) -> bool {
        self.was_compressed
    }

    /// Adds a chunk. All messages of the previous one have been taken.
    pub(crate) fn push(&mut self, chunk: Bytes) {
        debug_assert!(self.chunk.is_empty(), "messages are left in the previous chunk");
        self.chunk = chunk;
    }

    /// The next whole message without its prefix, decompressed; `None` where more bytes are needed.
    pub(crate) fn next(&mut self) -> Result<Option<Bytes>, Status> {
        if !self.partial.is_empty() {
            return self.complete();
        }
        if self.chunk.is_empty() {
            return Ok(None);
        }
        let Some(Prefix { compressed, len }) = self.prefix(&self.chunk)? else {
            self.partial.extend(&std::mem::take(&mut self.chunk), PREFIX);
            return Ok(None);
        };
        let end = PREFIX.saturating_add(len);
        if self.chunk.len() >= end {
            self.chunk.advance(PREFIX);
            let message = self.chunk.split_to(len);
            return self.found(message, compressed).map(Some);
        }
        self.partial.extend(&std::mem::take(&mut self.chunk), end);
        Ok(None)
    }

    /// Reads the next message where it lies, in a chunk with others behind it. `None` where it does not lie so:
    /// [`next`](Self::next) has it, if there is one.
    ///
    /// A slice of its own costs two atomic operations, which is much for one of many small messages.
    pub(crate) fn read<T>(&mut self, read: impl FnOnce(&Bytes, &[u8]) -> T) -> Option<T> {
        if !self.partial.is_empty() {
            return None;
        }
        let Ok(Some(Prefix { compressed: false, len })) = self.prefix(&self.chunk) else { return None };
        let end = PREFIX.saturating_add(len);
        let message = self.chunk.get(PREFIX..end).filter(|_| end < self.chunk.len())?;
        let read = read(&self.chunk, message);
        self.chunk.advance(end);
        self.was_compressed = false;
        Some(read)
    }

    /// Checks that the end of the stream is not inside a message.
    pub(crate) fn end(&self) -> Result<(), Status> {
        match self.partial.is_empty() && self.chunk.is_empty() {
            true => Ok(()),
            false => Err(Status::internal("the stream ended inside a message")),
        }
    }

    /// Completes a message that spans chunks; what follows it stays in `chunk`.
    fn complete(&mut self) -> Result<Option<Bytes>, Status> {
        self.fill(PREFIX);
        let Some(Prefix { compressed, len }) = self.prefix(&self.partial)? else { return Ok(None) };
        let end = PREFIX.saturating_add(len);
        self.fill(end);
        if self.partial.len() < end {
            return Ok(None);
        }
        let mut message = Bytes::from(std::mem::take(&mut self.partial));
        message.advance(PREFIX);
        self.found(message, compressed).map(Some)
    }

    fn found(&mut self, message: Bytes, compressed: bool) -> Result<Bytes, Status> {
        self.was_compressed = compressed;
        match &self.received {
            Received::Encoded(encoding) if compressed => encoding.decompress(&message, self.limit),
            _ => Ok(message),
        }
    }

    /// Moves bytes from `chunk` to `partial` until that has `end` of them.
    fn fill(&mut self, end: usize) {
        let taken = end.saturating_sub(self.partial.len()).min(self.chunk.len());
        self.partial.extend(&self.chunk.split_to(taken), end);
    }

    /// What a prefix says; `None` where it is not complete.
    fn prefix(&self, bytes: &[u8]) -> Result<Option<Prefix>, Status> {
        let Some(&[flags, a, b, c, d]) = bytes.first_chunk() else { return Ok(None) };
        let compressed = match (flags, &self.received) {
            (0, _) => false,
            (1, Received::Encoded(_)) => true,
            (1, Received::Refused(refusal)) => return Err(refusal.clone()),
            // `compression.md`, test case 6.
            (1, Received::Plain) => {
                return Err(Status::internal("a message is marked as compressed, but no encoding was named"));
            }
            (flags, _) => return Err(Status::internal(format!("a message has unknown flags {flags:#04x}"))),
        };
        let len = u32::from_be_bytes([a, b, c, d]);
        match usize::try_from(len) {
            Ok(len) if len <= self.limit => Ok(Some(Prefix { compressed, len })),
            _ => Err(Status::resource_exhausted(format!(
                "a message of {len} bytes is larger than the limit of {} bytes",
                self.limit
            ))),
        }
    }
}

/// Writes prefix and message into `out`, which it clears first. Says whether the message is compressed.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn write<T>(
    coding: &Coding<T>,
    message: &T,
    encoder: Option<&Encoder>,
    out: &mut Writer,
) -> Result<bool, Status> {
    out.clear();
    (coding.encode)(message, out)?;
    let compressed = match encoder {
        Some(encoder) => encoder.compress(out)?,
        None => false,
    };
    let Ok(len) = u32::try_from(out.len()) else {
        return Err(Status::resource_exhausted(format!(
            "a message of {} bytes is larger than gRPC can carry",
            out.len()
        )));
    };
    // One after the other: five bytes that were put together in memory would be read before they are there.
    out.prepend(&len.to_be_bytes());
    out.prepend(&[u8::from(compressed)]);
    Ok(compressed)
}

/// A framed message that is sent alone.
#[derive(Clone, Debug)]
pub(crate) struct Framed {
    pub(crate) segments: Segments,
    /// What the message is compressed with, if it is.
    pub(crate) encoding: Option<Encoding>,
}

/// The bytes of one framed message: in one piece, unless it holds large shared payloads.
#[derive(Clone, Debug)]
pub(crate) enum Segments {
    One(Bytes),
    Many(Vec<Bytes>),
}

/// Messages up to this size are encoded in memory that stays with the thread, then copied out.
const SCRATCH: usize = 64 * 1024;

/// Frames one message that is sent alone.
pub(crate) fn encode<T>(coding: Coding<T>, message: &T, encoder: Option<&Encoder>) -> Result<Framed, Status> {
    thread_local! {
        // Taken while in use, so that a codec may itself encode.
        static WRITER: Cell<Option<Writer>> = const { Cell::new(None) };
    }
    let mut writer = WRITER.take().unwrap_or_else(|| Writer::with_capacity(SCRATCH));
    let compressed = write(&coding, message, encoder, &mut writer)?;
    let encoding = encoder.filter(|_| compressed).map(|encoder| encoder.encoding().clone());
    if writer.has_segments() || writer.len() > SCRATCH {
        return Ok(Framed { segments: Segments::Many(writer.take()), encoding });
    }
    let segments = Segments::One(Bytes::copy_from_slice(writer.written()));
    WRITER.set(Some(writer));
    Ok(Framed { segments, encoding })
}

impl IntoIterator for Segments {
    type Item = Bytes;
    type IntoIter = std::iter::Chain<std::option::IntoIter<Bytes>, std::vec::IntoIter<Bytes>>;

    fn into_iter(self) -> Self::IntoIter {
        let (one, many) = match self {
            Self::One(bytes) => (Some(bytes), Vec::new()),
            Self::Many(segments) => (None, segments),
        };
        one.into_iter().chain(many)
    }
}

/// For fuzz targets: all messages in these chunks, and how it ended.
#[cfg(fuzzing)]
pub fn deframe(chunks: impl IntoIterator<Item = Bytes>, limit: usize) -> (Vec<Bytes>, Result<(), Status>) {
    let mut deframer = Deframer::new(limit, Received::Plain);
    let mut messages = Vec::new();
    for chunk in chunks {
        deframer.push(chunk);
        loop {
            match deframer.next() {
                Ok(Some(message)) => messages.push(message),
                Ok(None) => break,
                Err(status) => return (messages, Err(status)),
            }
        }
    }
    (messages, deframer.end())
}

#[cfg(test)]
mod tests;
