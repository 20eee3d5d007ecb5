//! The server's end of an HTTP/2 connection.

use super::care::{Advice, Care};
use super::frames::{self, Seen, Tally};
use super::strikes::Strikes;
use super::{Body, Keepalive, KeepaliveEnforcement, MAX_FRAME, Outgoing, Windows};
use crate::status::Status;
use crate::transport::error::{self, Side};
use crate::transport::head::{Accepted, RequestHead};
use crate::transport::io::{self, Flusher, Io, Socket};
use crate::transport::{self, Peer};
use bytes::Bytes;
use h2::Reason;
use h2::server::{Builder, Connection};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::Instant;

/// What a server grants to a connection, and wants of it.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) windows: Windows,
    /// Calls at a time.
    pub(crate) max_concurrent_streams: u32,
    /// Names, values, and 32 for each header of a request.
    pub(crate) max_header_list_size: u32,
    /// What a handler may push ahead of the socket on one stream. Small enough to stay in the cache.
    pub(crate) send_buffer: usize,
    pub(crate) keepalive: Keepalive,
    pub(crate) enforcement: KeepaliveEnforcement,
}

impl Default for Settings {
    fn default() -> Self {
        // gRFC A9; a server asks whether there are calls or not.
        let keepalive =
            Keepalive { permit_without_calls: true, ..Keepalive::every(Duration::from_secs(2 * 60 * 60)) };
        Self {
            windows: Windows::default(),
            max_concurrent_streams: 1024,
            max_header_list_size: 16 * 1024,
            send_buffer: 128 * 1024,
            keepalive,
            enforcement: KeepaliveEnforcement::default(),
        }
    }
}

/// What is read in a turn, in bytes, before the handlers get theirs.
const TURN: usize = 64 * 1024;

/// What h2 charges at most for a DATA frame that is smaller than this.
const SMALL_FRAME: usize = 256;

/// Unread frames of a few bytes that a connection may hold. h2's own choice, half the connection's window,
/// ends connections of well-behaved clients: a stream of small messages, each in a frame of its own, that
/// its handler has not read yet.
const UNREAD_FRAMES: usize = 64 * 1024;

/// Streams that clients may reset before they are accepted; more at a time is a flood, which h2 answers with
/// ENHANCE_YOUR_CALM. A client that cancels all its calls at once is none.
const PENDING_RESETS: usize = 1024;

/// Streams that may break the protocol before the connection ends.
const BROKEN_STREAMS: usize = 1024;

/// A connection that is being served.
pub(crate) struct Incoming {
    h2: Connection<Io, Bytes>,
    flusher: Flusher,
    peer: Peer,
    closing: Closing,
    care: Care,
    strikes: Strikes,
    /// What has been seen in this turn.
    seen: Seen,
    /// How many bytes a stream may keep while its reader waits.
    kept: usize,
}

/// Why a connection takes no new calls, for the client's log (gRFC A9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goodbye {
    /// It has had no calls for long.
    Idle,
    /// It is old.
    Age,
    /// The server is going away, or wants its clients to.
    Leaving,
}

/// `Open → Going → Draining → Closed`.
enum Closing {
    Open,
    /// GOAWAY is on its way.
    Going,
    /// Nothing will be sent any more; the peer reads what there is and closes.
    Draining,
}

impl Incoming {
    /// Shakes hands.
    pub(crate) async fn accept(
        socket: Pin<Box<dyn Socket>>,
        peer: Peer,
        settings: &Settings,
    ) -> Result<Self, Status> {
        let (io, mut flusher) = io::pair(socket, Tally::server());
        let streams = usize::try_from(settings.max_concurrent_streams).unwrap_or(usize::MAX);
        let mut builder = Builder::new();
        builder
            .initial_window_size(settings.windows.stream)
            .initial_connection_window_size(settings.windows.connection)
            .max_frame_size(MAX_FRAME)
            .max_concurrent_streams(settings.max_concurrent_streams)
            .max_header_list_size(settings.max_header_list_size)
            .max_send_buffer_size(settings.send_buffer)
            .max_pending_accept_reset_streams(streams.clamp(PENDING_RESETS, 16 * PENDING_RESETS))
            .max_local_error_reset_streams(Some(BROKEN_STREAMS))
            .data_frame_budget(UNREAD_FRAMES * SMALL_FRAME);
        let mut handshake = pin!(builder.handshake(io));
        let mut h2 = poll_fn(|cx| {
            let done = handshake.as_mut().poll(cx);
            // Our SETTINGS must leave before the peer's preface is awaited.
            match flusher.poll_flush(cx) {
                Poll::Ready(Err(error)) => Poll::Ready(Err(lost(error))),
                _ => done.map_err(|error| error::status(error, Side::Server)),
            }
        })
        .await?;
        let care = Care::new(h2.ping_pong(), Some(settings.keepalive), settings.windows);
        let (strikes, seen) = (Strikes::new(settings.enforcement), flusher.seen());
        let kept = settings.windows.kept(streams);
        Ok(Self { h2, flusher, peer, closing: Closing::Open, care, strikes, seen, kept })
    }

