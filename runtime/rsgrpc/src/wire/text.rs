//! Strings: UTF-8 checked and copied in one go.
//!
//! Most strings on the wire are short and ASCII. Where 32 bytes can be loaded,
//! two vector registers both prove that and carry the bytes to their place.

use super::inline::{SHORT, Str};

/// As many bytes as one check covers.
const CHUNK: usize = 32;
const HALF: usize = CHUNK / 2;

/// Reports which of 32 bytes are not ASCII.
///
/// # Safety
/// 32 bytes at `at` must be readable.
#[cfg_attr(not(debug_assertions), inline(always))]
unsafe fn non_ascii(at: *const u8) -> u32 {
    #[cfg(all(target_arch = "x86_64", not(rsgrpc_portable)))]
    // SAFETY: SSE2 is part of x86-64; the caller vouches for the loads.
    unsafe {
        use std::arch::x86_64::{_mm_loadu_si128, _mm_movemask_epi8};
        let low = _mm_movemask_epi8(_mm_loadu_si128(at.cast()));
        let high = _mm_movemask_epi8(_mm_loadu_si128(at.add(16).cast()));
        low as u32 | (high as u32) << 16
    }
    #[cfg(any(not(target_arch = "x86_64"), rsgrpc_portable))]
    // SAFETY: the caller vouches for the loads.
    unsafe {
        (0..CHUNK).fold(0, |mask, i| mask | u32::from(*at.add(i) >> 7) << i)
    }
}

/// Of the bytes that [`non_ascii`] reports, the first `len`, up to 32.
#[cfg_attr(not(debug_assertions), inline(always))]
fn inside(len: usize) -> u32 {
    ((1_u64 << len) - 1) as u32
}

/// The text in `bytes`, if they are UTF-8.
#[cfg(feature = "json")]
pub(crate) fn utf8(bytes: &[u8]) -> Option<&str> {
    // SAFETY: all of them are readable, and checked before they are a `str`.
    unsafe { is_utf8_long(bytes.as_ptr(), bytes.len()).then(|| std::str::from_utf8_unchecked(bytes)) }
}

/// Whether `len` bytes at `at` are UTF-8.
///
/// # Safety
/// `room` bytes at `at` must be readable, and `len <= room`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) unsafe fn is_utf8(at: *const u8, len: usize, room: usize) -> bool {
    // SAFETY: `room` covers the load; the caller vouches for `len` bytes.
    unsafe {
        if len <= CHUNK && room >= CHUNK {
            return non_ascii(at) & inside(len) == 0 || is_utf8_simd(at, len);
        }
        is_utf8_long(at, len)
    }
}

/// # Safety
/// `len` bytes at `at` must be readable.
#[inline(never)]
unsafe fn is_utf8_long(at: *const u8, len: usize) -> bool {
    // SAFETY: each load ends at `len` or before; the caller vouches for that.
    unsafe {
        if len < CHUNK {
            return std::slice::from_raw_parts(at, len).is_ascii() || is_utf8_simd(at, len);
        }
        let last = len - CHUNK;
        let mut found = non_ascii(at.add(last));
        let mut place = 0;
        while place < last && found == 0 {
            found = non_ascii(at.add(place));
            place += CHUNK;
        }
        found == 0 || is_utf8_simd(at, len)
    }
}

/// # Safety
/// `len` bytes at `at` must be readable.
#[cold]
#[inline(never)]
unsafe fn is_utf8_simd(at: *const u8, len: usize) -> bool {
    // SAFETY: the caller vouches for `len` bytes.
    simdutf8::basic::from_utf8(unsafe { std::slice::from_raw_parts(at, len) }).is_ok()
}

/// Replaces the content of `slot` by `len` bytes at `at`, if they are UTF-8;
/// otherwise says so and leaves `slot` valid.
///
/// # Safety
/// `room` bytes at `at` must be readable, and `len <= room`.
#[inline(never)]
pub(super) unsafe fn fill(slot: &mut String, at: *const u8, len: usize, room: usize) -> bool {
    // SAFETY: `room` covers 32 bytes, of which `len` are the string: they are
    // checked before it is a string. What is copied fits into what is allocated,
    // and what lies past `len` is spare capacity.
    unsafe {
        let fits = len.wrapping_sub(1) < CHUNK && room >= CHUNK;
        if !fits || slot.capacity() > 0 || non_ascii(at) & inside(len) != 0 {
            return fill_long(slot, at, len);
        }
        let allocated = if len <= HALF { HALF } else { CHUNK };
        let mut bytes = Vec::with_capacity(allocated);
        let to: *mut u8 = bytes.as_mut_ptr();
        // Both halves, which are the same where there is one: no branch that
        // depends on the length.
        copy_half(at, to);
        copy_half(at.add(allocated - HALF), to.add(allocated - HALF));
        bytes.set_len(len);
        std::ptr::write(slot, String::from_utf8_unchecked(bytes)); // the old one owns no memory
    }
    true
}

