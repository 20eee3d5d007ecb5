//! The requests of a call, as its answer knows them.

use crate::call::Outbox;
use crate::deadline::Deadline;
use crate::status::Status;
use crate::transport::Reset;
use std::sync::Arc;
use tokio::task::AbortHandle;
use tokio::time::sleep_until;

/// What an answer has to do with the requests of the same call: they end with it.
pub(super) struct Link {
    outbox: Arc<Outbox>,
    /// Ends a call with a deadline, even if nobody looks at it when that passes.
    alarm: Option<AbortHandle>,
}

impl Link {
    pub(super) fn new(outbox: Arc<Outbox>, deadline: Option<Deadline>) -> Self {
        let alarm = deadline.map(|deadline| {
            let outbox = outbox.clone();
            let alarm = async move {
                sleep_until(deadline.instant()).await;
                outbox.reset(Reset::Cancel, late());
            };
            tokio::spawn(alarm).abort_handle()
        });
        Self { outbox, alarm }
    }

    /// The call is over: what is sent from now on gets to know how.
    pub(super) fn end(self, end: Result<(), &Status>) {
        match end {
            Ok(()) => self.outbox.reset(Reset::NoError, Status::cancelled("the server has answered already")),
            Err(status) => self.outbox.reset(Reset::Cancel, status.clone()),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if let Some(alarm) = &self.alarm {
            alarm.abort();
        }
    }
}

/// The status of a call whose deadline has passed.
#[cold]
pub(super) fn late() -> Status {
    Status::deadline_exceeded("the deadline has passed")
}
