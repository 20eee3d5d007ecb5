//! What a call sends, as a body of the crate http-body.

use crate::status::Status;
use crate::transport;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The body of a call: chunks, which have nothing to do with messages, then trailers.
pub struct Body {
    body: transport::Body,
    state: State,
}

/// `Chunks → Trailers → Over`.
enum State {
    Chunks,
    Trailers,
    Over,
}

impl Body {
    pub(super) fn new(body: transport::Body) -> Self {
        let state = if body.is_end() { State::Over } else { State::Chunks };
        Self { body, state }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        if let State::Chunks = this.state {
            if let Some(chunk) = ready!(this.body.poll_data(cx)) {
                return Poll::Ready(Some(chunk.map(Frame::data)));
            }
            this.state = State::Trailers;
        }
        if let State::Trailers = this.state {
            let trailers = ready!(this.body.poll_trailers(cx));
            this.state = State::Over;
            return Poll::Ready(trailers.transpose().map(|trailers| trailers.map(Frame::trailers)));
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.state, State::Over)
    }

    fn size_hint(&self) -> SizeHint {
        if self.is_end_stream() { SizeHint::with_exact(0) } else { SizeHint::default() }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}
