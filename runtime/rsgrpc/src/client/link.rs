//! The sending half of a call, as its answer knows it.

use crate::call::{Bounds, Outbox, Timer};
use crate::status::Status;
use crate::transport::Reset;
use std::future::poll_fn;
use std::sync::Arc;
use tokio::task::AbortHandle;

/// What an answer has to do with the sending half of the same call: they end together.
pub(super) struct Link {
    /// None where the end has been told.
    outbox: Option<Arc<Outbox>>,
    /// Ends a call whose time is over, even if nobody looks at it then.
    alarm: Option<AbortHandle>,
}

impl Link {
    pub(super) fn new(outbox: Arc<Outbox>, bounds: &Bounds) -> Self {
        let alarm = (!bounds.is_none()).then(|| {
            let (outbox, mut timer) = (outbox.clone(), Timer::new(bounds.clone()));
            let alarm = async move {
                let expired = poll_fn(|cx| timer.poll_expired(cx)).await;
                outbox.reset(Reset::Cancel, expired);
            };
            tokio::spawn(alarm).abort_handle()
        });
        Self { outbox: Some(outbox), alarm }
    }

    /// The call is over: what is sent from now on gets to know how.
    pub(super) fn end(mut self, end: Result<(), &Status>) {
        self.tell(end);
    }

    fn tell(&mut self, end: Result<(), &Status>) {
        let Some(outbox) = self.outbox.take() else { return };
        match end {
            Ok(()) => outbox.reset(Reset::NoError, Status::cancelled("the server has answered already")),
            Err(status) => outbox.reset(Reset::Cancel, status.clone()),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.tell(Err(&Status::cancelled("the responses were dropped before their end")));
        if let Some(alarm) = &self.alarm {
            alarm.abort();
        }
    }
}
