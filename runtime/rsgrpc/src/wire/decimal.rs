//! Decimal digits, eight at a time: a word holds them as bytes, the first
//! digit lowest. No branch depends on how many there are.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = ONES << 7;
const ZEROS: u64 = ONES * b'0' as u64;

/// As many digits as eight have at most, and one more than that value.
const EIGHT: u64 = 100_000_000;

const POWERS: [u64; 9] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, EIGHT];

/// Room for the longest integer of 64 bits, what stands around it, and a word
/// that is written whole.
pub(crate) const ROOM: usize = 32;

/// Appends to `value` the digits that `text` begins with, and counts them. What
/// does not fit is wrapped.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn read(mut value: u64, text: &[u8]) -> (u64, usize) {
    let (words, _) = text.as_chunks();
    let mut count = 0;
    for word in words {
        let digits = u64::from_le_bytes(*word) ^ ZEROS;
        // Carries go beyond the first byte that is no digit, not before it.
        let others = (digits.wrapping_add(0x76 * ONES) | digits) & HIGH;
        let len = others.trailing_zeros() / 8;
        if len == 0 {
            return (value, count);
        }
        value = append(value, digits << (64 - 8 * len), len);
        count += len as usize;
        if len < 8 {
            return (value, count);
        }
    }
    for byte in text.get(count..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()) {
        value = value.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
        count += 1;
    }
    (value, count)
}

/// Appends `len` digits, which stand in the last bytes of a word.
#[cfg_attr(not(debug_assertions), inline(always))]
fn append(value: u64, digits: u64, len: u32) -> u64 {
    // Pairs, then fours, then all.
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let low = (pairs & 0xff_0000_00ff).wrapping_mul(100 + (1_000_000 << 32));
    let high = (pairs >> 16 & 0xff_0000_00ff).wrapping_mul(1 + (10_000 << 32));
    let eight = low.wrapping_add(high) >> 32;
    let power = POWERS.get(len as usize).copied().unwrap_or(EIGHT);
    value.wrapping_mul(power).wrapping_add(eight)
}

/// Writes the digits of `value` at a place; gives back where they end.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn write(value: u64, to: &mut [u8; ROOM], at: usize) -> usize {
    if value < EIGHT {
        return first(value, to, at);
    }
    let (rest, low) = (value / EIGHT, value % EIGHT);
    let end = if rest < EIGHT {
        first(rest, to, at)
    } else {
        let end = first(rest / EIGHT, to, at);
        put(digits(rest % EIGHT), to, end)
    };
    put(digits(low), to, end)
}

/// Writes a number of eight digits at most without zeros in front.
#[cfg_attr(not(debug_assertions), inline(always))]
fn first(value: u64, to: &mut [u8; ROOM], at: usize) -> usize {
    // Not from the digits: what follows waits for the length.
    let zeros = 8 - len(value);
    put(digits(value) >> (8 * zeros), to, at) - zeros
}

/// The number of digits of `value`, which has eight at most.
#[cfg_attr(not(debug_assertions), inline(always))]
fn len(value: u64) -> usize {
    // About log10(2) for each bit.
    let bits = 64 - (value | 1).leading_zeros() as usize;
    let least = (bits * 1233) >> 12;
    least + usize::from(POWERS.get(least).is_some_and(|power| value | 1 >= *power))
}

/// Writes a word of digits; gives back where it ends.
#[cfg_attr(not(debug_assertions), inline(always))]
fn put(digits: u64, to: &mut [u8; ROOM], at: usize) -> usize {
    if let Some(to) = to.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *to = (digits | ZEROS).to_le_bytes();
    }
    at + 8
}

/// The eight digits of `value`, which has no more.
#[cfg_attr(not(debug_assertions), inline(always))]
const fn digits(value: u64) -> u64 {
    // Two numbers of four digits, then four of two, then eight of one. What
    // is multiplied stays within its lane.
    let fours = value / 10_000;
    let fours = fours | (value - 10_000 * fours) << 32;
    let hundreds = (fours * 10_486) >> 20 & 0x7f_0000_007f;
    let pairs = hundreds | (fours - 100 * hundreds) << 16;
    let tens = (pairs * 103) >> 10 & 0x000f_000f_000f_000f;
    tens | (pairs - 10 * tens) << 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> impl Iterator<Item = u64> {
        let powers = (0..20).map(|power| 10_u64.pow(power));
        let around = powers.flat_map(|power| [power - 1, power, power + 1, power.wrapping_mul(7)]);
        let mixed = (0..20_000_u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (i % 64));
        (0..10_000).chain(around).chain(mixed).chain([u64::MAX])
    }

    #[test]
    fn numbers_are_written_as_std_does_and_read_back() {
        for value in values() {
            let expected = value.to_string();
            let mut room = [0; ROOM];
            let end = write(value, &mut room, 2);
            assert_eq!(&room[2..end], expected.as_bytes());
            for behind in ["", ",", ".", "/:;<", "\u{7f}0000000", "é0000000", "        ", "e0000000"] {
                let text = format!("{expected}{behind}");
                assert_eq!(read(0, text.as_bytes()), (value, end - 2), "{text}");
            }
        }
    }

    #[test]
    fn digits_are_appended_and_wrapped() {
        assert_eq!(read(12, b"345,"), (12_345, 3));
        assert_eq!(read(12, b"3456789012345,        "), (123_456_789_012_345, 13));
        assert_eq!(read(5, b""), (5, 0));
        assert_eq!(read(5, b"x12345678"), (5, 0));
        let long = "9".repeat(30);
        let wrapped = long.bytes().fold(0_u64, |value, _| value.wrapping_mul(10).wrapping_add(9));
        assert_eq!(read(0, long.as_bytes()), (wrapped, 30));
    }
}
