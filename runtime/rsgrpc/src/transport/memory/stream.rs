//! One call: two pipes and what ends them.

use super::link::Slot;
use crate::status::Status;
use crate::transport::error::{Reset, Side};
use crate::transport::head::{Headers, ResponseHead};
use bytes::Bytes;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Bytes that a direction holds before its sender has to wait.
const WINDOW: usize = 64 * 1024;

/// What both sides of a call share.
struct Stream(Mutex<State>);

#[derive(Default)]
struct State {
    request: Pipe,
    response: Pipe,
    head: Option<ResponseHead>,
    /// Who ended the stream before its time, and why. Nothing is read or written after that.
    reset: Option<(Side, Reset)>,
    /// The server has answered, and takes no more of what the client sends.
    served: bool,
}

/// One direction.
#[derive(Default)]
struct Pipe {
    chunks: VecDeque<Bytes>,
    /// The bytes in `chunks`.
    len: usize,
    /// The sender is done.
    closed: bool,
    trailers: Option<Headers>,
    reader: Option<Waker>,
    /// For capacity and reset together.
    writer: Option<Waker>,
}

/// One side of a call. Both halves of that side hold it; when the last lets go of it, the call is cancelled
/// unless it has ended.
struct End {
    stream: Arc<Stream>,
    side: Side,
    /// The call's place on the connection, which is the server's to give back.
    _slot: Option<Slot>,
}

/// A new call: the client's halves, then the server's. A call that is none of a connection's has no place there.
pub(super) fn open(slot: Option<Slot>, end: bool) -> ((Outgoing, Reply), (Body, Outgoing)) {
    let stream = Arc::new(Stream(Mutex::default()));
    stream.lock().request.closed = end;
    let client = Arc::new(End { stream: stream.clone(), side: Side::Client, _slot: None });
    let server = Arc::new(End { stream, side: Side::Server, _slot: slot });
    ((Outgoing(client.clone()), Reply(client)), (Body(server.clone()), Outgoing(server)))
}

/// The request half of a call whose answer comes another way.
#[cfg(feature = "tower")]
pub(super) fn request() -> (Outgoing, Body) {
    let ((outgoing, _), (body, _)) = open(None, false);
    // Whoever lets go of his end cancels nothing: there is no response to wait for.
    outgoing.0.stream.lock().response.closed = true;
    (outgoing, body)
}

/// The client's wait for the head of the response.
pub(crate) struct Reply(Arc<End>);

impl Reply {
    pub(crate) fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<(ResponseHead, Body), Status>> {
        let mut state = self.0.stream.lock();
        if let Some(head) = state.head.take() {
            return Poll::Ready(Ok((head, Body(self.0.clone()))));
        }
        if let Some(status) = state.ended(self.0.side) {
            return Poll::Ready(Err(status));
        }
        park(&mut state.response.reader, cx);
        Poll::Pending
    }
}

/// The receiving half.
pub(crate) struct Body(Arc<End>);

