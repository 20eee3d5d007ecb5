//! The sending half of a stream of messages.
//!
//! Messages are packed: a message is written into a buffer, and the buffer leaves when it is full or when
//! whoever sends has to wait for anything at all. So a lone message is never held back, and a thousand small
//! ones cost one DATA frame.
//!
//! On the server a guard stands around the handler. It learns when the handler waits, and then pushes. It is
//! also the only one that leaves a waker with the transport, which keeps just one for capacity and reset
//! together; a `send` that waits for room parks its own waker here.
//!
//! On the client the task that drives the connection pushes, at the beginning of its next turn. A transport
//! without such a task is cheap to push to, and there each `send` does it itself. In both cases the transport
//! wakes all that wait.

use super::bell::Watch;
use super::desk;
use super::pack::Pack;
use super::room::Room;
use super::{Context as Call, Timer};
use crate::codec::Coding;
use crate::compression::Encoder;
use crate::status::Status;
use crate::transport::{Outgoing, Push, Reset, ResponseHead, Turn};
use bytes::Bytes;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;
use tokio::task::coop;
use tokio::time::timeout;

/// How long a peer may take, when the deadline has passed, to read what was sent before. One that reads gets to know
/// the status in this way; a reset would tell it that somebody cancelled the call.
const PATIENCE: Duration = Duration::from_secs(1);

pub(crate) struct Outbox {
    state: Mutex<State>,
    /// The guard polls the handler: it will push when the handler waits. Cleared under the lock of `state`, so
    /// that no message falls between.
    guarded: AtomicBool,
    /// Somebody else has sent while the handler had the pack for itself, which it does not get any more. So whoever sends
    /// when it knows of what was sent before, by the handler or by others, sends behind that.
    shared: AtomicBool,
    room: Arc<Room>,
}

struct State {
    outgoing: Outgoing,
    /// The call whose response head is still due.
    due: Option<Call>,
    /// What messages are compressed with; not known before the first message or the head.
    encoder: Option<Option<Encoder>>,
    /// What has not left; where it is `lent`, what others than the handler have sent since.
    pack: Pack,
    /// The handler has what was packed before, for itself.
    lent: bool,
    /// Nothing more is taken.
    closed: Option<Status>,
    /// What was taken before the deadline still leaves, and the status behind it.
    expired: bool,
    guard: Guard,
}

/// Who pushes.
enum Guard {
    /// Each `send`: the client's, on a transport without turns.
    None,
    /// The connection's driver: the client's.
    Turn,
    /// The call around the handler, which has not been found waiting.
    Idle,
    /// The call around the handler, whose task is known.
    Parked(Watch),
}

impl Outbox {
    /// The server's: the head of the response leaves with the first message, where it is due.
    pub(crate) fn response(outgoing: Outgoing, due: Option<Call>) -> Arc<Self> {
        Self::new(outgoing, due, None, Guard::Idle, None)
    }

    /// The client's, with the turns of its connection, if it has any.
    pub(crate) fn request(
        outgoing: Outgoing,
        turn: Option<Arc<Turn>>,
        encoder: Option<Encoder>,
    ) -> Arc<Self> {
        let guard = if turn.is_some() { Guard::Turn } else { Guard::None };
        Self::new(outgoing, None, Some(encoder), guard, turn)
    }

    fn new(
        outgoing: Outgoing,
        due: Option<Call>,
        encoder: Option<Option<Encoder>>,
        guard: Guard,
        turn: Option<Arc<Turn>>,
    ) -> Arc<Self> {
        Arc::new_cyclic(|outbox| Self {
            state: Mutex::new(State {
                outgoing,
                due,
                encoder,
                pack: Pack::default(),
                lent: false,
                closed: None,
                expired: false,
                guard,
            }),
            guarded: AtomicBool::new(false),
            shared: AtomicBool::new(false),
            room: Arc::new(Room::new(outbox.clone(), turn)),
        })
    }

    /// Takes a message, to be compressed or not. `Ok(true)` where there is room for another one at once; otherwise the sender waits
    /// for [`poll_room`](Self::poll_room).
    #[inline]
    pub(crate) fn put<T>(&self, coding: &Coding<T>, message: &T, compress: bool) -> Result<bool, Status> {
        if !self.shared.load(Ordering::Acquire)
            && let Some(put) = desk::put(self.address(), coding, message, compress)
        {
            return put;
        }
        self.put_shared(coding, message, compress)
    }

