//! Messages: decode, view and encode, this project against the others, all in
//! one process.
//!
//! `cargo xtask bench messages [--quick] [--json] [--mimalloc] [--only TEXT] [--passes N]`

mod allocator;
mod data;
mod measure;
mod peer;
mod random;
mod report;
mod wire;

use std::env;
use std::process::{Command, ExitCode};
use std::time::Duration;

use data::Data;
use measure::{Effort, measure};
use peer::{Case, Op, buffa, prost, protobuf, rsgrpc};
use report::{Row, tables};

const QUICK: Effort = Effort { rounds: 121, turn: Duration::from_millis(5) };
const FULL: Effort = Effort { rounds: 601, turn: Duration::from_millis(5) };

/// Messages of one shape and what is done with them.
struct Workload {
    shape: &'static str,
    data: &'static Data,
    cases: Vec<Case>,
    same: fn(&[u8], &[u8]) -> bool,
}

fn workloads() -> Vec<Workload> {
    macro_rules! workload {
        ($shape:ident, $data:expr) => {{
            let data: &'static Data = Box::leak(Box::new($data));
            let mut cases = prost::cases::<prost::shapes::$shape>(data);
            cases.extend(buffa::cases::<buffa::shapes::$shape>(data));
            cases.extend(protobuf::cases::<protobuf::shapes::$shape>(data));
            cases.extend(rsgrpc::cases::<rsgrpc::shapes::$shape>(data));
            Workload { shape: stringify!($shape), data, cases, same: prost::same::<prost::shapes::$shape> }
        }};
    }
    vec![
        workload!(ApiResponse, data::api_response()),
        workload!(LogRecord, data::log_record()),
        workload!(AnalyticsEvent, data::analytics_event()),
        workload!(GoogleMessage1, data::google_message1()),
        workload!(MediaFrame, data::media_frame()),
    ]
}

/// The command line.
#[derive(Default)]
struct Options {
    quick: bool,
    json: bool,
    mimalloc: bool,
    /// Only cases with this in "shape op peer".
    only: String,
    /// Runs each case so many times instead of timing it: for profilers.
    passes: Option<u32>,
}

fn options() -> Result<Options, String> {
    let mut options = Options::default();
    let mut args = env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--quick" => options.quick = true,
            "--json" => options.json = true,
            "--mimalloc" => options.mimalloc = true,
            "--only" => options.only = args.next().ok_or("--only needs a text")?,
            "--passes" => {
                let passes = args.next().and_then(|passes| passes.parse().ok());
                options.passes = Some(passes.ok_or("--passes needs a number")?);
            }
            _ => {
                return Err(format!(
                    "unknown option {arg}; there are --quick, --json, --mimalloc, --only, --passes"
                ));
            }
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    match options().and_then(run) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("messages: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<ExitCode, String> {
    if options.mimalloc && env::var_os(allocator::VARIABLE).is_none() {
        return again_with_mimalloc();
    }
    let effort = if options.quick { QUICK } else { FULL };
    let mut rows = Vec::new();
    for mut workload in workloads() {
        if options.passes.is_none() {
            check(&workload)?;
        }
        workload.cases.retain(|case| {
            format!("{} {} {}", workload.shape, case.op.name(), case.peer).contains(&options.only)
        });
        if let Some(passes) = options.passes {
            workload.cases.iter_mut().for_each(|case| (0..passes).for_each(|_| (case.pass)()));
            continue;
        }
        let timings = measure(&mut workload.cases, workload.data.len(), effort);
        let bytes = workload.data.iter().map(Vec::len).sum::<usize>() / workload.data.len();
        for row in Op::ALL.into_iter().filter_map(|op| Row::new(workload.shape, bytes, op, &timings)) {
            if options.json {
                println!("{}", row.json());
            }
            rows.push(row);
        }
    }
    if !options.json {
        println!("{}", tables(&rows));
    }
    Ok(ExitCode::SUCCESS)
}

/// What every peer makes of every message must be that message.
fn check(workload: &Workload) -> Result<(), String> {
    for case in &workload.cases {
        for (place, bytes) in workload.data.iter().enumerate() {
            if !(workload.same)(bytes, &(case.rewrite)(bytes)) {
                let (peer, op) = (case.peer, case.op.name());
                return Err(format!("{peer} changes message {place} of {} in {op}", workload.shape));
            }
        }
    }
    Ok(())
}

/// The allocator is chosen before `main`, so the program starts once more.
fn again_with_mimalloc() -> Result<ExitCode, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let status = Command::new(program).args(env::args().skip(1)).env(allocator::VARIABLE, "1").status();
    match status.map_err(|error| error.to_string())?.success() {
        true => Ok(ExitCode::SUCCESS),
        false => Ok(ExitCode::FAILURE),
    }
}
