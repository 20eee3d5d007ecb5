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

#[cfg(test)]
mod tests {
    use crate::wkt::{Duration, Timestamp};
    use crate::{Channel, Kind, Method, Protobuf};
    use std::future::IntoFuture;

    static UNARY: Method<Duration, Timestamp> = Method::new::<Protobuf>(Kind::Unary, "/test.Test/Unary");
    static DOWN: Method<Duration, Timestamp> =
        Method::new::<Protobuf>(Kind::ServerStreaming, "/test.Test/Down");
    static BOTH: Method<Duration, Timestamp> = Method::new::<Protobuf>(Kind::Bidi, "/test.Test/Both");

    /// There is one allocation for each, and malloc is quick up to 1 KiB: glibc keeps no larger ones at hand.
    #[test]
    fn the_future_of_a_call_is_small() {
        let channel = Channel::connect("http://127.0.0.1:1").unwrap();
        let sizes = [
            size_of_val(&*channel.unary(&UNARY, Duration::default()).into_future().0),
            size_of_val(&*channel.server_streaming(&DOWN, Duration::default()).into_future().0),
            size_of_val(&*channel.bidi(&BOTH).into_future().0),
        ];
        assert!(sizes.iter().all(|size| *size <= 1024), "{sizes:?}");
    }
}
