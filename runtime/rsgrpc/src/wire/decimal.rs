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
pub(crate) fn read(mut value: u64, text: &[u8]) -> (u64, usize) {
    let (words, _) = text.as_chunks();
    let mut count = 0;
    for word in words {
        let digits = u64::from_le_bytes(*word) ^ ZEROS;
        let len = others(digits).trailing_zeros() / 8;
        if len == 0 {
            return (value, count);
        }
        let power = POWERS.get(len as usize).copied().unwrap_or(EIGHT);
        value = value.wrapping_mul(power).wrapping_add(eight(digits << (64 - 8 * len)));
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

/// A sign and sixteen digits at most.
#[derive(Clone, Copy)]
pub(crate) struct Signed {
    pub(crate) negative: bool,
    magnitude: u64,
}

impl Signed {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn signed(self) -> i64 {
        // Minus one turns the bits around and adds one.
        let sign = -i64::from(self.negative);
        (self.magnitude as i64 ^ sign) - sign
    }
}

/// What the first byte of a word that begins with a minus becomes.
const MINUS: u64 = (b'-' ^ b'0') as u64;

/// The values of the digits in a word, 0 for a minus before them, and whether
/// there is one.
#[cfg_attr(not(debug_assertions), inline(always))]
fn unsigned(word: [u8; 8]) -> (u64, bool) {
    let digits = u64::from_le_bytes(word) ^ ZEROS;
    let negative = digits & 0xff == MINUS;
    (digits & !(u64::from(negative) * 0xff), negative)
}

/// The integer that a word begins with, and how many bytes it takes. None where
/// the word has nothing else, so that there may be more.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn few(word: [u8; 8]) -> Option<(Signed, usize)> {
    let (digits, negative) = unsigned(word);
    let others = others(digits);
    if others == 0 {
        return None;
    }
    // A high bit: eight times the number of digits, and seven.
    let bits = others.trailing_zeros();
    Some((Signed { negative, magnitude: eight(digits << (63 - bits) << 8) }, bits as usize / 8))
}

/// The integer that the first `len` bytes of a word are, all of them.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn eight_at_most(word: [u8; 8], len: usize) -> Option<Signed> {
    let (digits, negative) = unsigned(word);
    let digits = digits.wrapping_shl(to_end(len));
    (matches!(len, 1..=8) && others(digits) == 0).then(|| Signed { negative, magnitude: eight(digits) })
}

/// The same for two words.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn sixteen_at_most(words: &[u8; WINDOW], len: usize) -> Option<Signed> {
    let zeros = u128::from(ZEROS) << 64 | u128::from(ZEROS);
    let digits = u128::from_le_bytes(*words) ^ zeros;
    let negative = digits as u64 & 0xff == MINUS;
    let digits = (digits & !u128::from(u64::from(negative) * 0xff)).wrapping_shl(to_end(len));
    let sound = others(digits as u64) | others((digits >> 64) as u64) == 0;
    (matches!(len, 1..=WINDOW) && sound).then(|| Signed { negative, magnitude: sixteen(digits) })
}

/// The number of twenty digits at most that `text` begins with, where there are
/// more than sixteen, and how many they are. None where it does not fit.
#[inline]
pub(crate) fn many(text: &[u8]) -> Option<(u64, usize)> {
    let (head, rest) = text.split_first_chunk::<WINDOW>()?;
    let high = sixteen_at_most(head, WINDOW).filter(|value| !value.negative)?;
    let (low, len) = few(*rest.first_chunk()?).filter(|(value, _)| !value.negative)?;
    let power = POWERS.get(len).filter(|_| matches!(len, 1..=4))?;
    let value = high.magnitude.checked_mul(*power)?.checked_add(low.magnitude)?;
    Some((value, WINDOW + len))
}

/// As many bytes as a [`Window`] shows.
pub(crate) const WINDOW: usize = 16;

/// The beginning of a text that may be a number: a sign, and which of it are
/// digits. Nothing that is found here waits for a branch or another load.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    /// The values of digits, the first lowest; 0 for a sign.
    digits: u128,
    /// A bit for each byte that is no digit, and one behind the last. A sign is
    /// taken for a digit.
    others: u32,
    /// The first byte is a minus.
    pub(crate) negative: bool,
}

impl Window {
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn new(bytes: &[u8; WINDOW]) -> Self {
        let zeros = u128::from(ZEROS) << 64 | u128::from(ZEROS);
        let digits = u128::from_le_bytes(*bytes) ^ zeros;
        let negative = digits as u8 == b'-' ^ b'0';
        Self {
            digits: digits & !u128::from(u8::from(negative).wrapping_neg()),
            others: mask(bytes) & !u32::from(negative) | 1 << WINDOW,
            negative,
        }
    }

