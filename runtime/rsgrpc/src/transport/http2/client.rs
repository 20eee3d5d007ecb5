//! The connecting side of HTTP/2.

use super::super::error::{self, Side};
use super::super::io::{self, Flusher, Io, Socket};
use super::super::turn::{Open, Turn};
use super::super::{Alarm, Peer, RequestHead, ResponseHead, earlier};
use super::care::{Advice, Care};
use super::frames::Tally;
use super::{Body, MAX_FRAME, Outgoing, Pace, Windows};
use crate::status::Status;
use bytes::Bytes;
use h2::client::{Builder, Connection, ResponseFuture, SendRequest};
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::time::Instant;

/// What a stream may queue ahead of the socket, in bytes; small enough to stay in cache.
const SEND_BUFFER: usize = 128 * 1024;

/// The memory that small DATA frames may cost beside their bytes until they are read. h2 closes a connection
/// that exceeds this, and its own default is less than one unread stream of short messages needs.
const SMALL_FRAMES: usize = 128 << 20;

/// What is read in a turn, in bytes, before the calls get theirs. Twice what a server reads, since another task has to be
/// woken for them.
const TURN: usize = 128 * 1024;

/// So many open calls, and a connection waits for those that are about to send.
const CROWD: usize = 3;

/// What a client wants of its connections.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The size of the header lists that are accepted, in bytes.
    pub(crate) header_limit: u32,
    pub(crate) windows: Windows,
    pub(crate) keepalive: Option<Arc<Pace>>,
    /// Without calls for so long, a connection is not wanted any more.
    pub(crate) idle_timeout: Option<Duration>,
}

/// Establishes a connection: ready once the server's SETTINGS have arrived, so that a socket which accepts
/// and never speaks HTTP/2 is not taken for a server.
///
/// Calls make progress while the driver is polled.
pub(crate) async fn connect(
    socket: Pin<Box<dyn Socket>>,
    peer: Peer,
    settings: &Settings,
) -> Result<(Requests, Driver), Status> {
    let (io, mut flusher) = io::pair(socket, Tally::client());
    let windows = settings.windows;
    let mut builder = Builder::new();
    builder
        .enable_push(false)
        // None until the server's SETTINGS say how many: that is how their arrival shows.
        .initial_max_send_streams(0)
        .initial_window_size(windows.stream)
        .initial_connection_window_size(windows.connection)
        .max_frame_size(MAX_FRAME)
        .max_send_buffer_size(SEND_BUFFER)
        .data_frame_budget(SMALL_FRAMES)
        .max_header_list_size(settings.header_limit);
    let mut handshake = pin!(builder.handshake(io));
    let (requests, mut connection) = poll_fn(|cx| {
        let done = handshake.as_mut().poll(cx);
        match flusher.poll_flush(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(lost(error))),
            _ => done.map_err(|error| error::status(error, Side::Client)),
        }
    })
    .await?;
    let turn = Arc::new(Turn::new(peer));
    let several = Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread;
    let pace = settings.keepalive.clone();
    let care = Care::new(connection.ping_pong(), pace.as_ref().map(|pace| pace.current()), windows);
    let mut driver = Driver {
        connection,
        flusher,
        turn: turn.clone(),
        behind: several.then_some(false),
        care,
        alarm: Alarm::default(),
        pace,
        idle: settings.idle_timeout.map(|after| Idle { after, since: Some(Instant::now()) }),
        wanted: true,
    };
    poll_fn(|cx| match driver.poll_step(cx) {
        Poll::Ready(Step::Over(Ok(()))) => {
            Poll::Ready(Err(Status::unavailable("the server closed the connection")))
        }
        Poll::Ready(Step::Over(Err(status))) => Poll::Ready(Err(status)),
        _ if requests.current_max_send_streams() > 0 => Poll::Ready(Ok(())),
        _ => Poll::Pending,
    })
    .await?;
    // Nobody was there yet to be told.
    driver.wanted = true;
    let shared = Arc::new(Shared { requests: Mutex::new(requests.clone()), turn });
    Ok((Requests { requests: None, shared }, driver))
}

