//! How calls reach the other side: heads, chunks of bytes, trailers and resets.
//!
//! Only this module names h2 and sockets. What it offers is concrete ([`Body`], [`Outgoing`], [`Incoming`])
//! and backed by HTTP/2 or by its twin in [`memory`], which connects the two sides within a process. The
//! HTTP/2 engine can be replaced without touching a call.
//!
//! A stream has two halves on each side, one to receive and one to send. When all halves of one side are
//! dropped before the stream has ended, the other side sees it cancelled.

mod alarm;
pub(crate) mod error;
#[cfg(feature = "tower")]
pub(crate) mod foreign;
mod head;
pub(crate) mod http2;
mod io;
mod jitter;
mod machine;
pub(crate) mod memory;
mod peer;
mod turn;

pub(crate) use alarm::{Alarm, earlier};
pub(crate) use error::{Reset, Side};
pub(crate) use head::{Accepted, Headers, RequestHead, ResponseHead};
pub(crate) use http2::Goodbye;
pub use http2::{Keepalive, KeepaliveEnforcement};
pub(crate) use io::Socket;
#[cfg(test)]
pub(crate) use jitter::jittered_by;
pub(crate) use jitter::{jittered, scale};
pub(crate) use machine::MachineAddress;
pub use peer::{Peer, Process};
pub(crate) use turn::{Push, Turn};

use crate::status::Status;
use bytes::Bytes;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::time::Instant;

/// The receiving half of a stream.
pub(crate) enum Body {
    Http2(http2::Body),
    Memory(memory::Body),
    #[cfg(feature = "tower")]
    Foreign(foreign::Body),
}

impl Body {
    /// The next chunk; `None` at the end, after which the trailers may be asked for. Taking a chunk lets the
    /// peer send more.
    pub(crate) fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Status>>> {
        match self {
            Self::Http2(body) => body.poll_data(cx),
            Self::Memory(body) => body.poll_data(cx),
            #[cfg(feature = "tower")]
            Self::Foreign(body) => body.poll_data(cx),
        }
    }

    /// Whether nothing follows, neither chunks nor trailers.
    pub(crate) fn is_end(&self) -> bool {
        match self {
            Self::Http2(body) => body.is_end(),
            Self::Memory(body) => body.is_end(),
            #[cfg(feature = "tower")]
            Self::Foreign(body) => body.is_end(),
        }
    }

    /// As [`poll_trailers`](Self::poll_trailers), but to be asked at any time: pending where chunks come first, or may do so.
    pub(crate) fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Headers>, Status>> {
        match self {
            Self::Http2(body) => body.poll_trailers(cx),
            Self::Memory(_) => Poll::Pending,
            #[cfg(feature = "tower")]
            Self::Foreign(_) => Poll::Pending,
        }
    }

    /// The trailers; `None` where the stream ended without. To be asked for after the last chunk.
    pub(crate) fn poll_trailers(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Headers>, Status>> {
        match self {
            Self::Http2(body) => body.poll_trailers(cx),
            Self::Memory(body) => body.poll_trailers(cx),
            #[cfg(feature = "tower")]
            Self::Foreign(body) => body.poll_trailers(cx),
        }
    }
}

/// The sending half of a stream. A response that is dropped by a panic is reset as an internal error.
pub(crate) enum Outgoing {
    Http2(http2::Outgoing),
    Memory(memory::Outgoing),
}

impl Outgoing {
    /// Sends the head of the response, once; `end` where nothing follows.
    pub(crate) fn send_head(&mut self, head: ResponseHead, end: bool) -> Result<(), Status> {
        match self {
            Self::Http2(outgoing) => outgoing.send_head(head, end),
            Self::Memory(outgoing) => outgoing.send_head(head, end),
        }
    }

    /// Sends bytes, which wait here as long as the peer has no room for them. To keep that bounded, ask for
    /// capacity first. `end` closes this direction.
    pub(crate) fn send_data(&mut self, data: Bytes, end: bool) -> Result<(), Status> {
        match self {
            Self::Http2(outgoing) => outgoing.send_data(data, end),
            Self::Memory(outgoing) => outgoing.send_data(data, end),
        }
    }

    /// Sends trailers and closes this direction.
    pub(crate) fn send_trailers(&mut self, trailers: Headers) -> Result<(), Status> {
        match self {
            Self::Http2(outgoing) => outgoing.send_trailers(trailers),
            Self::Memory(outgoing) => outgoing.send_trailers(trailers),
        }
    }

    /// How much of `want` bytes may be sent now: more than none.
    ///
    /// There is one waker for this and [`poll_reset`](Self::poll_reset) together: the last one that asked is
    /// woken.
    pub(crate) fn poll_capacity(&mut self, want: usize, cx: &mut Context<'_>) -> Poll<Result<usize, Status>> {
        match self {
            Self::Http2(outgoing) => outgoing.poll_capacity(want, cx),
            Self::Memory(outgoing) => outgoing.poll_capacity(cx),
        }
    }

