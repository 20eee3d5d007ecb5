//! What a server sends back: a head, messages, and a status in the trailers.

use super::chain::{End, Outer};
use super::link::Link;
use super::response::Response;
use crate::call::{Bounds, Decoder, Reader, Source, Timer, late};
use crate::compression::{Compression, GRPC_ENCODING, Received};
use crate::frame::Deframer;
use crate::metadata::Metadata;
use crate::method::Kind;
use crate::status::{Code, Status};
use crate::transport::error::is_reset;
use crate::transport::{Body, Headers, Peer, Reply, ResponseHead};
use bytes::Bytes;
use http::header;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// The answer to a call, read step by step. Dropped before its end it cancels the call.
pub(super) struct Answer {
    /// The sending half, where either half is a stream. Dropped first, so that it knows why.
    link: Option<Link>,
    state: State,
    /// The server, as interceptors see it.
    peer: Option<Box<Peer>>,
    receive_limit: usize,
    /// None where nothing is compressed.
    compression: Option<Arc<Compression>>,
    /// The last message was compressed; known when the body is over.
    was_compressed: bool,
    timer: Timer,
    head: Option<Metadata>,
    verdict: Verdict,
    /// The interceptors, where the caller has streams of the call.
    outer: Option<Box<Outer>>,
}

/// ```text
/// Head ──▶ Body ──▶ Over
///   └─ trailers-only ─▲
/// ```
/// An error leads from anywhere to `Over`.
enum State {
    Head(Reply),
    Body(Reader),
    /// How the call ended, and what the server sent last.
    Over(Result<(), Status>, Option<Metadata>),
}

/// What the client thinks of an answer that the server calls a success.
enum Verdict {
    Fine,
    /// The one response that is due has not come.
    Missing,
    /// It has.
    Complete,
    /// The one response cannot be decoded.
    Broken(Status),
}

impl Answer {
    pub(super) fn new(
        reply: Reply,
        peer: Option<Peer>,
        kind: Kind,
        receive_limit: usize,
        compression: Option<Arc<Compression>>,
        bounds: Bounds,
    ) -> Self {
        let verdict = if kind.streams_responses() { Verdict::Fine } else { Verdict::Missing };
        let peer = peer.map(Box::new);
        Self { peer, receive_limit, compression, verdict, ..Self::with(State::Head(reply), bounds) }
    }

    /// An answer without a server: a success whose responses are known.
    pub(super) fn given(metadata: Metadata, trailers: Metadata) -> Self {
        let over = State::Over(Ok(()), Some(trailers));
        Self { head: Some(metadata), ..Self::with(over, Bounds::default()) }
    }

    fn with(state: State, bounds: Bounds) -> Self {
        Self {
            state,
            peer: None,
            receive_limit: 0,
            compression: None,
            was_compressed: false,
            timer: Timer::new(bounds),
            head: None,
            verdict: Verdict::Fine,
            link: None,
            outer: None,
        }
    }

    /// The server, where there are interceptors that may ask.
    pub(super) fn peer(&self) -> Option<&Peer> {
        self.peer.as_deref()
    }

    /// Ends the sending half together with the answer.
    pub(super) fn link(&mut self, link: Link) {
        self.link = Some(link);
    }

    /// Lets the interceptors have the last word.
    pub(super) fn intercept(&mut self, outer: Outer) {
        self.outer = Some(Box::new(outer));
        self.tell();
    }

    /// Waits for the head of the answer.
    pub(super) async fn head(&mut self) -> Result<(), Status> {
        poll_fn(|cx| self.poll_headers(cx)).await
    }

    /// The only message of an answer that ended well.
    pub(super) async fn single<T>(&mut self, decoder: &mut Decoder<T>) -> Result<T, Status> {
        let mut message = None;
        poll_fn(|cx| self.poll_single(decoder, &mut message, cx)).await?;
        message.ok_or_else(missing)
    }

