//! Numbers as JSON writes them.

use crate::wire::decimal::{self, Window};
use crate::wire::number::is_whole;
pub(super) use crate::wire::number::{Short, few};

/// The length of the number that `text` begins with; none where it begins with
/// something else.
pub(super) fn len(text: &[u8]) -> Option<usize> {
    let mut at = usize::from(text.first() == Some(&b'-'));
    match digits(text, at) {
        0 => return None,
        1 => at += 1,
        // No zeros in front.
        _ if text.get(at) == Some(&b'0') => return None,
        more => at += more,
    }
    if text.get(at) == Some(&b'.') {
        match digits(text, at + 1) {
            0 => return None,
            more => at += 1 + more,
        }
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        match digits(text, at + 1 + sign) {
            0 => return None,
            more => at += 1 + sign + more,
        }
    }
    Some(at)
}

fn digits(text: &[u8], at: usize) -> usize {
    text.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The number that `text` begins with, where it is a short one.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn short(text: &[u8]) -> Option<Short> {
    Short::at_a_look(text).or_else(|| seen_in_parts(text))
}

/// The same for one that a look does not cover, and near the end of the text.
#[inline(never)]
fn seen_in_parts(text: &[u8]) -> Option<Short> {
    let negative = text.first() == Some(&b'-');
    let start = usize::from(negative);
    let (mut digits, whole) = decimal::read(0, text.get(start..)?);
    let (mut len, mut scale) = (start + whole, 0);
    if text.get(len) == Some(&b'.') {
        (digits, scale) = decimal::read(digits, text.get(len + 1..)?);
        if scale == 0 {
            return None;
        }
        len += 1 + scale;
    }
    let ended = !matches!(text.get(len), Some(b'e' | b'E'));
    let fits = fits(digits, whole + scale, text.get(start).copied());
    let sound = ended && fits && is_whole(negative, start + whole, text);
    sound.then_some(Short { negative, digits, scale, len })
}

/// Whether so many digits fit: twenty do if they begin with a one and have not
/// wrapped around.
#[inline]
fn fits(digits: u64, count: usize, first: Option<u8>) -> bool {
    match count {
        0..=19 => true,
        20 => first == Some(b'1') && digits >= 10_000_000_000_000_000_000,
        _ => false,
    }
}

/// An integer without a fraction or an exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Whole {
    pub(super) sign: Sign,
    pub(super) magnitude: u64,
    /// How many bytes it takes.
    pub(super) len: usize,
}

/// The sign of an integer; or it is none, or one that does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Plus,
    Minus,
    Other,
}

/// The integer that `text` begins with.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn whole(text: &[u8]) -> Whole {
    let Some(bytes) = text.first_chunk() else { return long(text) };
    let window = Window::new(bytes);
    let (len, negative) = (window.count(), window.negative);
    let ended = bytes.get(len).is_some_and(|next| !matches!(next, b'.' | b'e' | b'E'));
    if !ended || !is_whole(negative, len, text) {
        return long(text);
    }
    let sign = if negative { Sign::Minus } else { Sign::Plus };
    Whole { sign, magnitude: window.value(len), len }
}

/// The same for one that a look does not cover, or near the end of the text.
#[inline(never)]
fn long(text: &[u8]) -> Whole {
    let negative = text.first() == Some(&b'-');
    let start = usize::from(negative);
    let unsigned = text.get(start..).unwrap_or_default();
    let (magnitude, count) = decimal::many(unsigned).unwrap_or_else(|| decimal::read(0, unsigned));
    let len = start + count;
    let more = matches!(text.get(len), Some(b'.' | b'e' | b'E'));
    let sign = match negative {
        _ if more || !is_whole(negative, len, text) => Sign::Other,
        _ if !fits(magnitude, count, text.get(start).copied()) => Sign::Other,
        true => Sign::Minus,
        false => Sign::Plus,
    };
    Whole { sign, magnitude, len }
}

/// Why a number is no integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotInteger {
    /// It has a fraction.
    Fraction,
    /// It has more than 64 bits.
    Range,
}

/// The value of a number that is an integer, as in `12`, `1.20e1` and `120e-1`.
/// `text` is a number.
pub(super) fn integer(text: &str) -> Result<i128, NotInteger> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let magnitude = match text.parse::<u64>() {
        Ok(magnitude) => magnitude,
        Err(_) => scaled(text)?,
    };
    let magnitude = i128::from(magnitude);
    Ok(if negative { -magnitude } else { magnitude })
}

