//! A way to compress messages, under its name.

use super::Decompressed;
use crate::Writer;
use crate::status::Status;
use bytes::Bytes;
use http::HeaderValue;
use std::fmt;
use std::io;
use std::sync::Arc;

/// A way to compress messages, for [`Encoding::new`].
///
/// ```
/// use rsgrpc::compression::{Compressor, Decompressed, Encoding};
/// use std::io::{self, Write};
///
/// /// Runs of bytes: how many, and which.
/// struct Runs;
///
/// impl Compressor for Runs {
///     fn compress(&self, message: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
///         for run in message.chunk_by(|a, b| a == b).flat_map(|run| run.chunks(255)) {
///             out.extend([run.len() as u8, run[0]]);
///         }
///         Ok(())
///     }
///
///     fn decompress(&self, compressed: &[u8], out: &mut Decompressed) -> io::Result<()> {
///         let (runs, rest) = compressed.as_chunks::<2>();
///         for [count, byte] in runs {
///             out.write_all(&vec![*byte; usize::from(*count)])?;
///         }
///         if rest.is_empty() { Ok(()) } else { Err(io::Error::other("half a run")) }
///     }
/// }
///
/// assert_eq!(Encoding::new("runs", Runs).name(), "runs");
/// ```
pub trait Compressor: Send + Sync + 'static {
    /// Adds the compressed message to `out`, which is empty.
    ///
    /// # Errors
    /// The message cannot be compressed. It fails its call as INTERNAL.
    fn compress(&self, message: &[u8], out: &mut Vec<u8>) -> io::Result<()>;

    /// Writes what a message was before it was compressed to `out`, which is empty and takes in as much as a
    /// message may have.
    ///
    /// # Errors
    /// The bytes are not a compressed message, or not one alone: INTERNAL. `out` is full: RESOURCE_EXHAUSTED.
    fn decompress(&self, compressed: &[u8], out: &mut Decompressed) -> io::Result<()>;
}

/// A way to compress messages, under the name that it has in `grpc-encoding`. Cheap to clone.
#[derive(Clone)]
pub struct Encoding(Arc<Inner>);

struct Inner {
    /// Lower case ASCII.
    name: HeaderValue,
    compressor: Box<dyn Compressor>,
}

impl Encoding {
    /// `gzip` (RFC 1952), which almost all implementations of gRPC read. A message that consists of a multitude of
    /// tiny members is refused: it would take too long to read.
    #[cfg(feature = "gzip")]
    #[must_use]
    pub fn gzip() -> Self {
        Self::new("gzip", super::deflate::Deflate::Gzip)
    }

    /// `deflate` (RFC 1951) in the zlib format (RFC 1950).
    #[cfg(feature = "gzip")]
    #[must_use]
    pub fn deflate() -> Self {
        Self::new("deflate", super::deflate::Deflate::Zlib)
    }

    /// `zstd` (RFC 8878): smaller than gzip in a fraction of its time, but not known to most other
    /// implementations of gRPC.
    #[cfg(feature = "zstd")]
    #[must_use]
    pub fn zstd() -> Self {
        Self::new("zstd", super::zstd::Zstd)
    }

    /// Another one.
    ///
    /// # Panics
    /// The name does not consist of `a-z 0-9 - _ .`, or it is `identity`, which is the absence of compression.
    #[must_use]
    pub fn new(name: &'static str, compressor: impl Compressor) -> Self {
        let valid = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.');
        let valid = !name.is_empty() && name.bytes().all(valid) && name != "identity";
        assert!(valid, "{name:?} is not the name of an encoding");
        Self(Arc::new(Inner { name: HeaderValue::from_static(name), compressor: Box::new(compressor) }))
    }

    /// The encodings that are compiled in.
    #[must_use]
    pub fn built_in() -> Vec<Self> {
        vec![
            #[cfg(feature = "gzip")]
            Self::gzip(),
            #[cfg(feature = "gzip")]
            Self::deflate(),
            #[cfg(feature = "zstd")]
            Self::zstd(),
        ]
    }

    /// The name in `grpc-encoding`.
    #[must_use]
    pub fn name(&self) -> &str {
        // `new` takes nothing but ASCII, so the fallback is never taken.
        self.0.name.to_str().unwrap_or_default()
    }

    #[cfg(test)]
    pub(super) fn compressor(&self) -> &dyn Compressor {
        &*self.0.compressor
    }

    pub(crate) fn header(&self) -> &HeaderValue {
        &self.0.name
    }

    /// Replaces a message by the compressed one. False, and nothing done, where that is not smaller.
    pub(super) fn compress(&self, message: &mut Writer) -> Result<bool, Status> {
        let whole;
        let bytes = match message.has_segments() {
            false => message.written(),
            true => {
                whole = message.to_vec();
                &whole[..]
            }
        };
        let mut compressed = Vec::new();
        if let Err(error) = self.0.compressor.compress(bytes, &mut compressed) {
            let failed = format!("the message cannot be compressed with {}: {error}", self.name());
            return Err(Status::internal(failed).with_source(error));
        }
        let smaller = compressed.len() < bytes.len();
        if smaller {
            message.clear();
            message.prepend_shared(&Bytes::from(compressed));
        }
        Ok(smaller)
    }

    /// What a message was before it was compressed: at most `limit` bytes.
    pub(crate) fn decompress(&self, compressed: &[u8], limit: usize) -> Result<Bytes, Status> {
        let mut out = Decompressed::new(limit, compressed.len());
        let done = self.0.compressor.decompress(compressed, &mut out);
        // Whatever a compressor makes of it: the limit is the reason where it was met.
        if out.is_over() {
            return Err(Status::resource_exhausted(format!(
                "a message of {} bytes, compressed with {}, is larger than the limit of {limit} bytes",
                compressed.len(),
                self.name()
            )));
        }
        match done {
            Ok(()) => Ok(out.into_bytes()),
            Err(error) => {
                let failed = format!("the message cannot be decompressed with {}: {error}", self.name());
                Err(Status::internal(failed).with_source(error))
            }
        }
    }
}

impl fmt::Debug for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Encoding").field(&self.name()).finish()
    }
}
