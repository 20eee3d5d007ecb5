//! Many connections, many streams, and loads that could be in each other's way:
//! this project's server against tonic's.

mod connections;
mod memory;
mod neighbours;
mod table;

use std::io;

use table::Measurement;
pub use table::{json, table};

use crate::cores::Cores;
use crate::peer::{raw, rsgrpc, tonic};
use crate::process::Process;
use crate::setup::Setup;

type Topic = (&'static str, fn() -> io::Result<Vec<Measurement>>);

const TOPICS: [Topic; 7] = [
    ("memory", memory::all),
    ("connections", connections::counts),
    ("streams", memory::many_streams),
    ("churn", connections::churn),
    ("slow consumer", neighbours::slow_consumer),
    ("large beside small", neighbours::large_beside_small),
    ("thread per core", connections::thread_per_core),
];

/// Measures the topics that have `only` in their names; tells each measurement.
pub fn run(only: &str, mut tell: impl FnMut(&Measurement)) -> Result<Vec<Measurement>, String> {
    let mut all = Vec::new();
    for (topic, measure) in TOPICS.into_iter().filter(|topic| topic.0.contains(only)) {
        let measurements = measure().map_err(|error| format!("{topic}: {error}"))?;
        measurements.iter().for_each(&mut tell);
        all.extend(measurements);
    }
    Ok(all)
}

/// Something of each of the two: ours, then tonic's.
fn both<T>(mut measure: impl FnMut(&'static str) -> io::Result<T>) -> io::Result<[T; 2]> {
    Ok([measure(rsgrpc::NAME)?, measure(tonic::NAME)?])
}

/// A server on the first core.
fn server(peer: &str) -> io::Result<(Process, u16)> {
    Process::serve(peer, Setup::CURRENT, Cores::First)
}

/// A client on the second one.
fn client(port: u16, connections: usize) -> io::Result<Process> {
    Process::load(raw::NAME, Setup::CURRENT, Cores::Second, port, connections)
}
