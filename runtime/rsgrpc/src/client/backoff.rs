//! How long to wait between attempts to connect (gRPC's `connection-backoff.md`).

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// How the pause between failed attempts to connect grows.
///
/// The pause is measured from the beginning of an attempt to the beginning of the next. It starts with
/// `initial`, grows by `multiplier` with every failure up to `max`, and is spread by `jitter`, so that clients
/// that failed together do not come back together. It starts anew once a connection is established.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    /// The pause after the first failure; 1 s by default.
    pub initial: Duration,
    /// The growth with each failure; 1.6 by default. Less than 1 counts as 1.
    pub multiplier: f64,
    /// The part of a pause by which it is lengthened or shortened at random; 0.2 by default. In 0..=1.
    pub jitter: f64,
    /// The longest pause before jitter; 120 s by default.
    pub max: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { initial: Duration::from_secs(1), multiplier: 1.6, jitter: 0.2, max: Duration::from_secs(120) }
    }
}

/// The pauses of one subchannel, one after the other.
pub(super) struct Pauses {
    backoff: Backoff,
    /// The next pause without jitter.
    next: Duration,
}

impl Pauses {
    pub(super) fn new(backoff: Backoff) -> Self {
        Self { next: backoff.initial.min(backoff.max), backoff }
    }

    /// The pause after one more failure.
    pub(super) fn next(&mut self) -> Duration {
        self.next_with(random())
    }

    /// A connection was established.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.backoff);
    }

    /// `random` is in 0..1.
    fn next_with(&mut self, random: f64) -> Duration {
        let Backoff { multiplier, jitter, max, .. } = self.backoff;
        let pause = self.next;
        self.next = scale(pause, multiplier.max(1.0), max).min(max);
        scale(pause, 1.0 + jitter.clamp(0.0, 1.0) * (2.0 * random - 1.0), max)
    }
}

/// `duration * factor`; `otherwise` where that is not a duration.
fn scale(duration: Duration, factor: f64, otherwise: Duration) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(otherwise)
}

/// A number in 0..1 from the randomness that std seeds its hash maps with; good enough to spread clients.
fn random() -> f64 {
    let bits = RandomState::new().hash_one(0) >> 32;
    f64::from(u32::try_from(bits).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_the_maximum() {
        let mut pauses = Pauses::new(Backoff { jitter: 0.0, ..Backoff::default() });
        let millis = (0..13).map(|_| pauses.next().as_millis()).collect::<Vec<_>>();
        assert_eq!(millis[..4], [1000, 1600, 2560, 4096]);
        assert_eq!(millis[11..], [120_000, 120_000]);
        pauses.reset();
        assert_eq!(pauses.next(), Duration::from_secs(1));
    }

    #[test]
    fn jitter_goes_both_ways() {
        let pause = |random| Pauses::new(Backoff::default()).next_with(random).as_millis();
        assert_eq!([0.0, 0.5, 0.75].map(pause), [800, 1000, 1100]);
        for _ in 0..1000 {
            let millis = Pauses::new(Backoff::default()).next().as_millis();
            assert!((800..1200).contains(&millis), "{millis}");
        }
    }

    #[test]
    fn nonsense_does_not_panic() {
        for multiplier in [f64::NAN, f64::INFINITY, -3.0, 1e300] {
            for jitter in [f64::NAN, f64::INFINITY, -1.0] {
                let initial = Duration::MAX;
                let mut pauses =
                    Pauses::new(Backoff { initial, multiplier, jitter, max: Duration::from_secs(9) });
                for _ in 0..3 {
                    assert!(pauses.next() <= Duration::from_secs(18));
                }
            }
        }
    }
}
