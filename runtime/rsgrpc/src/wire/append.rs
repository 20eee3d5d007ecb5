//! Appending short texts without a call for each.

use super::writer::{copy, copy_short};

/// As many bytes as one step checks and copies.
pub(crate) const STEP: usize = 16;

/// Appends `bytes`, few of them without a call.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn append(to: &mut Vec<u8>, bytes: &[u8]) {
    to.reserve(bytes.len());
    let len = to.len();
    // SAFETY: there is room for the bytes, which cannot lie there.
    unsafe {
        copy(bytes.as_ptr(), to.as_mut_ptr().add(len), bytes.len());
        to.set_len(len + bytes.len());
    }
}

/// Appends the first `len` of these bytes by a copy of all.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn append_padded<const N: usize>(to: &mut Vec<u8>, bytes: &[u8; N], len: usize) {
    to.reserve(N);
    let end = to.len();
    // SAFETY: there is room for all; as many as are counted are written.
    unsafe {
        to.as_mut_ptr().add(end).cast::<[u8; N]>().write(*bytes);
        to.set_len(end + len.min(N));
    }
}

/// Appends what `write` leaves in a room of zeros: as many bytes as it says.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn append_room<const N: usize>(to: &mut Vec<u8>, write: impl FnOnce(&mut [u8; N]) -> usize) {
    to.reserve(N);
    let end = to.len();
    // SAFETY: there is room for all, which is written before it is lent, and
    // before as many as are counted.
    unsafe {
        let room = to.as_mut_ptr().add(end).cast::<[u8; N]>();
        room.write([0; N]);
        let len = write(&mut *room);
        to.set_len(end + len.min(N));
    }
}

/// The one and then the other, with room made once.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn append_padded_and_room<const N: usize, const M: usize>(
    to: &mut Vec<u8>,
    (bytes, len): (&[u8; N], usize),
    write: impl FnOnce(&mut [u8; M]) -> usize,
) {
    to.reserve(N + M);
    append_padded(to, bytes, len);
    append_room(to, write);
}

/// Appends `text` between quotes, whatever it is.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn append_between_quotes(to: &mut Vec<u8>, text: &[u8]) {
    to.reserve(text.len() + 2);
    let end = to.len();
    // SAFETY: there is room for the text, which cannot lie there, and for two
    // quotes.
    unsafe {
        let start = to.as_mut_ptr().add(end);
        *start = b'"';
        copy(text.as_ptr(), start.add(1), text.len());
        *start.add(1 + text.len()) = b'"';
        to.set_len(end + text.len() + 2);
    }
}

/// Appends `text` between quotes, if JSON asks for no escapes in it; otherwise
/// says so and leaves `to` as it is.
#[inline(never)]
pub(crate) fn append_quoted(to: &mut Vec<u8>, text: &[u8]) -> bool {
    to.reserve(text.len() + 2);
    let (len, count) = (to.len(), text.len());
    // SAFETY: there is room for the text, which cannot lie there, and for two
    // quotes. Each load and each step ends at `count` or before.
    unsafe {
        let start = to.as_mut_ptr().add(len);
        let (from, out) = (text.as_ptr(), start.add(1));
        if count < STEP {
            // In words, by two loads that may overlap.
            let (low, high) = match count {
                8.. => (word(from), word(from.add(count - 8))),
                4.. => (half(from) | half(from.add(count - 4)) << 32, PLAIN),
                1.. => (
                    u64::from_le_bytes([
                        *from,
                        *from.add(count / 2),
                        *from.add(count - 1),
                        32,
                        32,
                        32,
                        32,
                        32,
                    ]),
                    PLAIN,
                ),
                0 => (PLAIN, PLAIN),
            };
            if escapes(low) | escapes(high) != 0 {
                return false;
            }
            copy_short(from, out, count);
        } else {
            let last = count - STEP;
            let mut at = 0;
            while at < last {
                if !step(from.add(at), out.add(at)) {
                    return false;
                }
                at += STEP;
            }
            if !step(from.add(last), out.add(last)) {
                return false;
            }
        }
        *start = b'"';
        *out.add(count) = b'"';
        to.set_len(len + count + 2);
    }
    true
}

/// Eight bytes without any that is to be escaped.
const PLAIN: u64 = 0x0101_0101_0101_0101 * b' ' as u64;

/// # Safety
/// Eight bytes must be readable at `at`.
#[cfg_attr(not(debug_assertions), inline(always))]
unsafe fn word(at: *const u8) -> u64 {
    // SAFETY: the caller's promise; an array of bytes has no alignment.
    u64::from_le_bytes(unsafe { at.cast::<[u8; 8]>().read() })
}

/// # Safety
/// Four bytes must be readable at `at`.
#[cfg_attr(not(debug_assertions), inline(always))]
unsafe fn half(at: *const u8) -> u64 {
    // SAFETY: the caller's promise; an array of bytes has no alignment.
    u64::from(u32::from_le_bytes(unsafe { at.cast::<[u8; 4]>().read() }))
}

