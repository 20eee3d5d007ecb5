//! What stands around a handler: deadline, cancellation, panics.

use super::linger::Linger;
use super::panic;
use super::reply::Reply;
use crate::call::{self, Bounds, Context, Outbox, Timer};
use crate::status::Status;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::task::{self, Poll};

/// Runs a handler until it is done, the client is gone or the deadline has passed; then it is dropped, or goes
/// on alone. A handler that never waits pays nothing for it.
pub(super) struct Guard {
    timer: Timer,
    linger: Option<Linger>,
}

impl Guard {
    pub(super) fn new(context: &Context) -> Self {
        let bounds = Bounds { deadline: context.deadline(), parent: None };
        Self { timer: Timer::new(bounds), linger: None }
    }

    /// Lets the handler go on when its call is over.
    pub(super) fn lingering(mut self, linger: Option<Linger>) -> Self {
        self.linger = linger;
        self
    }

    /// Runs work that sends nothing itself. It stays where it is, since a future that is handed over takes its room
    /// twice; when this is ready, it is done or has been dropped.
    pub(super) async fn answer<T>(
        &mut self,
        call: &Context,
        reply: &mut Reply,
        mut work: Pin<&mut Option<impl Future<Output = Result<T, Status>>>>,
    ) -> Result<T, Status> {
        let ended = poll_fn(|cx| {
            if let Poll::Ready(done) = poll(call, work.as_mut(), cx) {
                return Poll::Ready(Ok(done));
            }
            if call.take_head_due() {
                reply.begin(call);
            }
            if let Poll::Ready(status) = reply.poll_reset(cx) {
                return Poll::Ready(Err(status));
            }
            self.timer.poll_expired(cx).map(Err)
        })
        .await;
        match ended {
            Ok(done) => done,
            Err(status) => {
                if self.linger.is_some() {
                    reply.finish(call, None, Err(&status));
                }
                // In a box, like the other end below: no room is kept for it in the futures of all calls.
                Err(Box::pin(self.linger(call, work, status)).await)
            }
        }
    }

    /// As [`answer`](Self::answer), work that sends through `outbox`. Whenever it waits, what it has packed leaves.
    pub(super) async fn stream(
        &mut self,
        call: &Context,
        outbox: &Outbox,
        mut work: Pin<&mut Option<impl Future<Output = Result<(), Status>>>>,
    ) -> Result<(), Status> {
        let ended = poll_fn(|cx| {
            if let Poll::Ready(done) = outbox.poll(|| poll(call, work.as_mut(), cx)) {
                return Poll::Ready(Ok(done));
            }
            if call.take_head_due() {
                // Where this fails, there is a reset to be seen.
                let _ = outbox.send_head();
            }
            outbox.poll_drive(&mut self.timer, cx).map(Err)
        })
        .await;
        match ended {
            Ok(done) => done,
            Err(status) => {
                let lingers = self.linger.is_some();
                let end = async {
                    outbox.expire(&status).await;
                    if lingers {
                        outbox.finish(call, Err(&status));
                    }
                };
                let linger = self.linger(call, work, status.clone());
                let (ended, ()) = Box::pin(async { tokio::join!(linger, end) }).await;
                Err(ended)
            }
        }
    }

    /// Lets a handler go on whose call has ended with `status`, if it may, or drops it. A panic joins the status: there is
    /// no other place where it could be seen.
    async fn linger<T>(
        &mut self,
        call: &Context,
        mut work: Pin<&mut Option<impl Future<Output = Result<T, Status>>>>,
        status: Status,
    ) -> Status {
        let linger = self.linger.take();
        let Some((linger, _place)) = linger.as_ref().and_then(|linger| Some((linger, linger.begin()?)))
        else {
            work.set(None);
            return status;
        };
        call.end();
        let mut limit = pin!(linger.limit());
        let done = poll_fn(|cx| match poll(call, work.as_mut(), cx) {
            Poll::Ready(done) => Poll::Ready(done.err()),
            Poll::Pending => limit.as_mut().poll(cx).map(|()| None),
        });
        match done.await {
            Some(panic) if panic::caused(&panic) => status.with_source(panic),
            _ => status,
        }
    }
}

/// Polls a handler. A panic ends its call alone: the future is not polled again, and nothing that it shares
/// with other calls is borrowed mutably.
fn poll<T>(
    call: &Context,
    work: Pin<&mut Option<impl Future<Output = Result<T, Status>>>>,
    cx: &mut task::Context<'_>,
) -> Poll<Result<T, Status>> {
    let Some(work) = work.as_pin_mut() else { return Poll::Pending };
    catch_unwind(AssertUnwindSafe(|| call::within(call, || work.poll(cx))))
        .unwrap_or_else(|payload| Poll::Ready(Err(panic::status("the handler", payload))))
}
