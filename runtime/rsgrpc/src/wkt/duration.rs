//! [`Duration`]: range, arithmetic, text, and the durations of std.

use std::fmt;
use std::str::FromStr;
use std::time::Duration as StdDuration;

use super::parse::{Cursor, print_fraction};
use super::range::{SECOND, by_value, seconds_and_nanos};
use super::{Duration, ParseTimeError, RangeError};

/// Spans of time, with a sign.
///
/// ```
/// use rsgrpc::wkt::Duration;
///
/// let limit: Duration = std::time::Duration::from_millis(1500).try_into()?;
/// assert_eq!(limit.to_string(), "1.500s");
/// assert_eq!(limit.checked_mul(-2), Some("-3s".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Duration {
    /// -315,576,000,000.999999999 s, about minus 10,000 years.
    pub const MIN: Self = Self::literal(-315_576_000_000, -999_999_999);
    /// 315,576,000,000.999999999 s, about 10,000 years.
    pub const MAX: Self = Self::literal(315_576_000_000, 999_999_999);
    /// No time, which is also the default.
    pub const ZERO: Self = Self::literal(0, 0);

    /// So many seconds and nanoseconds.
    ///
    /// # Errors
    /// The seconds are out of range; or the nanoseconds are not from
    /// -999,999,999 to 999,999,999, or of another sign than the seconds.
    pub fn new(seconds: i64, nanos: i32) -> Result<Self, RangeError> {
        let duration = Self::literal(seconds, nanos);
        duration.check().map(|()| duration)
    }

    /// So many nanoseconds.
    ///
    /// # Errors
    /// They are out of range.
    pub fn from_nanos(nanos: i128) -> Result<Self, RangeError> {
        let seconds = i64::try_from(nanos / SECOND).map_err(|_| RangeError::Duration)?;
        let nanos = i32::try_from(nanos % SECOND).map_err(|_| RangeError::Nanos)?;
        Self::new(seconds, nanos)
    }

    /// Whether the fields hold what the schema allows: a span from
    /// [`MIN`](Self::MIN) to [`MAX`](Self::MAX), with nanoseconds that are a
    /// fraction of a second, of the same sign. What a peer sends need not.
    ///
    /// # Errors
    /// They do not.
    pub fn check(&self) -> Result<(), RangeError> {
        match () {
            () if !(Self::MIN.seconds..=Self::MAX.seconds).contains(&self.seconds) => {
                Err(RangeError::Duration)
            }
            () if !(Self::MIN.nanos..=Self::MAX.nanos).contains(&self.nanos) => Err(RangeError::Nanos),
            () if self.seconds.signum() * i64::from(self.nanos.signum()) < 0 => Err(RangeError::Nanos),
            () => Ok(()),
        }
    }

    /// Whether it is less than no time.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.as_nanos() < 0
    }

    /// The seconds, with their fraction, as near as an `f64` comes.
    #[must_use]
    pub fn as_secs_f64(&self) -> f64 {
        self.seconds as f64 + f64::from(self.nanos) / 1e9
    }

    /// The same without its sign, if it is in range.
    #[must_use]
    pub fn checked_abs(&self) -> Option<Self> {
        Self::from_nanos(self.as_nanos().abs()).ok()
    }

    /// The same with the other sign, if it is in range.
    #[must_use]
    pub fn checked_neg(&self) -> Option<Self> {
        Self::from_nanos(-self.as_nanos()).ok()
    }

    /// The sum, if it is in range.
    #[must_use]
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        Self::from_nanos(self.as_nanos() + other.as_nanos()).ok()
    }

    /// The difference, if it is in range.
    #[must_use]
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        Self::from_nanos(self.as_nanos() - other.as_nanos()).ok()
    }

    /// So many times the same, if it is in range.
    #[must_use]
    pub fn checked_mul(&self, factor: i64) -> Option<Self> {
        Self::from_nanos(self.as_nanos().checked_mul(factor.into())?).ok()
    }

    /// One of so many equal parts, rounded towards zero; none of 0 parts.
    #[must_use]
    pub fn checked_div(&self, divisor: i64) -> Option<Self> {
        Self::from_nanos(self.as_nanos().checked_div(divisor.into())?).ok()
    }
}

