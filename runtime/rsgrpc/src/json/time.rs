//! Timestamps and durations, as text.

use super::error::Cause;

/// The first and the last second of a timestamp: the years 1 to 9999.
const FIRST: i64 = -62_135_596_800;
const LAST: i64 = 253_402_300_799;

/// The longest duration, in seconds: about 10,000 years.
const LONGEST: i64 = 315_576_000_000;

const DAY: i64 = 86_400;

/// Nanoseconds in a second.
const SECOND: i32 = 1_000_000_000;

/// Why a text is no timestamp or duration, or a value has no text.
pub(super) type Problem = (Cause, &'static str);

const STAMP: Problem = (Cause::Type, "expected a timestamp, such as \"2025-03-01T12:00:00.5Z\"");
const STAMP_RANGE: Problem = (Cause::Range, "the timestamp is not within the years 1 to 9999");
const SPAN: Problem = (Cause::Type, "expected a duration, such as \"1.5s\"");
const SPAN_RANGE: Problem = (Cause::Range, "the duration is longer than 10,000 years");

/// Writes a timestamp.
pub(super) fn write_timestamp(seconds: i64, nanos: i32, out: &mut Vec<u8>) -> Result<(), Problem> {
    if !(FIRST..=LAST).contains(&seconds) {
        return Err(STAMP_RANGE);
    }
    if !(0..SECOND).contains(&nanos) {
        return Err((Cause::Range, "the timestamp's nanos are not within a second"));
    }
    let (year, month, day) = date(seconds.div_euclid(DAY));
    let time = seconds.rem_euclid(DAY);
    digits(year, 4, out);
    for (before, value) in
        [(b'-', month), (b'-', day), (b'T', time / 3600), (b':', time / 60 % 60), (b':', time % 60)]
    {
        out.push(before);
        digits(value, 2, out);
    }
    fraction(nanos, out);
    out.push(b'Z');
    Ok(())
}

/// Writes a duration.
pub(super) fn write_duration(seconds: i64, nanos: i32, out: &mut Vec<u8>) -> Result<(), Problem> {
    if !(-LONGEST..=LONGEST).contains(&seconds) {
        return Err(SPAN_RANGE);
    }
    if !(-SECOND + 1..SECOND).contains(&nanos) {
        return Err((Cause::Range, "the duration's nanos are a second or more"));
    }
    if seconds != 0 && nanos != 0 && (seconds < 0) != (nanos < 0) {
        return Err((Cause::Range, "the duration's seconds and nanos have different signs"));
    }
    if seconds < 0 || nanos < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(itoa::Buffer::new().format(seconds.unsigned_abs()).as_bytes());
    fraction(nanos.abs(), out);
    out.push(b's');
    Ok(())
}

/// Reads RFC 3339 into seconds and nanoseconds.
pub(super) fn read_timestamp(text: &str) -> Result<(i64, i32), Problem> {
    let mut rest = text.as_bytes();
    let mut part = |len, before| number(&mut rest, len, before);
    let year = part(4, None)?;
    let month = part(2, Some(b'-'))?;
    let day = part(2, Some(b'-'))?;
    let hour = part(2, Some(b'T'))?;
    let minute = part(2, Some(b':'))?;
    let second = part(2, Some(b':'))?;
    let nanos = read_fraction(&mut rest).ok_or(STAMP)?;
    let offset = match rest {
        [b'Z'] => 0,
        [sign @ (b'+' | b'-'), zone @ ..] => {
            let mut zone = zone;
            let hours = number(&mut zone, 2, None)?;
            let minutes = number(&mut zone, 2, Some(b':'))?;
            if !zone.is_empty() || hours > 23 || minutes > 59 {
                return Err(STAMP);
            }
            (hours * 3600 + minutes * 60) * if *sign == b'-' { -1 } else { 1 }
        }
        _ => return Err(STAMP),
    };
    if hour > 23 || minute > 59 || second > 59 || !(1..=12).contains(&month) || day < 1 {
        return Err(STAMP);
    }
    let days = days(year, month, day);
    if date(days) != (year, month, day) {
        return Err((Cause::Range, "the month has fewer days"));
    }
    let seconds = days * DAY + hour * 3600 + minute * 60 + second - offset;
    if (FIRST..=LAST).contains(&seconds) { Ok((seconds, nanos)) } else { Err(STAMP_RANGE) }
}

/// Reads a duration into seconds and nanoseconds of one sign.
pub(super) fn read_duration(text: &str) -> Result<(i64, i32), Problem> {
    let text = text.as_bytes().strip_suffix(b"s").ok_or(SPAN)?;
    let (mut rest, sign) = match text {
        [b'-', rest @ ..] => (rest, -1),
        _ => (text, 1),
    };
    let len = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if len > 18 {
        return Err(SPAN_RANGE);
    }
    let seconds = if len == 0 { return Err(SPAN) } else { number(&mut rest, len, None).map_err(|_| SPAN)? };
    let nanos = read_fraction(&mut rest).ok_or(SPAN)?;
    if !rest.is_empty() {
        return Err(SPAN);
    }
    if seconds > LONGEST {
        return Err(SPAN_RANGE);
    }
    Ok((seconds * sign, if sign < 0 { -nanos } else { nanos }))
}

/// A number of `len` digits, behind the byte `before`.
fn number(rest: &mut &[u8], len: usize, before: Option<u8>) -> Result<i64, Problem> {
    let mut text = *rest;
    if let Some(before) = before {
        text = text.strip_prefix(&[before]).ok_or(STAMP)?;
    }
    let (digits, after) = text.split_at_checked(len).ok_or(STAMP)?;
    let mut value = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return Err(STAMP);
        }
        value = value * 10 + i64::from(digit - b'0');
    }
    *rest = after;
    Ok(value)
}

