//! Calls: CPU time and throughput of servers and clients, this project against
//! the others, each side in a process of its own.
//!
//! `cargo xtask bench calls [--quick] [--json] [--only TEXT]`; it starts itself again as
//! `serve PEER RUNTIME` and `load PEER RUNTIME PORT`.

mod bench;
mod child;
mod load;
mod peer;
mod report;
mod workload;

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use bench::{Effort, Side, measure};
use report::{Row, tables};
use workload::{Flavor, WORKLOADS};

const QUICK: Effort = Effort { rounds: 5, turn: Duration::from_millis(120) };
const FULL: Effort = Effort { rounds: 15, turn: Duration::from_millis(300) };

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["serve", peer, flavor] => Flavor::from_name(flavor).and_then(|flavor| peer::serve(peer, flavor)),
        ["load", peer, flavor, port] => {
            Flavor::from_name(flavor).and_then(|flavor| peer::load(peer, flavor, port))
        }
        options => compare(options),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("calls: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare(options: &[&str]) -> Result<(), String> {
    let (mut effort, mut json, mut only) = (FULL, false, "");
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match *option {
            "--quick" => effort = QUICK,
            "--json" => json = true,
            "--only" => only = options.next().ok_or("--only needs a text")?,
            _ => return Err(format!("unknown option {option}; there are --quick, --json, --only")),
        }
    }
    let mut rows = Vec::new();
    for side in Side::ALL {
        for flavor in Flavor::ALL {
            let mut workloads = WORKLOADS.to_vec();
            workloads.retain(|load| format!("{} {load} {}", side.name(), flavor.name()).contains(only));
            if workloads.is_empty() {
                continue;
            }
            let results = measure(side, flavor, &workloads, effort).map_err(|error| error.to_string())?;
            for (workload, samples) in results {
                let Some(row) = Row::new(side, flavor, workload, &samples) else { continue };
                if json {
                    row.json().iter().for_each(|line| println!("{line}"));
                }
                rows.push(row);
            }
        }
    }
    if !json {
        println!("{}", tables(&rows));
    }
    Ok(())
}
