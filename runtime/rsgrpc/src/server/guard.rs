//! What stands around a handler: deadline, cancellation, panics.

use crate::call::{self, Context, Outbox, Timer};
use crate::status::Status;
use crate::transport::Outgoing;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{self, Poll};

/// Runs a handler until it is done, the client is gone or the deadline has passed. A handler that never waits
/// pays nothing for it.
pub(super) struct Guard {
    context: Context,
    timer: Timer,
}

impl Guard {
    pub(super) fn new(context: &Context) -> Self {
        Self { context: context.share(), timer: Timer::new(context.deadline()) }
    }

    /// Runs work that sends nothing itself.
    pub(super) async fn answer<T>(
        &mut self,
        outgoing: &mut Outgoing,
        work: impl Future<Output = Result<T, Status>>,
    ) -> Result<T, Status> {
        let mut work = pin!(work);
        poll_fn(|cx| {
            if let Poll::Ready(done) = self.poll(work.as_mut(), cx) {
                return Poll::Ready(done);
            }
            if let Poll::Ready(status) = outgoing.poll_reset(cx) {
                return Poll::Ready(Err(status));
            }
            self.timer.poll_expired(cx).map(Err)
        })
        .await
    }

    /// Runs work that sends through `outbox`. Whenever it waits, what it has packed leaves.
    pub(super) async fn stream(
        &mut self,
        outbox: &Outbox,
        work: impl Future<Output = Result<(), Status>>,
    ) -> Result<(), Status> {
        let mut work = pin!(work);
        poll_fn(|cx| {
            outbox.begin();
            if let Poll::Ready(done) = self.poll(work.as_mut(), cx) {
                return Poll::Ready(done);
            }
            if let Poll::Ready(status) = outbox.poll_drive(cx) {
                return Poll::Ready(Err(status));
            }
            self.timer.poll_expired(cx).map(|status| {
                outbox.expire(&status);
                Err(status)
            })
        })
        .await
    }
}

impl Guard {
    /// Polls a handler. A panic ends its call alone: the future is not polled again, and nothing that it
    /// shares with other calls is borrowed mutably.
    fn poll<T>(
        &self,
        work: Pin<&mut impl Future<Output = Result<T, Status>>>,
        cx: &mut task::Context<'_>,
    ) -> Poll<Result<T, Status>> {
        let poll = || call::within(self.context.deadline(), || work.poll(cx));
        catch_unwind(AssertUnwindSafe(poll))
            .unwrap_or_else(|_| Poll::Ready(Err(Status::internal("the handler panicked"))))
    }
}
