//! Which methods compute for long, by measurement.
//!
//! Handlers are polled in their connection's task, which is cheap as long as they are brief. One that
//! computes for long would hold up all other calls of its connection and keep them on one core, so calls of
//! such a method get tasks of their own.

use crate::call::Context;
use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// One call in so many is timed.
const SAMPLED: usize = 8;

/// The mean of the last polls, of about so many.
const MEMORY: u32 = 8;

/// A method whose polls take longer than this in the mean moves to tasks of its own.
const SLOW: Duration = Duration::from_micros(50);

/// A method whose polls take less than this in the mean moves back.
const FAST: Duration = Duration::from_micros(25);

/// Methods that are remembered. More than this are not slow at the same time.
const METHODS: usize = 1024;

pub(super) struct Load {
    /// Methods that always have tasks of their own.
    chosen: HashSet<String, RandomState>,
    /// Moving pays only where other threads can take over.
    measures: bool,
    /// Whether `methods` has entries; saves calls the lock.
    any: AtomicBool,
    methods: Mutex<HashMap<String, Method, RandomState>>,
}

struct Method {
    mean: Duration,
    moved: bool,
}

/// A call that is timed.
pub(super) struct Sample(Context);

impl Sample {
    pub(super) fn begin(&self) -> Instant {
        Instant::now()
    }
}

impl Load {
    pub(super) fn new(chosen: HashSet<String, RandomState>, measures: bool) -> Self {
        Self { chosen, measures, any: AtomicBool::new(false), methods: Mutex::default() }
    }

    /// Whether to time this call, the `number`th of its connection.
    pub(super) fn sample(&self, number: usize, call: &Context) -> Option<Sample> {
        (self.measures && number.is_multiple_of(SAMPLED)).then(|| Sample(call.share()))
    }

    /// Whether calls of this method get tasks of their own.
    pub(super) fn moves(&self, path: &str) -> bool {
        (!self.chosen.is_empty() && self.chosen.contains(path))
            || (self.any.load(Ordering::Relaxed) && self.lock().get(path).is_some_and(|method| method.moved))
    }

    /// Notes how long a poll took.
    pub(super) fn record(&self, sample: &Sample, took: Duration) {
        if took < SLOW && !self.any.load(Ordering::Relaxed) {
            return;
        }
        let path = sample.0.path();
        let mut methods = self.lock();
        if !methods.contains_key(path) {
            if took < SLOW || methods.len() >= METHODS {
                return;
            }
            methods.insert(path.to_owned(), Method { mean: Duration::ZERO, moved: false });
        }
        let Some(method) = methods.get_mut(path) else { return };
        method.mean = method.mean * (MEMORY - 1) / MEMORY + took / MEMORY;
        method.moved = match method.moved {
            true => method.mean >= FAST,
            false => method.mean > SLOW,
        };
        if method.mean < FAST / 2 {
            methods.remove(path);
        }
        self.any.store(!methods.is_empty(), Ordering::Relaxed);
    }

    /// Means are whole at any time, so a panic under the lock spoils nothing.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Method, RandomState>> {
        self.methods.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::{Opening, Protocol};
    use crate::compression::{Compression, Terms};
    use crate::transport::{Peer, RequestHead};

    fn sample(path: &'static str) -> Sample {
        let mut head = RequestHead::bare();
        assert!(head.set_path(path));
        Sample(Context::new(Opening {
            head,
            peer: Peer::memory(),
            deadline: None,
            protocol: Protocol::Grpc,
            compression: Terms::new(&Compression::new(), &Default::default()),
        }))
    }

    #[test]
    fn a_method_moves_when_it_computes_for_long_and_back_when_it_no_longer_does() {
        let load = Load::new(HashSet::default(), true);
        let (slow, quick) = (sample("/a.B/Slow"), sample("/a.B/Quick"));
        let record = |sample: &Sample, micros| load.record(sample, Duration::from_micros(micros));
        record(&slow, 200);
        assert!(!load.moves("/a.B/Slow"), "once is no habit");
        for _ in 0..MEMORY {
            record(&slow, 200);
            record(&quick, 3);
        }
        assert!(load.moves("/a.B/Slow") && !load.moves("/a.B/Quick"));
        for _ in 0..3 * MEMORY {
            record(&slow, 3);
        }
        assert!(!load.moves("/a.B/Slow"));
        assert!(load.lock().is_empty());
    }

    #[test]
    fn chosen_methods_always_have_tasks_of_their_own() {
        let load = Load::new(HashSet::from_iter(["/a.B/C".to_string()]), false);
        assert!(load.moves("/a.B/C") && !load.moves("/a.B/D"));
        assert!(load.sample(0, &sample("/a.B/D").0).is_none(), "nothing to measure on one thread");
    }
}
