//! `gzip` and `deflate`: one compression, two wrappings.

use super::parts::{parts, too_many};
use super::{Compressor, Decompressed};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use std::io;

pub(super) enum Deflate {
    /// RFC 1952: members, one behind the other.
    Gzip,
    /// RFC 1950.
    Zlib,
}

/// The window of deflate: 2^15 bytes, its largest.
const WINDOW: u8 = 15;

impl Compressor for Deflate {
    /// The state is made anew each time: to keep its 300 KiB for each thread would save 2 µs, of 12 for a message
    /// of 1 KiB.
    fn compress(&self, message: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        let mut state = match self {
            Self::Gzip => Compress::new_gzip(Compression::default(), WINDOW),
            Self::Zlib => Compress::new(Compression::default(), true),
        };
        // A message that does not become smaller is not sent compressed, so more room is rarely needed.
        out.reserve(message.len());
        let mut rest = message;
        loop {
            let before = state.total_in();
            let status = state.compress_vec(rest, out, FlushCompress::Finish)?;
            rest = after(rest, state.total_in() - before);
            if status == Status::StreamEnd {
                return Ok(());
            }
            out.reserve(64 + rest.len() / 2);
        }
    }

    fn decompress(&self, compressed: &[u8], out: &mut Decompressed) -> io::Result<()> {
        match self {
            Self::Zlib => match inflate(Decompress::new(true), compressed, out)? {
                [] => Ok(()),
                _ => Err(io::Error::other("bytes follow the end of the compressed data")),
            },
            Self::Gzip => {
                let mut rest = compressed;
                for _ in 0..parts(compressed) {
                    rest = inflate(Decompress::new_gzip(WINDOW), rest, out)?;
                    if rest.is_empty() {
                        return Ok(());
                    }
                }
                Err(too_many())
            }
        }
    }
}

/// Decompresses one stream; what follows it is left.
fn inflate<'a>(mut state: Decompress, mut rest: &'a [u8], out: &mut Decompressed) -> io::Result<&'a [u8]> {
    loop {
        let room = out.spare()?;
        let (taken, given) = (state.total_in(), state.total_out());
        let status = state.decompress_vec(rest, room, FlushDecompress::None)?;
        rest = after(rest, state.total_in() - taken);
        let stuck = state.total_in() == taken && state.total_out() == given;
        match status {
            Status::StreamEnd => return Ok(rest),
            Status::Ok | Status::BufError if stuck => return Err(io::ErrorKind::UnexpectedEof.into()),
            Status::Ok | Status::BufError => {}
        }
    }
}

/// What is left of a slice behind `count` bytes.
fn after(bytes: &[u8], count: u64) -> &[u8] {
    usize::try_from(count).ok().and_then(|count| bytes.get(count..)).unwrap_or_default()
}
