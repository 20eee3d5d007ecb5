//! Whether the peer still lives (gRFC A8, A9).

use super::frames::Seen;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How a client finds out that a connection is dead, which TCP by itself tells late or never (gRFC A8).
///
/// When nothing has arrived for `time`, a ping is sent; when nothing arrives for another `timeout`, the
/// connection is closed, its calls fail with UNAVAILABLE, and the next call connects anew. `timeout` is also
/// the longest that what was sent may wait for the acknowledgement of TCP (`TCP_USER_TIMEOUT`, on Linux; gRFC
/// A18).
///
/// Servers close connections that ping more often than they permit, by default every 5 minutes, so whoever
/// sets this must know what the server takes. A channel that is told so doubles its `time` for the connections
/// that follow.
///
/// ```
/// use rsgrpc::{ChannelBuilder, Keepalive};
/// use std::time::Duration;
///
/// let keepalive = Keepalive::every(Duration::from_secs(300));
/// let channel = ChannelBuilder::new().keepalive(keepalive).connect("http://127.0.0.1:50051")?;
/// # Ok::<(), rsgrpc::ChannelError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keepalive {
    /// The silence after which a ping is sent; at least 10 s.
    pub time: Duration,
    /// The silence after a ping that ends the connection. Several round trips, lost packets included.
    pub timeout: Duration,
    /// Whether to ping while no call is open, too. Servers that do not expect it close the connection.
    pub permit_without_calls: bool,
}

impl Keepalive {
    /// A ping after this time without a sign of the server, with 20 s for the answer, while calls are open.
    #[must_use]
    pub const fn every(time: Duration) -> Self {
        Self { time, timeout: TIMEOUT, permit_without_calls: false }
    }
}

/// What the peer has by default to answer a ping.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Clients ping no more often than this.
const CLIENT_MINIMUM: Duration = Duration::from_secs(10);

/// The keepalive of a channel: that of its next connection.
#[derive(Debug)]
pub(crate) struct Pace(Mutex<Keepalive>);

impl Pace {
    pub(crate) fn new(keepalive: Keepalive) -> Self {
        Self(Mutex::new(Keepalive { time: keepalive.time.max(CLIENT_MINIMUM), ..keepalive }))
    }

    pub(crate) fn current(&self) -> Keepalive {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A server has complained (gRFC A8).
    pub(super) fn slow_down(&self) {
        let mut keepalive = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keepalive.time = keepalive.time.saturating_mul(2);
    }
}

/// Watches one connection.
///
/// ```text
///          silence for `time`                silence for `timeout`
/// Listening ────────────────▶ Asked { at } ──────────────────────▶ dead
///     ▲                            │ anything arrives
///     └────────────────────────────┘
/// ```
pub(super) struct Watchdog {
    keepalive: Keepalive,
    /// When the peer was asked; `None` while listening.
    asked: Option<Instant>,
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Check {
    Nothing,
    Ping,
    Dead,
}

impl Watchdog {
    pub(super) fn new(keepalive: Keepalive) -> Self {
        Self { keepalive, asked: None }
    }

    pub(super) fn timeout(&self) -> Duration {
        self.keepalive.timeout
    }

    /// When to check next. `busy` says whether calls are open.
    pub(super) fn due(&self, read_at: Instant, busy: bool) -> Option<Instant> {
        match self.asked {
            Some(asked) if read_at < asked => asked.checked_add(self.keepalive.timeout),
            _ if busy || self.keepalive.permit_without_calls => read_at.checked_add(self.keepalive.time),
            _ => None,
        }
    }

    pub(super) fn check(&mut self, now: Instant, seen: &Seen, busy: bool) -> Check {
        if self.due(seen.read_at, busy).is_none_or(|due| now < due) {
            return Check::Nothing;
        }
        match self.asked {
            Some(asked) if seen.read_at < asked => Check::Dead,
            _ => {
                self.asked = Some(now);
                Check::Ping
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Check::{Dead, Nothing, Ping};

    const SECOND: Duration = Duration::from_secs(1);

    /// What a watchdog with 30 s and 20 s says, over a sequence of (seconds, last read, busy).
    #[track_caller]
    fn checks(permit: bool, steps: &[(u32, u32, bool, Check)]) {
        let begun = Instant::now();
        let keepalive = Keepalive { permit_without_calls: permit, ..Keepalive::every(30 * SECOND) };
        let mut watchdog = Watchdog::new(keepalive);
        for (at, read, busy, expected) in steps {
            let read_at = begun + SECOND * *read;
            let seen = Seen { read_at, data: 0, sent: false, pings: 0, leaving: false };
            assert_eq!(watchdog.check(begun + SECOND * *at, &seen, *busy), *expected, "at {at}");
        }
    }

    #[test]
    fn silence_is_asked_about_and_then_death() {
        checks(false, &[(0, 0, true, Nothing), (29, 0, true, Nothing), (30, 0, true, Ping)]);
        checks(false, &[(30, 0, true, Ping), (49, 0, true, Nothing), (50, 0, true, Dead)]);
    }

    #[test]
    fn anything_that_arrives_is_life() {
        checks(
            false,
            &[(30, 0, true, Ping), (50, 45, true, Nothing), (75, 45, true, Ping), (95, 45, true, Dead)],
        );
    }

    #[test]
    fn without_calls_there_are_no_pings_unless_permitted() {
        checks(false, &[(500, 0, false, Nothing), (501, 0, true, Ping)]);
        checks(true, &[(30, 0, false, Ping), (50, 0, false, Dead)]);
        // One that is under way is waited for.
        checks(false, &[(30, 0, true, Ping), (50, 0, false, Dead)]);
    }

    #[test]
    fn the_longest_time_is_never() {
        let mut watchdog = Watchdog::new(Keepalive::every(Duration::MAX));
        let now = Instant::now();
        let seen = Seen { read_at: now, data: 0, sent: false, pings: 0, leaving: false };
        assert_eq!(watchdog.due(now, true), None);
        assert_eq!(watchdog.check(now + 1000 * SECOND, &seen, true), Nothing);
    }

    #[test]
    fn complaints_slow_a_channel_down() {
        let pace = Pace::new(Keepalive::every(SECOND));
        assert_eq!(pace.current().time, 10 * SECOND);
        pace.slow_down();
        assert_eq!(pace.current().time, 20 * SECOND);
        let pace = Pace::new(Keepalive::every(Duration::MAX));
        pace.slow_down();
        assert_eq!(pace.current().time, Duration::MAX);
    }
}
