//! Messages that arrive.

use super::Requests;
use super::tap::Decoder;
use crate::frame::Deframer;
use crate::metadata::Metadata;
use crate::status::Status;
use bytes::Bytes;
use futures_core::Stream;
use std::collections::VecDeque;
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
    origin: Origin<T>,
    /// Messages that come before those of `origin`.
    ahead: VecDeque<T>,
    state: State,
    /// Messages taken since the task was last asked to let others run.
    taken: u8,
}

#[allow(clippy::large_enum_variant, reason = "a box would be one more allocation for each call")]
enum Origin<T> {
    /// The requests of a call, on the server.
    Requests(Requests, Decoder<T>),
    /// The responses to a call, on the client.
    Responses(Box<dyn Source>, Decoder<T>),
    /// No call: the end of a stream that was made from a list.
    Nothing(Result<(), Status>),
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

    /// What has arrived; nothing before and after that.
    fn arrived(&mut self) -> Option<&mut Deframer>;

    /// Ends the call: what has come is of no use. [`poll_frame`](Self::poll_frame) says how it ended then.
    fn fail(&mut self, status: Status);

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
    pub(crate) fn requests(requests: Requests, decoder: Decoder<T>) -> Self {
        Self::new(Origin::Requests(requests, decoder), VecDeque::new())
    }

    /// The responses to a call, on the client; `ahead` come first.
    pub(crate) fn responses(source: Box<dyn Source>, decoder: Decoder<T>, ahead: VecDeque<T>) -> Self {
        Self::new(Origin::Responses(source, decoder), ahead)
    }

    /// These messages, and this end.
    pub(crate) fn of(messages: VecDeque<T>, end: Result<(), Status>) -> Self {
        Self::new(Origin::Nothing(end), messages)
    }

    fn new(origin: Origin<T>, ahead: VecDeque<T>) -> Self {
        Self { origin, ahead, state: State::Open, taken: 0 }
    }

    /// The next message; `None` after the last.
    ///
    /// Dropping the future before it is ready loses nothing.
    ///
    /// # Errors
    /// The stream is not complete, or the bytes are not a message.
    pub async fn message(&mut self) -> Result<Option<T>, Status> {
        {
            // What was made just now, in words, had better not be moved, in larger pieces, which wait for the words to land.
            let mut message = None;
            if self.is_at_hand(&mut message) {
                return Ok(message);
            }
        }
        poll_fn(|cx| self.poll_message(cx)).await
    }

    /// On the client: waits for the metadata that the server sends before its first message. On the server,
    /// where the context has the metadata of a call, it is empty.
    ///
    /// # Errors
    /// The call has failed.
    pub async fn metadata(&mut self) -> Result<&Metadata, Status> {
        static NONE: LazyLock<Metadata> = LazyLock::new(Metadata::new);
        if let Origin::Responses(source, _) = &mut self.origin {
            poll_fn(|cx| source.poll_headers(cx)).await?;
        }
        Ok(self.headers().unwrap_or(&NONE))
    }

    /// On the client: the metadata that the server sent before its first message. `None` until that has
    /// arrived, and on the server.
    #[must_use]
    pub fn headers(&self) -> Option<&Metadata> {
        match &self.origin {
            Origin::Requests(..) | Origin::Nothing(_) => None,
            Origin::Responses(source, _) => source.headers(),
        }
    }

    /// On the client: the metadata that the server sent after its last message. `None` until the stream has
    /// ended, and on the server.
    #[must_use]
    pub fn trailers(&self) -> Option<&Metadata> {
        match &self.origin {
            Origin::Requests(..) | Origin::Nothing(_) => None,
            Origin::Responses(source, _) => source.trailers(),
        }
    }

    /// Whether the last message arrived compressed; false before the first.
    #[must_use]
    pub fn was_compressed(&self) -> bool {
        match &self.origin {
            Origin::Requests(requests, _) => requests.was_compressed(),
            Origin::Responses(source, _) => source.was_compressed(),
            Origin::Nothing(_) => false,
        }
    }

    /// Whether the next message has arrived together with others, so that nothing else need be looked at for it: it is in
    /// `slot` then. Otherwise [`poll_message`](Self::poll_message) has it, or says why there is none.
    fn is_at_hand(&mut self, slot: &mut Option<T>) -> bool {
        if self.taken >= TURN || !self.ahead.is_empty() || !matches!(self.state, State::Open) {
            return false;
        }
        let (arrived, decoder) = match &mut self.origin {
            Origin::Requests(requests, decoder) => (requests.arrived(), decoder),
            Origin::Responses(source, decoder) => (source.arrived(), decoder),
            Origin::Nothing(_) => return false,
        };
        let read = arrived
            .and_then(|arrived| arrived.read(|chunk, frame| decoder.decode_within(chunk, frame, slot)));
        let Some(read) = read else { return false };
        self.taken += 1;
        if let Err(status) = read {
            *slot = None;
            self.refuse(status);
        }
        slot.is_some()
    }

    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<T>, Status>> {
        let mut message = None;
        if self.is_at_hand(&mut message) {
            return Poll::Ready(Ok(message));
        }
        if self.taken >= TURN {
            ready!(coop::poll_proceed(cx)).made_progress();
            self.taken = 0;
        }
        loop {
            match &self.state {
                State::Open => {}
                State::Complete => return Poll::Ready(Ok(None)),
                State::Failed(status) => return Poll::Ready(Err(status.clone())),
            }
            if let Some(message) = self.ahead.pop_front() {
                return Poll::Ready(Ok(Some(message)));
            }
            let (frame, decoder) = match &mut self.origin {
                Origin::Requests(requests, decoder) => (ready!(requests.poll_frame(cx)), decoder),
                Origin::Responses(source, decoder) => (ready!(source.poll_frame(cx)), decoder),
                Origin::Nothing(end) => {
                    self.state = end.clone().map_or_else(State::Failed, |()| State::Complete);
                    continue;
                }
            };
            match frame {
                Ok(Some(frame)) => match decoder.decode(frame) {
                    Ok(message) => {
                        self.taken += 1;
                        return Poll::Ready(Ok(Some(message)));
                    }
                    Err(status) => self.refuse(status),
                },
                Ok(None) => self.state = State::Complete,
                Err(status) => self.state = State::Failed(status),
            }
        }
    }

    /// A message cannot be read. On the client that ends the call, which has the last word.
    #[cold]
    fn refuse(&mut self, status: Status) {
        match &mut self.origin {
            Origin::Responses(source, _) => source.fail(status),
            Origin::Requests(..) | Origin::Nothing(_) => self.state = State::Failed(status),
        }
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
