//! The sending half of a stream of messages.
//!
//! Messages are packed: a message is written into a buffer, and the buffer leaves when it is full or when
//! whoever sends has to wait for anything at all. So a lone message is never held back, and a thousand small
//! ones cost one DATA frame.
//!
//! On the server a guard stands around the handler. It learns when the handler waits, and then pushes. It is
//! also the only one that leaves a waker with the transport, which keeps just one for capacity and reset
//! together; a `send` that waits for room parks its own waker here. On the client there is no guard: each
//! `send` pushes itself, and the transport wakes all that wait.

use super::Context as Call;
use crate::Writer;
use crate::codec::Coding;
use crate::frame;
use crate::status::Status;
use crate::transport::{Outgoing, Reset};
use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker, ready};

/// A packed buffer of this size is full.
const PACK: usize = 32 * 1024;

/// Small buffers go to the transport without asking for room, which costs h2 two locks, up to this many bytes
/// between two answers. What the peer's window does not admit waits in the transport, so this also bounds
/// what a peer that does not read can pile up there.
const UNCONFIRMED: usize = 16 * 1024;

pub(crate) struct Outbox {
    state: Mutex<State>,
    /// The guard polls the handler: it will push when the handler waits. Cleared under the lock of `state`, so
    /// that no message falls between.
    guarded: AtomicBool,
    waiting: Arc<Waiting>,
}

struct State {
    outgoing: Outgoing,
    /// The call whose response head is still due.
    due: Option<Call>,
    /// Framed messages that have not left, in order: `queue`, then `pack`.
    queue: VecDeque<Bytes>,
    /// The bytes in `queue`.
    queued: usize,
    pack: BytesMut,
    /// One message is written here, back to front, and then appended to `pack`.
    scratch: Writer,
    /// Bytes given to the transport since it last answered how much room there is.
    unconfirmed: usize,
    /// Nothing more is sent.
    closed: Option<Status>,
    /// The guard's task, once it has been found waiting. The client's side has none.
    guard: Guard,
}

enum Guard {
    None,
    Idle,
    Parked(Waker),
}

/// The `send`s that wait for room.
#[derive(Default)]
struct Waiting(Mutex<Vec<Waker>>);

impl Outbox {
    /// The server's: the head of the response leaves with the first message.
    pub(crate) fn response(outgoing: Outgoing, call: Call) -> Arc<Self> {
        Self::new(outgoing, Some(call), Guard::Idle)
    }

    /// The client's.
    pub(crate) fn request(outgoing: Outgoing) -> Arc<Self> {
        Self::new(outgoing, None, Guard::None)
    }