seconds_and_nanos!(Duration, "of it");

/// Seconds with 0, 3, 6 or 9 digits of a fraction and an `s`, as in JSON. What
/// is out of range is shown as such, in no standard form;
/// [`check`](Duration::check) tells.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.check().is_err() {
            return write!(f, "Duration out of range: {} s, {} ns", self.seconds, self.nanos);
        }
        let sign = if self.is_negative() { "-" } else { "" };
        write!(f, "{sign}{}", self.seconds.unsigned_abs())?;
        print_fraction(self.nanos.unsigned_abs(), f)?;
        f.write_str("s")
    }
}

/// Seconds as JSON has them: perhaps a minus, digits, perhaps a dot and 1 to 9
/// digits, and an `s`.
///
/// ```
/// use rsgrpc::wkt::Duration;
///
/// assert_eq!("-0.25s".parse(), Ok(Duration::new(0, -250_000_000)?));
/// # Ok::<(), rsgrpc::wkt::RangeError>(())
/// ```
impl FromStr for Duration {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        let mut cursor = Cursor::new(text);
        let sign = if cursor.eat(b'-') { -1 } else { 1 };
        let Some(mut seconds) = cursor.digit().map(i128::from) else {
            return cursor.expected("a digit");
        };
        while let Some(digit) = cursor.digit() {
            // Long before an overflow it is out of range.
            seconds = seconds.saturating_mul(10).saturating_add(digit.into());
        }
        let nanos = cursor.fraction()?;
        cursor.require(b's', "`s`")?;
        cursor.end()?;
        let nanos = seconds.saturating_mul(SECOND).saturating_add(nanos.into());
        Ok(Self::from_nanos(sign * nanos)?)
    }
}

impl TryFrom<StdDuration> for Duration {
    type Error = RangeError;

    fn try_from(duration: StdDuration) -> Result<Self, RangeError> {
        Self::from_nanos(i128::try_from(duration.as_nanos()).map_err(|_| RangeError::Duration)?)
    }
}

/// Fails where the fields are not as [`check`](Duration::check) wants them, or
/// negative.
impl TryFrom<&Duration> for StdDuration {
    type Error = RangeError;

    fn try_from(duration: &Duration) -> Result<Self, RangeError> {
        duration.check()?;
        match (u64::try_from(duration.seconds), u32::try_from(duration.nanos)) {
            (Ok(seconds), Ok(nanos)) => Ok(Self::new(seconds, nanos)),
            _ => Err(RangeError::Target("std::time::Duration")),
        }
    }
}

