//! Clients that ping too often (gRFC A8, "Server Enforcement").

use super::frames::Seen;
use std::time::Duration;
use tokio::time::Instant;

/// How often a server lets its clients ping (gRFC A8).
///
/// A client that pings more often is sent away, with GOAWAY and ENHANCE_YOUR_CALM, and its calls fail. Each
/// message of the server permits a few pings more, so clients that measure the network are left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepaliveEnforcement {
    /// The shortest time between two pings; 5 minutes by default.
    pub min_time: Duration,
    /// Whether clients may ping as often without calls, too; false by default, which permits a ping in 2 hours.
    pub permit_without_calls: bool,
}

impl Default for KeepaliveEnforcement {
    fn default() -> Self {
        Self { min_time: Duration::from_secs(5 * 60), permit_without_calls: false }
    }
}

/// So many pings that come too early are overlooked.
const OVERLOOKED: u32 = 2;

/// The interval of TCP's own keepalive (RFC 1122 §4.2.3.6).
const WITHOUT_CALLS: Duration = Duration::from_secs(2 * 60 * 60);

/// Judges the pings of one client.
pub(super) struct Strikes {
    enforcement: KeepaliveEnforcement,
    count: u32,
    /// The last ping that was not too early.
    valid: Option<Instant>,
}

impl Strikes {
    pub(super) fn new(enforcement: KeepaliveEnforcement) -> Self {
        Self { enforcement, count: 0, valid: None }
    }

    /// Whether what has been seen is borne. `busy` says whether calls are open.
    pub(super) fn bear(&mut self, seen: &Seen, busy: bool) -> bool {
        if seen.sent {
            (self.count, self.valid) = (0, None);
        }
        // The last ping may be a little older.
        let now = seen.read_at;
        let apart = match busy || self.enforcement.permit_without_calls {
            true => self.enforcement.min_time,
            false => WITHOUT_CALLS,
        };
        for _ in 0..seen.pings {
            if self.valid.is_some_and(|valid| now.saturating_duration_since(valid) < apart) {
                self.count += 1;
                if self.count > OVERLOOKED {
                    return false;
                }
            } else {
                self.valid = Some(now);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether these are borne: (seconds, pings, sent before them, busy).
    #[track_caller]
    fn test(permit: bool, steps: &[(u64, u32, bool, bool)], expected: bool) {
        let begun = Instant::now();
        let mut strikes =
            Strikes::new(KeepaliveEnforcement { permit_without_calls: permit, ..Default::default() });
        let borne = steps.iter().all(|&(at, pings, sent, busy)| {
            let now = begun + Duration::from_secs(at);
            strikes.bear(&Seen { read_at: now, data: 0, sent, pings, leaving: false }, busy)
        });
        assert_eq!(borne, expected);
    }

    #[test]
    fn pings_may_come_every_few_minutes() {
        test(
            false,
            &[(0, 1, false, true), (300, 1, false, true), (600, 1, false, true), (900, 1, false, true)],
            true,
        );
        test(false, &[(0, 1, false, true), (299, 1, false, true), (500, 1, false, true)], true);
    }

    #[test]
    fn the_third_early_one_is_too_much() {
        test(false, &[(0, 3, false, true)], true);
        test(false, &[(0, 4, false, true)], false);
        test(false, &[(0, u32::MAX, false, true)], false);
        test(false, &[(0, 1, false, true), (1, 2, false, true), (299, 1, false, true)], false);
    }

    #[test]
    fn what_the_server_sends_permits_pings() {
        test(false, &[(0, 3, false, true), (1, 3, true, true), (2, 3, true, true)], true);
    }

    #[test]
    fn without_calls_it_is_hours() {
        let every_hour = [(0, 1, false, false), (3600, 2, false, false), (7000, 1, false, false)];
        test(false, &every_hour, false);
        test(true, &[(0, 1, false, false), (3600, 1, false, false), (7200, 1, false, false)], true);
        test(false, &[(0, 1, false, false), (7200, 1, false, false), (14_400, 1, false, false)], true);
    }
}