/// A point and one to nine digits, or nothing.
fn read_fraction(rest: &mut &[u8]) -> Option<i32> {
    let Some(text) = rest.strip_prefix(b".") else { return Some(0) };
    let len = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&len) {
        return None;
    }
    let (digits, after) = text.split_at_checked(len)?;
    let mut nanos = 0;
    for place in 0..9 {
        nanos = nanos * 10 + digits.get(place).map_or(0, |digit| i32::from(digit - b'0'));
    }
    *rest = after;
    Some(nanos)
}

/// Writes a point and three, six or nine digits, or nothing for zero.
fn fraction(nanos: i32, out: &mut Vec<u8>) {
    let (value, len) = match nanos {
        0 => return,
        _ if nanos % 1_000_000 == 0 => (nanos / 1_000_000, 3),
        _ if nanos % 1_000 == 0 => (nanos / 1_000, 6),
        _ => (nanos, 9),
    };
    out.push(b'.');
    digits(value.into(), len, out);
}

/// Writes at least `len` digits.
fn digits(value: i64, len: usize, out: &mut Vec<u8>) {
    let mut buffer = itoa::Buffer::new();
    let text = buffer.format(value);
    out.extend(std::iter::repeat_n(b'0', len.saturating_sub(text.len())));
    out.extend_from_slice(text.as_bytes());
}

/// The days from 1970-01-01 to a date of the Gregorian calendar.
///
/// Years are counted from March, so that the leap day is a year's last day, and
/// in cycles of 400, which are all alike.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (cycle, year) = (year.div_euclid(400), year.rem_euclid(400));
    let month = (month + 9) % 12;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    cycle * 146_097 + year * 365 + year / 4 - year / 100 + day_of_year - 719_468
}

/// Year, month and day that are `days` after 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (cycle, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (cycle * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_days_agree() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(FIRST.div_euclid(DAY)), (1, 1, 1));
        assert_eq!(date(LAST.div_euclid(DAY)), (9999, 12, 31));
        for day in (FIRST / DAY..LAST / DAY).step_by(13) {
            let (year, month, of_month) = date(day);
            assert_eq!(days(year, month, of_month), day);
        }
    }

    #[test]
    fn timestamps() {
        for (text, value) in [
            ("0001-01-01T00:00:00Z", (FIRST, 0)),
            ("9999-12-31T23:59:59.999999999Z", (LAST, 999_999_999)),
            ("1969-12-31T23:59:58.999999999Z", (-2, 999_999_999)),
            ("1970-01-01T00:00:00.010Z", (0, 10_000_000)),
            ("1970-01-01T00:00:00.000010Z", (0, 10_000)),
            ("2024-02-29T12:34:56Z", (1_709_210_096, 0)),
        ] {
            assert_eq!(read_timestamp(text), Ok(value));
            let mut out = Vec::new();
            assert_eq!(write_timestamp(value.0, value.1, &mut out), Ok(()));
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
        assert_eq!(read_timestamp("1970-01-01T08:00:01+08:00"), Ok((1, 0)));
        assert_eq!(read_timestamp("1969-12-31T16:00:01-08:00"), Ok((1, 0)));
        assert_eq!(read_timestamp("1970-01-01T00:00:00.1Z"), Ok((0, 100_000_000)));
        for text in [
            "",
            "0000-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "0001-01-01T00:00:00",
            "0001-01-01 00:00:00Z",
            "0001-01-01T00:00:00z",
            "0001-01-01t00:00:00Z",
            "1970-01-01T08:00:01+0800",
            "1970-01-01T08:00:01+24:00",
            "1970-01-01T24:00:00Z",
            "1970-01-01T00:00:60Z",
            "1970-13-01T00:00:00Z",
            "1970-02-29T00:00:00Z",
            "1970-02-00T00:00:00Z",
            "1970-01-01T00:00:00.Z",
            "1970-01-01T00:00:00.0000000001Z",
            "1970-01-01T00:00:00Z ",
            "0001-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
        ] {
            assert!(read_timestamp(text).is_err(), "{text}");
        }
        for (seconds, nanos) in [(FIRST - 1, 0), (LAST + 1, 0), (0, -1), (0, SECOND)] {
            assert!(write_timestamp(seconds, nanos, &mut Vec::new()).is_err());
        }
    }

    #[test]
    fn durations() {
        for (text, value) in [
            ("-315576000000.999999999s", (-LONGEST, -999_999_999)),
            ("315576000000.999999999s", (LONGEST, 999_999_999)),
            ("-0.500s", (0, -500_000_000)),
            ("0s", (0, 0)),
            ("1.000010s", (1, 10_000)),
        ] {
            assert_eq!(read_duration(text), Ok(value));
            let mut out = Vec::new();
            assert_eq!(write_duration(value.0, value.1, &mut out), Ok(()));
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
        for text in [
            "1",
            "s",
            "-s",
            "",
            "1.s",
            ".5s",
            "315576000001s",
            "+1s",
            "1 s",
            "1.0000000001s",
            "9999999999999999999s",
        ] {
            assert!(read_duration(text).is_err(), "{text}");
        }
        for (seconds, nanos) in [(LONGEST + 1, 0), (1, -1), (-1, 1), (-1, -SECOND), (1, SECOND)] {
            assert!(write_duration(seconds, nanos, &mut Vec::new()).is_err());
        }
    }
}