/// The same for a string that may stand in place.
///
/// # Safety
/// As for [`fill`].
#[inline(never)]
pub(super) unsafe fn fill_inline(slot: &mut Str, at: *const u8, len: usize, room: usize) -> bool {
    // SAFETY: `room` covers 32 bytes, of which `len` are the string. They are
    // checked before the string takes them. Nothing is called but at the end, so
    // there are no registers to save.
    unsafe {
        if len <= SHORT && room >= CHUNK && slot.is_short() && non_ascii(at) & inside(len) == 0 {
            slot.set_short(at, len);
            return true;
        }
        fill_inline_long(slot, at, len)
    }
}

/// # Safety
/// `len` bytes at `at` must be readable.
#[inline(never)]
unsafe fn fill_inline_long(slot: &mut Str, at: *const u8, len: usize) -> bool {
    // SAFETY: the caller vouches for `len` bytes, which are checked before the
    // string takes them.
    unsafe {
        if !is_utf8_long(at, len) {
            return false;
        }
        *slot = Str::from(std::str::from_utf8_unchecked(std::slice::from_raw_parts(at, len)));
    }
    true
}

/// # Safety
/// `len` bytes at `at` must be readable.
#[inline(never)]
unsafe fn fill_long(slot: &mut String, at: *const u8, len: usize) -> bool {
    if len == 0 {
        // `at` may be null.
        slot.clear();
        return true;
    }
    // SAFETY: the caller vouches for `len` bytes, which are checked before the
    // string takes them.
    unsafe {
        if !is_utf8_long(at, len) {
            return false;
        }
        let (text, bytes) = (std::slice::from_raw_parts(at, len), slot.as_mut_vec());
        if bytes.capacity() < len {
            *bytes = text.to_vec();
        } else {
            bytes.clear();
            bytes.extend_from_slice(text);
        }
    }
    true
}

/// # Safety
/// 16 bytes must be readable at `from` and writable at `to`.
#[cfg_attr(not(debug_assertions), inline(always))]
unsafe fn copy_half(from: *const u8, to: *mut u8) {
    // SAFETY: the caller's promise; an array of bytes has no alignment.
    unsafe { to.cast::<[u8; HALF]>().write(from.cast::<[u8; HALF]>().read()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `text` with `spare` bytes behind it, over an old content.
    fn filled(text: &[u8], spare: usize, old: &str) -> Option<String> {
        let mut input = text.to_vec();
        input.resize(text.len() + spare, 0xff);
        let input = input.into_boxed_slice();
        let mut slot = String::from(old);
        // SAFETY: the input holds `text` and the spare bytes.
        let good = unsafe { fill(&mut slot, input.as_ptr(), text.len(), input.len()) };
        // SAFETY: the same.
        assert_eq!(good, unsafe { is_utf8(input.as_ptr(), text.len(), input.len()) });
        assert!(std::str::from_utf8(slot.as_bytes()).is_ok());
        good.then_some(slot)
    }

    #[test]
    fn every_length_with_and_without_room() {
        let text = "naïve ∑ text that goes on for longer than two chunks of thirty-two bytes, twice";
        for end in (0..=text.len()).filter(|&end| text.is_char_boundary(end)) {
            for spare in [0, 1, 31, 32, 64] {
                for old in ["", "old", "an old content that is longer than thirty-two bytes"] {
                    assert_eq!(filled(&text.as_bytes()[..end], spare, old).as_deref(), Some(&text[..end]));
                }
            }
        }
    }

    #[test]
    fn broken_text_is_refused_wherever_it_breaks() {
        for len in [1, 8, 31, 32, 33, 64, 100] {
            for at in 0..len {
                let mut text = vec![b'a'; len];
                text[at] = 0xff;
                for spare in [0, 40] {
                    assert_eq!(filled(&text, spare, "x"), None, "{len} {at}");
                }
            }
        }
    }
}
