//! What waits for the next turn of a connection's task.
//!
//! The task that drives a client's connection writes once per turn. Whoever packs messages asks here to be
//! called at the beginning of the turn, so that what was sent meanwhile leaves as one.

use super::Peer;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Waker};

/// Whoever packs messages.
pub(crate) trait Push: Send + Sync {
    /// Hands over what is packed.
    fn push(&self);
}

/// The turns of one connection.
pub(crate) struct Turn {
    /// The server.
    peer: Peer,
    state: Mutex<State>,
    /// Calls that are open.
    open: AtomicUsize,
}

/// A call that is open on a client's connection.
pub(super) struct Open(Arc<Turn>);

impl Open {
    /// The server.
    pub(super) fn peer(&self) -> &Peer {
        &self.0.peer
    }

    pub(super) fn turn(&self) -> &Arc<Turn> {
        &self.0
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct State {
    due: Vec<Weak<dyn Push>>,
    driver: Option<Waker>,
    /// The connection has ended.
    over: bool,
}

impl Turn {
    pub(crate) fn new(peer: Peer) -> Self {
        Self { peer, state: Mutex::default(), open: AtomicUsize::new(0) }
    }

    /// Has `push` called in the next turn; false where there is none any more.
    ///
    /// A weak reference, because this is also called under h2's lock, where nothing may be dropped that
    /// belongs to a stream.
    pub(crate) fn schedule(&self, push: Weak<dyn Push>) -> bool {
        let mut state = self.lock();
        if state.over {
            return false;
        }
        state.due.push(push);
        let driver = state.driver.take();
        drop(state);
        if let Some(driver) = driver {
            driver.wake();
        }
        true
    }

    /// One more call is open, until what is returned is dropped.
    pub(super) fn open(self: &Arc<Self>) -> Open {
        self.open.fetch_add(1, Ordering::Relaxed);
        Open(self.clone())
    }

    /// How many calls are open.
    pub(super) fn calls(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Begins a turn: calls all that are due, and has the task woken for those that come.
    pub(super) fn begin(&self, cx: &Context<'_>) {
        let mut state = self.lock();
        match &mut state.driver {
            Some(driver) => driver.clone_from(cx.waker()),
            driver => *driver = Some(cx.waker().clone()),
        }
        if state.due.is_empty() {
            return;
        }
        let due = std::mem::take(&mut state.due);
        drop(state);
        push_all(due);
    }

    /// There are no more turns. Those that are due are called once more, to find that out.
    pub(crate) fn end(&self) {
        let mut state = self.lock();
        state.over = true;
        state.driver = None;
        let due = std::mem::take(&mut state.due);
        drop(state);
        push_all(due);
    }

    /// Nothing between lock and unlock panics, so a poisoned state is a whole one.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn push_all(due: Vec<Weak<dyn Push>>) {
    for push in due {
        if let Some(push) = push.upgrade() {
            push.push();
        }
    }
}
