//! What a call sends, as a body of the crate http-body.

use crate::status::Status;
use crate::transport;
use crate::transport::Side;
use crate::transport::foreign::{self, BoxError, Outward};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The body of a call: chunks, which have nothing to do with messages, then trailers.
pub struct Body(Outward);

impl Body {
    /// A request's body that is another one, or wraps one: for layers of a channel that change what is sent.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self::from(transport::Body::Foreign(foreign::Body::new(body, Side::Client)))
    }

    pub(super) fn into_inner(self) -> transport::Body {
        self.0.into_inner()
    }
}

impl From<transport::Body> for Body {
    fn from(body: transport::Body) -> Self {
        Self(Outward::new(body, ()))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Pin::new(&mut self.0).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
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
