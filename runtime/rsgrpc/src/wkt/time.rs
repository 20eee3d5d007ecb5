//! From and to the types of the crate time.

use ::time::OffsetDateTime;

use super::range::by_value;
use super::{Duration, RangeError, Timestamp};

/// ```
/// use rsgrpc::wkt::Timestamp;
/// use time::{Duration, OffsetDateTime};
///
/// let time = OffsetDateTime::UNIX_EPOCH + Duration::hours(1);
/// let timestamp = Timestamp::try_from(time)?;
/// assert_eq!(timestamp.to_string(), "1970-01-01T01:00:00Z");
/// assert_eq!(OffsetDateTime::try_from(timestamp)?, time);
/// # Ok::<(), rsgrpc::wkt::RangeError>(())
/// ```
impl TryFrom<OffsetDateTime> for Timestamp {
    type Error = RangeError;

    fn try_from(time: OffsetDateTime) -> Result<Self, RangeError> {
        Self::from_nanos(time.unix_timestamp_nanos())
    }
}

/// The time in UTC.
impl TryFrom<&Timestamp> for OffsetDateTime {
    type Error = RangeError;

    fn try_from(time: &Timestamp) -> Result<Self, RangeError> {
        time.check()?;
        Self::from_unix_timestamp_nanos(time.as_nanos())
            .map_err(|_| RangeError::Target("time::OffsetDateTime"))
    }
}

impl TryFrom<::time::Duration> for Duration {
    type Error = RangeError;

    fn try_from(duration: ::time::Duration) -> Result<Self, RangeError> {
        Self::new(duration.whole_seconds(), duration.subsec_nanoseconds())
    }
}

impl TryFrom<&Duration> for ::time::Duration {
    type Error = RangeError;

    fn try_from(duration: &Duration) -> Result<Self, RangeError> {
        duration.check()?;
        // It panics where the nanoseconds carry over a limit of `i64`: these do not carry.
        Ok(Self::new(duration.seconds, duration.nanos))
    }
}

by_value! {
    Timestamp => OffsetDateTime;
    Duration => ::time::Duration;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps() {
        let before = Timestamp::new(-1, 999_999_999).unwrap();
        for time in [Timestamp::MIN, before, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
            let there = OffsetDateTime::try_from(&time).unwrap();
            assert_eq!(
                (there.unix_timestamp(), there.nanosecond().cast_signed()),
                (time.seconds, time.nanos)
            );
            assert_eq!(Timestamp::try_from(there), Ok(time));
        }
        let year_0 = OffsetDateTime::from_unix_timestamp(Timestamp::MIN.seconds - 1).unwrap();
        assert_eq!(Timestamp::try_from(year_0), Err(RangeError::Timestamp));
        let bad = Timestamp { nanos: -1, ..Timestamp::default() };
        assert_eq!(OffsetDateTime::try_from(bad), Err(RangeError::Nanos));
    }

    #[test]
    fn durations() {
        let minus = Duration::new(-1, -500_000_000).unwrap();
        for duration in [Duration::MIN, minus, Duration::ZERO, Duration::MAX] {
            let there = ::time::Duration::try_from(&duration).unwrap();
            assert_eq!(Duration::try_from(there), Ok(duration));
        }
        assert_eq!(Duration::try_from(::time::Duration::MAX), Err(RangeError::Duration));
        let bad = Duration { seconds: i64::MAX, nanos: i32::MAX, ..Duration::default() };
        assert_eq!(::time::Duration::try_from(bad), Err(RangeError::Duration));
    }
}
