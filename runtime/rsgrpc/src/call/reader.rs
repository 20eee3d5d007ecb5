//! Whole messages out of a body.

use crate::frame::Deframer;
use crate::status::Status;
use crate::transport::Body;
use bytes::Bytes;
use std::task::{Context, Poll, ready};

/// Reads a body message by message.
pub(crate) struct Reader {
    body: Body,
    deframer: Deframer,
    ended: bool,
}

impl Reader {
    pub(crate) fn new(body: Body, deframer: Deframer) -> Self {
        Self { body, deframer, ended: false }
    }

    /// The next message, without its prefix; `None` once the body has ended after a whole one. Not to be
    /// asked again after an error.
    pub(crate) fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Status>> {
        loop {
            if let Some(frame) = self.deframer.next()? {
                return Poll::Ready(Ok(Some(frame)));
            }
            if self.ended {
                return Poll::Ready(self.deframer.end().map(|()| None));
            }
            match ready!(self.body.poll_data(cx)?) {
                Some(chunk) => self.deframer.push(chunk),
                None => self.ended = true,
            }
        }
    }

    /// What has arrived.
    pub(crate) fn arrived(&mut self) -> &mut Deframer {
        &mut self.deframer
    }

    /// Whether the last message was compressed.
    pub(crate) fn was_compressed(&self) -> bool {
        self.deframer.was_compressed()
    }

    /// For the trailers that follow the last message.
    pub(crate) fn body_mut(&mut self) -> &mut Body {
        &mut self.body
    }
}
