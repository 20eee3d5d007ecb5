//! A deadline that is watched.

use crate::deadline::Deadline;
use crate::status::Status;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::task::coop;
use tokio::time::{Sleep, sleep_until};

/// The deadline of a call. The clock is looked at only once the call has been found waiting, so a call that
/// is done at once pays nothing for it.
pub(crate) struct Timer {
    deadline: Option<Deadline>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Timer {
    pub(crate) fn new(deadline: Option<Deadline>) -> Self {
        Self { deadline, sleep: None }
    }

    /// Ready once the deadline has passed; never without one.
    pub(crate) fn poll_expired(&mut self, cx: &mut Context<'_>) -> Poll<Status> {
        let Some(deadline) = self.deadline else { return Poll::Pending };
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline.instant())));
        // Whoever always finds something to do has no budget left when he waits, and would never be late.
        let mut sleep = coop::unconstrained(sleep.as_mut());
        Pin::new(&mut sleep).poll(cx).map(|()| Status::deadline_exceeded("the deadline has passed"))
    }
}