impl Body {
    pub(in crate::transport) fn poll_data(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Status>>> {
        let mut state = self.0.stream.lock();
        // What was sent before a reset is lost, as on the wire.
        if let Some(status) = state.ended(self.0.side) {
            return Poll::Ready(Some(Err(status)));
        }
        let pipe = state.incoming(self.0.side);
        match pipe.chunks.pop_front() {
            Some(chunk) => {
                pipe.len -= chunk.len();
                wake(&mut pipe.writer);
                Poll::Ready(Some(Ok(chunk)))
            }
            None if pipe.closed => Poll::Ready(None),
            None => {
                park(&mut pipe.reader, cx);
                Poll::Pending
            }
        }
    }

    pub(in crate::transport) fn is_end(&self) -> bool {
        let mut state = self.0.stream.lock();
        let pipe = state.incoming(self.0.side);
        pipe.closed && pipe.chunks.is_empty() && pipe.trailers.is_none()
    }

    pub(in crate::transport) fn poll_trailers(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Headers>, Status>> {
        let mut state = self.0.stream.lock();
        if let Some(status) = state.ended(self.0.side) {
            return Poll::Ready(Err(status));
        }
        let pipe = state.incoming(self.0.side);
        if pipe.closed {
            return Poll::Ready(Ok(pipe.trailers.take()));
        }
        park(&mut pipe.reader, cx);
        Poll::Pending
    }
}

/// The sending half.
pub(crate) struct Outgoing(Arc<End>);

impl Outgoing {
    pub(in crate::transport) fn side(&self) -> Side {
        self.0.side
    }

    pub(in crate::transport) fn send_head(&mut self, head: ResponseHead, end: bool) -> Result<(), Status> {
        let mut state = self.0.stream.lock();
        state.open(self.0.side)?;
        state.head = Some(head);
        state.response.closed = end;
        wake(&mut state.response.reader);
        Ok(())
    }

    pub(in crate::transport) fn send_data(&mut self, data: Bytes, end: bool) -> Result<(), Status> {
        let mut state = self.0.stream.lock();
        state.open(self.0.side)?;
        let pipe = state.outgoing(self.0.side);
        if !data.is_empty() {
            pipe.len += data.len();
            pipe.chunks.push_back(data);
        }
        pipe.closed = end;
        wake(&mut pipe.reader);
        Ok(())
    }

    pub(in crate::transport) fn send_trailers(&mut self, trailers: Headers) -> Result<(), Status> {
        let mut state = self.0.stream.lock();
        state.open(self.0.side)?;
        let pipe = state.outgoing(self.0.side);
        pipe.trailers = Some(trailers);
        pipe.closed = true;
        wake(&mut pipe.reader);
        Ok(())
    }

    pub(in crate::transport) fn poll_capacity(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<usize, Status>> {
        let mut state = self.0.stream.lock();
        state.open(self.0.side)?;
        let pipe = state.outgoing(self.0.side);
        match WINDOW.saturating_sub(pipe.len) {
            0 => {
                park(&mut pipe.writer, cx);
                Poll::Pending
            }
            room => Poll::Ready(Ok(room)),
        }
    }

    pub(in crate::transport) fn capacity(&mut self) -> usize {
        WINDOW.saturating_sub(self.0.stream.lock().outgoing(self.0.side).len)
    }

    pub(in crate::transport) fn poll_reset(&mut self, cx: &mut Context<'_>) -> Poll<Status> {
        let mut state = self.0.stream.lock();
        match state.ended(self.0.side) {
            Some(status) => Poll::Ready(status),
            None => {
                park(&mut state.outgoing(self.0.side).writer, cx);
                Poll::Pending
            }
        }
    }

    pub(in crate::transport) fn reset(&mut self, reset: Reset) {
        self.0.stream.lock().reset(self.0.side, reset);
    }
}

impl Stream {
    /// Nothing between lock and unlock panics, so a poisoned state is a whole one.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn incoming(&mut self, side: Side) -> &mut Pipe {
        match side {
            Side::Client => &mut self.response,
            Side::Server => &mut self.request,
        }
    }

    fn outgoing(&mut self, side: Side) -> &mut Pipe {
        match side {
            Side::Client => &mut self.request,
            Side::Server => &mut self.response,
        }
    }

    /// Why nothing more comes or goes, if so.
    fn ended(&self, side: Side) -> Option<Status> {
        let (by, reset) = self.reset?;
        let who = match by {
            _ if by == side => "this side",
            Side::Client => "the client",
            Side::Server => "the server",
        };
        let status = match reset {
            Reset::Cancel => Status::cancelled(format!("{who} reset the stream: CANCEL")),
            Reset::NoError => Status::internal(format!("{who} reset the stream: NO_ERROR")),
            Reset::Internal => Status::internal(format!("{who} reset the stream: INTERNAL_ERROR")),
        };
        Some(if by == side { status } else { status.by_peer() })
    }

    fn open(&mut self, side: Side) -> Result<(), Status> {
        match self.ended(side) {
            Some(status) => Err(status),
            None if self.outgoing(side).closed => Err(Status::cancelled("the stream is closed")),
            None if self.served && side == Side::Client => {
                Err(Status::cancelled("the server has answered and reads no more"))
            }
            None => Ok(()),
        }
    }

    fn reset(&mut self, by: Side, reset: Reset) {
        if self.reset.is_some() {
            return;
        }
        self.reset = Some((by, reset));
        for pipe in [&mut self.request, &mut self.response] {
            pipe.chunks = VecDeque::new();
            wake(&mut pipe.reader);
            wake(&mut pipe.writer);
        }
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let mut state = self.stream.lock();
        let unread = !state.response.closed || !state.response.chunks.is_empty();
        match self.side {
            // A client that has all of the response, or can have no more of it, cancels nothing.
            Side::Client if unread => state.reset(Side::Client, Reset::Cancel),
            Side::Server if !state.response.closed => state.reset(Side::Server, Reset::Cancel),
            Side::Client => {}
            Side::Server => {
                state.served = true;
                let request = &mut state.request;
                (request.chunks, request.len) = (VecDeque::new(), 0);
                wake(&mut request.writer);
            }
        }
    }
}

fn park(place: &mut Option<Waker>, cx: &Context<'_>) {
    match place {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *place = Some(cx.waker().clone()),
    }
}

fn wake(place: &mut Option<Waker>) {
    if let Some(waker) = place.take() {
        waker.wake();
    }
}
