//! What ends a call before its time: its deadline, and the end of a call that it serves.

use super::Cancellation;
use crate::deadline::Deadline;
use crate::status::Status;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::task::coop;
use tokio::time::{Instant, Sleep, sleep_until};

/// How long somebody waits for a call.
#[derive(Clone, Default)]
pub(crate) struct Bounds {
    pub(crate) deadline: Option<Deadline>,
    /// The call on whose behalf this one is made.
    pub(crate) parent: Option<Cancellation>,
}

impl Bounds {
    /// Whether nothing ends the call but itself.
    pub(crate) fn is_none(&self) -> bool {
        self.deadline.is_none() && self.parent.is_none()
    }

    /// The status of a call that has ended before it begins.
    pub(crate) fn passed(&self, now: Instant) -> Option<Status> {
        if self.deadline.is_some_and(|deadline| deadline.remaining_at(now).is_zero()) {
            return Some(Status::deadline_exceeded("the deadline had passed before the call began"));
        }
        self.parent.as_ref().filter(|parent| parent.is_cancelled()).map(|_| orphaned())
    }
}

/// The bounds of a call, watched. The clock is looked at only once the call has been found waiting, so a call
/// that is done at once pays nothing for it.
pub(crate) struct Timer {
    bounds: Bounds,
    sleep: Option<Pin<Box<Sleep>>>,
    parent: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Timer {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self { bounds, sleep: None, parent: None }
    }

    pub(crate) fn deadline(&self) -> Option<Deadline> {
        self.bounds.deadline
    }

    /// The status of the call once its deadline has passed or the call that it serves is over; never ready
    /// without either.
    pub(crate) fn poll_expired(&mut self, cx: &mut Context<'_>) -> Poll<Status> {
        if let Some(deadline) = self.bounds.deadline {
            let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline.instant())));
            // Whoever always finds something to do has no budget left when he waits, and would never be late.
            if Pin::new(&mut coop::unconstrained(sleep.as_mut())).poll(cx).is_ready() {
                return Poll::Ready(late());
            }
        }
        if let Some(parent) = self.bounds.parent.take() {
            self.parent = Some(Box::pin(async move { parent.cancelled().await }));
        }
        match &mut self.parent {
            Some(parent) => parent.as_mut().poll(cx).map(|()| orphaned()),
            None => Poll::Pending,
        }
    }
}

/// The status of a call whose deadline has passed.
#[cold]
pub(crate) fn late() -> Status {
    Status::deadline_exceeded("the deadline has passed")
}

#[cold]
fn orphaned() -> Status {
    Status::cancelled("the call on whose behalf this one was made is over")
}
