//! Messages that arrive.

use super::Requests;
use crate::codec::Coding;
use crate::metadata::Metadata;
use crate::status::Status;
use bytes::Bytes;
use futures_core::Stream;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, ready};
use tokio::task::coop;

/// Messages from the other side of a call, one after the other.
///
/// As long as nobody asks for the next message, the other side can only send until HTTP/2's window is full.
///
/// A stream ends in one of two ways. It is complete: the other side has said so, and
/// [`message`](Self::message) gives `Ok(None)`. Or it is not: the deadline has passed, the call was
/// cancelled, the connection is lost, the server reports an error; then `message` gives that as an `Err`, now
/// and whenever it is asked again. A client's stream is complete when the server has reported success. On the
/// server a stream that is not at its end when the call is over fails, even in a task that outlives the handler.
///
/// It is also a [`futures_core::Stream`] of `Result<T, Status>`, which ends after its first error.
///
/// ```
/// # use rsgrpc::{Status, Streaming};
/// async fn total(mut sizes: Streaming<u64>) -> Result<u64, Status> {
///     let mut total = 0;
///     while let Some(size) = sizes.message().await? {
///         total += size;
///     }
///     Ok(total)
/// }
/// ```
#[must_use = "messages arrive as they are asked for"]
pub struct Streaming<T> {
    origin: Origin,
    coding: Coding<T>,
    state: State,
    /// Messages taken since the task was last asked to let others run.
    taken: u8,
}

enum Origin {
    /// The requests of a call, on the server.
    Requests(Requests),
    /// The responses to a call, on the client.
    Responses(Box<dyn Source>),
}

enum State {
    Open,
    Complete,
    Failed(Status),
}

/// A client's responses: frames, and what the server says around them.
pub(crate) trait Source: Send {
    /// Ready when the server has begun to answer: [`headers`](Self::headers) are there then.
    fn poll_headers(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>>;

    /// The next message, without its prefix; `None` once the server has reported success.
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Status>>;

    /// Whether the last message was compressed.
    fn was_compressed(&self) -> bool;

    /// What the server sent before the first message, once it is there.
    fn headers(&self) -> Option<&Metadata>;

    /// What the server sent after the last message, once it is there.
    fn trailers(&self) -> Option<&Metadata>;
}

/// A task that finds message after message ready lets others run after so many.
const TURN: u8 = 64;

impl<T> Streaming<T> {
    /// The requests of a call, on the server.
    pub(crate) fn requests(requests: Requests, coding: Coding<T>) -> Self {
        Self { origin: Origin::Requests(requests), coding, state: State::Open, taken: 0 }
    }

    /// The responses to a call, on the client.
    pub(crate) fn responses(source: Box<dyn Source>, coding: Coding<T>) -> Self {
        Self { origin: Origin::Responses(source), coding, state: State::Open, taken: 0 }
    }

    /// The next message; `None` after the last.
    ///
    /// Dropping the future before it is ready loses nothing.
    ///
    /// # Errors
    /// The stream is not complete, or the bytes are not a message.
    pub async fn message(&mut self) -> Result<Option<T>, Status> {
        poll_fn(|cx| self.poll_message(cx)).await
    }

    /// On the client: waits for the metadata that the server sends before its first message. On the server,
    /// where the context has the metadata of a call, it is empty.
    ///
    /// # Errors
    /// The call has failed.
    pub async fn metadata(&mut self) -> Result<&Metadata, Status> {
        static NONE: LazyLock<Metadata> = LazyLock::new(Metadata::new);
        if let Origin::Responses(source) = &mut self.origin {
            poll_fn(|cx| source.poll_headers(cx)).await?;
        }
        Ok(self.headers().unwrap_or(&NONE))
    }

    /// On the client: the metadata that the server sent before its first message. `None` until that has
    /// arrived, and on the server.
    #[must_use]
    pub fn headers(&self) -> Option<&Metadata> {
        match &self.origin {
            Origin::Requests(_) => None,
            Origin::Responses(source) => source.headers(),
        }
    }

    /// On the client: the metadata that the server sent after its last message. `None` until the stream has
    /// ended, and on the server.
    #[must_use]
    pub fn trailers(&self) -> Option<&Metadata> {
        match &self.origin {
            Origin::Requests(_) => None,
            Origin::Responses(source) => source.trailers(),
        }
    }

    /// Whether the last message arrived compressed; false before the first.
    #[must_use]
    pub fn was_compressed(&self) -> bool {
        match &self.origin {
            Origin::Requests(reader) => reader.was_compressed(),
            Origin::Responses(source) => source.was_compressed(),
        }
    }

    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<T>, Status>> {
        match &self.state {
            State::Open => {}
            State::Complete => return Poll::Ready(Ok(None)),
            State::Failed(status) => return Poll::Ready(Err(status.clone())),
        }
        if self.taken >= TURN {
            ready!(coop::poll_proceed(cx)).made_progress();
            self.taken = 0;
        }
        let frame = match &mut self.origin {
            Origin::Requests(requests) => ready!(requests.poll_frame(cx)),
            Origin::Responses(source) => ready!(source.poll_frame(cx)),
        };
        self.taken += 1;
        let message = match frame {
            Ok(Some(frame)) => (self.coding.decode)(frame).map(Some),
            Ok(None) => {
                self.state = State::Complete;
                Ok(None)
            }
            Err(status) => Err(status),
        };
        if let Err(status) = &message {
            self.state = State::Failed(status.clone());
        }
        Poll::Ready(message)
    }
}

/// There is no pinned part: messages are made whole.
impl<T> Unpin for Streaming<T> {}

impl<T> Stream for Streaming<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.state {
            State::Open => self.poll_message(cx).map(Result::transpose),
            State::Complete | State::Failed(_) => Poll::Ready(None),
        }
    }
}

impl<T> fmt::Debug for Streaming<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Open => "open",
            State::Complete => "complete",
            State::Failed(_) => "failed",
        };
        f.debug_struct("Streaming").field("state", &state).finish_non_exhaustive()
    }
}
