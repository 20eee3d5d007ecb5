//! When a call has to be done, and `grpc-timeout`, which tells the peer.

use http::{HeaderName, HeaderValue};
use std::cell::Cell;
use std::fmt;
use std::time::Duration;
use tokio::time::Instant;

pub(crate) static GRPC_TIMEOUT: HeaderName = HeaderName::from_static("grpc-timeout");

/// Further away than any call lives, and near enough for every clock to add.
const FAR: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// The moment after which nobody waits for a call's answer any more.
///
/// ```
/// use rsgrpc::Deadline;
/// use std::time::Duration;
///
/// let deadline = Deadline::after(Duration::from_secs(2));
/// assert!(deadline.remaining() <= Duration::from_secs(2));
/// assert!(deadline < Deadline::after(Duration::from_secs(60)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline(Instant);

impl Deadline {
    /// The moment that is `timeout` from now; at most 100 years.
    #[must_use]
    pub fn after(timeout: Duration) -> Self {
        Self::after_that(Instant::now(), timeout)
    }

    /// As [`after`](Self::after), from this moment on.
    pub(crate) fn after_that(moment: Instant, timeout: Duration) -> Self {
        Self(moment + timeout.min(FAR))
    }

    /// The time left; zero once the deadline has passed.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.remaining_at(Instant::now())
    }

    pub(crate) fn remaining_at(&self, moment: Instant) -> Duration {
        self.0.saturating_duration_since(moment)
    }

    /// Whether the deadline has passed.
    #[must_use]
    pub fn has_passed(&self) -> bool {
        self.remaining().is_zero()
    }

    /// The deadline as tokio's clock counts.
    #[must_use]
    pub fn instant(&self) -> Instant {
        self.0
    }
}

impl From<Instant> for Deadline {
    fn from(at: Instant) -> Self {
        Self(at)
    }
}

/// Reads a `grpc-timeout`: one to eight digits and a unit.
pub(crate) fn parse_timeout(value: &[u8]) -> Result<Duration, MalformedTimeout> {
    let malformed = || MalformedTimeout(String::from_utf8_lossy(value).into_owned());
    let (unit, digits) = value.split_last().ok_or_else(malformed)?;
    if !(1..=8).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return Err(malformed());
    }
    let count = digits.iter().fold(0, |count, digit| count * 10 + u64::from(digit - b'0'));
    Ok(match unit {
        b'H' => Duration::from_secs(count * 3600),
        b'M' => Duration::from_secs(count * 60),
        b'S' => Duration::from_secs(count),
        b'm' => Duration::from_millis(count),
        b'u' => Duration::from_micros(count),
        b'n' => Duration::from_nanos(count),
        _ => return Err(malformed()),
    })
}

/// Writes a `grpc-timeout` in the finest unit whose count fits into eight digits, rounded up so that the
/// server never gives up before the client.
///
/// Four digits count, the others are zeros: what calls say that have the same timeout, a few microseconds after they
/// began, is mostly the same then, and HPACK sends it as one byte. A server may take a thousandth longer.
pub(crate) fn format_timeout(timeout: Duration) -> HeaderValue {
    thread_local! {
        /// What was written last, and mostly is written next.
        static LAST: Cell<Option<(Duration, HeaderValue)>> = const { Cell::new(None) };
    }
    // While a thread ends there may be none any more.
    let value = match LAST.try_with(Cell::take) {
        Ok(Some((last, value))) if last == timeout => value,
        _ => write_timeout(timeout),
    };
    let _ = LAST.try_with(|last| last.set(Some((timeout, value.clone()))));
    value
}

fn write_timeout(timeout: Duration) -> HeaderValue {
    const MOST: u64 = 99_999_999;
    let mut counts = UNITS.iter().map(|(length, unit)| (round_up(count(timeout, *length)), *unit));
    let (mut count, unit) = counts.find(|(count, _)| *count <= MOST).unwrap_or((MOST, b'H'));

    // From the back: the unit, then digits, least significant first. `count` has at most eight.
    let mut text = [unit; 9];
    let mut start = text.len() - 1;
    for slot in text.iter_mut().rev().skip(1) {
        *slot = b'0' + u8::try_from(count % 10).unwrap_or_default();
        start -= 1;
        count /= 10;
        if count == 0 {
            break;
        }
    }
    // Digits and a letter are always a header value, so the fallback is never taken.
    let text = text.get(start..).unwrap_or_default();
    HeaderValue::from_bytes(text).unwrap_or(HeaderValue::from_static("99999999H"))
}

const SECOND: u64 = 1_000_000_000;

