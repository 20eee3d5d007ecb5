//! How many parts a compressed message may have: members of gzip, frames of zstd.
//!
//! Each part is complete by itself and needs a state of its own, which takes about as long to make as some KiB take to
//! decompress. An empty one has 10 or 20 bytes: a message of nothing else would take a hundred times as long as another.

use std::io;

/// So many bytes for each part, beyond a few.
const PART: usize = 4 * 1024;

/// The most parts that `compressed` may have.
pub(super) fn parts(compressed: &[u8]) -> usize {
    16 + compressed.len() / PART
}

#[cold]
pub(super) fn too_many() -> io::Error {
    io::Error::other("it consists of too many parts")
}
