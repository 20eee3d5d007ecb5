//! Numbers as JSON writes them, where a look or two cover them: no loop, and no
//! branch for how many digits there are. All else is for the parser.

use super::decimal::{self, WINDOW, Window};

/// A number of few digits and without an exponent: `digits` ÷ 10<sup>`scale`</sup>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Short {
    pub(crate) negative: bool,
    pub(crate) digits: u64,
    pub(crate) scale: usize,
    /// How many bytes it takes.
    pub(crate) len: usize,
}

/// Powers of ten without an error.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

impl Short {
    /// The number that `text` begins with, where a look covers it and what is
    /// behind it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn at_a_look(text: &[u8]) -> Option<Self> {
        let bytes = text.first_chunk()?;
        let window = Window::new(bytes);
        let whole = window.count();
        let (len, scale, digits) = if bytes.get(whole) == Some(&b'.') {
            let len = window.next_end();
            (len, len - whole - 1, window.value_around(whole, len))
        } else {
            (whole, 0, window.value(whole))
        };
        // Digits behind a point.
        let pointed = len == whole || scale > 0;
        let ended = !matches!(bytes.get(len)?, b'e' | b'E');
        let sound = pointed && ended && is_whole(window.negative, whole, text);
        sound.then_some(Self { negative: window.negative, digits, scale, len })
    }

    /// Its value, where one division gives it: what it divides and by which
    /// power of ten have no error, so the result is the nearest.
    #[inline]
    pub(crate) fn double(self) -> Option<f64> {
        let power = POWERS.get(self.scale)?;
        if self.digits > 1 << f64::MANTISSA_DIGITS {
            return None;
        }
        let value = self.digits as f64 / power;
        Some(if self.negative { -value } else { value })
    }

    /// The same, rounded twice: that differs from rounding once only where the
    /// first brings it to the middle between two.
    #[inline]
    pub(crate) fn float(self) -> Option<f32> {
        const HALF: u64 = 1 << (f64::MANTISSA_DIGITS - f32::MANTISSA_DIGITS - 1);
        // None is so small that an `f32` has fewer digits than others.
        let value = self.double()?;
        (value.to_bits() & (2 * HALF - 1) != HALF).then_some(value as f32)
    }
}

/// An integer of seven digits at most, and how many bytes it takes. None where
/// `text` begins with something else, is near its end, or goes on with what may
/// be of the number.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn few(text: &[u8]) -> Option<(i64, usize)> {
    let word = *text.first_chunk()?;
    let (value, len) = decimal::few(word)?;
    let ended = !matches!(word.get(len)?, b'.' | b'e' | b'E');
    (ended && is_whole(value.negative, len, &word)).then_some((value.signed(), len))
}

/// Whether there are digits, without zeros in front: the sign and they take
/// `len` bytes.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn is_whole(negative: bool, len: usize, text: &[u8]) -> bool {
    let start = usize::from(negative);
    len == start + 1 || len > start && text.get(start) != Some(&b'0')
}

/// A value that an element of a list may be.
pub(crate) trait Element: Sized {
    /// The value that the first `len` bytes of `text` are, all of them.
    fn of(text: &[u8], len: usize) -> Option<Self>;
}

macro_rules! narrow {
    ($($type:ty)*) => {$(
        impl Element for $type {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn of(text: &[u8], len: usize) -> Option<Self> {
                let word = *text.first_chunk()?;
                let value = decimal::eight_at_most(word, len)?;
                if !is_whole(value.negative, len, &word) {
                    return None;
                }
                value.signed().try_into().ok()
            }
        }
    )*};
}
narrow!(i32 u32);

macro_rules! wide {
    ($($type:ty)*) => {$(
        /// In quotes.
        impl Element for $type {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn of(text: &[u8], len: usize) -> Option<Self> {
                let (open, rest) = text.split_first()?;
                let digits: &[u8; WINDOW] = rest.first_chunk()?;
                let count = len.wrapping_sub(2);
                if *open != b'"' || rest.get(count) != Some(&b'"') {
                    return None;
                }
                if count > WINDOW {
                    let (value, len) = decimal::many(rest)?;
                    return if len == count { value.try_into().ok() } else { None };
                }
                let value = decimal::sixteen_at_most(digits, count)?;
                if !is_whole(value.negative, count, digits) {
                    return None;
                }
                value.signed().try_into().ok()
            }
        }
    )*};
}
wide!(i64 u64);

