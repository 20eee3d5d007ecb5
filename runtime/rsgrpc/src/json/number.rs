//! Numbers as JSON writes them.

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
