//! Base64, sixteen characters at a time where the processor can.

/// Decodes what `text` begins with, in the standard alphabet, and appends it to
/// `out`; gives back how many characters that were. What is left is for others:
/// the end, padding, any character of another alphabet.
pub(crate) fn decode(text: &[u8], out: &mut Vec<u8>) -> usize {
    #[cfg(all(target_arch = "x86_64", not(rsgrpc_portable)))]
    if std::arch::is_x86_feature_detected!("ssse3") {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::decode(text, out) };
    }
    let _ = (text, out);
    0
}

#[cfg(all(target_arch = "x86_64", not(rsgrpc_portable)))]
mod x86 {
    use std::arch::x86_64::*;

    /// Characters of a step, and the bytes that they stand for.
    const STEP: usize = 16;
    const BYTES: usize = 12;

    #[target_feature(enable = "ssse3")]
    pub(super) fn decode(text: &[u8], out: &mut Vec<u8>) -> usize {
        let (steps, _) = text.as_chunks::<STEP>();
        // Each step writes four bytes more than it counts.
        out.reserve(steps.len() * BYTES + STEP);
        let mut len = out.len();
        let mut taken = 0;
        for step in steps {
            // SAFETY: the load is of an array; there is room for sixteen bytes
            // behind all that are counted, see above.
            unsafe {
                let Some(bytes) = step_of(_mm_loadu_si128(step.as_ptr().cast())) else { break };
                _mm_storeu_si128(out.as_mut_ptr().add(len).cast(), bytes);
            }
            len += BYTES;
            taken += STEP;
        }
        // SAFETY: as many were written.
        unsafe { out.set_len(len) };
        taken
    }

    /// What sixteen characters stand for, in the first twelve bytes; none if one
    /// is not of the alphabet. The method is Wojciech Muła's: the two halves of a
    /// character choose a bit each, which meet only where it is not of the
    /// alphabet, and the upper half what to add for its value.
    #[target_feature(enable = "ssse3")]
    fn step_of(text: __m128i) -> Option<__m128i> {
        let low_bits = _mm_setr_epi8(
            0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a,
        );
        let high_bits = _mm_setr_epi8(
            0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10,
        );
        let additions = _mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
        let low = _mm_and_si128(text, _mm_set1_epi8(0x0f));
        let high = _mm_and_si128(_mm_srli_epi32::<4>(text), _mm_set1_epi8(0x0f));
        let bits = _mm_and_si128(_mm_shuffle_epi8(low_bits, low), _mm_shuffle_epi8(high_bits, high));
        if _mm_movemask_epi8(_mm_cmpeq_epi8(bits, _mm_setzero_si128())) != 0xffff {
            return None;
        }
        // A slash adds something else than `+`, which has the same upper half.
        let slash = _mm_cmpeq_epi8(text, _mm_set1_epi8(b'/' as i8));
        let values = _mm_add_epi8(text, _mm_shuffle_epi8(additions, _mm_add_epi8(slash, high)));
        // Four times six bits become three times eight.
        let pairs = _mm_maddubs_epi16(values, _mm_set1_epi32(0x0140_0140));
        let fours = _mm_madd_epi16(pairs, _mm_set1_epi32(0x0001_1000));
        let order = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
        Some(_mm_shuffle_epi8(fours, order))
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    #[test]
    fn each_character_is_known_by_its_value_or_refused() {
        for at in 0..16 {
            for byte in 0..=u8::MAX {
                let mut text = [b'A'; 16];
                text[at] = byte;
                let mut out = vec![7];
                let taken = decode(&text, &mut out);
                match ALPHABET.iter().position(|letter| *letter == byte) {
                    Some(value) if taken == 16 => {
                        let group = (value as u32) << (18 - 6 * (at % 4));
                        let mut expected = [0; 13];
                        expected[0] = 7;
                        expected[at / 4 * 3 + 1..][..3].copy_from_slice(&group.to_be_bytes()[1..]);
                        assert_eq!(out, expected, "{at} {byte}");
                    }
                    _ => assert_eq!((taken, out), (0, vec![7]), "{at} {byte}"),
                }
            }
        }
    }

    #[test]
    fn what_is_no_whole_step_is_left() {
        for len in 0..100 {
            let mut out = Vec::new();
            let taken = decode(&vec![b'A'; len], &mut out);
            assert!(taken == len / 16 * 16 || taken == 0);
            assert_eq!(out, vec![0; taken / 4 * 3]);
        }
    }
}
