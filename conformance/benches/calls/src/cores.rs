//! Which cores a process runs on.

use std::io;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Cores of those that this program may use.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cores {
    First,
    Second,
    /// The first two.
    Both,
}

impl Cores {
    /// Does something while this thread is on these cores: a process that is
    /// started then stays on them, with all of its threads.
    pub fn while_on<T>(self, action: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let all = sched_getaffinity(None)?;
        let own: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|core| all.is_set(*core)).take(2).collect();
        let chosen = match (self, own.as_slice()) {
            (Self::First, [core, ..]) | (Self::Second, [_, core]) => std::slice::from_ref(core),
            (_, cores) => cores,
        };
        let mut set = CpuSet::new();
        chosen.iter().for_each(|core| set.set(*core));
        sched_setaffinity(None, &set)?;
        let done = action();
        sched_setaffinity(None, &all)?;
        done
    }
}
