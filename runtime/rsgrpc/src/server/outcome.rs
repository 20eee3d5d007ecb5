//! How a call ended, before the client knows.

use crate::call::{Context, Outbox, Owned};
use crate::frame::Framed;
use crate::status::{Code, Status};
use crate::transport::Outgoing;
use std::fmt;
use std::sync::Arc;

/// How a call ended. An interceptor may look at it and change it; then it goes to the client.
#[must_use = "a call whose outcome is dropped ends as cancelled"]
pub struct Outcome {
    context: Owned,
    status: Result<(), Status>,
    reply: Reply,
}

enum Reply {
    /// At most one message, which leaves with the status.
    Single(Outgoing, Option<Framed>),
    /// Messages that are on their way.
    Stream(Arc<Outbox>),
}

impl Outcome {
    pub(super) fn single(context: Owned, outgoing: Outgoing, reply: Result<Framed, Status>) -> Self {
        let (status, message) = match reply {
            Ok(message) => (Ok(()), Some(message)),
            Err(status) => (Err(status), None),
        };
        Self { context, status, reply: Reply::Single(outgoing, message) }
    }

    pub(super) fn stream(context: Owned, outbox: Arc<Outbox>, status: Result<(), Status>) -> Self {
        Self { context, status, reply: Reply::Stream(outbox) }
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

    /// Whether the client has reset the call.
    pub(super) fn is_reset(&self) -> bool {
        matches!(&self.status, Err(status) if status.code() == Code::Cancelled && status.is_from_peer())
    }

    /// Writes the answer, or what is left of it.
    pub(super) fn finish(self) {
        let Self { context, status, reply } = self;
        let status = status.as_ref().copied();
        match reply {
            // An error means that the stream is gone: there is nobody left to tell.
            Reply::Single(outgoing, message) => drop(finish_single(&context, outgoing, message, status)),
            Reply::Stream(outbox) => outbox.finish(&context, status),
        }
    }
}

fn finish_single(
    context: &Context,
    mut outgoing: Outgoing,
    message: Option<Framed>,
    status: Result<(), &Status>,
) -> Result<(), Status> {
    let head = match (status, message) {
        (Ok(()), Some(message)) => {
            outgoing.send_head(context.response_head(message.encoding.as_ref()), false)?;
            message.segments.into_iter().try_for_each(|segment| outgoing.send_data(segment, false))?;
            None
        }
        _ => Some(context.response_head(None)),
    };
    context.with_trailers(|trailers| context.protocol().finish(&mut outgoing, head, status, trailers))
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome").field("call", self.context()).field("status", &self.status).finish()
    }
}