/// The units of `grpc-timeout`, finest first, in nanoseconds.
const UNITS: [(u64, u8); 6] =
    [(1, b'n'), (1_000, b'u'), (1_000_000, b'm'), (SECOND, b'S'), (60 * SECOND, b'M'), (3600 * SECOND, b'H')];

/// How many units of this length it takes to be no shorter than `time`.
fn count(time: Duration, unit: u64) -> u64 {
    let (seconds, nanos) = (time.as_secs(), u64::from(time.subsec_nanos()));
    match unit <= SECOND {
        true => seconds.saturating_mul(SECOND / unit).saturating_add(nanos.div_ceil(unit)),
        false => seconds.saturating_add(u64::from(nanos > 0)).div_ceil(unit / SECOND),
    }
}

/// The next number of four digits and zeros.
fn round_up(count: u64) -> u64 {
    let step = count.checked_ilog10().map_or(1, |log| 10_u64.pow(log.saturating_sub(3)));
    count.div_ceil(step).saturating_mul(step)
}

/// A `grpc-timeout` that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MalformedTimeout(String);

impl fmt::Display for MalformedTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "malformed grpc-timeout {:?}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn both_ways(timeout: Duration, wire: &str) {
        assert_eq!(format_timeout(timeout), wire);
        assert_eq!(parse_timeout(wire.as_bytes()), Ok(timeout));
    }

    #[test]
    fn goes_both_ways() {
        both_ways(Duration::ZERO, "0n");
        both_ways(Duration::from_nanos(99_990_000), "99990000n");
        both_ways(Duration::from_millis(100), "100000u");
        both_ways(Duration::from_secs(5), "5000000u");
        both_ways(Duration::from_secs(100), "100000m");
        both_ways(Duration::from_secs(99_990_000), "99990000S");
        both_ways(Duration::from_secs(1_667_000 * 60), "1667000M");
        both_ways(Duration::from_secs(99_999_999 * 3600), "99999999H");
    }

    #[test]
    fn rounds_up_and_stops_at_the_largest() {
        assert_eq!(format_timeout(Duration::from_nanos(100_000_001)), "100100u");
        assert_eq!(format_timeout(Duration::from_nanos(99_990_001)), "100000u");
        assert_eq!(format_timeout(Duration::from_nanos(99_999_999_999_999_999)), "1667000M");
        assert_eq!(format_timeout(Duration::MAX), "99999999H");
    }

    #[test]
    fn calls_that_have_just_begun_say_the_same() {
        for (timeout, wire) in [(50, "50000000n"), (2_000, "2000000u"), (10_000, "10000000u")] {
            for elapsed in [0, 1, 400, 5_000] {
                let left = Duration::from_millis(timeout) - Duration::from_nanos(elapsed);
                assert_eq!(format_timeout(left), wire);
            }
        }
    }

    #[test]
    fn reads_every_unit() {
        for (wire, seconds) in [("2H", 7200), ("2M", 120), ("2S", 2), ("2000m", 2), ("00000002S", 2)] {
            assert_eq!(parse_timeout(wire.as_bytes()), Ok(Duration::from_secs(seconds)), "{wire}");
        }
    }

    #[test]
    fn malformed_is_an_error() {
        for wire in ["", "S", "1", "-1S", "+1S", "1 S", "1.5S", "123456789S", "1s", "1Sx", "1ü"] {
            let error = parse_timeout(wire.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), format!("malformed grpc-timeout {wire:?}"));
        }
        assert!(parse_timeout(b"\xff\xff").is_err());
    }

    /// What is written is read again, never sooner and hardly later.
    #[test]
    fn all_magnitudes_survive() {
        for shift in 0..69 {
            for offset in [0, 1, 12_345] {
                let nanos = (1_u128 << shift) + offset;
                let timeout = Duration::from_secs(u64::try_from(nanos / 1_000_000_000).unwrap())
                    + Duration::from_nanos(u64::try_from(nanos % 1_000_000_000).unwrap());
                let read = parse_timeout(format_timeout(timeout).as_bytes()).unwrap();
                assert!(read >= timeout, "{timeout:?} became {read:?}");
                assert!(read.as_nanos() - nanos <= nanos / 1000 + 1, "{timeout:?} became {read:?}");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn time_passes() {
        let deadline = Deadline::after(Duration::from_secs(2));
        assert_eq!(deadline.remaining(), Duration::from_secs(2));
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(deadline.remaining(), Duration::ZERO);
        assert!(deadline.has_passed());
    }

    #[tokio::test]
    async fn far_deadlines_do_not_overflow() {
        assert!(!Deadline::after(Duration::MAX).has_passed());
    }
}
