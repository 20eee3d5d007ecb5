//! How long to wait between attempts to connect (gRPC's `connection-backoff.md`).

use crate::transport::{jittered, scale};
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
        jittered(self.grow(), self.backoff.jitter)
    }

    /// A connection was established.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.backoff);
    }

    /// The pause without jitter; the next one is longer.
    fn grow(&mut self) -> Duration {
        let Backoff { multiplier, max, .. } = self.backoff;
        let pause = self.next;
        self.next = scale(pause, multiplier.max(1.0), max).min(max);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::jittered_by;

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
        let pause = |random| jittered_by(Duration::from_secs(1), 0.2, random).as_millis();
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
