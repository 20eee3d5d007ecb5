//! What a call gives back.

use crate::metadata::Metadata;
use crate::status::Status;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A response and the metadata around it.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Response<T> {
    /// The message.
    pub message: T,
    /// What the server sent before the message.
    pub metadata: Metadata,
    /// What the server sent after the message.
    pub trailers: Metadata,
    /// The message arrived compressed.
    pub was_compressed: bool,
}

/// A call under way. Dropped before it is ready it cancels the call.
#[must_use = "a call is made while it is awaited"]
pub struct ResponseFuture<T>(Pin<Box<dyn Future<Output = Result<T, Status>> + Send>>);

impl<T> ResponseFuture<T> {
    pub(super) fn new(call: impl Future<Output = Result<T, Status>> + Send + 'static) -> Self {
        Self(Box::pin(call))
    }
}

impl<T> Future for ResponseFuture<T> {
    type Output = Result<T, Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx)
    }
}

impl<T> fmt::Debug for ResponseFuture<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