#[cold]
fn lost(error: std::io::Error) -> Status {
    Status::unavailable(format!("the connection was lost: {error}")).with_source(error)
}

/// Moves a connection. Each poll is a turn, which writes once for all that the calls have sent since the last
/// one.
pub(crate) struct Driver {
    connection: Connection<Io, Bytes>,
    flusher: Flusher,
    turn: Arc<Turn>,
    /// On a runtime of several threads: whether the others were let go first.
    behind: Option<bool>,
    care: Care,
    alarm: Alarm,
    pace: Option<Arc<Pace>>,
    idle: Option<Idle>,
    /// Whether new calls are to be opened here; false from [`Step::Retire`] on.
    wanted: bool,
}

/// What becomes of a connection.
pub(crate) enum Step {
    /// It takes no new calls: the server has said so, or there have been none for long. It ends by itself once
    /// the open calls have ended and nobody can open another.
    Retire,
    /// It has ended.
    Over(Result<(), Status>),
}

/// A connection without calls.
struct Idle {
    after: Duration,
    /// Since when there are none.
    since: Option<Instant>,
}

impl Driver {
    /// The next thing that becomes of the connection.
    pub(crate) async fn step(&mut self) -> Step {
        poll_fn(|cx| self.poll_step(cx)).await
    }

    fn poll_step(&mut self, cx: &mut Context<'_>) -> Poll<Step> {
        if self.step_back() {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.turn.begin(cx);
        self.flusher.begin(TURN);
        let done = Pin::new(&mut self.connection).poll(cx);
        let retire = self.tend(cx);
        if let Poll::Ready(Err(error)) = self.flusher.poll_flush(cx) {
            // h2 meets the same error, and tells the calls.
            let _ = Pin::new(&mut self.connection).poll(cx);
            return Poll::Ready(Step::Over(Err(lost(error))));
        }
        match done {
            Poll::Ready(done) => {
                Poll::Ready(Step::Over(done.map_err(|error| error::status(error, Side::Client))))
            }
            Poll::Pending if retire && std::mem::take(&mut self.wanted) => Poll::Ready(Step::Retire),
            Poll::Pending => Poll::Pending,
        }
    }

    /// Whether to let the calls that are ready go first, so that one write serves them all.
    ///
    /// On a runtime of several threads the driver runs right behind whoever woke it, which is one write for
    /// each call; on one of a single thread it queues behind all others anyway. For a lone call waiting would only
    /// wake another thread.
    fn step_back(&mut self) -> bool {
        let Some(behind) = &mut self.behind else { return false };
        *behind = !*behind && self.turn.calls() >= CROWD;
        *behind
    }

    /// Looks after the connection; says whether it should get no more calls.
    fn tend(&mut self, cx: &mut Context<'_>) -> bool {
        let (seen, busy) = (self.flusher.seen(), self.turn.calls() > 0);
        if seen.leaving
            && let Some(pace) = self.pace.take_if(|_| self.flusher.pinged_too_often())
        {
            pace.slow_down();
        }
        let due = self.care.due(&seen, busy);
        let due = earlier(due, self.idle.as_mut().and_then(|idle| idle.due(busy)).filter(|_| self.wanted));
        let late = self.alarm.poll(due, cx).is_ready();
        match self.care.tend(&seen, busy, late, &mut self.flusher, cx) {
            Advice::Nothing => {}
            // Fails while the last change is under way; there will be another.
            Advice::Window(size) => {
                if self.connection.set_initial_window_size(size).is_ok() {
                    self.flusher.owe();
                    cx.waker().wake_by_ref();
                }
            }
            Advice::Dead(timeout) => {
                self.flusher.fail(format!("no answer to a keepalive ping within {timeout:?}"));
            }
        }
        if late {
            // For what has changed; the alarm is set again then.
            cx.waker().wake_by_ref();
        }
        seen.leaving || (late && self.idle.as_ref().is_some_and(|idle| idle.is_over(busy)))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        self.turn.end();
    }
}

impl Idle {
    fn due(&mut self, busy: bool) -> Option<Instant> {
        let since = match self.since {
            Some(since) if !busy => since,
            // The end of a call may pass unseen, so there is a look in any case.
            _ => Instant::now(),
        };
        self.since = (!busy).then_some(since);
        since.checked_add(self.after)
    }

