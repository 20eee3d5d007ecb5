//! Telling others that a call is over.

use crate::deadline::Deadline;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

/// Tells when a call is over. Clones tell of the same call.
///
/// ```
/// # use rsgrpc::Context;
/// # async fn warm_up() {}
/// # async fn handler(ctx: &Context) {
/// let call = ctx.cancellation();
/// tokio::spawn(async move {
///     tokio::select! {
///         () = warm_up() => {}
///         () = call.cancelled() => {}
///     }
/// });
/// # }
/// ```
#[derive(Clone)]
pub struct Cancellation {
    end: Arc<End>,
    deadline: Option<Deadline>,
}

#[derive(Default)]
struct End {
    over: AtomicBool,
    notify: Notify,
}

impl Cancellation {
    pub(super) fn new(deadline: Option<Deadline>) -> Self {
        Self { end: Arc::default(), deadline }
    }

    /// The call is over, for whatever reason.
    pub(super) fn end(&self) {
        self.end.over.store(true, Ordering::Release);
        self.end.notify.notify_waiters();
    }

    /// Ready when the call is over: answered, cancelled by the client, past its deadline, or lost with its
    /// connection.
    pub async fn cancelled(&self) {
        let notified = self.end.notify.notified();
        let mut notified = std::pin::pin!(notified);
        // Listens first and looks then, so that an end in between is not missed.
        notified.as_mut().enable();
        if !self.is_cancelled() {
            notified.await;
        }
    }

    /// Whether the call is over.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.end.over.load(Ordering::Acquire)
    }

    /// When the client stops waiting.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        self.deadline
    }
}

impl fmt::Debug for Cancellation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancellation").field("cancelled", &self.is_cancelled()).finish_non_exhaustive()
    }
}
