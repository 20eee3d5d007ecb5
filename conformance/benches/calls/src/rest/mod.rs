//! REST with JSON against gRPC, as the articles compare them: the same product
//! from an axum server and from ours.

mod json;
mod proto;

pub use json::{Rest, serve as serve_rest};
pub use proto::{Grpc, serve as serve_grpc};

use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

use bench_report::median;
use rsgrpc::Message;

use crate::call::Call;
use crate::cores::Cores;
use crate::load::Order;
use crate::process::Process;
use crate::report::{micros, thousands};
use crate::setup::Setup;

pub const REST: &str = "REST with JSON";
pub const GRPC: &str = "gRPC";

const REQUESTS: usize = 1_000;
const CONNECTIONS: usize = 10;
const ROUNDS: usize = 15;

/// What is compared, for REST and for gRPC.
pub struct Line {
    name: &'static str,
    unit: Unit,
    values: [f64; 2],
}

#[derive(PartialEq, Eq)]
enum Unit {
    Bytes,
    Micros,
    PerSecond,
}

impl Line {
    /// How many times as well gRPC does.
    fn ratio(&self) -> f64 {
        let [rest, grpc] = self.values;
        if self.unit == Unit::PerSecond { grpc / rest } else { rest / grpc }
    }
}

pub fn run() -> io::Result<Vec<Line>> {
    let mut lines = messages();
    lines.extend(calls()?);
    Ok(lines)
}

/// The product alone, in this process.
fn messages() -> Vec<Line> {
    let (rest, grpc) = (json::Product::example(), proto::example());
    let (text, bytes) = (rest.to_json(), grpc.encode());
    let sizes = [text.len() as f64, bytes.len() as f64];
    let write = [time(|| rest.to_json()), time(|| grpc.encode())];
    let read = [
        time(|| json::Product::from_json(&text)),
        time(|| proto::Product::decode(&bytes).expect("a product")),
    ];
    vec![
        Line { name: "payload size", unit: Unit::Bytes, values: sizes },
        Line { name: "serialization", unit: Unit::Micros, values: write },
        Line { name: "deserialization", unit: Unit::Micros, values: read },
    ]
}

/// Microseconds of a pass: the median of some thousand.
fn time<T>(mut pass: impl FnMut() -> T) -> f64 {
    const PASSES: u32 = 1_000;
    let mut rounds = Vec::new();
    for _ in 0..51 {
        let start = Instant::now();
        (0..PASSES).for_each(|_| drop(black_box(pass())));
        rounds.push(start.elapsed().as_secs_f64() * 1e6 / f64::from(PASSES));
    }
    median(rounds)
}

/// 1,000 requests on 10 connections, over and over.
fn calls() -> io::Result<Vec<Line>> {
    let start = |peer| {
        let (server, port) = Process::serve(peer, Setup::CURRENT, Cores::First)?;
        let client = Process::load(peer, Setup::CURRENT, Cores::Second, port, CONNECTIONS)?;
        Ok::<_, io::Error>((server, client))
    };
    let mut pairs = [start(REST)?, start(GRPC)?];
    let mut rounds = [const { [const { Vec::new() }; 4] }; 2];
    let order = Order { calls: REQUESTS, ..Order::new(Call::Small, 1, Duration::from_secs(30)) };
    for _ in 0..ROUNDS {
        for ((server, client), [p50, p99, rate, cpu]) in pairs.iter_mut().zip(&mut rounds) {
            let before = server.cpu()?;
            let load = client.order(order)?;
            p50.push(load.p50.as_secs_f64() * 1e6);
            p99.push(load.p99.as_secs_f64() * 1e6);
            rate.push(load.calls as f64 / load.took.as_secs_f64());
            cpu.push((server.cpu()? - before).as_secs_f64() * 1e6 / load.calls as f64);
        }
    }
    let [rest, grpc] = rounds.map(|values| values.map(median));
    let names = ["latency, p50", "latency, p99", "throughput", "server CPU of a request"];
    let units = [Unit::Micros, Unit::Micros, Unit::PerSecond, Unit::Micros];
    let values = rest.into_iter().zip(grpc).map(<[f64; 2]>::from);
    let lines = names.into_iter().zip(units).zip(values);
    Ok(lines.map(|((name, unit), values)| Line { name, unit, values }).collect())
}

/// Lines of JSON.
pub fn json(lines: &[Line]) -> String {
    lines.iter().map(|line| bench_report::json(line.name, REST, line.ratio(), None)).collect()
}

/// A Markdown table.
pub fn table(lines: &[Line]) -> String {
    let mut text = format!("| | {REST} | {GRPC} | ratio |\n|---|---:|---:|---:|\n");
    for line in lines {
        let [rest, grpc] = line.values.map(|value| match line.unit {
            Unit::Bytes => format!("{value:.0} B"),
            Unit::Micros => micros(value),
            Unit::PerSecond => format!("{}/s", thousands(value)),
        });
        text += &format!("| {} | {rest} | {grpc} | **{:.1}** |\n", line.name, line.ratio());
    }
    text
}