    fn is_over(&self, busy: bool) -> bool {
        !busy && self.since.is_some_and(|since| since.elapsed() >= self.after)
    }
}

/// Opens calls on a connection.
pub(crate) struct Requests {
    shared: Arc<Shared>,
    /// A handle of its own, where a call that was opened on it may wait for its turn.
    requests: Option<SendRequest<Bytes>>,
}

/// What all who open calls on a connection have in common.
struct Shared {
    /// A handle on which no call waits: to copy and to drop one costs h2 as much as to send a head.
    requests: Mutex<SendRequest<Bytes>>,
    turn: Arc<Turn>,
}

impl Clone for Requests {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone(), requests: None }
    }
}

impl Requests {
    /// Ready when another call can be opened on this handle.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        self.own().poll_ready(cx).map_err(|error| error::status(error, Side::Client))
    }

    /// Opens a call; `end` where no message follows. An error says that nothing was sent.
    pub(crate) fn send(&mut self, head: RequestHead, end: bool) -> Result<(Outgoing, Reply), Status> {
        let shared = self.shared.clone();
        shared.send(self.own(), head, end)
    }

    /// As [`send`](Self::send), with the handle on which the call waits, if it does.
    pub(crate) fn send_now(
        &self,
        head: RequestHead,
        end: bool,
    ) -> Result<(Outgoing, Reply, Option<Self>), Status> {
        let mut requests = self.shared.lock();
        let (outgoing, reply) = self.shared.send(&mut requests, head, end)?;
        // Whoever has to wait asks again, with a waker.
        if let Poll::Ready(Ok(())) = requests.poll_ready(&mut Context::from_waker(Waker::noop())) {
            return Ok((outgoing, reply, None));
        }
        let fresh = requests.clone();
        let waiting = Some(std::mem::replace(&mut *requests, fresh));
        drop(requests);
        Ok((outgoing, reply, Some(Self { shared: self.shared.clone(), requests: waiting })))
    }

    fn own(&mut self) -> &mut SendRequest<Bytes> {
        self.requests.get_or_insert_with(|| self.shared.lock().clone())
    }
}

impl Shared {
    fn send(
        &self,
        requests: &mut SendRequest<Bytes>,
        head: RequestHead,
        end: bool,
    ) -> Result<(Outgoing, Reply), Status> {
        let sent = requests.send_request(head.into(), end);
        let (response, stream) = sent.map_err(|error| error::status(error, Side::Client))?;
        Ok((Outgoing::client(stream), Reply { response, open: Some(self.turn.open()) }))
    }

    /// h2 leaves a handle whole where it panics.
    fn lock(&self) -> MutexGuard<'_, SendRequest<Bytes>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answer to a call, until its head is there.
pub(crate) struct Reply {
    response: ResponseFuture,
    /// Until the body has it.
    open: Option<Open>,
}

impl Reply {
    /// The server; known until the head has been taken.
    pub(in crate::transport) fn peer(&self) -> Option<&Peer> {
        self.open.as_ref().map(Open::peer)
    }

    /// The turns of the connection, where whoever sends should pack until the next one.
    pub(in crate::transport) fn turn(&self) -> Option<&Arc<Turn>> {
        self.open.as_ref().map(Open::turn)
    }

    /// The head of the answer, and what follows it. Not to be asked again after that.
    pub(crate) fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<Result<(ResponseHead, Body), Status>> {
        let response = ready!(Pin::new(&mut self.response).poll(cx));
        let (parts, body) = response.map_err(|error| error::status(error, Side::Client))?.into_parts();
        let head = ResponseHead { status: parts.status, headers: parts.headers };
        Poll::Ready(Ok((head, Body::client(body, self.open.take()))))
    }
}
