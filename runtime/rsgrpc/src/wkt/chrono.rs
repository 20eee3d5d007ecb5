//! From and to the types of the crate chrono.

use ::chrono::{DateTime, TimeDelta, TimeZone, Utc};

use super::range::{SECOND, by_value};
use super::{Duration, RangeError, Timestamp};

/// A leap second becomes the first second after it.
///
/// ```
/// use chrono::{DateTime, TimeDelta, Utc};
/// use rsgrpc::wkt::Timestamp;
///
/// let time = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
/// let timestamp = Timestamp::try_from(time)?;
/// assert_eq!(timestamp.to_string(), "1970-01-01T01:00:00Z");
/// assert_eq!(DateTime::<Utc>::try_from(timestamp)?, time);
/// # Ok::<(), rsgrpc::wkt::RangeError>(())
/// ```
impl<Tz: TimeZone> TryFrom<DateTime<Tz>> for Timestamp {
    type Error = RangeError;

    fn try_from(time: DateTime<Tz>) -> Result<Self, RangeError> {
        Self::from_nanos(i128::from(time.timestamp()) * SECOND + i128::from(time.timestamp_subsec_nanos()))
    }
}

impl TryFrom<&Timestamp> for DateTime<Utc> {
    type Error = RangeError;

    fn try_from(time: &Timestamp) -> Result<Self, RangeError> {
        time.check()?;
        let nanos = u32::try_from(time.nanos).map_err(|_| RangeError::Nanos)?;
        Self::from_timestamp(time.seconds, nanos).ok_or(RangeError::Target("chrono::DateTime<Utc>"))
    }
}

impl TryFrom<TimeDelta> for Duration {
    type Error = RangeError;

    fn try_from(delta: TimeDelta) -> Result<Self, RangeError> {
        Self::new(delta.num_seconds(), delta.subsec_nanos())
    }
}

impl TryFrom<&Duration> for TimeDelta {
    type Error = RangeError;

    fn try_from(duration: &Duration) -> Result<Self, RangeError> {
        duration.check()?;
        Self::try_seconds(duration.seconds)
            .and_then(|seconds| seconds.checked_add(&Self::nanoseconds(duration.nanos.into())))
            .ok_or(RangeError::Target("chrono::TimeDelta"))
    }
}

by_value! {
    Timestamp => DateTime<Utc>;
    Duration => TimeDelta;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps() {
        let before = Timestamp::new(-1, 999_999_999).unwrap();
        for time in [Timestamp::MIN, before, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
            let there = DateTime::<Utc>::try_from(&time).unwrap();
            assert_eq!(format!("{there:?}").parse(), Ok(time.clone()));
            assert_eq!(Timestamp::try_from(there), Ok(time));
        }
        let leap = DateTime::<Utc>::from_timestamp(1_483_228_799, 1_500_000_000).unwrap();
        assert_eq!(Timestamp::try_from(leap), Timestamp::new(1_483_228_800, 500_000_000));
        for far in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert_eq!(Timestamp::try_from(far), Err(RangeError::Timestamp));
        }
        let bad = Timestamp { nanos: -1, ..Timestamp::default() };
        assert_eq!(DateTime::<Utc>::try_from(bad), Err(RangeError::Nanos));
    }

    #[test]
    fn durations() {
        let minus = Duration::new(-1, -500_000_000).unwrap();
        for duration in [Duration::MIN, minus, Duration::ZERO, Duration::MAX] {
            let there = TimeDelta::try_from(&duration).unwrap();
            assert_eq!(Duration::try_from(there), Ok(duration));
        }
        assert_eq!(TimeDelta::milliseconds(-1500).try_into(), Duration::new(-1, -500_000_000));
        assert_eq!(Duration::try_from(TimeDelta::MAX), Err(RangeError::Duration));
        let bad = Duration { seconds: 1, nanos: -1, ..Duration::default() };
        assert_eq!(TimeDelta::try_from(bad), Err(RangeError::Nanos));
    }
}
