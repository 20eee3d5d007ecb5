//! Calls: CPU time, throughput and latency of servers and clients, this project
//! against the others, each side in a process of its own.
//!
//! `cargo xtask bench calls [--scale | --rest] [--quick] [--json] [--record] [--only TEXT]`; it starts itself again
//! as `serve PEER SETUP` and `load PEER SETUP PORT CONNECTIONS`.

mod bench;
mod call;
mod cores;
mod ingest;
mod load;
mod peer;
mod process;
mod report;
mod rest;
mod scale;
mod segments;
mod setup;
mod tls;
mod workload;

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use bench::{Effort, measure};
use report::{Row, chart, tables};
use workload::WORKLOADS;

const QUICK: Effort = Effort { rounds: 5, turn: Duration::from_millis(150) };
const FULL: Effort = Effort { rounds: 9, turn: Duration::from_millis(350) };

fn main() -> ExitCode {
    // The same for all; some peers bring another, so that rustls cannot choose.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let args: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["serve", peer, setup] => setup.parse().and_then(|setup| peer::serve(peer, setup)),
        ["load", peer, setup, port, connections] => load(peer, setup, port, connections),
        options => Options::new(options).and_then(|options| match options.mode {
            Mode::Workloads => compare(&options),
            Mode::Scale => scale(&options),
            Mode::Rest => rest(&options),
        }),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("calls: {error}");
            ExitCode::FAILURE
        }
    }
}

fn load(peer: &str, setup: &str, port: &str, connections: &str) -> Result<(), String> {
    let number = |error: std::num::ParseIntError| error.to_string();
    let (port, connections) = (port.parse().map_err(number)?, connections.parse().map_err(number)?);
    peer::load(peer, setup.parse()?, port, connections)
}

/// What is measured.
enum Mode {
    Workloads,
    /// Many connections and streams.
    Scale,
    /// REST against gRPC.
    Rest,
}

/// The command line.
struct Options<'a> {
    mode: Mode,
    quick: bool,
    json: bool,
    /// Writes the tables, and the chart, to the documentation.
    record: bool,
    /// Only what has this in its name.
    only: &'a str,
}

impl<'a> Options<'a> {
    fn new(words: &[&'a str]) -> Result<Self, String> {
        let mut options = Self { mode: Mode::Workloads, quick: false, json: false, record: false, only: "" };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--scale" => options.mode = Mode::Scale,
                "--rest" => options.mode = Mode::Rest,
                "--quick" => options.quick = true,
                "--json" => options.json = true,
                "--record" => options.record = true,
                "--only" => options.only = words.next().ok_or("--only needs a text")?,
                _ => {
                    let known = "--scale, --rest, --quick, --json, --record, --only";
                    return Err(format!("unknown option {word}; there are {known}"));
                }
            }
        }
        if options.record && !options.only.is_empty() {
            return Err("--record is for all, not with --only".to_owned());
        }
        Ok(options)
    }
}

fn compare(options: &Options) -> Result<(), String> {
    let effort = if options.quick { QUICK } else { FULL };
    let (mut rows, mut failures) = (Vec::new(), Vec::new());
    for workload in WORKLOADS {
        let named = workload.full_name().contains(options.only);
        if !named || (options.quick && options.only.is_empty() && !workload.quick) {
            continue;
        }
        match measure(workload, effort) {
            Ok(series) => {
                let row = Row::new(workload, series);
                match options.json {
                    true => print!("{}", row.json()),
                    false => eprintln!("{}", workload.full_name()),
                }
                rows.push(row);
            }
            Err(error) => failures.push(format!("{}: {error}", workload.full_name())),
        }
    }
    let tables = tables(&rows);
    if options.record {
        bench_report::record("calls", &tables, Some(&chart(&rows)))?;
    }
    if !options.json {
        println!("{tables}");
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
}

fn scale(options: &Options) -> Result<(), String> {
    let measurements = scale::run(options.only, |measurement| match options.json {
        true => print!("{}", scale::json(measurement)),
        false => eprintln!("{}", measurement.name),
    })?;
    let table = scale::table(&measurements);
    if options.record {
        bench_report::record("calls-scale", &table, None)?;
    }
    if !options.json {
        println!("{table}");
    }
    Ok(())
}

fn rest(options: &Options) -> Result<(), String> {
    let lines = rest::run().map_err(|error| error.to_string())?;
    let table = rest::table(&lines);
    if options.record {
        bench_report::record("calls-rest", &table, None)?;
    }
    print!("{}", if options.json { rest::json(&lines) } else { table });
    Ok(())
}
