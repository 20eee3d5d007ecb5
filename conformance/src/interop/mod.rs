//! gRPC's interoperability tests, between our client and server and those of other implementations.

mod cases;
mod column;
mod connections;
mod matrix;
mod programs;
mod proxy;
mod secrets;
mod session;

use std::collections::VecDeque;
use std::fmt;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

use crate::cargo;
use crate::project::Project;
use crate::runner::{Outcome, Runner};
use crate::tools::Missing;
use column::{Cell, Column};
use matrix::Matrix;
use programs::Language::{self, Cpp, Node, Python, Rust};
use proxy::Proxy::{self, Envoy, Nghttpx, Nginx};
use session::Session;

/// Where the outcome is written down.
const SUMMARY: &str = "docs/conformance.md";

/// What is run together, because it takes the same tools.
const GROUPS: &[(&str, &[Column])] = &[
    ("rsgrpc", &[Column::direct(Rust, Rust), Column::direct(Rust, Rust).tls()]),
    ("grpcio", &between(Python)),
    ("grpc-js", &between(Node)),
    ("libgrpc++", &between(Cpp)),
    ("nginx", &through(Nginx)),
    ("nghttpx", &through(Nghttpx)),
    ("Envoy", &through(Envoy)),
];

const fn between(peer: Language) -> [Column; 4] {
    let (client, server) = (Column::direct(Rust, peer), Column::direct(peer, Rust));
    [client, server, client.tls(), server.tls()]
}

/// The C++ peer is the one that can do most.
const fn through(proxy: Proxy) -> [Column; 3] {
    let client = Column::through(proxy, Rust, Cpp);
    [client, Column::through(proxy, Cpp, Rust), client.tls()]
}

/// Runs all groups, or those whose names begin with one of `wanted`, and prints the matrix.
pub fn print(project: &Project, wanted: &[&str]) -> ExitCode {
    let mut runner = match Runner::new(project) {
        Ok(runner) => runner,
        Err(why) => {
            eprintln!("error: {why}");
            return ExitCode::FAILURE;
        }
    };
    let build = |log: &Path| Outcome::of(cargo::build(project, "rsgrpc-interop", log).map(|()| 0));
    runner.step("interop: build", build);
    let matrix = run(project, &mut runner, |name| {
        wanted.is_empty() || wanted.iter().any(|wanted| name.starts_with(&format!("interop: {wanted}")))
    });
    println!("\n{matrix}");
    runner.finish()
}

/// Runs each group as a step, and what is tried with connections.
pub fn run(project: &Project, runner: &mut Runner, wanted: impl Fn(&str) -> bool) -> Matrix {
    let mut matrix = Matrix::default();
    for (name, columns) in GROUPS {
        let name = format!("interop: {name}");
        if wanted(&name) {
            runner.step(&name, |log| match group(project, columns, log) {
                Ok(results) => {
                    let cells = results.iter();
                    let cells =
                        cells.flat_map(|(column, cells)| cells.iter().map(move |cell| (column, cell)));
                    let outcome = outcome(cells);
                    matrix.columns.extend(results);
                    outcome
                }
                Err(missing) => Outcome::Skipped(missing),
            });
        }
    }
    let name = "interop: connections";
    if wanted(name) {
        runner.step(name, |log| match connections::run(project, log) {
            Ok(results) => {
                let outcome = outcome(results.iter().map(|(name, cell)| (name, cell)));
                matrix.connections = results;
                outcome
            }
            Err(missing) => Outcome::Skipped(missing),
        });
    }
    let columns: usize = GROUPS.iter().map(|(_, columns)| columns.len()).sum();
    if matrix.columns.len() == columns && !matrix.connections.is_empty() {
        runner.step("interop: documentation", |_| Outcome::of(documented(project, &matrix)));
    }
    matrix
}

/// Whether the matrix in the documentation is this one.
fn documented(project: &Project, matrix: &Matrix) -> Result<usize, String> {
    let matrix = matrix.to_string();
    match fs::read_to_string(project.root.join(SUMMARY)) {
        Ok(text) if text.contains(&matrix) => Ok(1),
        _ => Err(format!("{SUMMARY} does not hold this:\n{matrix}")),
    }
}

/// A column with a cell for each case.
type Results = Vec<(Column, Vec<Cell>)>;

/// Runs columns, as many at a time as there are processors.
fn group(project: &Project, columns: &[Column], log: &Path) -> Result<Results, Missing> {
    let session = Session::prepare(project, columns, log)?;
    let waiting: Mutex<VecDeque<(usize, Column)>> = Mutex::new(columns.iter().copied().enumerate().collect());
    let done = Mutex::new(Vec::new());
    let next = || waiting.lock().ok()?.pop_front();
    let work = || {
        while let Some((index, column)) = next() {
            let cells = session.run(column, &log.with_extension(index.to_string()));
            if let Ok(mut done) = done.lock() {
                done.push((index, column, cells));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().map_err(|_| "a column has panicked")?;
    done.sort_by_key(|(index, ..)| *index);
    Ok(done.into_iter().map(|(_, column, cells)| (column, cells)).collect())
}

fn outcome<'a>(cells: impl Iterator<Item = (impl fmt::Display, &'a Cell)>) -> Outcome {
    let (mut passed, mut failures) = (0, Vec::new());
    for (place, cell) in cells {
        match cell {
            Cell::Passed => passed += 1,
            Cell::Failed(why) => failures.push(format!("{place}: {why}")),
            Cell::Unable => {}
        }
    }
    let failed = failures.len();
    if failed == 0 && passed > 0 {
        return Outcome::Passed(passed);
    }
    // Where nothing ran, all cases say the same.
    failures.dedup();
    Outcome::Failed { passed, failed: failed.max(1), why: failures.join("\n") }
}
