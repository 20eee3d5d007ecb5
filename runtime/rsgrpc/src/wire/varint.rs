//! Arithmetic of variable-length integers.

/// Joins the low seven bits of each of the eight bytes of `word`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) const fn fold(mut word: u64) -> u64 {
    word &= 0x7f7f_7f7f_7f7f_7f7f;
    word = (word & 0x007f_007f_007f_007f) | ((word & 0x7f00_7f00_7f00_7f00) >> 1);
    word = (word & 0x0000_3fff_0000_3fff) | ((word & 0x3fff_0000_3fff_0000) >> 2);
    (word & 0x0fff_ffff) | ((word & 0x0fff_ffff_0000_0000) >> 4)
}

/// The first eight bytes of a varint of `value`, as if more followed: the
/// opposite of [`fold`].
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) const fn spread(value: u64) -> u64 {
    let word = (value & 0x0fff_ffff) | (value & 0x00ff_ffff_f000_0000) << 4;
    let word = (word & 0x0000_3fff_0000_3fff) | (word & 0x0fff_c000_0fff_c000) << 2;
    let word = (word & 0x007f_007f_007f_007f) | (word & 0x3f80_3f80_3f80_3f80) << 1;
    word | 0x8080_8080_8080_8080
}

/// The number of bytes that `value` takes: 1 to 10.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) const fn len(value: u64) -> usize {
    ((63 - (value | 1).leading_zeros()) as usize * 9 + 73) / 64
}

/// The varint that `bytes` begin with, and its length; none where it is
/// malformed or cut off.
pub(super) fn read(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0;
    for (place, byte) in bytes.iter().take(10).enumerate() {
        if place == 9 && *byte > 1 {
            break;
        }
        value |= u64::from(byte & 0x7f) << (7 * place);
        if *byte < 0x80 {
            return Some((value, place + 1));
        }
    }
    None
}

pub(crate) const fn zigzag32(value: i32) -> u32 {
    (value << 1 ^ value >> 31) as u32
}

pub(crate) const fn zigzag64(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

pub(crate) const fn unzigzag32(value: u32) -> i32 {
    (value >> 1) as i32 ^ -((value & 1) as i32)
}

pub(crate) const fn unzigzag64(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
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
        assert_eq!(spread(150).to_le_bytes()[..2], [0x96, 0x81]);
        for value in [0, 1, 300, 0x00fe_dcba_9876_5432] {
            assert_eq!(fold(spread(value)), value);
        }
    }
}
