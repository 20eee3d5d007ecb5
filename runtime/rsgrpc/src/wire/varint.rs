//! Arithmetic of variable-length integers.

/// Joins the low seven bits of each of the eight bytes of `word`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) const fn fold(mut word: u64) -> u64 {
    word &= 0x7f7f_7f7f_7f7f_7f7f;
    word = (word & 0x007f_007f_007f_007f) | ((word & 0x7f00_7f00_7f00_7f00) >> 1);
    word = (word & 0x0000_3fff_0000_3fff) | ((word & 0x3fff_0000_3fff_0000) >> 2);
    (word & 0x0fff_ffff) | ((word & 0x0fff_ffff_0000_0000) >> 4)
}

/// The number of bytes that `value` takes: 1 to 10.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) const fn len(value: u64) -> usize {
    ((63 - (value | 1).leading_zeros()) as usize * 9 + 73) / 64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        for (value, bytes) in
            [(0, 1), (127, 1), (128, 2), (16383, 2), (16384, 3), (1 << 63, 10), (u64::MAX, 10)]
        {
            assert_eq!(len(value), bytes, "{value}");
        }
    }

    #[test]
    fn folding() {
        assert_eq!(fold(u64::from_le_bytes([0x96, 0x01, 0, 0, 0, 0, 0, 0])), 150);
        assert_eq!(fold(u64::MAX), (1 << 56) - 1);
    }
}
