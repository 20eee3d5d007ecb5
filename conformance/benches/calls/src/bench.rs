//! The rounds: every peer does the same for the same time, one after the other,
//! so that whatever else the machine does falls on all of them.

use std::io;
use std::time::Duration;

use crate::cores::Cores;
use crate::load::Order;
use crate::peer::{self, raw};
use crate::process::Process;
use crate::segments;
use crate::workload::{Measure, Side, Workload};

/// How much to measure.
#[derive(Clone, Copy)]
pub struct Effort {
    pub rounds: usize,
    /// How long a peer is measured in a round.
    pub turn: Duration,
}

/// A turn of a peer.
#[derive(Clone, Copy)]
pub struct Sample {
    /// What a message took on the side that is measured, in microseconds of CPU
    /// time.
    pub cpu: f64,
    /// Messages per second.
    pub rate: f64,
    /// Latencies of calls, in microseconds.
    pub p50: f64,
    pub p99: f64,
    /// TCP segments for each message.
    pub writes: f64,
}

impl Sample {
    /// How many times as well as `other` it does.
    pub fn over(&self, other: &Self, measure: Measure) -> f64 {
        match measure {
            Measure::Cpu => other.cpu / self.cpu,
            Measure::Rate => self.rate / other.rate,
            Measure::P99 => other.p99 / self.p99,
        }
    }
}

/// A peer's two processes, one of which is [`raw`].
struct Pair {
    server: Process,
    client: Process,
    port: u16,
    workload: Workload,
}

impl Pair {
    fn start(peer: &str, workload: Workload) -> io::Result<Self> {
        let Workload { side, setup, connections, .. } = workload;
        let cores = if setup.cores() == 1 { Cores::First } else { Cores::Both };
        let other = (raw::NAME, setup.single(), Cores::Second);
        let (server, client) = match side {
            Side::Server => ((peer, setup, cores), other),
            Side::Client => (other, (peer, setup, cores)),
        };
        let (server, port) = Process::serve(server.0, server.1, server.2)?;
        let client = Process::load(client.0, client.1, client.2, port, connections)?;
        Ok(Self { server, client, port, workload })
    }

    fn run(&mut self, time: Duration) -> io::Result<Sample> {
        let Workload { side, call, in_flight, .. } = self.workload;
        let sent = segments::sent(side, self.port)?;
        let before = self.cpu()?;
        let load = self.client.order(Order::new(call, in_flight, time))?;
        let cpu = self.cpu()?.saturating_sub(before);
        let writes = match (sent, segments::sent(side, self.port)?) {
            (Some(before), Some(after)) => after.saturating_sub(before) as f64,
            _ => f64::NAN,
        };
        let messages = (load.calls * call.messages()) as f64;
        Ok(Sample {
            cpu: cpu.as_secs_f64() * 1e6 / messages,
            rate: messages / load.took.as_secs_f64(),
            p50: load.p50.as_secs_f64() * 1e6,
            p99: load.p99.as_secs_f64() * 1e6,
            writes: writes / messages,
        })
    }

    fn cpu(&self) -> io::Result<Duration> {
        match self.workload.side {
            Side::Server => self.server.cpu(),
            Side::Client => self.client.cpu(),
        }
    }
}

/// A peer's name and its samples, one for each round.
pub type Series = (&'static str, Vec<Sample>);

/// Measures all peers that take part, ours last.
pub fn measure(workload: Workload, effort: Effort) -> io::Result<Vec<Series>> {
    let mut pairs = Vec::new();
    for peer in peer::of(&workload) {
        let mut pair = Pair::start(peer, workload)?;
        pair.run(effort.turn / 2)?; // buffers grow, code is paged in
        pairs.push((peer, pair, Vec::new()));
    }
    for round in 0..effort.rounds {
        let count = pairs.len();
        for turn in 0..count {
            let (_, pair, samples) = &mut pairs[(round + turn) % count];
            samples.push(pair.run(effort.turn)?);
        }
    }
    Ok(pairs.into_iter().map(|(peer, _, samples)| (peer, samples)).collect())
}