    /// As [`poll_capacity`](Self::poll_capacity), without a waker; possibly nothing.
    pub(crate) fn capacity(&mut self, want: usize) -> usize {
        match self {
            Self::Http2(outgoing) => outgoing.capacity(want),
            Self::Memory(outgoing) => outgoing.capacity(),
        }
    }

    /// Ready when the peer has reset the stream or is gone.
    pub(crate) fn poll_reset(&mut self, cx: &mut Context<'_>) -> Poll<Status> {
        match self {
            Self::Http2(outgoing) => outgoing.poll_reset(cx),
            Self::Memory(outgoing) => outgoing.poll_reset(cx),
        }
    }

    /// Ends the stream at once, in both directions; what has not left is dropped.
    pub(crate) fn reset(&mut self, reset: Reset) {
        match self {
            Self::Http2(outgoing) => outgoing.reset(reset),
            Self::Memory(outgoing) => outgoing.reset(reset),
        }
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        let responds = match self {
            Self::Http2(outgoing) => outgoing.side() == Side::Server,
            Self::Memory(outgoing) => outgoing.side() == Side::Server,
        };
        if responds && std::thread::panicking() {
            self.reset(Reset::Internal);
        }
    }
}

/// The client's end of a connection. Clones share it, each with its own wait for room.
#[derive(Clone)]
pub(crate) enum Requests {
    Http2(http2::Requests),
    Memory(memory::Requests),
}

impl Requests {
    /// Ready when a call may be opened.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        match self {
            Self::Http2(requests) => requests.poll_ready(cx),
            Self::Memory(requests) => requests.poll_ready(cx),
        }
    }

    /// Ready when the call that was opened last here has left: one beyond the server's limit waits for its turn.
    pub(crate) fn poll_sent(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        match self {
            Self::Http2(requests) => requests.poll_ready(cx),
            // It would not have been opened.
            Self::Memory(_) => Poll::Ready(Ok(())),
        }
    }

    /// Opens a call whose request has a body, where nothing has to be waited for, as mostly. `None` where the connection
    /// takes no call now; with a handle where the call waits there for its turn.
    pub(crate) fn send_now(
        &self,
        head: impl FnOnce() -> RequestHead,
    ) -> Option<(Outgoing, Reply, Option<Self>)> {
        match self {
            Self::Http2(requests) => {
                let (outgoing, reply, waits) = requests.send_now(head(), false).ok()?;
                Some((Outgoing::Http2(outgoing), Reply::Http2(reply), waits.map(Self::Http2)))
            }
            Self::Memory(requests) => {
                let mut requests = requests.clone();
                let ready = requests.poll_ready(&mut Context::from_waker(Waker::noop()));
                let Poll::Ready(Ok(())) = ready else { return None };
                let (outgoing, reply) = requests.send(head(), false).ok()?;
                Some((Outgoing::Memory(outgoing), Reply::Memory(reply), None))
            }
        }
    }

    /// Opens a call; `end` where the request has no body.
    pub(crate) fn send(&mut self, head: RequestHead, end: bool) -> Result<(Outgoing, Reply), Status> {
        Ok(match self {
            Self::Http2(requests) => {
                let (outgoing, reply) = requests.send(head, end)?;
                (Outgoing::Http2(outgoing), Reply::Http2(reply))
            }
            Self::Memory(requests) => {
                let (outgoing, reply) = requests.send(head, end)?;
                (Outgoing::Memory(outgoing), Reply::Memory(reply))
            }
        })
    }
}

/// A client's wait for the head of the response.
pub(crate) enum Reply {
    Http2(http2::Reply),
    Memory(memory::Reply),
    #[cfg(feature = "tower")]
    Foreign(foreign::Reply),
    /// The head has been waited for already.
    Known(Option<Result<(ResponseHead, Body), Status>>),
}

impl Reply {
    /// The server, where the transport knows; to be asked before the head is.
    pub(crate) fn peer(&self) -> Option<Peer> {
        match self {
            Self::Http2(reply) => reply.peer().cloned(),
            Self::Memory(_) => Some(Peer::memory()),
            #[cfg(feature = "tower")]
            Self::Foreign(_) => None,
            Self::Known(_) => None,
        }
    }

    /// The turns of the connection, where whoever sends should pack until the next one: where that costs system calls. To be
    /// asked before the head is.
    pub(crate) fn turn(&self) -> Option<&Arc<Turn>> {
        match self {
            Self::Http2(reply) => reply.turn(),
            _ => None,
        }
    }

    /// The head, and the receiving half of what follows. Not to be asked again after that.
    pub(crate) fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<(ResponseHead, Body), Status>> {
        match self {
            Self::Http2(reply) => reply.poll_head(cx).map_ok(|(head, body)| (head, Body::Http2(body))),
            Self::Memory(reply) => reply.poll_head(cx).map_ok(|(head, body)| (head, Body::Memory(body))),
            #[cfg(feature = "tower")]
            Self::Foreign(reply) => reply.poll_head(cx),
            Self::Known(reply) => match reply.take() {
                Some(head) => Poll::Ready(head),
                None => Poll::Ready(Err(Status::internal("the head of the response has been taken"))),
            },
        }
    }

