//! Packed runs: read into a list, or checked alone.

use crate::error::Fault;
use crate::kind::Read;
use crate::wire::packed::{self, Varints};
use crate::wire::wire_type::{FIXED32, FIXED64};
use crate::wire::{Context, Reader, Span};

/// Reads a packed run.
#[inline(never)]
pub(super) fn read_packed<'a, K: Read<'a, T>, T: Default>(
    kind: K,
    number: u32,
    slot: &mut Vec<T>,
    run: Span<'a>,
    cx: &mut Context<'a>,
) -> Result<(), Fault> {
    let count = packed_len(kind.wire(), run);
    let room = slot.capacity() - slot.len();
    if count > room {
        // Many short runs must not each move all that is there.
        let additional = (count - room).max(if slot.is_empty() { 0 } else { slot.len() });
        cx.charge(additional.saturating_mul(size_of::<T>()), run)?;
        slot.reserve_exact(room + additional);
    }
    let before = slot.len();
    let whole = match kind.wire() {
        FIXED32 => extend_fixed::<4, _, _>(kind, slot, run, cx),
        FIXED64 => extend_fixed::<8, _, _>(kind, slot, run, cx),
        _ => extend_varints(kind, slot, run.as_slice(), count),
    };
    if whole {
        return Ok(());
    }
    // Once more, to find what is wrong and where.
    slot.truncate(before);
    let mut reader = Reader::new(run, cx);
    while reader.more() {
        let mut value = T::default();
        kind.read(&mut value, number, &mut reader)?;
        slot.push(value);
    }
    Ok(())
}

/// Appends values of `N` bytes, into room that is there. False where one is cut
/// off.
#[inline]
fn extend_fixed<'a, const N: usize, K: Read<'a, T>, T: Default>(
    kind: K,
    slot: &mut Vec<T>,
    run: Span<'a>,
    cx: &mut Context<'a>,
) -> bool {
    let (values, rest) = run.as_slice().as_chunks::<N>();
    slot.extend(values.iter().map(|bytes| {
        let mut value = T::default();
        // As long as the value is: this cannot fail, and becomes a copy of all.
        let _ = kind.read(&mut value, 0, &mut Reader::new(Span::new(bytes), cx));
        value
    }));
    rest.is_empty()
}

/// Appends varints, as many as were counted, into room that is there. False
/// where one is malformed.
#[inline]
fn extend_varints<'a, K: Read<'a, T>, T: Default>(
    kind: K,
    slot: &mut Vec<T>,
    run: &'a [u8],
    count: usize,
) -> bool {
    let mut varints = Varints::new(run);
    let mut good = true;
    slot.extend((0..count).map(|_| {
        let value = varints.next().and_then(|value| kind.of_varint(value));
        good &= value.is_some();
        value.unwrap_or_default()
    }));
    good && varints.is_empty()
}

/// Reads a packed run and drops it; gives back the number of values.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn check_packed<'a>(wire: u32, run: Span<'a>, cx: &mut Context<'a>) -> Result<usize, Fault> {
    match wire {
        FIXED32 => check_fixed::<4>(run, cx),
        FIXED64 => check_fixed::<8>(run, cx),
        _ => check_varints(run, cx),
    }
}

#[inline(never)]
fn check_fixed<'a, const N: usize>(run: Span<'a>, cx: &mut Context<'a>) -> Result<usize, Fault> {
    let (values, rest) = run.as_slice().as_chunks::<N>();
    let mut reader = Reader::new(run, cx);
    while !rest.is_empty() {
        // Until it comes to the value that is cut off.
        reader.fixed::<N>()?;
    }
    Ok(values.len())
}

#[inline(never)]
fn check_varints<'a>(run: Span<'a>, cx: &mut Context<'a>) -> Result<usize, Fault> {
    if let Some(count) = packed::count_short(run.as_slice()) {
        return Ok(count);
    }
    let mut reader = Reader::new(run, cx);
    let mut count = 0;
    while reader.more() {
        reader.varint()?;
        count += 1;
    }
    Ok(count)
}

/// The number of values in a packed run, if it is well formed.
#[inline]
fn packed_len(wire: u32, run: Span<'_>) -> usize {
    let bytes = run.as_slice();
    match wire {
        FIXED32 => bytes.len() / 4,
        FIXED64 => bytes.len() / 8,
        _ => packed::count(bytes),
    }
}
