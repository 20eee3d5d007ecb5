//! A connection within a process: calls wait in a queue until the server takes them.

use super::stream::{self, Body, Outgoing, Reply};
use crate::status::Status;
use crate::transport::head::{Accepted, RequestHead};
use crate::transport::{self, Peer};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// Both ends of a new connection with at most `calls` at a time.
pub(crate) fn pair(calls: usize) -> (Requests, Incoming) {
    let link = Arc::new(Link(Mutex::new(State { room: calls, ..State::default() })));
    (Requests(Arc::new(ClientEnd(link.clone()))), Incoming(link))
}

struct Link(Mutex<State>);

#[derive(Default)]
struct State {
    queue: VecDeque<(RequestHead, Body, Outgoing)>,
    /// Calls that may still be opened.
    room: usize,
    /// Calls that are open.
    live: usize,
    /// No new calls: the server drains, or the client is gone.
    closed: bool,
    server: Option<Waker>,
    /// Clients that wait for room.
    clients: Vec<Waker>,
}

impl Link {
    /// Nothing between lock and unlock panics, so a poisoned state is a whole one.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.wake_all();
    }
}

impl State {
    fn wake_all(&mut self) {
        self.server.take().into_iter().chain(self.clients.drain(..)).for_each(Waker::wake);
    }
}

/// The client's end. Clones share it; the server is told when the last is gone.
#[derive(Clone)]
pub(crate) struct Requests(Arc<ClientEnd>);

struct ClientEnd(Arc<Link>);

impl Requests {
    /// Ready when a call may be opened.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        let mut state = self.0.0.lock();
        if state.closed {
            return Poll::Ready(Err(closed()));
        }
        if state.room > 0 {
            return Poll::Ready(Ok(()));
        }
        state.clients.retain(|waker| !waker.will_wake(cx.waker()));
        state.clients.push(cx.waker().clone());
        Poll::Pending
    }

    /// Opens a call; `end` where the request has no body.
    pub(crate) fn send(&mut self, head: RequestHead, end: bool) -> Result<(Outgoing, Reply), Status> {
        let mut state = self.0.0.lock();
        if state.closed {
            return Err(closed());
        }
        // Others may have taken the room since `poll_ready`; then the bound is exceeded by these few.
        state.room = state.room.saturating_sub(1);
        state.live += 1;
        let (client, (body, outgoing)) = stream::open(Some(Slot(self.0.0.clone())), end);
        state.queue.push_back((head, body, outgoing));
        if let Some(server) = state.server.take() {
            server.wake();
        }
        Ok(client)
    }
}

impl Drop for ClientEnd {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// The server's end.
pub(crate) struct Incoming(Arc<Link>);

impl Incoming {
    pub(in crate::transport) fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<Option<Accepted>> {
        let mut state = self.0.lock();
        if let Some((head, body, outgoing)) = state.queue.pop_front() {
            return Poll::Ready(Some(Accepted {
                head,
                body: transport::Body::Memory(body),
                outgoing: transport::Outgoing::Memory(outgoing),
                peer: Peer::memory(),
            }));
        }
        if state.closed && state.live == 0 {
            return Poll::Ready(None);
        }
        match &mut state.server {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        Poll::Pending
    }

    pub(in crate::transport) fn drain(&mut self) {
        self.0.close();
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        self.0.close();
        // Calls that nobody took end as cancelled. They give their places back, which takes the lock.
        let queue = std::mem::take(&mut self.0.lock().queue);
        drop(queue);
    }
}

/// The place of a call on a connection.
pub(super) struct Slot(Arc<Link>);

impl Drop for Slot {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.live -= 1;
        state.room += 1;
        state.wake_all();
    }
}

#[cold]
fn closed() -> Status {
    Status::unavailable("the server takes no more calls")
}
