//! Who woke the connection's task, and for what.
//!
//! The task runs the transport and the handlers. To wake it while it runs would only schedule it again, so
//! wakes that arrive during a turn leave a note, which the task looks at before it sleeps. Each call that
//! waits has its own waker, which names its slot; the transport has another.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};

#[derive(Default)]
pub(super) struct Signal(Mutex<State>);

#[derive(Default)]
struct State {
    /// The task is between `begin` and `sleep`, or is scheduled.
    awake: bool,
    /// The transport or the shutdown wants the connection polled.
    connection: bool,
    /// Slots whose calls were woken.
    ready: Vec<usize>,
    task: Option<Waker>,
}

impl Signal {
    /// The task runs; `waker` is how to reach it once it sleeps.
    pub(super) fn begin(&self, waker: &Waker) {
        let mut state = self.lock();
        state.awake = true;
        match &mut state.task {
            Some(known) => known.clone_from(waker),
            None => state.task = Some(waker.clone()),
        }
    }

    /// Forgets wakes of the connection: it is about to be polled.
    pub(super) fn clear_connection(&self) {
        self.lock().connection = false;
    }

    /// Takes the woken slots into `into`, which is empty.
    pub(super) fn take_ready(&self, into: &mut Vec<usize>) {
        std::mem::swap(&mut self.lock().ready, into);
    }

    /// True when the task may sleep; false when something was woken meanwhile.
    pub(super) fn sleep(&self) -> bool {
        let mut state = self.lock();
        state.awake = state.connection || !state.ready.is_empty();
        !state.awake
    }

    fn notify(&self, note: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        note(&mut state);
        if state.awake {
            return;
        }
        // From here to `begin` further wakes only add notes.
        state.awake = true;
        let task = state.task.clone();
        drop(state);
        if let Some(task) = task {
            task.wake();
        }
    }

    /// Notes are whole at any time, so a panic under the lock spoils nothing.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The waker that the transport gets.
pub(super) struct ConnectionWaker(pub(super) Arc<Signal>);

impl Wake for ConnectionWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.notify(|state| state.connection = true);
    }
}

/// The waker of one slot. It outlives the calls that pass through the slot: a stale wake is a spurious poll.
pub(super) struct SlotWaker {
    signal: Arc<Signal>,
    slot: usize,
    queued: AtomicBool,
}

impl SlotWaker {
    pub(super) fn new(signal: Arc<Signal>, slot: usize) -> Arc<Self> {
        Arc::new(Self { signal, slot, queued: AtomicBool::new(false) })
    }

    /// The slot is about to be polled: later wakes count again.
    pub(super) fn clear(&self) {
        self.queued.store(false, Ordering::Release);
    }
}

impl Wake for SlotWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            self.signal.notify(|state| state.ready.push(self.slot));
        }
    }
}
