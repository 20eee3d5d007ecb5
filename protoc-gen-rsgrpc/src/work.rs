//! Work on all processors, results in order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// What a program's first thread has, too. Messages in messages are modules in modules, up to a bound.
const STACK: usize = 8 << 20;

/// Does `work` for all numbers below `count`, and hands the results to `take`, by number.
pub(crate) fn in_order<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync, mut take: impl FnMut(T)) {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(count);
    if threads < 2 {
        return (0..count).map(work).for_each(take);
    }
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    let (next, work) = (&next, &work);
    let worker = |send: mpsc::Sender<(usize, T)>| {
        move || loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count || send.send((at, work(at))).is_err() {
                return;
            }
        }
    };
    thread::scope(|scope| {
        let spawn = |_: usize| {
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, worker(send.clone())).is_ok()
        };
        if (0..threads).map(spawn).filter(|spawned| *spawned).count() == 0 {
            // The system has no more threads: then this one.
            worker(send.clone())();
        }
        drop(send);
        let (mut waiting, mut first) = (BTreeMap::new(), 0);
        for (at, result) in receive {
            waiting.insert(at, result);
            while let Some(result) = waiting.remove(&first) {
                take(result);
                first += 1;
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn results_come_by_number() {
        for count in [0, 1, 2, 1000] {
            let mut results = Vec::new();
            in_order(count, |at| at * at, |square| results.push(square));
            assert_eq!(results, (0..count).map(|at| at * at).collect::<Vec<_>>());
        }
    }
}
