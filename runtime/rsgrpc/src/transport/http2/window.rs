//! How much a peer may send ahead of its readers (RFC 9113 §5.2).
//!
//! A stream is as fast as its window divided by the round trip. So its window grows while measurements say
//! that it is what limits, up to a maximum. The connection's window is no matter of speed: streams that nobody
//! reads use it up, and then even short calls wait. It is fixed, many times a stream's, and is what bounds the
//! memory that a peer can claim.

use tokio::time::Instant;

/// The windows of a connection, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Windows {
    /// What a stream begins with. The latency of a first large message depends on it.
    pub(crate) stream: u32,
    /// What it may become.
    pub(crate) most: u32,
    /// For all streams together.
    pub(crate) connection: u32,
}

impl Default for Windows {
    fn default() -> Self {
        Self { stream: 1 << 20, most: 16 << 20, connection: 64 << 20 }
    }
}

impl Windows {
    /// Windows that stay as they are.
    pub(crate) fn fixed(stream: u32, connection: u32) -> Self {
        const MOST: u32 = (1 << 31) - 1;
        let (stream, connection) = (stream.min(MOST), connection.min(MOST));
        Self { stream, most: stream, connection }
    }

    /// How much of what it has read a stream need not give back while its reader waits, of so many streams: a 16th of its
    /// window, and all streams together a 16th of the connection's.
    pub(crate) fn kept(&self, streams: usize) -> usize {
        let part = |window: u32| usize::try_from(window / 16).unwrap_or(0);
        part(self.stream).min(part(self.connection) / streams.max(1))
    }
}

/// Measures bandwidth × delay: what arrives during the round trip of a ping.
///
/// A ping is paid for with data: the first comes after a quarter of a window, and each that found nothing to do
/// doubles the price of the next, up to [`DEAREST`]. So idle connections and short messages see none, and a
/// stream of gigabytes sees a few.
pub(super) struct Growth {
    window: u32,
    most: u32,
    /// Bytes since the last ping was answered.
    arrived: u64,
    /// How many it takes for the next.
    price: u64,
    /// The ping that is under way: when it was sent.
    asked: Option<Instant>,
    /// The most bytes per second so far.
    best: f64,
}

/// The most that a ping costs, in bytes.
const DEAREST: u64 = 256 << 20;

/// A window that was what limited brings so much more speed when it is doubled, for certain. Less is chance,
/// or data that waits in queues.
const FASTER: f64 = 1.25;

impl Growth {
    /// `None` where there is nothing to adapt.
    pub(super) fn new(windows: Windows) -> Option<Self> {
        let Windows { stream, most, .. } = windows;
        let price = Self::cheapest(stream);
        (stream < most).then_some(Self { window: stream, most, arrived: 0, price, asked: None, best: 0.0 })
    }

    fn cheapest(window: u32) -> u64 {
        u64::from(window / 4)
    }

    /// So many bytes have arrived; says whether to ping.
    pub(super) fn wants_ping(&mut self, bytes: u64) -> bool {
        self.arrived += bytes;
        self.asked.is_none() && self.arrived >= self.price && self.window < self.most
    }

    /// The ping has been sent.
    pub(super) fn asked(&mut self, now: Instant) {
        self.arrived = 0;
        self.asked = Some(now);
    }

    /// The ping was answered; gives the new window if it is another.
    pub(super) fn answered(&mut self, now: Instant) -> Option<u32> {
        let asked = self.asked.take()?;
        let arrived = std::mem::take(&mut self.arrived);
        let speed = per_second(arrived, now.saturating_duration_since(asked).as_secs_f64());
        let full = arrived >= u64::from(self.window) / 3 * 2;
        if !full || speed < self.best * FASTER {
            self.price = (self.price * 2).min(DEAREST);
            return None;
        }
        self.best = speed;
        self.window = u32::try_from(arrived * 2).unwrap_or(u32::MAX).max(self.window).min(self.most);
        self.price = Self::cheapest(self.window);
        Some(self.window)
    }
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn per_second(bytes: u64, seconds: f64) -> f64 {
    bytes as f64 / seconds.max(1e-6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// A link of this speed and round trip, on which a stream is read as fast as it comes: the windows that
    /// it gets, and how many pings that took for a gigabyte.
    fn run(bytes_per_second: u64, round_trip: Duration) -> (Vec<u32>, usize) {
        let mut growth = Growth::new(Windows::default()).unwrap();
        let mut now = Instant::now();
        let (mut windows, mut pings, mut window, mut total) = (Vec::new(), 0, 1_u64 << 20, 0);
        while total < 1 << 30 {
            let link = bytes_per_second * u64::try_from(round_trip.as_micros()).unwrap() / 1_000_000;
            let arrives = window.min(link).max(1);
            total += arrives;
            if growth.wants_ping(arrives) {
                pings += 1;
                growth.asked(now);
                assert!(!growth.wants_ping(arrives), "one at a time");
                if let Some(new) = growth.answered(now + round_trip) {
                    windows.push(new);
                    window = new.into();
                }
            }
            now += round_trip;
        }
        (windows, pings)
    }

    #[test]
    fn streams_keep_little() {
        assert_eq!(Windows::default().kept(1024), 4096);
        for (windows, streams) in
            [(Windows::fixed(15, 1 << 20), 1), (Windows::fixed(1 << 20, 1 << 20), 1 << 17)]
        {
            assert_eq!(windows.kept(streams), 0);
        }
    }

    #[test]
    fn a_long_fat_link_gets_large_windows() {
        // 100 MB/s and 100 ms: 10 MB are under way.
        let (windows, pings) = run(100_000_000, Duration::from_millis(100));
        assert_eq!(windows, [2 << 20, 4 << 20, 8 << 20, 16 << 20]);
        assert!(pings < 10, "{pings}");
    }

    #[test]
    fn a_short_or_thin_link_keeps_small_ones() {
        for (speed, micros) in [(100_000_000, 1000), (1_000_000, 100_000), (10_000_000_000, 50)] {
            let (windows, pings) = run(speed, Duration::from_micros(micros));
            assert!(windows.is_empty() && pings < 20, "{windows:?} {pings}");
        }
    }

    #[test]
    fn windows_that_do_not_help_stop_growing() {
        let mut growth = Growth::new(Windows::default()).unwrap();
        let begun = Instant::now();
        let mut ask = |bytes| {
            assert!(growth.wants_ping(1 << 30));
            growth.asked(begun);
            growth.wants_ping(bytes);
            growth.answered(begun + Duration::from_millis(10))
        };
        assert_eq!(ask(1 << 20), Some(2 << 20));
        assert_eq!(ask((1 << 20) + (1 << 18)), None, "a window that is not filled");
        assert_eq!(ask(2 << 20), Some(4 << 20));
        let mut slow = |bytes| {
            assert!(growth.wants_ping(1 << 30));
            growth.asked(begun);
            growth.wants_ping(bytes);
            growth.answered(begun + Duration::from_millis(20))
        };
        assert_eq!(slow(4 << 20), None, "twice as much in twice the time");
        assert_eq!(slow(1 << 40), Some(16 << 20));
    }

    #[test]
    fn fixed_windows_stay() {
        assert!(Growth::new(Windows::fixed(1 << 20, u32::MAX)).is_none());
    }
}
