//! What is measured, and which ratios are wanted.

use crate::call::Call;
use crate::peer;
use crate::setup::Setup;

/// Which side is measured; the other one is always [`peer::raw`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Server,
    Client,
}

impl Side {
    pub const ALL: [Self; 2] = [Self::Server, Self::Client];

    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

/// Calls of a kind on so many connections, with so many in flight on each.
#[derive(Clone, Copy)]
pub struct Workload {
    pub side: Side,
    pub name: &'static str,
    pub call: Call,
    pub connections: usize,
    pub in_flight: usize,
    /// Of the side that is measured.
    pub setup: Setup,
    pub targets: &'static [Target],
    /// Whether `--quick` takes it.
    pub quick: bool,
}

/// The least that a ratio should be.
pub struct Target {
    pub peer: &'static str,
    pub measure: Measure,
    pub ratio: f64,
}

/// What a ratio is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measure {
    /// The peer's CPU time for a message ÷ ours.
    Cpu,
    /// Our messages per second ÷ the peer's.
    Rate,
    /// The peer's 99th percentile of latency ÷ ours.
    P99,
}

impl Measure {
    pub const ALL: [Self; 3] = [Self::Cpu, Self::Rate, Self::P99];

    /// What a workload's name is followed by; nothing for the usual.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Cpu => "",
            Self::Rate => ", rate",
            Self::P99 => ", p99",
        }
    }
}

impl Workload {
    const fn server(name: &'static str, call: Call, in_flight: usize, setup: Setup) -> Self {
        let side = Side::Server;
        Self { side, name, call, connections: 1, in_flight, setup, targets: &[], quick: false }
    }

    const fn client(name: &'static str, call: Call, in_flight: usize, setup: Setup) -> Self {
        Self { side: Side::Client, ..Self::server(name, call, in_flight, setup) }
    }

    const fn connections(self, connections: usize) -> Self {
        Self { connections, ..self }
    }

    const fn targets(self, targets: &'static [Target]) -> Self {
        Self { targets, ..self }
    }

    const fn quick(self) -> Self {
        Self { quick: true, ..self }
    }

    /// As `--only` and JSON have it.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.side.name(), self.name)
    }

    /// The ratio that is wanted to `peer`.
    pub fn target(&self, peer: &str, measure: Measure) -> Option<f64> {
        let target = self.targets.iter().find(|target| target.peer == peer && target.measure == measure);
        target.map(|target| target.ratio)
    }
}

const fn cpu(peer: &'static str, ratio: f64) -> Target {
    Target { peer, measure: Measure::Cpu, ratio }
}

/// tonic's CPU time ÷ ours.
macro_rules! tonic {
    ($ratio:literal) => {
        &[cpu(peer::tonic::NAME, $ratio)]
    };
}

const TLS: Setup = Setup { tls: true, ..Setup::CURRENT };
const GZIP: Setup = Setup { gzip: true, ..Setup::CURRENT };

/// Everything that is measured, with its targets.
pub const WORKLOADS: [Workload; 26] = [
    Workload::server("unary x1", Call::Small, 1, Setup::CURRENT).targets(tonic!(1.05)).quick(),
    Workload::server("unary x16", Call::Small, 16, Setup::CURRENT).targets(tonic!(1.4)),
    Workload::server("unary x64", Call::Small, 64, Setup::CURRENT)
        .targets(&[cpu(peer::tonic::NAME, 1.55), cpu(peer::raw::NAME, 0.88)])
        .quick(),
    Workload::server("unary x256", Call::Small, 256, Setup::CURRENT).targets(tonic!(1.6)),
    Workload::server("unary x64, 1 worker", Call::Small, 64, Setup::MULTI).targets(tonic!(3.2)).quick(),
    Workload::server("unary x64, 2 workers", Call::Small, 64, Setup::multi(2)).targets(tonic!(2.8)),
    Workload::server("unary 8 x64", Call::Small, 64, Setup::CURRENT).connections(8).targets(tonic!(1.4)),
    Workload::server("unary 8 x64, 2 workers", Call::Small, 64, Setup::multi(2))
        .connections(8)
        .targets(tonic!(2.5)),
    Workload::server("200 µs of work x64, 2 workers", Call::Work, 64, Setup::multi(2)).targets(&[
        Target { peer: peer::tonic::NAME, measure: Measure::Rate, ratio: 0.95 },
        Target { peer: peer::tonic::NAME, measure: Measure::P99, ratio: 1.0 },
    ]),
    Workload::server("a tenth sleeps 1 ms x64", Call::Nap, 64, Setup::CURRENT).targets(tonic!(1.4)),
    Workload::server("log ingest x16", Call::Ingest, 16, Setup::CURRENT).targets(tonic!(1.5)).quick(),
    Workload::server("log ingest, view x16", Call::IngestView, 16, Setup::CURRENT)
        .targets(&[cpu(peer::tonic::NAME, 3.0), cpu(peer::connectrpc::NAME, 1.2)])
        .quick(),
    Workload::server("stream of 10,000", Call::Repeat, 1, Setup::CURRENT).targets(tonic!(1.5)).quick(),
    Workload::server("bidi x64", Call::Bidi, 64, Setup::CURRENT).targets(tonic!(1.3)).quick(),
    Workload::server("1 MiB x2", Call::Large, 2, Setup::CURRENT).targets(tonic!(1.3)).quick(),
    Workload::server("4 MiB x2", Call::Huge, 2, Setup::CURRENT).targets(tonic!(1.5)),
    Workload::server("TLS, unary x64", Call::Small, 64, TLS).targets(tonic!(1.4)),
    Workload::server("gzip, 10 kB x16", Call::Text, 16, GZIP).targets(tonic!(1.0)),
    Workload::client("unary x1", Call::Small, 1, Setup::CURRENT),
    Workload::client("unary x16", Call::Small, 16, Setup::CURRENT).targets(tonic!(1.8)),
    Workload::client("unary x64", Call::Small, 64, Setup::CURRENT).targets(tonic!(2.0)).quick(),
    Workload::client("unary x256", Call::Small, 256, Setup::CURRENT).targets(tonic!(2.4)),
    Workload::client("unary x64, 2 workers", Call::Small, 64, Setup::multi(2)).targets(tonic!(4.0)).quick(),
    Workload::client("stream of 10,000", Call::Repeat, 1, Setup::CURRENT).targets(tonic!(1.5)).quick(),
    Workload::client("bidi x64", Call::Bidi, 64, Setup::CURRENT),
    Workload::client("1 MiB x2", Call::Large, 2, Setup::CURRENT),
];
