//! Bodies and responses that pass through another HTTP stack.

use super::error::{self, Side};
use super::head::{Headers, ResponseHead};
use crate::status::Status;
use bytes::{Buf, Bytes};
use http_body::Frame;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// What bodies of other stacks fail with.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// The receiving half of a stream, from another stack.
pub(crate) struct Body {
    frames: Box<dyn Frames>,
    /// Whether there are no more chunks; then the trailers, if there are any.
    ended: bool,
    trailers: Option<Headers>,
}

impl Body {
    /// `side` is the one that receives.
    pub(crate) fn new<B>(body: B, side: Side) -> Self
    where
        B: http_body::Body + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self { frames: Box::new(Adapted { body: Box::pin(body), side }), ended: false, trailers: None }
    }

    /// Nothing.
    pub(crate) fn empty() -> Self {
        struct Nothing;
        impl Frames for Nothing {
            fn poll_frame(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
                Poll::Ready(None)
            }
            fn is_end(&self) -> bool {
                true
            }
        }
        Self { frames: Box::new(Nothing), ended: true, trailers: None }
    }

    pub(super) fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Status>>> {
        while !self.ended {
            let Some(frame) = ready!(self.frames.poll_frame(cx)?) else {
                self.ended = true;
                break;
            };
            match frame.into_data() {
                Ok(data) if data.is_empty() => {}
                Ok(data) => return Poll::Ready(Some(Ok(data))),
                Err(frame) => {
                    self.ended = true;
                    self.trailers = frame.into_trailers().ok();
                }
            }
        }
        Poll::Ready(None)
    }

    pub(super) fn is_end(&self) -> bool {
        self.trailers.is_none() && (self.ended || self.frames.is_end())
    }

    pub(super) fn poll_trailers(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Headers>, Status>> {
        while ready!(self.poll_data(cx)?).is_some() {}
        Poll::Ready(Ok(self.trailers.take()))
    }
}

/// A client's wait for the head of a response, from another stack.
pub(crate) struct Reply(Pin<Box<dyn Future<Output = Answer> + Send>>);

type Answer = Result<(ResponseHead, super::Body), Status>;

impl Reply {
    pub(crate) fn new(response: impl Future<Output = Answer> + Send + 'static) -> Self {
        Self(Box::pin(response))
    }

    pub(super) fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Answer> {
        self.0.as_mut().poll(cx)
    }
}

/// A body of this transport, for another stack. It keeps `G` as long as it is there.
pub(crate) struct Outward<G = ()> {
    body: super::Body,
    state: State,
    _kept: G,
}

/// `Chunks → Trailers → Over`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Chunks,
    Trailers,
    Over,
}

impl<G> Outward<G> {
    pub(crate) fn new(body: super::Body, keep: G) -> Self {
        Self { body, state: State::Chunks, _kept: keep }
    }
}

impl Outward {
    /// The body as it was, as far as nobody has read it.
    pub(crate) fn into_inner(self) -> super::Body {
        self.body
    }
}

impl<G: Unpin> http_body::Body for Outward<G> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        if this.state == State::Chunks {
            if let Some(chunk) = ready!(this.body.poll_data(cx)) {
                return Poll::Ready(Some(chunk.map(Frame::data)));
            }
            this.state = State::Trailers;
        }
        if this.state == State::Trailers {
            let trailers = ready!(this.body.poll_trailers(cx));
            this.state = State::Over;
            return Poll::Ready(trailers.transpose().map(|trailers| trailers.map(Frame::trailers)));
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.state == State::Over || self.body.is_end()
    }
}

/// A [`http_body::Body`] as an object.
trait Frames: Send {
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>>;
    fn is_end(&self) -> bool;
}

struct Adapted<B> {
    body: Pin<Box<B>>,
    side: Side,
}

impl<B> Frames for Adapted<B>
where
    B: http_body::Body + Send,
    B::Error: Into<BoxError>,
{
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(self.body.as_mut().poll_frame(cx));
        Poll::Ready(frame.map(|frame| match frame {
            Ok(frame) => Ok(frame.map_data(|mut data| data.copy_to_bytes(data.remaining()))),
            Err(error) => Err(status(error.into(), self.side)),
        }))
    }

    fn is_end(&self) -> bool {
        self.body.is_end_stream()
    }
}

/// The status of a call that met an error of another stack: what is known there of HTTP/2 counts here, too.
#[cold]
pub(crate) fn status(error: BoxError, side: Side) -> Status {
    let error = match error.downcast::<Status>() {
        Ok(status) => return *status,
        Err(error) => error,
    };
    let mut cause: Option<&(dyn Error + 'static)> = Some(&*error);
    while let Some(known) = cause {
        if let Some(reason) = known.downcast_ref::<h2::Error>().and_then(h2::Error::reason) {
            return error::reset(reason, side).with_source(error);
        }
        cause = known.source();
    }
    Status::unavailable(format!("the stream broke off: {error}")).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::Code;
    use http::HeaderMap;
    use std::collections::VecDeque;
    use std::future::poll_fn;

    /// Gives these frames.
    struct Given(VecDeque<Result<Frame<Bytes>, BoxError>>);

    impl http_body::Body for Given {
        type Data = Bytes;
        type Error = BoxError;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
            Poll::Ready(self.0.pop_front())
        }
    }

    fn body(frames: impl IntoIterator<Item = Result<Frame<Bytes>, BoxError>>) -> Body {
        Body::new(Given(frames.into_iter().collect()), Side::Server)
    }

    #[tokio::test]
    async fn chunks_then_trailers() {
        let trailers = HeaderMap::from_iter([("x".parse().unwrap(), "y".parse().unwrap())]);
        let frames = [Frame::data("one".into()), Frame::data(Bytes::new()), Frame::data("two".into())];
        let frames = frames.into_iter().chain([Frame::trailers(trailers.clone())]).map(Ok);
        let mut body = body(frames);
        for expected in ["one", "two"] {
            assert_eq!(poll_fn(|cx| body.poll_data(cx)).await.unwrap().unwrap(), expected);
        }
        assert!(poll_fn(|cx| body.poll_data(cx)).await.is_none());
        assert!(!body.is_end());
        assert_eq!(poll_fn(|cx| body.poll_trailers(cx)).await.unwrap(), Some(trailers));
        assert!(body.is_end());
    }

    #[tokio::test]
    async fn errors_keep_what_is_known() {
        let fail = async |error: BoxError| {
            let mut body = body([Err(error)]);
            poll_fn(|cx| body.poll_data(cx)).await.unwrap().unwrap_err()
        };
        let reset = fail(h2::Error::from(h2::Reason::CANCEL).into()).await;
        assert_eq!((reset.code(), reset.is_from_peer()), (Code::Cancelled, true));
        assert_eq!(fail(Box::new(Status::aborted("enough"))).await.to_string(), "ABORTED: enough");
        assert_eq!(
            fail("disk on fire".into()).await.to_string(),
            "UNAVAILABLE: the stream broke off: disk on fire"
        );
    }
}
