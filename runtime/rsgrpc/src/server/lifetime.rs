//! How long a connection lives (gRFC A9), and how it comes to its end.

use crate::transport::{Goodbye, earlier, jittered};
use std::time::Duration;
use tokio::time::Instant;

/// What a server allows its connections; [`Duration::MAX`] is for ever.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lifespan {
    /// Without calls.
    pub(super) idle: Duration,
    /// In total, give or take [`JITTER`].
    pub(super) age: Duration,
    /// For calls that run when the connection has reached its age.
    pub(super) grace: Duration,
}

impl Default for Lifespan {
    fn default() -> Self {
        Self { idle: Duration::MAX, age: Duration::MAX, grace: Duration::MAX }
    }
}

/// The part of the age by which it is lengthened or shortened at random, so that clients that came together
/// do not come back together.
const JITTER: f64 = 0.1;

/// How long a client may take to notice that the connection takes no new calls. One that is alive needs a round
/// trip; calls that it sends later than this are refused, and it sends them elsewhere.
const NOTICE: Duration = Duration::from_secs(3);

/// The life of one connection.
///
/// ```text
///        no calls for `idle`, age, shutdown           calls have ended, and `NOTICE` is over
/// Open ─────────────────────────────────────▶ Leaving ─────────────────────────────────────▶ over
///                                                │ `grace` is over
///                                                └───────────────▶ over
/// ```
pub(super) struct Lifetime {
    lifespan: Lifespan,
    /// When it is too old.
    old: Option<Instant>,
    /// Since when there are no calls, if that is known.
    idle: Option<Instant>,
    leaving: Option<Leaving>,
}

struct Leaving {
    /// When it may end, if there are no calls.
    noticed: Instant,
    /// When it ends anyhow.
    end: Option<Instant>,
}

/// What is due.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    /// Take no new calls.
    Leave(Goodbye),
    /// Close the connection.
    End,
}

impl Lifetime {
    pub(super) fn new(lifespan: Lifespan) -> Self {
        let old = Instant::now().checked_add(jittered(lifespan.age, JITTER));
        Self { lifespan, old, idle: None, leaving: None }
    }

    /// No new calls are taken from now on; those that run end with `grace`.
    pub(super) fn leave(&mut self, grace: Duration) {
        let now = Instant::now();
        self.leaving.get_or_insert(Leaving { noticed: now + NOTICE, end: now.checked_add(grace) });
    }

    pub(super) fn is_leaving(&self) -> bool {
        self.leaving.is_some()
    }

    /// Whether it matters if there are calls.
    pub(super) fn is_counting(&self) -> bool {
        self.leaving.is_some() || self.lifespan.idle < Duration::MAX
    }

    /// There have been calls since the last time.
    pub(super) fn worked(&mut self) {
        self.idle = None;
    }

    /// When to look again. `busy` says whether there are calls.
    pub(super) fn due(&mut self, busy: bool) -> Option<Instant> {
        match &self.leaving {
            Some(leaving) if busy => return leaving.end,
            Some(leaving) => return Some(leaving.noticed),
            None if busy || self.lifespan.idle == Duration::MAX => self.idle = None,
            None => drop(self.idle.get_or_insert_with(Instant::now)),
        }
        earlier(self.old, self.idle.and_then(|idle| idle.checked_add(self.lifespan.idle)))
    }

    /// What is due now.
    pub(super) fn check(&mut self, busy: bool) -> Due {
        let now = Instant::now();
        match self.due(busy) {
            Some(due) if due <= now => {}
            _ => return Due::Nothing,
        }
        match self.leaving {
            Some(_) => Due::End,
            None if self.old.is_some_and(|old| old <= now) => Due::Leave(Goodbye::Age),
            None => Due::Leave(Goodbye::Idle),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    const SECOND: Duration = Duration::from_secs(1);

    /// The second in which something other than nothing is due, and what.
    async fn next(lifetime: &mut Lifetime, busy: bool) -> (u64, Due) {
        let begun = Instant::now();
        for _ in 0..1000 {
            match lifetime.check(busy) {
                Due::Nothing => advance(SECOND).await,
                due => return (begun.elapsed().as_secs(), due),
            }
        }
        (1000, Due::Nothing)
    }

    #[tokio::test(start_paused = true)]
    async fn by_default_a_connection_lives_for_ever() {
        let mut lifetime = Lifetime::new(Lifespan::default());
        assert_eq!(lifetime.due(false), None);
        assert_eq!(next(&mut lifetime, false).await, (1000, Due::Nothing));
    }

    #[tokio::test(start_paused = true)]
    async fn idleness_counts_from_the_last_call() {
        let mut lifetime = Lifetime::new(Lifespan { idle: 10 * SECOND, ..Lifespan::default() });
        assert_eq!(next(&mut lifetime, true).await, (1000, Due::Nothing));
        assert_eq!(next(&mut lifetime, false).await, (10, Due::Leave(Goodbye::Idle)));
        lifetime.worked();
        assert_eq!(next(&mut lifetime, false).await, (10, Due::Leave(Goodbye::Idle)));
    }

    #[tokio::test(start_paused = true)]
    async fn age_is_spread() {
        for _ in 0..20 {
            let mut lifetime = Lifetime::new(Lifespan { age: 100 * SECOND, ..Lifespan::default() });
            let (at, due) = next(&mut lifetime, true).await;
            assert!((90..=110).contains(&at), "{at}");
            assert_eq!(due, Due::Leave(Goodbye::Age));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_leaves_gets_a_moment_and_its_calls_a_grace() {
        let leaving = |grace| {
            let mut lifetime = Lifetime::new(Lifespan::default());
            lifetime.leave(grace);
            lifetime.leave(Duration::ZERO);
            lifetime
        };
        assert_eq!(next(&mut leaving(Duration::MAX), false).await, (3, Due::End));
        assert_eq!(next(&mut leaving(20 * SECOND), true).await, (20, Due::End));
        assert_eq!(next(&mut leaving(Duration::MAX), true).await, (1000, Due::Nothing));
    }
}
