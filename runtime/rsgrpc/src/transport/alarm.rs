//! A timer whose time keeps moving.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::task::coop;
use tokio::time::{Instant, Sleep, sleep_until};

/// The one timer of a connection.
///
/// Most of what it waits for moves into the future with every byte that arrives. So it stays set to an earlier
/// time and only when that comes looks again; a busy connection sets it once in a while and not each time.
#[derive(Default)]
pub(crate) struct Alarm {
    sleep: Option<Pin<Box<Sleep>>>,
    /// When `sleep` ends, if it has not.
    set: Option<Instant>,
}

impl Alarm {
    /// Ready when `due` has come; `None` never does. Has the task woken then, or before.
    pub(crate) fn poll(&mut self, due: Option<Instant>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(due) = due else { return Poll::Pending };
        loop {
            if self.set.is_none_or(|set| due < set) {
                match &mut self.sleep {
                    Some(sleep) => sleep.as_mut().reset(due),
                    None => self.sleep = Some(Box::pin(sleep_until(due))),
                }
                self.set = Some(due);
            }
            let Some(sleep) = &mut self.sleep else { return Poll::Pending };
            // A task that always finds something to do has no budget left when it looks at the time.
            let mut sleep = coop::unconstrained(sleep.as_mut());
            match Pin::new(&mut sleep).poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(()) => self.set = None,
            }
            if due <= Instant::now() {
                return Poll::Ready(());
            }
        }
    }
}

/// The earlier of two times, either of which may be never.
pub(crate) fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    one.into_iter().chain(other).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn rings_when_it_is_due_however_that_moves() {
        let begun = Instant::now();
        let at = |seconds| Some(begun + Duration::from_secs(seconds));
        let mut alarm = Alarm::default();
        let rings = async |alarm: &mut Alarm, due| {
            poll_fn(|cx| alarm.poll(due, cx)).await;
            begun.elapsed().as_secs()
        };
        let mut polled = |due| alarm.poll(due, &mut Context::from_waker(std::task::Waker::noop())).is_ready();
        assert!(!polled(None) && !polled(at(10)) && !polled(at(20)) && !polled(None));
        assert_eq!(rings(&mut alarm, at(20)).await, 20);
        assert_eq!(rings(&mut alarm, at(20)).await, 20);
        assert_eq!(rings(&mut alarm, at(30)).await, 30);
        let mut polled = |due| alarm.poll(due, &mut Context::from_waker(std::task::Waker::noop())).is_ready();
        assert!(!polled(at(100)));
        assert_eq!(rings(&mut alarm, at(40)).await, 40);
    }
}
