//! Timing: all cases of a shape in turn, round by round, so that whatever else
//! the machine does falls on all of them. The clock is the thread's own, which
//! stands still while others run.

use std::time::Duration;

use bench_report::median;

use crate::peer::{Case, Op};

/// How much to measure.
#[derive(Clone, Copy)]
pub struct Effort {
    pub rounds: usize,
    /// How long a case runs in a round, about.
    pub turn: Duration,
}

/// What a case took: nanoseconds for a message, in each round.
pub struct Timing {
    pub peer: &'static str,
    pub op: Op,
    pub rounds: Vec<f64>,
}

impl Timing {
    pub fn median(&self) -> f64 {
        median(self.rounds.clone())
    }

    /// How many times as long as `other` it takes: the median over the rounds,
    /// in which both ran within moments of each other.
    pub fn over(&self, other: &Self) -> f64 {
        median(self.rounds.iter().zip(&other.rounds).map(|(own, other)| own / other).collect())
    }
}

/// Times all cases, which handle `count` messages in a pass.
pub fn measure(cases: &mut [Case], count: usize, effort: Effort) -> Vec<Timing> {
    let passes: Vec<u32> = cases.iter_mut().map(|case| calibrate(case, effort.turn)).collect();
    let mut timings: Vec<Timing> =
        cases.iter().map(|case| Timing { peer: case.peer, op: case.op, rounds: Vec::new() }).collect();
    for round in 0..effort.rounds {
        for turn in 0..cases.len() {
            let at = (round + turn) % cases.len();
            let took = (cases[at].run)(passes[at]);
            let messages = f64::from(passes[at]) * count as f64;
            timings[at].rounds.push(took.as_secs_f64() * 1e9 / messages);
        }
    }
    timings
}

/// The number of passes that fill `turn`.
fn calibrate(case: &mut Case, turn: Duration) -> u32 {
    let mut passes = 1;
    loop {
        // With what is done beside the measured operation.
        let start = clock();
        (case.run)(passes);
        let took = clock().saturating_sub(start);
        if took * 4 > turn {
            let more = turn.as_secs_f64() / took.as_secs_f64();
            return ((f64::from(passes) * more) as u32).max(1);
        }
        passes *= 2;
    }
}

/// The CPU time of this thread.
#[allow(unsafe_code, reason = "std has no such clock")]
pub fn clock() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: fills what it is given, and this clock is always there.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}
