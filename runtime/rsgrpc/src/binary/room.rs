//! Room for the elements of a list.

use crate::error::Fault;
use crate::wire::{Context, Run, Span};

/// Makes room for at least one more element. Where there is none yet, those
/// behind the tag `run` are counted: they get their memory at once, or are left
/// for later. Gives back how many bytes that leaves out.
#[cold]
#[inline(never)]
pub(super) fn grow<'a, T>(
    items: &mut Vec<T>,
    run: u32,
    at: Span<'a>,
    cx: &mut Context<'a>,
) -> Result<usize, Fault> {
    let run = if items.capacity() == 0 { run } else { 0 };
    match room(items.len(), size_of::<T>(), run, at, cx)? {
        Room::For(additional) => {
            items.reserve_exact(additional);
            Ok(0)
        }
        Room::Later(bytes) => Ok(bytes),
    }
}

/// What becomes of elements.
enum Room {
    /// So many get their memory.
    For(usize),
    /// So many bytes are left for later.
    Later(usize),
}

#[inline(never)]
fn room<'a>(len: usize, size: usize, run: u32, at: Span<'a>, cx: &mut Context<'a>) -> Result<Room, Fault> {
    let mut additional = len.max(4);
    if run > 0 {
        let counted = Run::new(at, run, cx.input());
        let left = cx.put_off(at, run, counted, size);
        if left > 0 {
            return Ok(Room::Later(left));
        }
        additional = counted.count;
    }
    cx.charge(additional.saturating_mul(size), at)?;
    Ok(Room::For(additional))
}
