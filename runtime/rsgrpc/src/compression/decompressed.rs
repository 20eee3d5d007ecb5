//! A message that is being decompressed, and the limit that it must not exceed.

use bytes::Bytes;
use std::io::{self, Read, Write};

/// Takes in a message that is being decompressed, up to the largest that is accepted. Memory grows with what
/// is there, never with what the compressed message announces.
///
/// Write to it, or have it [read](Self::fill). The first byte past the limit is an error, which fails the call
/// as RESOURCE_EXHAUSTED, whatever the [`Compressor`](super::Compressor) makes of it.
//
// Invariant: `bytes.len() <= limit + 1`; the one byte more says that there is too much.
#[derive(Debug)]
pub struct Decompressed {
    bytes: Vec<u8>,
    limit: usize,
    /// There would have been more.
    refused: bool,
}

impl Decompressed {
    /// Compressed messages have a quarter of their size, usually.
    pub(super) fn new(limit: usize, compressed: usize) -> Self {
        let bytes = Vec::with_capacity(compressed.saturating_mul(4).min(limit));
        Self { bytes, limit, refused: false }
    }

    /// How many bytes there is room for.
    #[must_use]
    pub fn room(&self) -> usize {
        self.limit.saturating_sub(self.bytes.len())
    }

    /// Takes in all that there is to read.
    ///
    /// # Errors
    /// As the reader, and where there is more than the limit.
    pub fn fill(&mut self, reader: impl Read) -> io::Result<()> {
        let most = u64::try_from(self.room()).unwrap_or(u64::MAX).saturating_add(1);
        reader.take(most).read_to_end(&mut self.bytes)?;
        self.check()
    }

    /// The buffer, with room behind what is in it. Whoever fills it comes back for more, and so learns where
    /// it was too much.
    #[cfg(any(feature = "gzip", feature = "zstd"))]
    pub(super) fn spare(&mut self) -> io::Result<&mut Vec<u8>> {
        /// The buffer grows by as much as it holds, but at least by so many bytes.
        const LEAST: usize = 4 * 1024;

        self.check()?;
        if self.bytes.len() == self.bytes.capacity() {
            let more = self.bytes.len().max(LEAST).min(self.room().saturating_add(1));
            self.bytes.reserve_exact(more);
        }
        Ok(&mut self.bytes)
    }

    pub(super) fn is_over(&self) -> bool {
        self.refused || self.bytes.len() > self.limit
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    pub(super) fn into_bytes(self) -> Bytes {
        self.bytes.into()
    }

    fn check(&self) -> io::Result<()> {
        if self.is_over() { Err(over()) } else { Ok(()) }
    }
}

impl Write for Decompressed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.room() {
            self.refused = true;
            return Err(over());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cold]
fn over() -> io::Error {
    io::Error::other("the message is larger than the limit")
}