    fn new(outgoing: Outgoing, due: Option<Call>, guard: Guard) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                outgoing,
                due,
                queue: VecDeque::new(),
                queued: 0,
                pack: BytesMut::new(),
                scratch: Writer::default(),
                unconfirmed: 0,
                closed: None,
                guard,
            }),
            guarded: AtomicBool::new(false),
            waiting: Arc::default(),
        })
    }

    /// Takes a message. `Ok(true)` where there is room for another one at once; otherwise the sender waits
    /// for [`poll_room`](Self::poll_room).
    pub(crate) fn put<T>(&self, coding: Coding<T>, message: &T) -> Result<bool, Status> {
        let mut state = self.lock();
        state.put(coding, message)?;
        match state.guard {
            Guard::None => return Ok(false),
            _ if state.is_full() => return Ok(false),
            Guard::Idle => {}
            Guard::Parked(_) => self.call_guard(state),
        }
        Ok(true)
    }

    /// Ready when what has been put has left, or on the server when at least a new buffer may be begun.
    pub(crate) fn poll_room(&self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let mut state = self.lock();
        if let Some(status) = &state.closed {
            return Poll::Ready(Err(status.clone()));
        }
        self.waiting.add(cx.waker());
        let pushed = match state.guard {
            Guard::None => {
                let all = Waker::from(self.waiting.clone());
                state.poll_push(Some(&mut Context::from_waker(&all)))
            }
            Guard::Idle | Guard::Parked(_) => state.poll_push(None),
        };
        match pushed {
            Poll::Ready(Err(status)) => {
                state.closed = Some(status.clone());
                drop(state);
                self.waiting.wake_all();
                Poll::Ready(Err(status))
            }
            Poll::Pending if state.is_full() || matches!(state.guard, Guard::None) => {
                self.call_guard(state);
                Poll::Pending
            }
            pushed => {
                if pushed.is_pending() {
                    self.call_guard(state);
                }
                self.waiting.remove(cx.waker());
                Poll::Ready(Ok(()))
            }
        }
    }

    /// For the guard: the handler is about to be polled.
    pub(crate) fn begin(&self) {
        self.guarded.store(true, Ordering::Release);
    }

    /// For the guard: the handler waits. Pushes, and is ready when the stream has failed.
    pub(crate) fn poll_drive(&self, cx: &mut Context<'_>) -> Poll<Status> {
        let mut state = self.lock();
        self.guarded.store(false, Ordering::Release);
        match &mut state.guard {
            Guard::Parked(waker) => waker.clone_from(cx.waker()),
            guard => *guard = Guard::Parked(cx.waker().clone()),
        }
        // A reset says more than the failure to push that follows from it.
        let failed = match (state.outgoing.poll_reset(cx), state.poll_push(Some(cx))) {
            (Poll::Ready(status), _) | (Poll::Pending, Poll::Ready(Err(status))) => Poll::Ready(status),
            (Poll::Pending, _) => Poll::Pending,
        };
        if let Poll::Ready(status) = &failed {
            state.closed = Some(status.clone());
        }
        let room = !state.is_full() || failed.is_ready();
        drop(state);
        if room {
            self.waiting.wake_all();
        }
        failed
    }

    /// Gives up on a peer that does not read: nobody waits for the answer any more. Does nothing where all
    /// that was put has left, so that a status may still follow it.
    pub(crate) fn expire(&self, status: &Status) {
        let mut state = self.lock();
        if state.closed.is_none() && state.poll_push(None).is_pending() {
            state.outgoing.reset(Reset::Cancel);
            state.closed = Some(status.clone());
        }
    }

    /// Ends a response: what is left, then the status.
    pub(crate) fn finish(&self, call: &Call, status: Result<(), &Status>) {
        let mut state = self.lock();
        if state.closed.is_none() {
            // An error means that the stream is gone: there is nobody left to tell.
            let _ = state.finish(call, status);
            state.closed = Some(Status::cancelled("the call is over"));
        }
        drop(state);
        self.waiting.wake_all();
    }

    /// Half-closes a request: what is left, then the end.
    pub(crate) fn close(&self) -> Result<(), Status> {
        let mut state = self.lock();
        if let Some(status) = &state.closed {
            return Err(status.clone());
        }
        state.closed = Some(Status::cancelled("the sender is closed"));
        let closed = state.flush().and_then(|()| state.outgoing.send_data(Bytes::new(), true));
        drop(state);
        self.waiting.wake_all();
        closed
    }

    /// Ends the stream in both directions, unless it is closed.
    pub(crate) fn reset(&self, reset: Reset, status: Status) {
        let mut state = self.lock();
        state.outgoing.reset(reset);
        state.closed = Some(status);
        drop(state);
        self.waiting.wake_all();
    }

    /// Whether nothing more can be sent.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed.is_some()
    }

    /// Messages wait, and the guard does not know: whoever sends is not polled by it.
    fn call_guard(&self, state: MutexGuard<'_, State>) {
        if self.guarded.load(Ordering::Acquire) {
            return;
        }
        let Guard::Parked(waker) = &state.guard else { return };
        let waker = waker.clone();
        drop(state);
        waker.wake();
    }

    /// A panic in a codec may leave half a message in `scratch` alone, which the next one clears.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn put<T>(&mut self, coding: Coding<T>, message: &T) -> Result<(), Status> {
        if let Some(status) = &self.closed {
            return Err(status.clone());
        }
        frame::write(coding, message, &mut self.scratch)?;
        if !self.scratch.has_segments() && self.scratch.len() < PACK {
            self.pack.extend_from_slice(self.scratch.written());
            return Ok(());
        }
        self.seal();
        for segment in self.scratch.take() {
            self.queued += segment.len();
            self.queue.push_back(segment);
        }
        Ok(())
    }

    /// Moves the pack to the queue, so that something can follow it.
    fn seal(&mut self) {
        if !self.pack.is_empty() {
            self.queued += self.pack.len();
            self.queue.push_back(self.pack.split().freeze());
        }
    }

    fn is_full(&self) -> bool {
        self.queued + self.pack.len() >= PACK
    }

    /// Hands over as much as there is room for; ready when nothing is left. Without `cx` nobody is woken.
    fn poll_push(&mut self, mut cx: Option<&mut Context<'_>>) -> Poll<Result<(), Status>> {
        if self.pack.is_empty() && self.queue.is_empty() {
            return Poll::Ready(Ok(()));
        }
        self.send_head()?;
        while let Some(segment) = self.queue.front_mut() {
            let room = ready!(room(&mut self.outgoing, segment.len(), cx.as_deref_mut()))?;
            let part = segment.split_to(room.min(segment.len()));
            self.queued -= part.len();
            if segment.is_empty() {
                self.queue.pop_front();
            }
            self.outgoing.send_data(part, false)?;
        }
        while !self.pack.is_empty() {
            let len = self.pack.len();
            let room = if self.unconfirmed + len <= UNCONFIRMED {
                len
            } else {
                let room = ready!(room(&mut self.outgoing, len, cx.as_deref_mut()))?;
                self.unconfirmed = 0;
                room.min(len)
            };
            self.unconfirmed += room;
            let part = self.take_pack(room);
            self.outgoing.send_data(part, false)?;
        }
        Poll::Ready(Ok(()))
    }

    /// The first bytes of the pack. What leaves keeps its memory, so a full pack makes way for a fresh one of
    /// its size, while one that was pushed early is followed by one that grows.
    fn take_pack(&mut self, len: usize) -> Bytes {
        if len < self.pack.len() {
            return self.pack.split_to(len).freeze();
        }
        let next = if len >= PACK { PACK + PACK / 4 } else { 0 };
        std::mem::replace(&mut self.pack, BytesMut::with_capacity(next)).freeze()
    }

    fn send_head(&mut self) -> Result<(), Status> {
        match self.due.take() {
            Some(call) => self.outgoing.send_head(call.response_head(), false),
            None => Ok(()),
        }
    }

    /// Hands over what is left, whether there is room or not: at most a pack and the last large message.
    fn flush(&mut self) -> Result<(), Status> {
        self.seal();
        if self.queue.is_empty() {
            return Ok(());
        }
        self.send_head()?;
        self.queued = 0;
        self.queue.drain(..).try_for_each(|segment| self.outgoing.send_data(segment, false))
    }

    fn finish(&mut self, call: &Call, status: Result<(), &Status>) -> Result<(), Status> {
        self.flush()?;
        let head = self.due.take().map(|call| call.response_head());
        let outgoing = &mut self.outgoing;
        call.with_trailers(|trailers| call.protocol().finish(outgoing, head, status, trailers))
    }
}

fn room(outgoing: &mut Outgoing, want: usize, cx: Option<&mut Context<'_>>) -> Poll<Result<usize, Status>> {
    match cx {
        Some(cx) => outgoing.poll_capacity(want, cx),
        None => match outgoing.capacity(want) {
            0 => Poll::Pending,
            room => Poll::Ready(Ok(room)),
        },
    }
}

impl Waiting {
    fn add(&self, waker: &Waker) {
        let mut wakers = self.lock();
        if !wakers.iter().any(|known| known.will_wake(waker)) {
            wakers.push(waker.clone());
        }
    }

    fn remove(&self, waker: &Waker) {
        self.lock().retain(|known| !known.will_wake(waker));
    }

    fn wake_all(&self) {
        let wakers = std::mem::take(&mut *self.lock());
        wakers.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The transport calls this under its own lock, so it takes no lock that is held while calling the transport.
impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        self.wake_all();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.wake_all();
    }
}
