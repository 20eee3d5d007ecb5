//! [`Timestamp`]: range, calendar, arithmetic, and the clock of std.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration as StdDuration, SystemTime};

use super::range::{SECOND, by_value, seconds_and_nanos};
use super::{Duration, ParseTimeError, RangeError, Timestamp, calendar};

/// Points in time.
///
/// ```
/// use rsgrpc::wkt::{Duration, Timestamp};
///
/// let start: Timestamp = "2024-02-28T23:30:00Z".parse()?;
/// let hour: Duration = "3600s".parse()?;
/// let end = start.checked_add(&hour).ok_or("out of range")?;
/// assert_eq!(end.to_string(), "2024-02-29T00:30:00Z");
/// assert!(start < end);
/// assert_eq!(end.checked_since(&start), Some(hour));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Timestamp {
    /// 0001-01-01T00:00:00Z
    pub const MIN: Self = Self::literal(-62_135_596_800, 0);
    /// 9999-12-31T23:59:59.999999999Z
    pub const MAX: Self = Self::literal(253_402_300_799, 999_999_999);
    /// 1970-01-01T00:00:00Z, which is also the default.
    pub const UNIX_EPOCH: Self = Self::literal(0, 0);

    /// The time so many seconds after 1970, or before where negative, and then
    /// so many nanoseconds later.
    ///
    /// # Errors
    /// The seconds are out of range, or the nanoseconds are not from 0 to
    /// 999,999,999.
    pub fn new(seconds: i64, nanos: i32) -> Result<Self, RangeError> {
        let timestamp = Self::literal(seconds, nanos);
        timestamp.check().map(|()| timestamp)
    }

    /// The time so many nanoseconds after 1970, or before where negative.
    ///
    /// # Errors
    /// It is out of range.
    pub fn from_nanos(nanos: i128) -> Result<Self, RangeError> {
        let seconds = i64::try_from(nanos.div_euclid(SECOND)).map_err(|_| RangeError::Timestamp)?;
        let nanos = i32::try_from(nanos.rem_euclid(SECOND)).map_err(|_| RangeError::Nanos)?;
        Self::new(seconds, nanos)
    }

    /// The present, as the system's clock says; [`MIN`](Self::MIN) or
    /// [`MAX`](Self::MAX) where that is out of range.
    #[must_use]
    pub fn now() -> Self {
        let now = SystemTime::now();
        now.try_into().unwrap_or(if now < SystemTime::UNIX_EPOCH { Self::MIN } else { Self::MAX })
    }

    /// Whether the fields hold what the schema allows: a time from
    /// [`MIN`](Self::MIN) to [`MAX`](Self::MAX), with nanoseconds from 0 to
    /// 999,999,999. What a peer sends need not.
    ///
    /// # Errors
    /// They do not.
    pub fn check(&self) -> Result<(), RangeError> {
        match () {
            () if !(Self::MIN.seconds..=Self::MAX.seconds).contains(&self.seconds) => {
                Err(RangeError::Timestamp)
            }
            () if !(0..=999_999_999).contains(&self.nanos) => Err(RangeError::Nanos),
            () => Ok(()),
        }
    }

    /// The time that is `duration` later, if it is in range.
    #[must_use]
    pub fn checked_add(&self, duration: &Duration) -> Option<Self> {
        Self::from_nanos(self.as_nanos() + duration.as_nanos()).ok()
    }

    /// The time that is `duration` earlier, if it is in range.
    #[must_use]
    pub fn checked_sub(&self, duration: &Duration) -> Option<Self> {
        Self::from_nanos(self.as_nanos() - duration.as_nanos()).ok()
    }

    /// The time from `earlier` to this, negative if that is the later one. Of
    /// two times in range, it always exists.
    #[must_use]
    pub fn checked_since(&self, earlier: &Self) -> Option<Duration> {
        Duration::from_nanos(self.as_nanos() - earlier.as_nanos()).ok()
    }
}

seconds_and_nanos!(Timestamp, "since 1970");

/// RFC 3339 in UTC, with 0, 3, 6 or 9 digits of a fraction, as in JSON. What is
/// out of range is shown as such, in no standard form;
/// [`check`](Timestamp::check) tells.
///
/// ```
/// let time = rsgrpc::wkt::Timestamp::new(1_700_000_000, 20_000_000)?;
/// assert_eq!(time.to_string(), "2023-11-14T22:13:20.020Z");
/// # Ok::<(), rsgrpc::wkt::RangeError>(())
/// ```
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.check(), u32::try_from(self.nanos)) {
            (Ok(()), Ok(nanos)) => calendar::print(self.seconds, nanos, f),
            _ => write!(f, "Timestamp out of range: {} s, {} ns", self.seconds, self.nanos),
        }
    }
}

