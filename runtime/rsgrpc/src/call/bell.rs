//! Whether something has happened that the guard of a call waits for.
//!
//! A guard waits for a reset, for room and for the deadline, and is woken for much else: whatever its handler waits for. To
//! ask transport and timer each time costs two locks and two wakers. So they get a waker that says that it was them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Wake, Waker};

/// The guard's end.
pub(super) struct Watch {
    bell: Arc<Bell>,
    /// What `bell` is to whom it is left with.
    rope: Waker,
    guard: Waker,
}

struct Bell {
    rung: AtomicBool,
    /// The guard's task. Locked under the transport's lock, so never while the transport is called.
    guard: Mutex<Waker>,
}

impl Watch {
    /// A bell that rings for this task, and has not been left with anybody.
    pub(super) fn new(guard: &Waker) -> Self {
        let bell = Arc::new(Bell { rung: AtomicBool::new(true), guard: Mutex::new(guard.clone()) });
        Self { rope: bell.clone().into(), bell, guard: guard.clone() }
    }

    /// The guard is being polled by this task: whether it has to look, and leave the [rope](Self::rope) anew.
    pub(super) fn attend(&mut self, guard: &Waker) -> bool {
        if !self.guard.will_wake(guard) {
            self.guard.clone_from(guard);
            self.bell.lock().clone_from(guard);
            // What was rung until now has woken another task.
            self.bell.rung.store(true, Ordering::Release);
        }
        self.bell.rung.load(Ordering::Acquire) && self.bell.rung.swap(false, Ordering::AcqRel)
    }

    /// What to wake when there is something to look at.
    pub(super) fn rope(&self) -> &Waker {
        &self.rope
    }

    /// The guard's task.
    pub(super) fn guard(&self) -> &Waker {
        &self.guard
    }
}

impl Bell {
    /// A waker is whole at any time, so a panic under the lock spoils nothing.
    fn lock(&self) -> std::sync::MutexGuard<'_, Waker> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        let guard = self.lock().clone();
        guard.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_guard_looks_when_it_was_called_or_has_moved() {
        let tasks = [(); 2].map(|()| Arc::new(Count(AtomicUsize::new(0))));
        let [here, there] = tasks.clone().map(Waker::from);
        let woken = || tasks.each_ref().map(|task| task.0.load(Ordering::Relaxed));
        let mut watch = Watch::new(&here);
        assert!(watch.attend(&here), "nobody has the rope");
        assert!(!watch.attend(&here));
        watch.rope().wake_by_ref();
        assert_eq!(woken(), [1, 0]);
        assert!(watch.attend(&here) && !watch.attend(&here));
        assert!(watch.attend(&there) && !watch.attend(&there));
        watch.rope().wake_by_ref();
        assert_eq!(woken(), [1, 1]);
    }
}
