//! Messages: this project against the others, all in one process.
//!
//! `cargo xtask bench messages [--quick] [--json] [--record] [--mimalloc] [--only TEXT] [--passes N]`

mod allocator;
mod chart;
mod data;
mod measure;
mod peer;
mod random;
mod report;
mod wire;

use std::env;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use data::Data;
use measure::{Effort, measure};
use peer::{Case, Cases, Op, buffa, prost, protobuf, rsgrpc};
use report::{Row, tables};

const QUICK: Effort = Effort { rounds: 21, turn: Duration::from_millis(2) };
const FULL: Effort = Effort { rounds: 151, turn: Duration::from_millis(3) };

/// Messages of one shape and what is done with them.
struct Workload {
    shape: &'static str,
    data: &'static Data,
    cases: Vec<Case>,
    same: fn(&[u8], &[u8]) -> bool,
}

impl Workload {
    fn new(shape: &'static str, same: fn(&[u8], &[u8]) -> bool, peers: Vec<Cases>) -> Self {
        let data = peers[0].data;
        Self { shape, data, cases: peers.into_iter().flat_map(|cases| cases.list).collect(), same }
    }
}

/// The names of the shapes, and how their workloads are prepared.
fn workloads() -> Vec<(&'static str, fn() -> Workload)> {
    macro_rules! workload {
        ($shape:ident, $lazy:ident, $data:expr) => {
            (stringify!($shape), || {
                let data: &'static Data = Box::leak(Box::new($data));
                let peers = vec![
                    prost::cases::<prost::shapes::$shape>(data),
                    prost::bytes_cases::<prost::bytes_shapes::$shape>(data),
                    buffa::cases::<buffa::shapes::$shape>(data),
                    buffa::small_cases::<buffa::small_shapes::$shape>(data),
                    buffa::lazy_cases::<buffa::shapes::$lazy<'static>>(data),
                    protobuf::cases::<protobuf::shapes::$shape>(data),
                    rsgrpc::cases::<rsgrpc::shapes::$shape>(data),
                    rsgrpc::inline_cases::<rsgrpc::inline_shapes::$shape>(data),
                ];
                Workload::new(stringify!($shape), prost::same::<prost::shapes::$shape>, peers)
            })
        };
    }
    vec![
        workload!(ApiResponse, ApiResponseLazyView, data::api_response()),
        workload!(LogRecord, LogRecordLazyView, data::log_record()),
        workload!(AnalyticsEvent, AnalyticsEventLazyView, data::analytics_event()),
        workload!(GoogleMessage1, GoogleMessage1LazyView, data::google_message1()),
        workload!(MediaFrame, MediaFrameLazyView, data::media_frame()),
        workload!(Tensor, TensorLazyView, data::tensor()),
        workload!(LogBatch, LogBatchLazyView, data::log_batch()),
    ]
}

/// The command line.
#[derive(Default)]
struct Options {
    quick: bool,
    json: bool,
    /// Writes tables and chart to the documentation.
    record: bool,
    /// Only with mimalloc, not first with the system's allocator.
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
            "--record" => options.record = true,
            "--mimalloc" => options.mimalloc = true,
            "--only" => options.only = args.next().ok_or("--only needs a text")?,
            "--passes" => {
                let passes = args.next().and_then(|passes| passes.parse().ok());
                options.passes = Some(passes.ok_or("--passes needs a number")?);
            }
            _ => {
                return Err(format!(
                    "unknown option {arg}; there are --quick, --json, --record, --mimalloc, --only, --passes"
                ));
            }
        }
    }
    Ok(options)
}

fn main() -> ExitCode {
    match options().and_then(run) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("messages: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), String> {
    let mimalloc = env::var_os(allocator::VARIABLE).is_some();
    if options.mimalloc && !mimalloc {
        print!("{}", with_mimalloc()?);
        return Ok(());
    }
    let rows = rows(&options, mimalloc)?;
    let mut report = match () {
        () if options.passes.is_some() => return Ok(()),
        () if options.json => rows.iter().map(|row| row.json(mimalloc)).collect(),
        () => tables(&rows),
    };
    if !mimalloc {
        if !options.json {
            report += "\nWith mimalloc instead of glibc's malloc (protobuf's arenas stay with glibc's):\n";
        }
        report += &with_mimalloc()?;
        if options.record {
            bench_report::record("messages", &report, Some(&chart::svg(&rows)))?;
        }
    }
    print!("{report}");
    Ok(())
}

fn rows(options: &Options, mimalloc: bool) -> Result<Vec<Row>, String> {
    let effort = if options.quick { QUICK } else { FULL };
    let mut rows = Vec::new();
    let workloads = workloads();
    // Where a text begins with a shape, it stands in the names of no other.
    let first = options.only.split(' ').next().unwrap_or_default();
    let named = workloads.iter().any(|(shape, _)| *shape == first);
    for (_, prepare) in workloads.into_iter().filter(|(shape, _)| !named || *shape == first) {
        let mut workload = prepare();
        if options.passes.is_none() {
            check(&workload)?;
        }
        workload.cases.retain(|case| {
            (!mimalloc || case.op.allocates() || options.passes.is_some())
                && format!("{} {} {}", workload.shape, case.op.name(), case.peer).contains(&options.only)
        });
        if let Some(passes) = options.passes {
            workload.cases.iter_mut().for_each(|case| _ = (case.run)(passes));
            continue;
        }
        let timings = measure(&mut workload.cases, workload.data.len(), effort);
        let bytes = workload.data.iter().map(Vec::len).sum::<usize>() / workload.data.len();
        let row = |op| Row::new(workload.shape, bytes, op, &timings, mimalloc);
        rows.extend(Op::ALL.into_iter().filter_map(row));
    }
    Ok(rows)
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

/// The report of a second run, since the allocator is chosen before `main`.
fn with_mimalloc() -> Result<String, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.args(env::args().skip(1)).env(allocator::VARIABLE, "1").stderr(Stdio::inherit());
    let output = command.output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => String::from_utf8(output.stdout).map_err(|error| error.to_string()),
        false => Err("the run with mimalloc failed".to_owned()),
    }
}