    /// How many digits come first, with the sign.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn count(&self) -> usize {
        self.others.trailing_zeros() as usize
    }

    /// The same behind these and the byte that ends them: where those digits end.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn next_end(&self) -> usize {
        let behind = self.others & self.others.wrapping_sub(1) | 1 << WINDOW;
        behind.trailing_zeros() as usize
    }

    /// The number that the first `count` bytes are, from 1 to 16.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn value(&self, count: usize) -> u64 {
        if count <= 8 {
            return eight((self.digits as u64).wrapping_shl(to_end(count)));
        }
        sixteen(self.digits.wrapping_shl(to_end(count)))
    }

    /// The same without the byte at `point`, which lies before `count`, and not alone.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn value_around(&self, point: usize, count: usize) -> u64 {
        let bits = point as u32 * 8;
        if count <= 8 {
            let digits = self.digits as u64;
            let before = digits & !u64::MAX.wrapping_shl(bits);
            let behind = (digits.wrapping_shr(bits) >> 8).wrapping_shl(bits);
            return eight((before | behind).wrapping_shl(to_end(count - 1)));
        }
        let before = self.digits & !u128::MAX.wrapping_shl(bits);
        let behind = (self.digits.wrapping_shr(bits) >> 8).wrapping_shl(bits);
        sixteen((before | behind).wrapping_shl(to_end(count - 1)))
    }
}

/// By how many bits to shift the first `len` bytes of a word to its end.
#[cfg_attr(not(debug_assertions), inline(always))]
const fn to_end(len: usize) -> u32 {
    // A shift takes it modulo the word's length.
    (len as u32).wrapping_mul(8).wrapping_neg()
}

/// Which of these bytes are no digits: a bit for each.
#[cfg_attr(not(debug_assertions), inline(always))]
fn mask(bytes: &[u8; WINDOW]) -> u32 {
    #[cfg(all(target_arch = "x86_64", not(rsgrpc_portable)))]
    // SAFETY: SSE2 is part of x86-64; the load is of an array.
    unsafe {
        use std::arch::x86_64::{
            _mm_cmpeq_epi8, _mm_loadu_si128, _mm_max_epu8, _mm_movemask_epi8, _mm_set1_epi8, _mm_sub_epi8,
        };
        let values = _mm_sub_epi8(_mm_loadu_si128(bytes.as_ptr().cast()), _mm_set1_epi8(b'0' as i8));
        _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(values, _mm_set1_epi8(10)), values)) as u32
    }
    #[cfg(any(not(target_arch = "x86_64"), rsgrpc_portable))]
    {
        let (words, _) = bytes.as_chunks();
        let gather = |word: &[u8; 8]| {
            // The product brings the bits, each of another byte, together in its last.
            let bits = others(u64::from_le_bytes(*word) ^ ZEROS) >> 7;
            (bits.wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
        };
        words.iter().rev().fold(0, |mask, word| mask << 8 | gather(word))
    }
}

/// The high bit of each byte that is more than nine.
#[cfg_attr(not(debug_assertions), inline(always))]
const fn others(digits: u64) -> u64 {
    // No carry leaves its byte.
    (((digits & !HIGH) + 0x76 * ONES) | digits) & HIGH
}

/// The number of eight digits, the first of which is lowest.
#[cfg_attr(not(debug_assertions), inline(always))]
const fn eight(digits: u64) -> u64 {
    // Pairs, then fours, then all.
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let low = (pairs & 0xff_0000_00ff).wrapping_mul(100 + (1_000_000 << 32));
    let high = (pairs >> 16 & 0xff_0000_00ff).wrapping_mul(1 + (10_000 << 32));
    low.wrapping_add(high) >> 32
}

/// The number of sixteen digits, the first of which is lowest.
#[cfg_attr(not(debug_assertions), inline(always))]
const fn sixteen(digits: u128) -> u64 {
    eight(digits as u64) * EIGHT + eight((digits >> 64) as u64)
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

/// Writes `value` ÷ 1000, which has eight digits at most, as a number without
/// zeros at its ends.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn write_thousandths(value: u64, to: &mut [u8; ROOM], at: usize) -> usize {
    let digits = digits(value);
    let (whole, fraction) = (digits & 0xff_ffff_ffff, digits >> 40);
    // Of five digits, the last stays.
    let zeros = (whole | 1 << 32).trailing_zeros() as usize / 8;
    let end = put(whole >> (8 * zeros), to, at) - 3 - zeros;
    store((fraction | ZEROS) << 8 | u64::from(b'.'), to, end);
    // Three digits at most, and the point if there are any.
    let bits = 64 - fraction.leading_zeros() as usize;
    if fraction == 0 { end } else { end + 1 + bits.div_ceil(8) }
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
    store(digits | ZEROS, to, at);
    at + 8
}

#[cfg_attr(not(debug_assertions), inline(always))]
fn store(word: u64, to: &mut [u8; ROOM], at: usize) {
    if let Some(to) = to.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *to = word.to_le_bytes();
    }
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
    fn thousandths_are_written_as_std_does() {
        let mixed = (0..20_000_u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (38 + i % 26));
        for value in (0..20_000).chain(mixed).filter(|value| *value < EIGHT).chain([EIGHT - 1]) {
            let mut room = [0; ROOM];
            let end = write_thousandths(value, &mut room, 1);
            assert_eq!(std::str::from_utf8(&room[1..end]), Ok((value as f64 / 1000.0).to_string().as_str()));
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