/// Has the high bit set of the first byte that JSON wants escaped, and none below
/// it: a quote, a backslash, or a control character.
#[cfg_attr(not(debug_assertions), inline(always))]
const fn escapes(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    // To subtract borrows from the next byte only where a byte was found.
    let found = (quote.wrapping_sub(ONES) & !quote)
        | (backslash.wrapping_sub(ONES) & !backslash)
        | (word.wrapping_sub(ONES * 0x20) & !word);
    found & HIGH
}

/// Copies so many bytes; false where one of them is to be escaped.
///
/// # Safety
/// They must be readable at `from` and writable at `to`, apart from each other.
#[cfg_attr(not(debug_assertions), inline(always))]
unsafe fn step(from: *const u8, to: *mut u8) -> bool {
    // SAFETY: the caller's promise; an array of bytes has no alignment.
    unsafe {
        let bytes = from.cast::<[u8; STEP]>().read();
        to.cast::<[u8; STEP]>().write(bytes);
        first_escaped(&bytes) == STEP
    }
}

/// The place of the first byte that JSON wants escaped; 16 where there is none.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn first_escaped(bytes: &[u8; STEP]) -> usize {
    (escaped(bytes) | 1 << STEP).trailing_zeros() as usize
}

/// Which of the bytes JSON wants escaped, up to the first at least: a bit for
/// each, the first lowest.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn escaped(bytes: &[u8; STEP]) -> u32 {
    #[cfg(all(target_arch = "x86_64", not(rsgrpc_portable)))]
    // SAFETY: SSE2 is part of x86-64; the load is of an array.
    unsafe {
        use std::arch::x86_64::{
            _mm_cmpeq_epi8, _mm_loadu_si128, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
        };
        let bytes = _mm_loadu_si128(bytes.as_ptr().cast());
        let quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"' as i8));
        let backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\' as i8));
        let control = _mm_cmpeq_epi8(bytes, _mm_min_epu8(bytes, _mm_set1_epi8(0x1f)));
        _mm_movemask_epi8(_mm_or_si128(control, _mm_or_si128(quote, backslash))) as u32
    }
    #[cfg(any(not(target_arch = "x86_64"), rsgrpc_portable))]
    {
        let (words, _) = bytes.as_chunks();
        let places =
            words.iter().map(|word| escapes(u64::from_le_bytes(*word)).trailing_zeros() as usize / 8);
        let place = places.rev().fold(0, |behind, place| if place < 8 { place } else { 8 + behind });
        1 << place & 0xffff
    }
}

/// As many bytes as are searched for commas in one go.
pub(crate) const BLOCK: usize = 64;

/// Which of the bytes are commas: a bit for each, the first lowest.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn commas(bytes: &[u8; BLOCK]) -> u64 {
    let (steps, _) = bytes.as_chunks::<STEP>();
    steps.iter().rev().fold(0, |mask, step| mask << STEP | u64::from(equal(step, b',')))
}

/// Which of the bytes are this one.
#[cfg_attr(not(debug_assertions), inline(always))]
fn equal(bytes: &[u8; STEP], wanted: u8) -> u16 {
    #[cfg(all(target_arch = "x86_64", not(rsgrpc_portable)))]
    // SAFETY: SSE2 is part of x86-64; the load is of an array.
    unsafe {
        use std::arch::x86_64::{_mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_set1_epi8};
        let bytes = _mm_loadu_si128(bytes.as_ptr().cast());
        _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(wanted as i8))) as u16
    }
    #[cfg(any(not(target_arch = "x86_64"), rsgrpc_portable))]
    {
        bytes.iter().rev().fold(0, |mask, byte| mask << 1 | u16::from(*byte == wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_appended() {
        let text: Vec<u8> = (0x23..0x5b).cycle().take(150).collect();
        let mut all = Vec::new();
        for end in 0..=text.len() {
            append(&mut all, &text[..end]);
            assert!(all.ends_with(&text[..end]));
            let [mut quoted, mut checked] = [vec![b'x'], vec![b'x']];
            append_between_quotes(&mut quoted, &text[..end]);
            assert!(append_quoted(&mut checked, &text[..end]));
            assert_eq!(quoted, [b"x\"", &text[..end], b"\""].concat());
            assert_eq!(checked, quoted);
            if let Some(padded) = text.first_chunk::<40>() {
                append_padded(&mut quoted, padded, end);
                assert!(quoted.ends_with(&text[..end.min(40)]));
            }
        }
    }

    #[test]
    fn what_is_to_be_escaped_is_found() {
        for byte in 0..=u8::MAX {
            let escaped = byte < 0x20 || byte == b'"' || byte == b'\\';
            for len in [1, 2, 3, 4, 7, 8, 11, 15, 16, 17, 33, 100] {
                for at in [0, 1 % len, len / 2, len - 1] {
                    let mut text = vec![b'a'; len];
                    text[at] = byte;
                    let mut to = Vec::new();
                    assert_eq!(append_quoted(&mut to, &text), !escaped, "{byte} {len} {at}");
                    assert_eq!(to.is_empty(), escaped);
                }
            }
        }
    }
}
