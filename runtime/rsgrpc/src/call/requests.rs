//! The requests of a call, which end with it.

use super::inherit::is_current;
use super::timer::late;
use super::{Context as Call, Reader};
use crate::frame::Deframer;
use crate::status::{Code, Status};
use bytes::Bytes;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A stream of requests on the server. A handler may give it to a task that outlives the handler.
pub(crate) struct Requests {
    reader: Reader,
    call: Call,
    /// The end of the call, once somebody has waited who is not ended with it.
    end: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Requests {
    pub(crate) fn new(reader: Reader, call: Call) -> Self {
        Self { reader, call, end: None }
    }

    /// As [`Reader::poll_frame`]; an error once the call is over.
    pub(crate) fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Status>> {
        self.call.check()?;
        if let Poll::Ready(frame) = self.reader.poll_frame(cx) {
            // A client that watches the same deadline may be the first to cancel.
            return Poll::Ready(frame.map_err(|status| match status.code() {
                Code::Cancelled if self.call.is_late() => late(),
                _ => status,
            }));
        }
        // The guard around the handler watches for the end, and what it polls is ended with it.
        if is_current(&self.call) {
            return Poll::Pending;
        }
        let end = self.end.get_or_insert_with(|| {
            let call = self.call.cancellation();
            Box::pin(async move { call.cancelled().await })
        });
        ready!(end.as_mut().poll(cx));
        Poll::Ready(self.call.check().map(|()| None))
    }

    /// What has arrived; nothing once the call is over.
    pub(crate) fn arrived(&mut self) -> Option<&mut Deframer> {
        (!self.call.is_over()).then(|| self.reader.arrived())
    }

    /// Whether the last message was compressed.
    pub(crate) fn was_compressed(&self) -> bool {
        self.reader.was_compressed()
    }
}

impl Call {
    /// Fails once the call is over.
    pub(crate) fn check(&self) -> Result<(), Status> {
        match self.is_over() {
            false => Ok(()),
            true if self.is_late() => Err(late()),
            true => Err(Status::cancelled("the call is over")),
        }
    }

    fn is_late(&self) -> bool {
        self.deadline().is_some_and(|deadline| deadline.has_passed())
    }
}