by_value! {
    Duration => StdDuration;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn parses(text: &str, seconds: i64, nanos: i32, printed: &str) {
        let duration: Duration = text.parse().unwrap();
        assert_eq!(duration, Duration::literal(seconds, nanos));
        assert_eq!(duration.to_string(), printed);
        assert_eq!(printed.parse(), Ok(duration));
    }

    #[track_caller]
    fn fails(text: &str, error: &str) {
        assert_eq!(text.parse::<Duration>().unwrap_err().to_string(), error);
    }

    #[test]
    fn text() {
        parses("0s", 0, 0, "0s");
        parses("-0s", 0, 0, "0s");
        parses("1.5s", 1, 500_000_000, "1.500s");
        parses("-0.5s", 0, -500_000_000, "-0.500s");
        parses("007.000001s", 7, 1000, "7.000001s");
        parses("1.000000001s", 1, 1, "1.000000001s");
        parses("315576000000.999999999s", 315_576_000_000, 999_999_999, "315576000000.999999999s");
        parses("-315576000000.999999999s", -315_576_000_000, -999_999_999, "-315576000000.999999999s");
    }

    #[test]
    fn bad_text() {
        fails("", "byte 0: expected a digit");
        fails("s", "byte 0: expected a digit");
        fails("+1s", "byte 0: expected a digit");
        fails("--1s", "byte 1: expected a digit");
        fails(".5s", "byte 0: expected a digit");
        fails(" 1s", "byte 0: expected a digit");
        fails("1", "byte 1: expected `s`");
        fails("1S", "byte 1: expected `s`");
        fails("1.s", "byte 2: expected 1 to 9 digits");
        fails("1.0000000001s", "byte 11: expected `s`");
        fails("1e3s", "byte 1: expected `s`");
        fails("1s ", "byte 2: expected the end");
        fails("315576000001s", "not within ±315,576,000,000 seconds");
        fails("-315576000001s", "not within ±315,576,000,000 seconds");
        fails(&format!("{}s", "9".repeat(100)), "not within ±315,576,000,000 seconds");
    }

    #[test]
    fn range() {
        assert_eq!(Duration::new(315_576_000_001, 0), Err(RangeError::Duration));
        assert_eq!(Duration::new(i64::MIN, 0), Err(RangeError::Duration));
        assert_eq!(Duration::new(0, 1_000_000_000), Err(RangeError::Nanos));
        assert_eq!(Duration::new(0, i32::MIN), Err(RangeError::Nanos));
        assert_eq!(Duration::new(1, -1), Err(RangeError::Nanos));
        assert_eq!(Duration::new(-1, 1), Err(RangeError::Nanos));
        assert_eq!(Duration::literal(1, -1).to_string(), "Duration out of range: 1 s, -1 ns");
        assert_eq!(Duration::literal(1, -1).normalized(), Duration::new(0, 999_999_999));
        assert_eq!(Duration::literal(-1, -1_500_000_000).normalized(), Duration::new(-2, -500_000_000));
        assert_eq!(Duration::literal(i64::MIN, i32::MIN).normalized(), Err(RangeError::Duration));
        assert_eq!(Duration::from_nanos(Duration::MIN.as_nanos()), Ok(Duration::MIN));
        assert_eq!(Duration::from_nanos(i128::MAX), Err(RangeError::Duration));
    }

    #[test]
    fn order() {
        let durations = [
            Duration::MIN,
            Duration::literal(-1, 0),
            Duration::literal(0, -1),
            Duration::ZERO,
            Duration::literal(1, -1),
            Duration::literal(1, 0),
            Duration::MAX,
        ];
        assert!(durations.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn arithmetic() {
        let half = Duration::new(0, 500_000_000).unwrap();
        let minus = half.checked_neg().unwrap();
        assert!(minus.is_negative() && !half.is_negative() && !Duration::ZERO.is_negative());
        assert_eq!(minus.checked_abs(), Some(half.clone()));
        assert_eq!(half.checked_add(&minus), Some(Duration::ZERO));
        assert_eq!(minus.checked_sub(&half), Duration::new(-1, 0).ok());
        assert_eq!(half.checked_mul(3), Duration::new(1, 500_000_000).ok());
        assert_eq!(minus.checked_div(3), Duration::new(0, -166_666_666).ok());
        assert_eq!(half.checked_div(0), None);
        assert_eq!(Duration::MAX.checked_add(&half), None);
        assert_eq!(Duration::MAX.checked_mul(i64::MIN), None);
        assert_eq!(Duration::MIN.checked_neg(), Some(Duration::MAX));
        assert_eq!(Duration::literal(i64::MIN, i32::MIN).checked_abs(), None);
        assert!((minus.as_secs_f64() + 0.5).abs() < f64::EPSILON);
    }

    #[test]
    fn std_duration() {
        let std = StdDuration::new(5, 6);
        let duration = Duration::try_from(std).unwrap();
        assert_eq!(duration, Duration::literal(5, 6));
        assert_eq!(StdDuration::try_from(duration), Ok(std));
        assert_eq!(Duration::try_from(StdDuration::MAX), Err(RangeError::Duration));
        let target = RangeError::Target("std::time::Duration");
        assert_eq!(StdDuration::try_from(Duration::literal(-1, 0)), Err(target));
        assert_eq!(StdDuration::try_from(Duration::literal(0, -1)), Err(target));
        assert_eq!(StdDuration::try_from(Duration::literal(1, -1)), Err(RangeError::Nanos));
        assert_eq!(target.to_string(), "out of the range of std::time::Duration");
    }
}
