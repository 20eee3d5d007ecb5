//! Who waits until more can be sent.

use super::Outbox;
use crate::transport::Turn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Wake, Waker};

/// The `send`s that wait for room, and who has to know when there is some. On the client the transport wakes
/// it.
///
/// That happens under the transport's own lock. Therefore nothing is locked here that is held while calling
/// the transport, and there is no strong reference to an outbox, which would be dropped under that lock.
pub(super) struct Room {
    waiting: Mutex<Vec<Waker>>,
    /// Somebody is in `waiting`; most of the time there is nobody, which then costs no lock.
    any: AtomicBool,
    outbox: Weak<Outbox>,
    turn: Option<Arc<Turn>>,
    /// The driver will push. Invariant: set while the outbox is in the list of `turn`.
    due: AtomicBool,
}

impl Room {
    pub(super) fn new(outbox: Weak<Outbox>, turn: Option<Arc<Turn>>) -> Self {
        Self {
            waiting: Mutex::default(),
            any: AtomicBool::new(false),
            outbox,
            turn,
            due: AtomicBool::new(false),
        }
    }

    /// Has the driver push; false where there is none any more.
    pub(super) fn schedule(&self) -> bool {
        let Some(turn) = &self.turn else { return false };
        if self.due.swap(true, Ordering::AcqRel) || turn.schedule(self.outbox.clone()) {
            return true;
        }
        // Nobody will push: what wakes from now on has to wake those that wait.
        self.due.store(false, Ordering::Release);
        false
    }

    /// The driver pushes now.
    pub(super) fn begin_push(&self) {
        self.due.store(false, Ordering::Release);
    }

    pub(super) fn wait(&self, waker: &Waker) {
        let mut waiting = self.lock();
        if !waiting.iter().any(|known| known.will_wake(waker)) {
            waiting.push(waker.clone());
            self.any.store(true, Ordering::Release);
        }
    }

    pub(super) fn forget(&self, waker: &Waker) {
        self.lock().retain(|known| !known.will_wake(waker));
    }

    pub(super) fn wake_all(&self) {
        // Whoever waits has let the caller know, by the outbox's lock or by the transport's.
        if !self.any.load(Ordering::Acquire) {
            return;
        }
        let waiting = {
            let mut waiting = self.lock();
            self.any.store(false, Ordering::Release);
            std::mem::take(&mut *waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// The list is whole at any time, so a panic under the lock spoils nothing.
    fn lock(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Room {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.schedule() {
            self.wake_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Peer;

    #[test]
    fn without_a_driver_every_wake_reaches_those_that_wait() {
        struct Flag(AtomicBool);
        impl Wake for Flag {
            fn wake(self: Arc<Self>) {
                self.0.store(true, Ordering::Release);
            }
        }
        let turn = Arc::new(Turn::new(Peer::memory()));
        let room = Arc::new(Room::new(Weak::new(), Some(turn.clone())));
        assert!(room.schedule());
        room.begin_push();
        turn.end();
        for _ in 0..2 {
            let flag = Arc::new(Flag(AtomicBool::new(false)));
            room.wait(&Waker::from(flag.clone()));
            room.wake_by_ref();
            assert!(flag.0.load(Ordering::Acquire));
        }
    }
}
