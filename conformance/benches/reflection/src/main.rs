//! Dynamic messages, against buffa's, on the shapes of the suite `messages`.
//!
//! `cargo xtask bench reflection [--quick] [--json]`

#[path = "../../messages/src/data.rs"]
#[allow(dead_code, reason = "more shapes than these")]
mod data;
mod peer;
#[path = "../../messages/src/random.rs"]
mod random;
#[path = "../../messages/src/wire.rs"]
#[allow(dead_code, reason = "what the shapes need")]
mod wire;

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use data::Data;
use peer::{Op, buffa, rsgrpc};

/// How much faster than buffa's this project's dynamic messages are to be.
const TARGET: f64 = 2.0;

/// How long a case runs in a round, about.
const TURN: Duration = Duration::from_millis(3);

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let Some(unknown) = arguments.iter().find(|one| !["--quick", "--json"].contains(&one.as_str())) {
        eprintln!("reflection: unknown option {unknown}; there are --quick, --json");
        return ExitCode::FAILURE;
    }
    let asked = |option: &str| arguments.iter().any(|one| one == option);
    let (json, rounds) = (asked("--json"), if asked("--quick") { 21 } else { 151 });
    let shapes: [(&str, Data); 5] = [
        ("ApiResponse", data::api_response()),
        ("LogRecord", data::log_record()),
        ("AnalyticsEvent", data::analytics_event()),
        ("GoogleMessage1", data::google_message1()),
        ("MediaFrame", data::media_frame()),
    ];
    if !json {
        println!("| dynamic messages | bytes | operation | buffa | rsgrpc | buffa ÷ rsgrpc | target |");
        println!("|---|---:|---|---:|---:|---:|---:|");
    }
    for (shape, data) in shapes {
        let bytes = data.iter().map(Vec::len).sum::<usize>() / data.len();
        let (mut theirs, mut ours) = (buffa::Peer::new(shape, &data), rsgrpc::Peer::new(shape, &data));
        for op in Op::ALL {
            let (their, our, ratio) =
                compare(&mut |passes| theirs.run(op, passes), &mut |passes| ours.run(op, passes), rounds);
            let count = data.len() as f64;
            if json {
                println!(
                    "{{\"workload\":\"{shape} dynamic {}\",\"peer\":\"buffa\",\"ratio\":{ratio:.3},\"target\":{TARGET}}}",
                    op.name()
                );
            } else {
                let (their, our) = (their / count, our / count);
                println!(
                    "| {shape} | {bytes} | {} | {their:.0} ns | {our:.0} ns | **{ratio:.2}** | {TARGET} |",
                    op.name()
                );
            }
        }
    }
    ExitCode::SUCCESS
}

/// Handles all messages so many times.
type Run<'r> = dyn FnMut(u32) + 'r;

/// The median nanoseconds of a pass over all messages, theirs and ours, and the median of the ratios of rounds, in
/// which both ran within moments of each other.
fn compare(theirs: &mut Run<'_>, ours: &mut Run<'_>, rounds: usize) -> (f64, f64, f64) {
    let passes = (calibrate(theirs), calibrate(ours));
    let (mut their, mut our, mut ratio) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (a, b) = (time(theirs, passes.0), time(ours, passes.1));
        their.push(a);
        our.push(b);
        ratio.push(a / b);
    }
    (median(their), median(our), median(ratio))
}

fn calibrate(run: &mut Run<'_>) -> u32 {
    let mut passes = 1;
    loop {
        let took = time(run, passes) * f64::from(passes);
        let turn = TURN.as_secs_f64() * 1e9;
        if took * 4.0 > turn {
            return ((f64::from(passes) * turn / took) as u32).max(1);
        }
        passes *= 2;
    }
}

/// Nanoseconds of CPU for a pass.
fn time(run: &mut Run<'_>, passes: u32) -> f64 {
    let start = cpu();
    run(passes);
    (cpu() - start).as_secs_f64() * 1e9 / f64::from(passes)
}

/// The CPU time of this thread, which stands still while others run.
#[allow(unsafe_code, reason = "std has no such clock")]
fn cpu() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: fills what it is given, and this clock is always there.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