    /// Whether it is known by now that the server has not looked at the call.
    pub(crate) fn is_unprocessed(&mut self) -> bool {
        match self.poll_head(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Err(status)) if error::is_unprocessed(&status) => true,
            Poll::Ready(head) => {
                *self = Self::Known(Some(head));
                false
            }
            Poll::Pending => false,
        }
    }
}

/// A server in this process, as a client connects to it. Clones lead to the same one.
#[derive(Clone)]
pub struct Local(memory::Requests);

impl Local {
    /// Both ends of a connection with at most `calls` at a time.
    pub(crate) fn pair(calls: usize) -> (Self, Incoming) {
        let (requests, incoming) = memory::pair(calls);
        (Self(requests), Incoming::Memory(incoming))
    }

    pub(crate) fn requests(&self) -> Requests {
        Requests::Memory(self.0.clone())
    }
}

impl fmt::Debug for Local {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local").finish_non_exhaustive()
    }
}

/// The server's end of a connection.
pub(crate) enum Incoming {
    Http2(Box<http2::Incoming>),
    Memory(memory::Incoming),
}

impl Incoming {
    /// Shakes hands with a client.
    pub(crate) async fn http2(
        socket: Pin<Box<dyn Socket>>,
        peer: Peer,
        settings: &http2::Settings,
    ) -> Result<Self, Status> {
        Ok(Self::Http2(Box::new(http2::Incoming::accept(socket, peer, settings).await?)))
    }

    /// The next call; `None` when the connection has ended and no call can be answered any more. Also moves
    /// everything else that the connection has to do.
    pub(crate) fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<Option<Accepted>> {
        match self {
            Self::Http2(incoming) => incoming.poll_accept(cx),
            Self::Memory(incoming) => incoming.poll_accept(cx),
        }
    }

    /// Begins a turn, in which some more is read.
    pub(crate) fn begin(&mut self) {
        if let Self::Http2(incoming) = self {
            incoming.begin();
        }
    }

    /// Hands what has been sent to the peer. `Pending` has registered the task.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        match self {
            Self::Http2(incoming) => incoming.poll_flush(cx),
            Self::Memory(_) => Poll::Ready(Ok(())),
        }
    }

    /// Whether there is memory to give back.
    pub(crate) fn can_rest(&self) -> bool {
        match self {
            Self::Http2(incoming) => incoming.can_rest(),
            Self::Memory(_) => false,
        }
    }

    /// Gives memory back: there are no calls.
    pub(crate) fn rest(&mut self) {
        if let Self::Http2(incoming) = self {
            incoming.rest();
        }
    }

    /// Whether calls are open, those that wait for their last bytes to leave included.
    pub(crate) fn is_busy(&self) -> bool {
        match self {
            Self::Http2(incoming) => incoming.is_busy(),
            Self::Memory(_) => true,
        }
    }

    /// When to [`tend`](Self::tend) to the connection at the latest. To be asked before that, in each turn.
    pub(crate) fn due(&mut self) -> Option<Instant> {
        match self {
            Self::Http2(incoming) => incoming.due(),
            Self::Memory(_) => None,
        }
    }

    /// Looks after the connection, once in a turn; `late` says that what was due has come. False when the
    /// client pings too often.
    pub(crate) fn tend(&mut self, late: bool, cx: &mut Context<'_>) -> bool {
        match self {
            Self::Http2(incoming) => incoming.tend(late, cx),
            Self::Memory(_) => true,
        }
    }

    /// Lets the peer know that no new calls are taken; ends when the running ones have.
    pub(crate) fn drain(&mut self, goodbye: Goodbye) {
        match self {
            Self::Http2(incoming) => incoming.drain(goodbye),
            Self::Memory(incoming) => incoming.drain(),
        }
    }

    /// Tells the peer that it pings too often. The connection is to be closed then.
    pub(crate) fn refuse_pings(&mut self) {
        match self {
            Self::Http2(incoming) => incoming.refuse_pings(),
            Self::Memory(incoming) => incoming.drain(),
        }
    }

    /// Tells the peer that it does too much of something. The connection is to be closed then.
    pub(crate) fn refuse_flood(&mut self) {
        match self {
            Self::Http2(incoming) => incoming.refuse_flood(),
            Self::Memory(incoming) => incoming.drain(),
        }
    }

    /// Lets the peer know that the connection is over, and with it all calls. Calls that are dropped after that
    /// are not reset, which would tell the client CANCELLED and not UNAVAILABLE. The connection is to be closed
    /// then.
    pub(crate) fn hang_up(&mut self) {
        match self {
            Self::Http2(incoming) => incoming.hang_up(),
            Self::Memory(incoming) => incoming.drain(),
        }
    }

    /// Ends the connection whatever runs on it, in such a way that the peer learns why, within `limit`. All
    /// calls have been dropped.
    pub(crate) async fn close(self, limit: Duration) {
        let Self::Http2(mut incoming) = self else { return };
        // Past the limit the peer does not listen; there is nothing left to do for it.
        let _ = tokio::time::timeout(limit, std::future::poll_fn(|cx| incoming.poll_close(cx))).await;
    }
}
