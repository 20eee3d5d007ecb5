//! Streams on h2.

mod care;
pub(crate) mod client;
pub(super) mod frames;
mod keepalive;
mod server;
mod strikes;
mod window;

pub(crate) use client::{Driver, Reply, Requests, Step, connect};
pub use keepalive::Keepalive;
pub(crate) use keepalive::Pace;
pub(crate) use server::{Goodbye, Incoming, Settings};
pub use strikes::KeepaliveEnforcement;
pub(crate) use window::Windows;

use super::error::{self, Reset, Side};
use super::head::{Headers, ResponseHead};
use super::turn::Open;
use crate::status::Status;
use bytes::Bytes;
use h2::server::SendResponse;
use h2::{RecvStream, SendStream};
use http::Response;
use std::task::{Context, Poll, ready};

/// The peer's window is given back in portions of this size, and when a reader waits: what a stream that rests kept
/// would be missing from its own window and from the connection's, so it may keep [little](Body::kept). A short body
/// never gets there: h2 gives back what a dropped stream holds, which saves a unary call a lock.
const RELEASE: usize = 16 * 1024;

/// The largest frame that is accepted, in bytes. Large messages take fewer reads in frames of this size than in the 16 KiB
/// that HTTP/2 begins with, and no stream has to wait for long behind one of another.
const MAX_FRAME: u32 = 64 * 1024;

/// The receiving half of an HTTP/2 stream.
pub(crate) struct Body {
    stream: RecvStream,
    side: Side,
    /// Bytes taken from h2 and not yet given back to the peer's window.
    unreleased: usize,
    /// How many bytes a stream may keep while its reader waits.
    kept: usize,
    /// On the client: the call is open.
    _open: Option<Open>,
}

impl Body {
    fn client(stream: RecvStream, open: Option<Open>) -> Self {
        Self { stream, side: Side::Client, unreleased: 0, kept: 0, _open: open }
    }

    fn server(stream: RecvStream, kept: usize) -> Self {
        Self { stream, side: Side::Server, unreleased: 0, kept, _open: None }
    }

    pub(super) fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Status>>> {
        match self.stream.poll_data(cx) {
            Poll::Ready(Some(Ok(chunk))) => {
                self.unreleased += chunk.len();
                if self.unreleased >= RELEASE {
                    self.release();
                }
                Poll::Ready(Some(Ok(chunk)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error::status(error, self.side)))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                if self.unreleased > self.kept {
                    self.release();
                }
                Poll::Pending
            }
        }
    }

    fn release(&mut self) {
        let bytes = std::mem::take(&mut self.unreleased);
        // Fails only for more than was received.
        let _ = self.stream.flow_control().release_capacity(bytes);
    }

    pub(super) fn is_end(&self) -> bool {
        self.stream.is_end_stream()
    }

    pub(super) fn poll_trailers(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Headers>, Status>> {
        self.stream.poll_trailers(cx).map_err(|error| error::status(error, self.side))
    }
}

/// The sending half of an HTTP/2 stream.
pub(crate) struct Outgoing {
    stream: Sending,
    side: Side,
}

/// A response begins with its head; a request's head has left before there is a stream.
enum Sending {
    Head(SendResponse<Bytes>),
    Body(SendStream<Bytes>),
}

impl Outgoing {
    /// The client's half, its head sent.
    pub(crate) fn client(stream: SendStream<Bytes>) -> Self {
        Self { stream: Sending::Body(stream), side: Side::Client }
    }

    fn server(respond: SendResponse<Bytes>) -> Self {
        Self { stream: Sending::Head(respond), side: Side::Server }
    }

    pub(in crate::transport) fn side(&self) -> Side {
        self.side
    }

    pub(super) fn send_head(&mut self, head: ResponseHead, end: bool) -> Result<(), Status> {
        let Sending::Head(respond) = &mut self.stream else {
            return Err(Status::internal("the head of the response has been sent"));
        };
        let mut response = Response::new(());
        *response.status_mut() = head.status;
        *response.headers_mut() = head.headers;
        let stream = respond.send_response(response, end).map_err(|error| error::status(error, self.side))?;
        self.stream = Sending::Body(stream);
        Ok(())
    }

    pub(super) fn send_data(&mut self, data: Bytes, end: bool) -> Result<(), Status> {
        let side = self.side;
        self.body()?.send_data(data, end).map_err(|error| error::status(error, side))
    }

    pub(super) fn send_trailers(&mut self, trailers: Headers) -> Result<(), Status> {
        let side = self.side;
        self.body()?.send_trailers(trailers).map_err(|error| error::status(error, side))
    }

    pub(super) fn poll_capacity(&mut self, want: usize, cx: &mut Context<'_>) -> Poll<Result<usize, Status>> {
        let side = self.side;
        let stream = self.body()?;
        stream.reserve_capacity(want);
        loop {
            // h2 reports increases alone, so what there is must be asked for first.
            match stream.capacity() {
                0 => match ready!(stream.poll_capacity(cx)) {
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Poll::Ready(Err(error::status(error, side))),
                    None => return Poll::Ready(Err(Status::cancelled("the stream is closed"))),
                },
                room => return Poll::Ready(Ok(room)),
            }
        }
    }

    pub(super) fn capacity(&mut self, want: usize) -> usize {
        let Ok(stream) = self.body() else { return 0 };
        stream.reserve_capacity(want);
        stream.capacity()
    }

    pub(super) fn poll_reset(&mut self, cx: &mut Context<'_>) -> Poll<Status> {
        let side = self.side;
        // Each half has its own: that of the head is an error once the head is out.
        let reset = match &mut self.stream {
            Sending::Head(respond) => respond.poll_reset(cx),
            Sending::Body(stream) => stream.poll_reset(cx),
        };
        reset.map(|reset| match reset {
            Ok(reason) => error::reset(reason, side),
            Err(error) => error::status(error, side),
        })
    }

    pub(super) fn reset(&mut self, reset: Reset) {
        match &mut self.stream {
            Sending::Head(respond) => respond.send_reset(reset.into()),
            Sending::Body(stream) => stream.send_reset(reset.into()),
        }
    }

    fn body(&mut self) -> Result<&mut SendStream<Bytes>, Status> {
        match &mut self.stream {
            Sending::Body(stream) => Ok(stream),
            Sending::Head(_) => Err(Status::internal("the head of the response has not been sent")),
        }
    }
}
