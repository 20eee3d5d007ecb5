//! Clients that open calls only to reset them ("rapid reset", CVE-2023-44487).
//!
//! Such a call costs the client two small frames and the server a handler. h2 bounds those that are reset
//! before the server takes them; this bounds those that come after.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Calls that a client may reset at once: all that it may have, a few times over.
const BURST: u32 = 4096;

/// What it may reset per millisecond in the long run. A thousand per second cost a server nothing to speak
/// of, and clients that hedge or stop watching stay below.
const PER_MILLISECOND: u32 = 1;

/// Counts the calls of a connection that its client has reset.
#[derive(Default)]
pub(super) struct Resets(AtomicU32);

impl Resets {
    pub(super) fn note(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// What a connection's client may still reset.
pub(super) struct Allowance {
    left: u32,
    /// Until when `left` has been filled up.
    filled: Instant,
}

impl Allowance {
    pub(super) fn new(now: Instant) -> Self {
        Self { left: BURST, filled: now }
    }

    /// Takes what has been reset since the last time; false where that is more than is allowed.
    pub(super) fn covers(&mut self, resets: &Resets, now: Instant) -> bool {
        let new = resets.0.swap(0, Ordering::Relaxed);
        if new == 0 {
            return true;
        }
        let passed = now.saturating_duration_since(self.filled).as_millis();
        let passed = u32::try_from(passed).unwrap_or(u32::MAX);
        self.filled += Duration::from_millis(passed.into());
        self.left = self.left.saturating_add(passed.saturating_mul(PER_MILLISECOND)).min(BURST);
        match self.left.checked_sub(new) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_then_a_rate() {
        let begun = Instant::now();
        let at = |millis| begun + Duration::from_millis(millis);
        let resets = Resets::default();
        let mut allowance = Allowance::new(begun);
        let mut reset = |count: u32, now| {
            (0..count).for_each(|_| resets.note());
            allowance.covers(&resets, now)
        };
        assert!(reset(BURST, at(0)));
        assert!(reset(500, at(500)));
        assert!(!reset(501, at(1000)));
        assert!(reset(BURST, at(3_600_000)));
        assert!(!reset(1, at(3_600_000)));
    }
}