    /// As [`single`](Self::single), in steps: ready when the answer has ended well, and then each time.
    /// `message` is empty at first, and holds the message at the end.
    pub(super) fn poll_single<T>(
        &mut self,
        decoder: &mut Decoder<T>,
        message: &mut Option<T>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Status>> {
        while let Some(frame) = ready!(self.poll_frame(cx))? {
            if message.is_some() {
                self.end_early(Status::unimplemented("the server sent several responses where one was due"));
                continue;
            }
            // A message that cannot be decoded fails the call, unless the server says that it failed anyway.
            match decoder.decode(frame) {
                Ok(decoded) => (*message, self.verdict) = (Some(decoded), Verdict::Complete),
                Err(status) => self.verdict = Verdict::Broken(status),
            }
        }
        Poll::Ready(Ok(()))
    }

    /// The only message together with the metadata around it.
    pub(super) fn respond<T>(mut self, message: T) -> Response<T> {
        let metadata = self.head.take().unwrap_or_default();
        let trailers = self.take_trailers().unwrap_or_default();
        Response { message, metadata, trailers, was_compressed: self.was_compressed }
    }

    fn take_trailers(&mut self) -> Option<Metadata> {
        match &mut self.state {
            State::Over(_, trailers) => trailers.take(),
            State::Head(_) | State::Body(_) => None,
        }
    }

    /// What every poll goes through: the deadline while it is pending, the interceptors at the end.
    fn settle<T>(
        &mut self,
        polled: Poll<Result<T, Status>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<T, Status>> {
        let result = match polled {
            Poll::Ready(Ok(value)) if !matches!(self.state, State::Over(..)) => {
                return Poll::Ready(Ok(value));
            }
            Poll::Ready(result) => result,
            Poll::Pending => match self.timer.poll_expired(cx) {
                Poll::Ready(late) => Err(late),
                Poll::Pending => {
                    let outer = self.outer.as_mut().map(|outer| outer.chain.poll(cx));
                    let Some(Poll::Ready(outcome)) = outer else { return Poll::Pending };
                    self.outer = None;
                    Err(outcome.status.err().unwrap_or_else(|| {
                        Status::cancelled("an interceptor ended the call before the server did")
                    }))
                }
            },
        };
        let value = result.map_err(|status| self.end_early(status));
        ready!(self.poll_outer(cx));
        match &self.state {
            State::Over(Err(status), _) => Poll::Ready(Err(status.clone())),
            // An error has led to `Over`, so there is a value here.
            _ => Poll::Ready(value.map_err(|()| missing())),
        }
    }

    /// Ready when the interceptors have had the last word: where the call succeeded they may make it fail.
    fn poll_outer(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(outer) = &mut self.outer {
            let outcome = ready!(outer.chain.poll(cx));
            self.outer = None;
            match &mut self.state {
                // No interceptor makes a stream complete that is not.
                State::Over(Err(status), _) => {
                    if let Err(other) = outcome.status {
                        *status = other;
                    }
                }
                state => *state = State::Over(outcome.status, Some(outcome.trailers)),
            }
        }
        Poll::Ready(())
    }

    fn poll_open(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        if let State::Head(reply) = &mut self.state {
            let (head, body) = ready!(reply.poll_head(cx))?;
            self.open(head, body)?;
        }
        Poll::Ready(match &self.state {
            State::Over(end, _) => end.clone(),
            _ => Ok(()),
        })
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Status>> {
        ready!(self.poll_open(cx))?;
        let complete = matches!(self.verdict, Verdict::Complete);
        let State::Body(reader) = &mut self.state else { return Poll::Ready(Ok(None)) };
        // Mostly the one response that is due is followed by trailers, and one question finds out.
        let between = complete && reader.arrived().end().is_ok();
        let trailers = match between.then(|| reader.body_mut().poll_end(cx)) {
            Some(Poll::Ready(trailers)) => trailers?,
            _ => {
                if let Some(message) = ready!(reader.poll_frame(cx))? {
                    return Poll::Ready(Ok(Some(message)));
                }
                ready!(reader.body_mut().poll_trailers(cx))?
            }
        };
        let trailers = trailers.unwrap_or_default();
        self.end(trailers, 200).map(|()| None).into()
    }

    /// Head → Body, or Over where the head is all there is.
    fn open(&mut self, head: ResponseHead, body: Body) -> Result<(), Status> {
        let http_status = head.status();
        if body.is_end() {
            self.head = Some(Metadata::new());
            return self.end(head.headers, http_status);
        }
        let content_type = head.headers.get(header::CONTENT_TYPE).map(|value| value.as_bytes());
        if http_status != 200 || !content_type.is_some_and(is_grpc) {
            return Err(not_grpc(head));
        }
        let received = match &self.compression {
            Some(compression) => compression.received(head.headers.get(&GRPC_ENCODING), Code::Internal),
            None => Received::Plain,
        };
        self.head = Some(Metadata::from_headers(head.headers));
        self.state = State::Body(Reader::new(body, Deframer::new(self.receive_limit, received)));
        Ok(())
    }

    /// → Over, as the trailers say.
    fn end(&mut self, mut trailers: Headers, http_status: u16) -> Result<(), Status> {
        Status::read_trailers(&mut trailers).unwrap_or_else(|| Err(Status::from_http_status(http_status)))?;
        match std::mem::replace(&mut self.verdict, Verdict::Fine) {
            Verdict::Fine | Verdict::Complete => {}
            Verdict::Missing => return Err(missing()),
            Verdict::Broken(status) => return Err(status),
        }
        self.over(Ok(()), Some(Metadata::from_headers(trailers)));
        Ok(())
    }

    /// → Over, as failed; what is left of the stream is dropped, which resets it.
    #[cold]
    fn end_early(&mut self, status: Status) {
        if let State::Over(Err(_), _) = self.state {
            return;
        }
        // A server that watches the same deadline may be the first to cancel, or to reset the stream.
        let passed = self.timer.deadline().is_some_and(|deadline| deadline.has_passed());
        let gave_up = status.code() == Code::Cancelled || is_reset(&status);
        let status = if passed && gave_up { late() } else { status };
        let trailers = self.take_trailers();
        self.over(Err(status), trailers);
    }

    /// Drops what is left of the stream. Where the server has not ended it, that resets it.
    fn over(&mut self, end: Result<(), Status>, trailers: Option<Metadata>) {
        if let Some(link) = self.link.take() {
            link.end(end.as_ref().copied());
        }
        self.was_compressed = Source::was_compressed(self);
        self.state = State::Over(end, trailers);
        self.tell();
    }

    /// Tells the interceptors how the call has ended, if it has.
    fn tell(&mut self) {
        if let (State::Over(end, trailers), Some(outer)) = (&self.state, &mut self.outer) {
            outer.tell(|| End {
                status: end.clone(),
                peer: self.peer.as_deref().cloned(),
                metadata: self.head.clone().unwrap_or_default(),
                trailers: trailers.clone().unwrap_or_default(),
            });
        }
    }
}

impl Source for Answer {
    fn poll_headers(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let polled = self.poll_open(cx);
        self.settle(polled, cx)
    }

    /// After the end it gives the end again.
    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Status>> {
        let polled = self.poll_next(cx);
        self.settle(polled, cx)
    }

    fn arrived(&mut self) -> Option<&mut Deframer> {
        match &mut self.state {
            State::Body(reader) => Some(reader.arrived()),
            State::Head(_) | State::Over(..) => None,
        }
    }

    fn fail(&mut self, status: Status) {
        self.end_early(status);
    }

    fn was_compressed(&self) -> bool {
        match &self.state {
            State::Body(reader) => reader.was_compressed(),
            State::Head(_) | State::Over(..) => self.was_compressed,
        }
    }

    fn headers(&self) -> Option<&Metadata> {
        self.head.as_ref()
    }

    fn trailers(&self) -> Option<&Metadata> {
        match &self.state {
            State::Over(_, trailers) => trailers.as_ref(),
            State::Head(_) | State::Body(_) => None,
        }
    }
}

#[cold]
pub(super) fn missing() -> Status {
    Status::unimplemented("the server sent no response where one was due")
}

/// `application/grpc`, with or without a format or parameters; not `application/grpc-web`.
fn is_grpc(content_type: &[u8]) -> bool {
    let rest = content_type.strip_prefix(b"application/grpc");
    rest.is_some_and(|rest| matches!(rest.first(), None | Some(b'+' | b';')))
}

/// The status of a response that is not gRPC: from a proxy, or from a server of another kind.
#[cold]
fn not_grpc(head: ResponseHead) -> Status {
    let http_status = head.status();
    let mut headers = head.headers;
    if http_status != 200 {
        // Where there is a `grpc-status` it counts, whatever else the response is.
        let said = Status::read_trailers(&mut headers).and_then(Result::err);
        return said.unwrap_or_else(|| Status::from_http_status(http_status));
    }
    let content_type =
        headers.get(header::CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    Status::unknown(match content_type {
        Some(content_type) => format!("the response has content-type {content_type:?}, not application/grpc"),
        None => "the response has no content-type".to_owned(),
    })
    .by_peer()
}
