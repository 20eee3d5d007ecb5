//! `zstd`.

use super::parts::{parts, too_many};
use super::{Compressor, Decompressed};
use std::cell::Cell;
use std::io::{self, Cursor};
use zstd_safe::{CCtx, DCtx, DParameter, InBuffer, OutBuffer};

pub(super) struct Zstd;

/// The largest window that is read, as a power of two: 8 MiB, which RFC 8878 wants every decoder to have.
/// The memory for it is taken when a frame announces it, but only touched as data comes.
const WINDOW_LOG: u32 = 23;

/// A state that has grown beyond this, in bytes, is not kept: it holds a window.
const KEPT: usize = 512 * 1024;

thread_local! {
    // Taken while in use. To make them anew would cost 8 µs each, as much as to compress a message of 4 KiB.
    static COMPRESS: Cell<Option<CCtx<'static>>> = const { Cell::new(None) };
    static DECOMPRESS: Cell<Option<DCtx<'static>>> = const { Cell::new(None) };
}

impl Compressor for Zstd {
    fn compress(&self, message: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        let mut state = COMPRESS.take().or_else(CCtx::try_create).ok_or(io::ErrorKind::OutOfMemory)?;
        out.reserve(zstd_safe::compress_bound(message.len()));
        // The level is zstd's own default.
        state.compress2(&mut Cursor::new(out), message).map_err(error)?;
        COMPRESS.set(Some(state));
        Ok(())
    }

    /// A message may consist of several frames, as RFC 8878 §3 has it.
    fn decompress(&self, compressed: &[u8], out: &mut Decompressed) -> io::Result<()> {
        let mut state = match DECOMPRESS.take() {
            Some(state) => state,
            None => {
                let mut state = DCtx::try_create().ok_or(io::ErrorKind::OutOfMemory)?;
                state.set_parameter(DParameter::WindowLogMax(WINDOW_LOG)).map_err(error)?;
                state
            }
        };
        let mut input = InBuffer::around(compressed);
        let mut frames = parts(compressed);
        loop {
            let room = out.spare()?;
            let (taken, given) = (input.pos(), room.len());
            let left = state.decompress_stream(&mut OutBuffer::around_pos(room, given), &mut input);
            let left = left.map_err(error)?;
            let given = room.len() - given;
            if left == 0 {
                if input.pos() == compressed.len() {
                    break;
                }
                frames = frames.checked_sub(1).filter(|frames| *frames > 0).ok_or_else(too_many)?;
            }
            if given == 0 && input.pos() == taken {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        if state.sizeof() <= KEPT {
            DECOMPRESS.set(Some(state));
        }
        Ok(())
    }
}

fn error(code: usize) -> io::Error {
    io::Error::other(zstd_safe::get_error_name(code))
}
