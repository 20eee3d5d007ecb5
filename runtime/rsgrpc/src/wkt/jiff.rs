//! From and to the types of the crate jiff.

use ::jiff::SignedDuration;

use super::range::by_value;
use super::{Duration, RangeError, Timestamp};

/// ```
/// use rsgrpc::wkt::Timestamp;
///
/// let time = jiff::Timestamp::constant(3600, 0);
/// let timestamp = Timestamp::try_from(time)?;
/// assert_eq!(timestamp.to_string(), "1970-01-01T01:00:00Z");
/// assert_eq!(jiff::Timestamp::try_from(timestamp)?, time);
/// # Ok::<(), rsgrpc::wkt::RangeError>(())
/// ```
impl TryFrom<::jiff::Timestamp> for Timestamp {
    type Error = RangeError;

    fn try_from(time: ::jiff::Timestamp) -> Result<Self, RangeError> {
        Self::from_nanos(time.as_nanosecond())
    }
}

/// jiff ends some hours before 9999-12-31T23:59:59Z.
impl TryFrom<&Timestamp> for ::jiff::Timestamp {
    type Error = RangeError;

    fn try_from(time: &Timestamp) -> Result<Self, RangeError> {
        time.check()?;
        Self::new(time.seconds, time.nanos).map_err(|_| RangeError::Target("jiff::Timestamp"))
    }
}

impl TryFrom<SignedDuration> for Duration {
    type Error = RangeError;

    fn try_from(duration: SignedDuration) -> Result<Self, RangeError> {
        Self::new(duration.as_secs(), duration.subsec_nanos())
    }
}

impl TryFrom<&Duration> for SignedDuration {
    type Error = RangeError;

    fn try_from(duration: &Duration) -> Result<Self, RangeError> {
        duration.check()?;
        // It panics where the nanoseconds carry over a limit of `i64`: these do not carry.
        Ok(Self::new(duration.seconds, duration.nanos))
    }
}

by_value! {
    Timestamp => ::jiff::Timestamp;
    Duration => SignedDuration;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps() {
        let before = Timestamp::new(-1, 999_999_999).unwrap();
        for time in [Timestamp::MIN, before, Timestamp::UNIX_EPOCH] {
            let there = ::jiff::Timestamp::try_from(&time).unwrap();
            assert_eq!(there.to_string().parse(), Ok(time.clone()));
            assert_eq!(Timestamp::try_from(there), Ok(time));
        }
        let target = RangeError::Target("jiff::Timestamp");
        assert_eq!(::jiff::Timestamp::try_from(Timestamp::MAX), Err(target));
        assert_eq!(Timestamp::try_from(::jiff::Timestamp::MIN), Err(RangeError::Timestamp));
        assert!(Timestamp::try_from(::jiff::Timestamp::MAX).is_ok());
        let bad = Timestamp { nanos: -1, ..Timestamp::default() };
        assert_eq!(::jiff::Timestamp::try_from(bad), Err(RangeError::Nanos));
    }

    #[test]
    fn durations() {
        let minus = Duration::new(-1, -500_000_000).unwrap();
        for duration in [Duration::MIN, minus, Duration::ZERO, Duration::MAX] {
            let there = SignedDuration::try_from(&duration).unwrap();
            assert_eq!(Duration::try_from(there), Ok(duration));
        }
        assert_eq!(Duration::try_from(SignedDuration::MIN), Err(RangeError::Duration));
        let bad = Duration { seconds: i64::MAX, nanos: i32::MAX, ..Duration::default() };
        assert_eq!(SignedDuration::try_from(bad), Err(RangeError::Duration));
    }
}