    /// As [`put`](Self::put), where others may put at the same time.
    fn put_shared<T>(&self, coding: &Coding<T>, message: &T, compress: bool) -> Result<bool, Status> {
        self.collect(desk::back(self.address()));
        let mut state = self.lock();
        if state.lent {
            self.shared.store(true, Ordering::Release);
        }
        let follows = !state.pack.is_empty();
        state.put(coding, message, compress)?;
        match state.guard {
            Guard::None => return Ok(false),
            _ if state.pack.is_full() => return Ok(false),
            Guard::Turn => {
                let scheduled = self.room.schedule();
                drop(state);
                if !scheduled {
                    // Others may have been told that the driver will push.
                    self.room.wake_all();
                }
                return Ok(scheduled);
            }
            Guard::Idle | Guard::Parked(_) => {
                if follows && !self.shared.load(Ordering::Acquire) {
                    state.lend(self.address());
                }
                self.call_guard(state);
            }
        }
        Ok(true)
    }

    /// Ready when what has been put has left, or on the server when at least a new buffer may be begun.
    pub(crate) fn poll_room(&self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        // Where there is always room, others still get their turn.
        ready!(coop::poll_proceed(cx)).made_progress();
        self.collect(desk::back(self.address()));
        let mut state = self.lock();
        if let Some(status) = &state.closed {
            return Poll::Ready(Err(status.clone()));
        }
        self.room.wait(cx.waker());
        let pushed = match state.guard {
            Guard::None | Guard::Turn => {
                state.poll_push(Some(&mut Context::from_waker(&Waker::from(self.room.clone()))))
            }
            Guard::Idle | Guard::Parked(_) => state.poll_push(None),
        };
        match pushed {
            Poll::Ready(Err(status)) => {
                state.closed = Some(status.clone());
                drop(state);
                self.room.wake_all();
                Poll::Ready(Err(status))
            }
            Poll::Pending if state.pack.is_full() || matches!(state.guard, Guard::None) => {
                self.call_guard(state);
                Poll::Pending
            }
            pushed => {
                if pushed.is_pending() {
                    self.call_guard(state);
                }
                self.room.forget(cx.waker());
                Poll::Ready(Ok(()))
            }
        }
    }

    /// For the guard: polls the handler.
    pub(crate) fn poll<T>(&self, poll: impl FnOnce() -> T) -> T {
        self.guarded.store(true, Ordering::Release);
        let (polled, pack) = desk::at(self.address(), poll);
        self.collect(pack);
        polled
    }