macro_rules! real {
    ($($type:ty: $value:ident)*) => {$(
        impl Element for $type {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn of(text: &[u8], len: usize) -> Option<Self> {
                Short::at_a_look(text).filter(|short| short.len == len)?.$value()
            }
        }
    )*};
}
real!(f32: float f64: double);

impl Element for bool {
    #[inline]
    fn of(text: &[u8], len: usize) -> Option<Self> {
        match text.get(..len)? {
            b"true" => Some(true),
            b"false" => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts that begin with numbers, or nearly, of all lengths.
    fn texts() -> impl Iterator<Item = String> {
        let mixed = (0..20_000_u64).map(|i| i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (i % 64));
        let whole = mixed.flat_map(|value| [value.to_string(), format!("-{value}")]);
        let parts = (0..20_000_u64).map(|i| {
            let value = (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (i % 64)).to_string();
            let point = i as usize % (value.len() + 1);
            format!("{}{}.{}", if i % 3 == 0 { "-" } else { "" }, &value[..point], &value[point..])
        });
        let odd =
            ["", "-", "--1", "0", "-0", "00", "01", "-01", "0.5", "-.5", "1.", ".5", "1.2.3", "1e5", "1.5E3"];
        let odd = odd.into_iter().map(str::to_owned);
        let floats = (0..20_000_u32).map(|i| f32::from_bits(i.wrapping_mul(0x9e37_79b9)).to_string());
        whole.chain(parts).chain(odd).chain(floats)
    }

    /// Whether JSON has this number.
    fn is_number(text: &str) -> bool {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits(whole) && digits(fraction) && (whole == "0" || !whole.starts_with('0'))
    }

    #[test]
    fn elements_are_what_std_reads_or_nothing() {
        let mut found = [0; 6];
        for text in texts() {
            let padded = format!("{text},                        ");
            let quoted = format!("\"{text}\",                        ");
            macro_rules! check {
                ($index:literal, $type:ty, $text:expr, $len:expr) => {
                    if let Some(value) = <$type>::of($text.as_bytes(), $len) {
                        assert!(is_number(&text), "{text}");
                        // std has no minus zero that is an integer without a sign.
                        let expected = text.parse::<$type>().or_else(|_| text.replace("-0", "0").parse());
                        assert_eq!(Ok(value), expected, "{text}");
                        found[$index] += 1;
                    }
                    // Cut off, it is another number; near the end, it is none.
                    assert_eq!(<$type>::of($text.as_bytes(), $len + 1), None, "{text}");
                    assert_eq!(
                        <$type>::of(text.get(..7).unwrap_or(&text).as_bytes(), text.len()),
                        None,
                        "{text}"
                    );
                };
            }
            check!(0, i32, padded, text.len());
            check!(1, u32, padded, text.len());
            check!(2, i64, quoted, text.len() + 2);
            check!(3, u64, quoted, text.len() + 2);
            check!(4, f32, padded, text.len());
            check!(5, f64, padded, text.len());
            if let Some((value, len)) = few(padded.as_bytes()) {
                assert_eq!((Ok(value), len), (text.parse(), text.len()));
            }
        }
        assert!(found.into_iter().all(|found| found > 5_000), "{found:?}");
        assert_eq!(
            (bool::of(b"true,", 4), bool::of(b"false", 5), bool::of(b"true,", 5)),
            (Some(true), Some(false), None)
        );
    }

    #[test]
    fn floats_are_not_rounded_twice() {
        // In the middle between two, and next to it.
        for (text, value) in [("16777217.0", 16_777_216.0_f32), ("16777219.0", 16_777_220.0)] {
            assert_eq!(f32::of(format!("{text},       ").as_bytes(), text.len()), None);
            assert_eq!(text.parse(), Ok(value));
        }
        assert_eq!(f32::of(b"16777217.0001,     ", 13), Some(16_777_218.0));
    }
}
