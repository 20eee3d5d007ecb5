//! The rounds: every peer does the same for the same time, one after the other,
//! so that whatever else the machine does falls on all of them.

use std::io;
use std::time::Duration;

use crate::child::Process;
use crate::peer::{PEERS, raw};
use crate::workload::{Flavor, Workload};

/// Which side is measured; the other one is always [`raw`].
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

/// How much to measure.
#[derive(Clone, Copy)]
pub struct Effort {
    pub rounds: usize,
    /// How long a peer is measured in a round.
    pub turn: Duration,
}

/// What a message took on the side that is measured, in microseconds of CPU
/// time, and how many there were in a second.
#[derive(Clone, Copy)]
pub struct Sample {
    pub cpu: f64,
    pub rate: f64,
}

/// A peer's two processes, one of which is [`raw`].
struct Pair {
    server: Process,
    client: Process,
    side: Side,
}

impl Pair {
    fn start(peer: &str, side: Side, flavor: Flavor) -> io::Result<Self> {
        // The other side has one thread, so that it leaves the other core alone.
        let (server, client) = match side {
            Side::Server => ((peer, flavor), (raw::NAME, Flavor::Current)),
            Side::Client => ((raw::NAME, Flavor::Current), (peer, flavor)),
        };
        let (server, port) = Process::serve(server.0, server.1)?;
        let client = Process::load(client.0, client.1, &port)?;
        Ok(Self { server, client, side })
    }

    fn run(&mut self, workload: Workload, time: Duration) -> io::Result<Sample> {
        let before = self.cpu()?;
        let (calls, took) = self.client.order(workload, time)?;
        let cpu = self.cpu()?.saturating_sub(before);
        let messages = (calls * workload.kind.messages()) as f64;
        Ok(Sample { cpu: cpu.as_secs_f64() * 1e6 / messages, rate: messages / took.as_secs_f64() })
    }

    fn cpu(&self) -> io::Result<Duration> {
        match self.side {
            Side::Server => self.server.cpu(),
            Side::Client => self.client.cpu(),
        }
    }
}

/// Measures all peers at all workloads; the samples of each peer come in the
/// order of [`PEERS`].
pub fn measure(
    side: Side,
    flavor: Flavor,
    workloads: &[Workload],
    effort: Effort,
) -> io::Result<Vec<(Workload, [Vec<Sample>; PEERS.len()])>> {
    let mut pairs =
        PEERS.into_iter().map(|peer| Pair::start(peer, side, flavor)).collect::<io::Result<Vec<Pair>>>()?;
    let mut results = Vec::new();
    for &workload in workloads {
        for pair in &mut pairs {
            pair.run(workload, effort.turn / 2)?; // buffers grow, code is paged in
        }
        let mut samples = [const { Vec::new() }; PEERS.len()];
        for round in 0..effort.rounds {
            for turn in 0..pairs.len() {
                let at = (round + turn) % pairs.len();
                samples[at].push(pairs[at].run(workload, effort.turn)?);
            }
        }
        results.push((workload, samples));
    }
    Ok(results)
}
