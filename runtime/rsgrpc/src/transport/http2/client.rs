//! The connecting side of HTTP/2.

use super::super::error::{self, Side};
use super::super::io::{self, Flusher, Io, Socket};
use super::super::{RequestHead, ResponseHead, Turn};
use super::{Body, Outgoing};
use crate::status::Status;
use bytes::Bytes;
use h2::client::{Builder, Connection, ResponseFuture, SendRequest};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::runtime::{Handle, RuntimeFlavor};

/// What one stream may receive ahead of its reader, in bytes.
const STREAM_WINDOW: u32 = 1 << 20;

/// What all streams of a connection may receive ahead of their readers, in bytes. Streams that nobody reads
/// use this up, and then even short calls on the connection wait; hence far more than one stream's.
const CONNECTION_WINDOW: u32 = 64 << 20;

/// What a stream may queue ahead of the socket, in bytes; small enough to stay in cache.
const SEND_BUFFER: usize = 128 * 1024;

/// The memory that small DATA frames may cost beside their bytes until they are read. h2 closes a connection
/// that exceeds this, and its own default is less than one unread stream of short messages needs.
const SMALL_FRAMES: usize = 128 << 20;

/// So many references to its turn, and a connection has several calls open.
const CROWD: usize = 8;

/// Establishes a connection: ready once the server's SETTINGS have arrived, so that a socket which accepts
/// and never speaks HTTP/2 is not taken for a server.
///
/// `header_limit` is the size of the header lists that are accepted, in bytes. Calls make progress while the
/// driver is polled.
pub(crate) async fn connect(
    socket: Pin<Box<dyn Socket>>,
    header_limit: u32,
) -> Result<(Requests, Driver), Status> {
    let (io, mut flusher) = io::pair(socket);
    let mut builder = Builder::new();
    builder
        .enable_push(false)
        // None until the server's SETTINGS say how many: that is how their arrival shows.
        .initial_max_send_streams(0)
        .initial_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buffer_size(SEND_BUFFER)
        .data_frame_budget(SMALL_FRAMES)
        .max_header_list_size(header_limit);
    let mut handshake = pin!(builder.handshake(io));
    let (requests, connection) = poll_fn(|cx| {
        let done = handshake.as_mut().poll(cx);
        match flusher.poll_flush(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(lost(error))),
            _ => done.map_err(|error| error::status(error, Side::Client)),
        }
    })
    .await?;
    let turn = Arc::new(Turn::default());
    let several = Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread;
    let mut driver = Driver { connection, flusher, turn: turn.clone(), behind: several.then_some(false) };
    poll_fn(|cx| match Pin::new(&mut driver).poll(cx) {
        Poll::Ready(Ok(())) => Poll::Ready(Err(Status::unavailable("the server closed the connection"))),
        Poll::Ready(Err(status)) => Poll::Ready(Err(status)),
        Poll::Pending if requests.current_max_send_streams() > 0 => Poll::Ready(Ok(())),
        Poll::Pending => Poll::Pending,
    })
    .await?;
    Ok((Requests { requests, turn }, driver))
}

#[cold]
fn lost(error: std::io::Error) -> Status {
    Status::unavailable(format!("the connection was lost: {error}")).with_source(error)
}

/// Moves a connection; ends with it. Each poll is a turn, which writes once for all that the calls have sent
/// since the last one.
pub(crate) struct Driver {
    connection: Connection<Io, Bytes>,
    flusher: Flusher,
    turn: Arc<Turn>,
    /// On a runtime of several threads: whether the others were let go first.
    behind: Option<bool>,
}

impl Driver {
    /// Whether to let the calls that are ready go first, so that one write serves them all.
    ///
    /// On a runtime of several threads the driver runs right behind whoever woke it, which is one write for
    /// each call; on one of a single thread it queues behind all others anyway. Each open call holds the turn
    /// a few times. For a lone call waiting would only wake another thread.
    fn step_back(&mut self) -> bool {
        let Some(behind) = &mut self.behind else { return false };
        *behind = !*behind && Arc::strong_count(&self.turn) >= CROWD;
        *behind
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.turn.end();
    }
}

impl Future for Driver {
    type Output = Result<(), Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.step_back() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.turn.begin(cx);
        let done = Pin::new(&mut self.connection).poll(cx);
        if let Poll::Ready(Err(error)) = self.flusher.poll_flush(cx) {
            return Poll::Ready(Err(lost(error)));
        }
        done.map_err(|error| error::status(error, Side::Client))
    }
}

/// Opens calls on a connection.
#[derive(Clone)]
pub(crate) struct Requests {
    requests: SendRequest<Bytes>,
    turn: Arc<Turn>,
}

impl Requests {
    /// Ready when another call can be opened on this handle.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        self.requests.poll_ready(cx).map_err(|error| error::status(error, Side::Client))
    }

    /// Opens a call; `end` where no message follows. An error says that nothing was sent.
    pub(crate) fn send(&mut self, head: RequestHead, end: bool) -> Result<(Outgoing, Reply), Status> {
        let sent = self.requests.send_request(head.into(), end);
        let (response, stream) = sent.map_err(|error| error::status(error, Side::Client))?;
        let turn = &self.turn;
        Ok((Outgoing::client(stream, turn.clone()), Reply { response, _open: turn.clone() }))
    }
}

/// The answer to a call, until its head is there.
pub(crate) struct Reply {
    response: ResponseFuture,
    /// One more call that is open; see [`Driver::step_back`].
    _open: Arc<Turn>,
}

impl Reply {
    /// The head of the answer, and what follows it. Not to be asked again after that.
    pub(crate) fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<(ResponseHead, Body), Status>> {
        let response = ready!(Pin::new(&mut self.response).poll(cx));
        let (parts, body) = response.map_err(|error| error::status(error, Side::Client))?.into_parts();
        let head = ResponseHead { status: parts.status, headers: parts.headers };
        Poll::Ready(Ok((head, Body::new(body, Side::Client))))
    }
}