/// The same with a point and an exponent: digit by digit, since a float would
/// round.
#[cold]
fn scaled(text: &str) -> Result<u64, NotInteger> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if digits().all(|digit| digit == b'0') {
        return Ok(0);
    }
    // An exponent that does not fit outweighs any number of digits.
    let exponent =
        exponent.parse().unwrap_or(if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 });
    let before_point = i64::try_from(whole.len()).map_err(|_| NotInteger::Range)?.saturating_add(exponent);
    let mut value = 0_u64;
    let mut count = 0;
    for digit in digits() {
        if count < before_point {
            value = append(value, digit - b'0')?;
        } else if digit != b'0' {
            return Err(NotInteger::Fraction);
        }
        count += 1;
    }
    while count < before_point {
        // Ends at the twentieth zero, since the value is not 0.
        value = append(value, 0)?;
        count += 1;
    }
    Ok(value)
}

fn append(value: u64, digit: u8) -> Result<u64, NotInteger> {
    value.checked_mul(10).and_then(|value| value.checked_add(digit.into())).ok_or(NotInteger::Range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammar() {
        for text in ["0", "-0", "12", "1.50", "1e5", "1E+5", "-1.0e-10", "0.0"] {
            assert_eq!(len(text.as_bytes()), Some(text.len()), "{text}");
        }
        for text in
            ["", "-", "01", "-01", "00", ".5", "1.", "1e", "1e+", "+1", "NaN", "-Infinity", "0x1.", "e5"]
        {
            assert_ne!(len(text.as_bytes()), Some(text.len()), "{text}");
        }
        assert_eq!(len(b"12,"), Some(2));
    }

    /// The value of a whole number.
    fn signed(text: &str) -> Option<i128> {
        let Whole { sign, magnitude, len } = whole(text.as_bytes());
        match sign {
            Sign::Plus => Some(magnitude.into()),
            Sign::Minus => Some(-i128::from(magnitude)),
            Sign::Other => None,
        }
        .filter(|_| len == text.len())
    }

    #[test]
    fn short_numbers() {
        for (text, integer, double) in [
            ("0", Some(0), 0.0_f64),
            ("-0", Some(0), -0.0),
            ("-12", Some(-12), -12.0),
            ("1234567890123456", Some(1_234_567_890_123_456), 1_234_567_890_123_456.0),
            ("1.50", None, 1.5),
            ("-999.999", None, -999.999),
            ("0.000001", None, 0.000_001),
        ] {
            let short = short(text.as_bytes()).unwrap();
            assert_eq!((short.len, signed(text)), (text.len(), integer), "{text}");
            assert_eq!(short.double().map(f64::to_bits), Some(double.to_bits()), "{text}");
            if let Some(float) = short.float() {
                assert_eq!(float.to_bits(), text.parse::<f32>().unwrap().to_bits(), "{text}");
            }
        }
        assert_eq!(short(b"12,").map(|short| short.len), Some(2));
        for text in [
            "18446744073709551615",
            "-10000000000000000000",
            "-9223372036854775808",
            "9223372036854775808",
            "1234567812345678",
            "98765432123",
            "-1",
        ] {
            assert_eq!(signed(text), text.parse().ok(), "{text}");
            assert_eq!(short(text.as_bytes()).map(|short| short.len), Some(text.len()), "{text}");
        }
        assert_eq!(short(b"9007199254740993").and_then(Short::double), None);
        for text in [
            "",
            "-",
            "01",
            "1.",
            ".5",
            "1e5",
            "1.5E3",
            "18446744073709551616",
            "99999999999999999999",
            "123456789012345678901",
            "NaN",
            "--1",
        ] {
            assert_eq!(short(text.as_bytes()), None, "{text}");
            assert_eq!(whole(text.as_bytes()).sign, Sign::Other, "{text}");
        }
    }

    #[test]
    fn integers() {
        for (text, value) in [
            ("0", 0),
            ("-0", 0),
            ("-12", -12),
            ("1e3", 1000),
            ("1E+3", 1000),
            ("1200e-2", 12),
            ("2.147483647e9", 2_147_483_647),
            ("100000.000", 100_000),
            ("18446744073709551615", u64::MAX.into()),
            ("1.8446744073709551615e19", u64::MAX.into()),
            ("-9223372036854775808", i64::MIN.into()),
            ("0e999999999999999999999", 0),
            ("0.000e-999999999999999999999", 0),
            ("0.00012e5", 12),
        ] {
            assert_eq!(integer(text), Ok(value), "{text}");
        }
        for (text, problem) in [
            ("0.5", NotInteger::Fraction),
            ("1e-1", NotInteger::Fraction),
            ("1e-999999999999999999999", NotInteger::Fraction),
            ("18446744073709551616", NotInteger::Range),
            ("1e20", NotInteger::Range),
            ("1e999999999999999999999", NotInteger::Range),
            ("1.5e9223372036854775807", NotInteger::Range),
        ] {
            assert_eq!(integer(text), Err(problem), "{text}");
        }
    }
}