/// RFC 3339 as JSON has it: `T` and `Z` in upper case, 0 to 9 digits of a
/// fraction, any offset, no leap second.
///
/// ```
/// use rsgrpc::wkt::Timestamp;
///
/// let time: Timestamp = "2024-05-01T12:00:00.5+02:00".parse()?;
/// assert_eq!(time.to_string(), "2024-05-01T10:00:00.500Z");
/// # Ok::<(), rsgrpc::wkt::ParseTimeError>(())
/// ```
impl FromStr for Timestamp {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        let (seconds, nanos) = calendar::parse(text)?;
        Ok(Self::from_nanos(i128::from(seconds) * SECOND + i128::from(nanos))?)
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = RangeError;

    fn try_from(time: SystemTime) -> Result<Self, RangeError> {
        let (nanos, sign) = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => (after.as_nanos(), 1),
            Err(before) => (before.duration().as_nanos(), -1),
        };
        Self::from_nanos(i128::try_from(nanos).map_err(|_| RangeError::Timestamp)? * sign)
    }
}

impl TryFrom<&Timestamp> for SystemTime {
    type Error = RangeError;

    fn try_from(time: &Timestamp) -> Result<Self, RangeError> {
        time.check()?;
        let nanos = StdDuration::new(0, time.nanos.unsigned_abs());
        let seconds = StdDuration::from_secs(time.seconds.unsigned_abs());
        let whole = match time.seconds {
            0.. => Self::UNIX_EPOCH.checked_add(seconds),
            _ => Self::UNIX_EPOCH.checked_sub(seconds),
        };
        whole.and_then(|whole| whole.checked_add(nanos)).ok_or(RangeError::Target("std::time::SystemTime"))
    }
}