    /// Takes back what the handler had for itself. What others have sent meanwhile comes behind it: nothing in it was sent by
    /// a handler that knew of that.
    fn collect(&self, pack: Option<Pack>) {
        if let Some(pack) = pack {
            let mut state = self.lock();
            let meanwhile = std::mem::replace(&mut state.pack, pack);
            if !meanwhile.is_empty() {
                state.pack.add(meanwhile);
            }
            state.lent = false;
        }
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// For the guard: the handler waits. Pushes, and is ready when the stream has failed or the call has to end.
    pub(crate) fn poll_drive(&self, timer: &mut Timer, cx: &mut Context<'_>) -> Poll<Status> {
        let mut state = self.lock();
        self.guarded.store(false, Ordering::Release);
        let mut watch = match std::mem::replace(&mut state.guard, Guard::Idle) {
            Guard::Parked(watch) => watch,
            _ => Watch::new(cx.waker()),
        };
        let look = watch.attend(cx.waker());
        let rope = &mut Context::from_waker(watch.rope());
        let reset = if look { state.outgoing.poll_reset(rope) } else { Poll::Pending };
        // A reset says more than the failure to push that follows from it.
        let failed = match (reset, state.poll_push(Some(rope))) {
            (Poll::Ready(status), _) | (Poll::Pending, Poll::Ready(Err(status))) => Poll::Ready(status),
            (Poll::Pending, _) => Poll::Pending,
        };
        if let Poll::Ready(status) = &failed {
            state.closed = Some(status.clone());
        }
        let late = if look { timer.poll_expired(rope) } else { Poll::Pending };
        state.guard = Guard::Parked(watch);
        let room = !state.pack.is_full() || failed.is_ready();
        drop(state);
        if room {
            self.room.wake_all();
        }
        if failed.is_ready() { failed } else { late }
    }

    /// The deadline has passed: takes nothing more, and waits until what was put has left, so that a status may
    /// follow it. A peer that does not read is given up on.
    pub(crate) async fn expire(&self, status: &Status) {
        let left = poll_fn(|cx| self.poll_expired(status, cx));
        if timeout(PATIENCE, left).await.is_err() {
            self.reset(Reset::Cancel, status.clone());
        }
    }

    /// Ready when nothing is left, or when the stream has failed.
    fn poll_expired(&self, status: &Status, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.lock();
        if !state.expired {
            if state.closed.is_some() {
                return Poll::Ready(());
            }
            (state.closed, state.expired) = (Some(status.clone()), true);
        }
        let reset = state.outgoing.poll_reset(cx).is_ready();
        let pushed = state.poll_push(Some(cx));
        state.expired = !reset && !matches!(pushed, Poll::Ready(Err(_)));
        let done = reset || pushed.is_ready();
        drop(state);
        self.room.wake_all();
        if done { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Whether the peer has reset the stream.
    pub(crate) fn is_reset(&self) -> bool {
        self.lock().outgoing.poll_reset(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    /// Ends a response: what is left, then the status.
    pub(crate) fn finish(&self, call: &Call, status: Result<(), &Status>) {
        let mut state = self.lock();
        if state.closed.is_none() || std::mem::take(&mut state.expired) {
            // An error means that the stream is gone: there is nobody left to tell.
            let _ = state.finish(call, status);
            state.closed = Some(Status::cancelled("the call is over"));
        }
        drop(state);
        self.room.wake_all();
    }

    /// Sends the head of a response before its first message. Does nothing where it has left.
    pub(crate) fn send_head(&self) -> Result<(), Status> {
        let mut state = self.lock();
        match &state.closed {
            Some(status) => Err(status.clone()),
            None => state.send_head(),
        }
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
        self.room.wake_all();
        closed
    }

    /// Ends the stream in both directions, unless it is closed.
    pub(crate) fn reset(&self, reset: Reset, status: Status) {
        let mut state = self.lock();
        state.outgoing.reset(reset);
        (state.closed, state.expired) = (Some(status), false);
        drop(state);
        self.room.wake_all();
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
        let Guard::Parked(watch) = &state.guard else { return };
        let waker = watch.guard().clone();
        drop(state);
        waker.wake();
    }

    /// A panic in a codec may leave half a message in the scratch alone, which does not count and is cleared.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn put<T>(&mut self, coding: &Coding<T>, message: &T, compress: bool) -> Result<(), Status> {
        if let Some(status) = &self.closed {
            return Err(status.clone());
        }
        self.decide();
        let encoder = self.encoder.as_ref().and_then(Option::as_ref);
        self.pack.put(coding, message, encoder.filter(|_| compress))
    }

    /// Gives the handler the pack for itself.
    fn lend(&mut self, owner: usize) {
        self.lent = desk::lend(owner, &mut self.pack, self.encoder.as_ref().and_then(Option::as_ref));
    }

    /// From here on the call's encoding is settled: the head says the same as the messages.
    fn decide(&mut self) {
        if self.encoder.is_none() {
            self.encoder = Some(self.due.as_ref().and_then(Call::encoder));
        }
    }

    /// The head of the response, where it has not left.
    fn head(&mut self) -> Option<ResponseHead> {
        self.decide();
        let encoder = self.encoder.as_ref().and_then(Option::as_ref);
        self.due.take().map(|call| call.response_head(encoder.map(Encoder::encoding)))
    }

    /// Hands over as much as there is room for; ready when nothing is left. Without `cx` nobody is woken.
    fn poll_push(&mut self, cx: Option<&mut Context<'_>>) -> Poll<Result<(), Status>> {
        if self.lent {
            // What the handler has leaves first, and the guard pushes then.
            return Poll::Pending;
        }
        if self.pack.is_empty() {
            return Poll::Ready(Ok(()));
        }
        self.send_head()?;
        self.pack.poll_push(&mut self.outgoing, cx)
    }

    fn send_head(&mut self) -> Result<(), Status> {
        match self.head() {
            Some(head) => self.outgoing.send_head(head, false),
            None => Ok(()),
        }
    }

    fn flush(&mut self) -> Result<(), Status> {
        if self.pack.is_empty() {
            return Ok(());
        }
        self.send_head()?;
        self.pack.flush(&mut self.outgoing)
    }

    fn finish(&mut self, call: &Call, status: Result<(), &Status>) -> Result<(), Status> {
        self.flush()?;
        let head = self.head();
        let outgoing = &mut self.outgoing;
        call.with_trailers(|trailers| call.protocol().finish(outgoing, head, status, trailers))
    }
}

impl Push for Outbox {
    fn push(&self) {
        self.room.begin_push();
        let mut state = self.lock();
        if state.closed.is_none() {
            let room = Waker::from(self.room.clone());
            if let Poll::Ready(Err(status)) = state.poll_push(Some(&mut Context::from_waker(&room))) {
                state.closed = Some(status);
            }
        }
        drop(state);
        self.room.wake_all();
    }
}
