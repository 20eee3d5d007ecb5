//! How a call ended, before the client knows.

use super::reply::Reply;
use crate::call::{Context, Outbox, Owned};
use crate::frame::Framed;
use crate::status::{Code, Status};
use std::fmt;
use std::sync::Arc;
use std::task::{self, Waker};

/// How a call ended. An interceptor may look at it and change it; then it goes to the client.
#[must_use = "a call whose outcome is dropped ends as cancelled"]
pub struct Outcome {
    context: Owned,
    status: Result<(), Status>,
    rest: Rest,
}

/// What is still to be sent.
enum Rest {
    /// At most one message, which leaves with the status.
    Single(Reply, Option<Framed>),
    /// Messages that are on their way.
    Stream(Arc<Outbox>),
    /// Nothing: a panic took the call with it, which reset it.
    Nothing,
}

impl Outcome {
    pub(super) fn single(context: Owned, reply: Reply, response: Result<Framed, Status>) -> Self {
        let (status, message) = match response {
            Ok(message) => (Ok(()), Some(message)),
            Err(status) => (Err(status), None),
        };
        Self { context, status, rest: Rest::Single(reply, message) }
    }

    pub(super) fn stream(context: Owned, outbox: Arc<Outbox>, status: Result<(), Status>) -> Self {
        Self { context, status, rest: Rest::Stream(outbox) }
    }

    /// The outcome of a call that a panic took with it.
    pub(super) fn lost(context: Context, status: Status) -> Self {
        Self { context: Owned(context), status: Err(status), rest: Rest::Nothing }
    }

    /// The status that the client gets.
    ///
    /// # Errors
    /// The call failed.
    pub fn status(&self) -> Result<(), &Status> {
        self.status.as_ref().copied()
    }

    /// The code that the client gets.
    #[must_use]
    pub fn code(&self) -> Code {
        self.status.as_ref().map_or_else(Status::code, |()| Code::Ok)
    }

    /// The call: its method, metadata, peer and deadline, and the trailers to come.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Makes the call fail with another status. A single response is not sent then; messages of a stream are
    /// on their way already.
    pub fn fail(mut self, status: Status) -> Self {
        self.status = Err(status);
        self
    }

    /// Whether the client has reset the call. The status alone does not tell: it may be one of another server that
    /// the handler passes on.
    pub(super) fn is_reset(&mut self) -> bool {
        let Err(status) = &self.status else { return false };
        status.code() == Code::Cancelled
            && status.is_from_peer()
            && match &mut self.rest {
                Rest::Single(reply, _) => {
                    reply.poll_reset(&mut task::Context::from_waker(Waker::noop())).is_ready()
                }
                Rest::Stream(outbox) => outbox.is_reset(),
                Rest::Nothing => false,
            }
    }

    /// Writes the answer, or what is left of it.
    pub(super) fn finish(self) {
        let Self { context, status, rest } = self;
        let status = status.as_ref().copied();
        match rest {
            Rest::Single(mut reply, message) => reply.finish(&context, message, status),
            Rest::Stream(outbox) => outbox.finish(&context, status),
            Rest::Nothing => {}
        }
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome").field("call", self.context()).field("status", &self.status).finish()
    }
}
