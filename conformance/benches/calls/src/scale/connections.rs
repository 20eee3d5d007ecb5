//! Connections: many of them, new ones all the time, dealt out to threads.

use std::io;
use std::time::Duration;

use bench_report::median;

use super::table::{Measurement, Unit};
use super::{both, client, server};
use crate::call::Call;
use crate::cores::Cores;
use crate::load::Order;
use crate::peer::rsgrpc;
use crate::process::Process;
use crate::setup::{Setup, Threads};

const COUNTS: [usize; 5] = [1, 10, 100, 1_000, 10_000];
/// Calls in flight on all connections together.
const IN_FLIGHT: usize = 64;
const ROUNDS: usize = 5;
const TURN: Duration = Duration::from_millis(400);

/// CPU time of a call where each goes to the next of so many connections.
pub fn counts() -> io::Result<Vec<Measurement>> {
    let count = |count: usize| {
        let mut pairs = both(|peer| Pair::start(peer, count))?;
        let mut rounds = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            for (pair, rounds) in pairs.iter_mut().zip(&mut rounds) {
                rounds.push(pair.run()?);
            }
        }
        let name = format!("CPU of a call, connections: {count}");
        Ok(Measurement::new(name, Unit::Micros, rounds.map(median)))
    };
    COUNTS.into_iter().map(count).collect()
}

/// A server and two clients, since a process has 20,000 descriptors at most.
struct Pair {
    server: Process,
    clients: Vec<Process>,
}

impl Pair {
    fn start(peer: &'static str, connections: usize) -> io::Result<Self> {
        let (server, port) = server(peer)?;
        let shares = [connections / 2, connections - connections / 2];
        let shares = shares.into_iter().filter(|share| *share > 0);
        let clients = shares.map(|share| client(port, share)).collect::<io::Result<Vec<Process>>>()?;
        Ok(Self { server, clients })
    }

    /// Microseconds for a call.
    fn run(&mut self) -> io::Result<f64> {
        let in_flight = IN_FLIGHT / self.clients.len();
        let order = Order { roaming: true, ..Order::new(Call::Small, in_flight, TURN) };
        let before = self.server.cpu()?;
        for client in &mut self.clients {
            client.send(order)?;
        }
        let mut calls = 0;
        for client in &mut self.clients {
            calls += client.receive()?.calls;
        }
        Ok((self.server.cpu()? - before).as_secs_f64() * 1e6 / calls as f64)
    }
}

/// Connections that come, make a call and go, 16 at a time.
pub fn churn() -> io::Result<Vec<Measurement>> {
    let mut pairs = both(|peer| Pair::start(peer, 1))?;
    let mut rounds = [const { (Vec::new(), Vec::new()) }; 2];
    for _ in 0..ROUNDS {
        for (Pair { server, clients }, rounds) in pairs.iter_mut().zip(&mut rounds) {
            let before = server.cpu()?;
            let load = clients[0].churn(TURN)?;
            rounds.0.push((server.cpu()? - before).as_secs_f64() * 1e6 / load.calls as f64);
            rounds.1.push(load.calls as f64 / load.took.as_secs_f64());
        }
    }
    let [ours, theirs] = rounds.map(|(cpu, rate)| (median(cpu), median(rate)));
    Ok(vec![
        Measurement::new("CPU of a connection with one call", Unit::Micros, [ours.0, theirs.0]),
        Measurement::new("connections with one call", Unit::PerSecond, [ours.1, theirs.1]),
    ])
}

/// Two threads with a runtime each against a runtime with two threads: with little to do, and with much.
pub fn thread_per_core() -> io::Result<Vec<Measurement>> {
    let mut all = threads(IN_FLIGHT)?;
    all.extend(threads(8 * IN_FLIGHT)?);
    Ok(all)
}

fn threads(in_flight: usize) -> io::Result<Vec<Measurement>> {
    const CONNECTIONS: usize = 32;
    let start = |threads| {
        let (server, port) = Process::serve(rsgrpc::NAME, Setup { threads, ..Setup::CURRENT }, Cores::Both)?;
        Ok::<_, io::Error>((server, client(port, CONNECTIONS)?))
    };
    let mut pairs = [start(Threads::Each(2))?, start(Threads::Multi(2))?];
    let mut rounds = [const { (Vec::new(), Vec::new()) }; 2];
    for _ in 0..ROUNDS {
        for ((server, client), rounds) in pairs.iter_mut().zip(&mut rounds) {
            let before = server.cpu()?;
            let load = client.order(Order::new(Call::Small, in_flight / CONNECTIONS, TURN))?;
            rounds.0.push((server.cpu()? - before).as_secs_f64() * 1e6 / load.calls as f64);
            rounds.1.push(load.calls as f64 / load.took.as_secs_f64());
        }
    }
    let [ours, theirs] = rounds.map(|(cpu, rate)| (median(cpu), median(rate)));
    let other = "multi-thread runtime";
    let cpu = format!("thread per core, {in_flight} in flight, CPU of a call");
    let cpu = Measurement::new(cpu, Unit::Micros, [ours.0, theirs.0]);
    let rate = format!("thread per core, {in_flight} in flight, calls");
    let rate = Measurement::new(rate, Unit::PerSecond, [ours.1, theirs.1]);
    Ok(vec![Measurement { other, ..cpu }, Measurement { other, ..rate }])
}