    pub(in crate::transport) fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<Option<Accepted>> {
        // An error ends the connection; what it is, each call has been told.
        let Some(Ok((request, respond))) = ready!(self.h2.poll_accept(cx)) else { return Poll::Ready(None) };
        let (head, body) = request.into_parts();
        Poll::Ready(Some(Accepted {
            head: RequestHead::from(head),
            body: transport::Body::Http2(Body::server(body, self.kept)),
            outgoing: transport::Outgoing::Http2(Outgoing::server(respond)),
            peer: self.peer.clone(),
        }))
    }

    /// Begins a turn, in which some more is read.
    pub(in crate::transport) fn begin(&mut self) {
        self.flusher.begin(TURN);
    }

    pub(in crate::transport) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        self.flusher.poll_flush(cx).map_err(lost)
    }

    pub(in crate::transport) fn can_rest(&self) -> bool {
        self.flusher.can_rest()
    }

    pub(in crate::transport) fn rest(&mut self) {
        self.flusher.rest();
    }

    /// Whether calls are open, those that wait for their last bytes to leave included.
    pub(in crate::transport) fn is_busy(&self) -> bool {
        self.h2.has_streams()
    }

    pub(in crate::transport) fn due(&mut self) -> Option<Instant> {
        self.seen = self.flusher.seen();
        self.care.due(&self.seen, true)
    }

    /// False when the client pings too often.
    pub(in crate::transport) fn tend(&mut self, late: bool, cx: &mut Context<'_>) -> bool {
        let busy = self.seen.pings > 0 && self.h2.has_streams();
        if !self.strikes.bear(&self.seen, busy) {
            return false;
        }
        match self.care.tend(&self.seen, true, late, &mut self.flusher, cx) {
            Advice::Nothing => {}
            // Fails while the last change is under way; there will be another.
            Advice::Window(size) => {
                if self.h2.set_initial_window_size(size).is_ok() {
                    self.flusher.owe();
                    cx.waker().wake_by_ref();
                }
            }
            Advice::Dead(timeout) => {
                self.flusher.fail(format!("no answer to a keepalive ping within {timeout:?}"));
                cx.waker().wake_by_ref();
            }
        }
        true
    }

    pub(in crate::transport) fn drain(&mut self, goodbye: Goodbye) {
        let debug = match goodbye {
            Goodbye::Idle => "max_idle",
            Goodbye::Age => "max_age",
            Goodbye::Leaving => "",
        };
        if !debug.is_empty() {
            self.flusher.insert(&frames::goaway(Reason::NO_ERROR.into(), debug));
        }
        self.h2.graceful_shutdown();
        // A PING goes with it.
        self.flusher.owe();
    }

    pub(in crate::transport) fn refuse_flood(&mut self) {
        self.h2.abrupt_shutdown(Reason::ENHANCE_YOUR_CALM);
        self.closing = Closing::Going;
    }

    pub(in crate::transport) fn refuse_pings(&mut self) {
        self.flusher.insert(&frames::goaway(Reason::ENHANCE_YOUR_CALM.into(), frames::TOO_MANY_PINGS));
        self.refuse_flood();
    }

    pub(in crate::transport) fn hang_up(&mut self) {
        self.h2.abrupt_shutdown(Reason::NO_ERROR);
        self.closing = Closing::Going;
    }

    /// Ready when GOAWAY has left and the peer has closed its end.
    pub(in crate::transport) fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Closing::Open = self.closing {
            self.hang_up();
        }
        self.flusher.begin(TURN);
        if let Closing::Going = self.closing {
            let closed = self.h2.poll_closed(cx);
            if ready!(self.flusher.poll_flush(cx)).is_err() {
                return Poll::Ready(());
            }
            let _ = ready!(closed);
            self.closing = Closing::Draining;
        }
        self.flusher.poll_drain_input(cx)
    }
}

#[cold]
fn lost(error: std::io::Error) -> Status {
    Status::unavailable(format!("the connection was lost: {error}")).with_source(error)
}
