//! What a connection needs beside its calls, on both sides: signs of life, and windows that fit the network.

use super::frames::Seen;
use super::keepalive::{Check, Keepalive, Watchdog};
use super::window::{Growth, Windows};
use crate::transport::io::Flusher;
use h2::{Ping, PingPong};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Instant;

/// Sends pings, and draws the conclusions. h2 has one ping at a time on its way, which serves whoever wants one.
pub(super) struct Care {
    pings: Option<PingPong>,
    /// A ping is on its way.
    asked: bool,
    watchdog: Option<Watchdog>,
    growth: Option<Growth>,
}

/// What the connection is to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Advice {
    Nothing,
    /// Grant streams so many bytes.
    Window(u32),
    /// The peer has not been heard of for so long after it was asked.
    Dead(Duration),
}

impl Care {
    pub(super) fn new(pings: Option<PingPong>, keepalive: Option<Keepalive>, windows: Windows) -> Self {
        let (watchdog, growth) = (keepalive.map(Watchdog::new), Growth::new(windows));
        Self { pings, asked: false, watchdog, growth }
    }

    /// When to tend to the connection at the latest.
    pub(super) fn due(&self, seen: &Seen, busy: bool) -> Option<Instant> {
        self.watchdog.as_ref()?.due(seen.read_at, busy)
    }

    /// To be called once in a turn. `late` says that what was due has come.
    pub(super) fn tend(
        &mut self,
        seen: &Seen,
        busy: bool,
        late: bool,
        flusher: &mut Flusher,
        cx: &mut Context<'_>,
    ) -> Advice {
        let mut advice = Advice::Nothing;
        if self.asked && self.poll_pong(cx).is_ready() {
            self.asked = false;
            if let Some(window) = self.growth.as_mut().and_then(|growth| growth.answered(Instant::now())) {
                advice = Advice::Window(window);
            }
        }
        let wanted = self.growth.as_mut().is_some_and(|growth| growth.wants_ping(seen.data));
        if wanted
            && self.ping(flusher)
            && let Some(growth) = &mut self.growth
        {
            growth.asked(Instant::now());
        }
        if late && let Some(watchdog) = &mut self.watchdog {
            match watchdog.check(Instant::now(), seen, busy) {
                Check::Nothing => {}
                Check::Dead => advice = Advice::Dead(watchdog.timeout()),
                // Where one is on its way already its answer is as good.
                Check::Ping => drop(self.ping(flusher)),
            }
        }
        advice
    }

    fn ping(&mut self, flusher: &mut Flusher) -> bool {
        let sent =
            !self.asked && self.pings.as_mut().is_some_and(|pings| pings.send_ping(Ping::opaque()).is_ok());
        if sent {
            self.asked = true;
            flusher.owe();
        }
        sent
    }

    fn poll_pong(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.pings {
            // An error is the end of the connection, which shows elsewhere.
            Some(pings) => pings.poll_pong(cx).map(drop),
            None => Poll::Pending,
        }
    }
}
