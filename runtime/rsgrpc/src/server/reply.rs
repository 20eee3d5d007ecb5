//! The answer of a call with at most one response.

use crate::call::Context;
use crate::frame::Framed;
use crate::status::Status;
use crate::transport::Outgoing;
use std::task;

/// The sending half of a call that answers once.
///
/// ```text
/// Due ──▶ Begun ──▶ Over
///   └───────────────▲
/// ```
pub(super) struct Reply {
    outgoing: Outgoing,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The head has not been sent.
    Due,
    /// The head has been sent.
    Begun,
    /// The status has been sent.
    Over,
}

impl Reply {
    pub(super) fn new(outgoing: Outgoing) -> Self {
        Self { outgoing, state: State::Due }
    }

    /// For answers that are streams: whether the head is still due.
    pub(super) fn into_outgoing(self) -> (Outgoing, bool) {
        (self.outgoing, self.state == State::Due)
    }

    /// Ready when the client has reset the call or is gone.
    pub(super) fn poll_reset(&mut self, cx: &mut task::Context<'_>) -> task::Poll<Status> {
        self.outgoing.poll_reset(cx)
    }

    /// Due → Begun: sends the head before the rest.
    pub(super) fn begin(&mut self, call: &Context) {
        if self.state == State::Due {
            self.state = State::Begun;
            // The client is gone if this fails.
            let _ = self.outgoing.send_head(call.early_head(), false);
        }
    }

    /// → Over: sends what is left.
    pub(super) fn finish(&mut self, call: &Context, message: Option<Framed>, status: Result<(), &Status>) {
        if self.state != State::Over {
            // The client is gone if this fails.
            let _ = self.write(call, message, status);
            self.state = State::Over;
        }
    }

    fn write(
        &mut self,
        call: &Context,
        message: Option<Framed>,
        status: Result<(), &Status>,
    ) -> Result<(), Status> {
        let (outgoing, due) = (&mut self.outgoing, self.state == State::Due);
        let head = match (status, message) {
            (Ok(()), Some(message)) => {
                if due {
                    outgoing.send_head(call.response_head(message.encoding.as_ref()), false)?;
                }
                message.segments.into_iter().try_for_each(|segment| outgoing.send_data(segment, false))?;
                None
            }
            _ => due.then(|| call.response_head(None)),
        };
        call.with_trailers(|trailers| call.protocol().finish(outgoing, head, status, trailers))
    }
}