by_value! {
    Timestamp => SystemTime;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn parses(text: &str, seconds: i64, nanos: i32, printed: &str) {
        let time: Timestamp = text.parse().unwrap();
        assert_eq!(time, Timestamp::literal(seconds, nanos));
        assert_eq!(time.to_string(), printed);
        assert_eq!(printed.parse(), Ok(time));
    }

    #[track_caller]
    fn fails(text: &str, error: &str) {
        assert_eq!(text.parse::<Timestamp>().unwrap_err().to_string(), error);
    }

    #[test]
    fn text() {
        parses("1970-01-01T00:00:00Z", 0, 0, "1970-01-01T00:00:00Z");
        parses("0001-01-01T00:00:00Z", -62_135_596_800, 0, "0001-01-01T00:00:00Z");
        let last = "9999-12-31T23:59:59.999999999Z";
        parses(last, 253_402_300_799, 999_999_999, last);
        parses("1969-12-31T23:59:59.1Z", -1, 100_000_000, "1969-12-31T23:59:59.100Z");
        parses("2000-02-29T00:00:00.0001Z", 951_782_400, 100_000, "2000-02-29T00:00:00.000100Z");
        parses("2001-09-09T01:46:40.000000001Z", 1_000_000_000, 1, "2001-09-09T01:46:40.000000001Z");
        parses("2001-09-09T01:46:40.000000000Z", 1_000_000_000, 0, "2001-09-09T01:46:40Z");
        parses("1970-01-01T00:00:00-08:30", 30_600, 0, "1970-01-01T08:30:00Z");
        parses("1970-01-01T00:00:00-00:00", 0, 0, "1970-01-01T00:00:00Z");
        parses("0000-12-31T23:00:00-02:00", -62_135_593_200, 0, "0001-01-01T01:00:00Z");
    }

    #[test]
    fn bad_text() {
        fails("", "byte 0: expected a year of 4 digits");
        fails("+1970-01-01T00:00:00Z", "byte 0: expected a year of 4 digits");
        fails("10000-01-01T00:00:00Z", "byte 4: expected `-`");
        fails("1970-13-01T00:00:00Z", "byte 5: expected a month, 01 to 12");
        fails("1970-1-01T00:00:00Z", "byte 6: expected a month, 01 to 12");
        fails("1900-02-29T00:00:00Z", "byte 8: expected a day of that month, of 2 digits");
        fails("1970-01-00T00:00:00Z", "byte 8: expected a day of that month, of 2 digits");
        fails("1970-01-01t00:00:00Z", "byte 10: expected `T`");
        fails("1970-01-01 00:00:00Z", "byte 10: expected `T`");
        fails("1970-01-01T24:00:00Z", "byte 11: expected an hour, 00 to 23");
        fails("1970-01-01T00:60:00Z", "byte 14: expected a minute, 00 to 59");
        fails("2016-12-31T23:59:60Z", "byte 17: expected a second, 00 to 59");
        fails("1970-01-01T00:00:00.Z", "byte 20: expected 1 to 9 digits");
        fails("1970-01-01T00:00:00.0000000000Z", "byte 29: expected `Z` or an offset such as `+02:00`");
        fails("1970-01-01T00:00:00", "byte 19: expected `Z` or an offset such as `+02:00`");
        fails("1970-01-01T00:00:00z", "byte 19: expected `Z` or an offset such as `+02:00`");
        fails("1970-01-01T00:00:00+0100", "byte 22: expected `:`");
        fails("1970-01-01T00:00:00+24:00", "byte 20: expected an hour, 00 to 23");
        fails("1970-01-01T00:00:00Z ", "byte 20: expected the end");
        fails("1970-01-01T00:00:00Zü", "byte 20: expected the end");
        fails("٠١٢٣-01-01T00:00:00Z", "byte 0: expected a year of 4 digits");
        fails("0000-01-01T00:00:00Z", "not within the years 1 to 9999");
        fails("0001-01-01T00:00:00+00:01", "not within the years 1 to 9999");
        fails("9999-12-31T23:59:59-00:01", "not within the years 1 to 9999");
    }

    #[test]
    fn range() {
        assert_eq!(Timestamp::new(253_402_300_800, 0), Err(RangeError::Timestamp));
        assert_eq!(Timestamp::new(-62_135_596_801, 999_999_999), Err(RangeError::Timestamp));
        assert_eq!(Timestamp::new(0, -1), Err(RangeError::Nanos));
        assert_eq!(Timestamp::new(0, 1_000_000_000), Err(RangeError::Nanos));
        assert_eq!(Timestamp::literal(7, -1).to_string(), "Timestamp out of range: 7 s, -1 ns");
        assert_eq!(Timestamp::literal(7, -1).normalized(), Timestamp::new(6, 999_999_999));
        assert_eq!(Timestamp::literal(7, i32::MAX).normalized(), Timestamp::new(9, 147_483_647));
        assert_eq!(Timestamp::literal(i64::MAX, i32::MAX).normalized(), Err(RangeError::Timestamp));
        assert_eq!(Timestamp::literal(i64::MIN, i32::MIN).normalized(), Err(RangeError::Timestamp));
        assert_eq!(Timestamp::from_nanos(i128::MIN), Err(RangeError::Timestamp));
        assert_eq!(Timestamp::from_nanos(Timestamp::MAX.as_nanos()), Ok(Timestamp::MAX));
    }

    #[test]
    fn order() {
        let times = [
            Timestamp::literal(i64::MIN, 0),
            Timestamp::MIN,
            Timestamp::literal(-1, 999_999_999),
            Timestamp::UNIX_EPOCH,
            Timestamp::literal(1, -1),
            Timestamp::literal(0, 1_000_000_000),
            Timestamp::literal(1, 0),
            Timestamp::MAX,
        ];
        assert!(times.is_sorted_by(|a, b| a < b));
        let mut unknown = Timestamp::UNIX_EPOCH;
        unknown.unknown_fields.push(24, &[1]);
        assert!(Timestamp::UNIX_EPOCH < unknown);
    }

    #[test]
    fn arithmetic() {
        let second = Duration::new(1, 0).unwrap();
        let half = Duration::new(0, 500_000_000).unwrap();
        let time = Timestamp::new(-1, 750_000_000).unwrap();
        assert_eq!(time.checked_add(&half), Timestamp::new(0, 250_000_000).ok());
        assert_eq!(time.checked_sub(&half), Timestamp::new(-1, 250_000_000).ok());
        assert_eq!(Timestamp::MAX.checked_add(&second), None);
        assert_eq!(Timestamp::MIN.checked_sub(&second), None);
        assert_eq!(Timestamp::MIN.checked_since(&time).unwrap().to_string(), "-62135596799.750s");
        assert!(Timestamp::MAX.checked_since(&Timestamp::MIN).is_some());
        assert_eq!(Timestamp::literal(i64::MAX, 0).checked_since(&Timestamp::literal(i64::MIN, 0)), None);
    }

    #[test]
    fn system_time() {
        for (seconds, nanos) in [(0, 0), (1, 1), (-1, 0), (-1, 999_999_900), (-62_135_596_800, 0)] {
            let time = Timestamp::new(seconds, nanos).unwrap();
            // Windows counts in steps of 100 ns.
            if let Ok(system) = SystemTime::try_from(&time)
                && nanos % 100 == 0
            {
                assert_eq!(Timestamp::try_from(system), Ok(time));
            }
        }
        let before = SystemTime::UNIX_EPOCH - StdDuration::from_millis(250);
        assert_eq!(Timestamp::try_from(before), Timestamp::new(-1, 750_000_000));
        assert_eq!(SystemTime::try_from(Timestamp::literal(0, -1)), Err(RangeError::Nanos));
        if let Some(far) = SystemTime::UNIX_EPOCH.checked_add(StdDuration::from_secs(253_402_300_800)) {
            assert_eq!(Timestamp::try_from(far), Err(RangeError::Timestamp));
        }
        assert!(Timestamp::now() > "2024-01-01T00:00:00Z".parse().unwrap());
    }
}
