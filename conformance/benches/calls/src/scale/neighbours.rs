//! Calls on one connection that could be in each other's way.

use std::io;
use std::time::Duration;

use bench_report::median;

use super::table::{Measurement, Unit};
use super::{both, client, server};
use crate::call::Call;
use crate::load::Order;
use crate::peer::rsgrpc;

const ROUNDS: usize = 5;
const TURN: Duration = Duration::from_millis(300);

/// Streams that nobody reads, with responses without end.
const UNREAD: usize = 8;

/// This project's calls per second on a connection with streams that are not
/// read, and on one without.
pub fn slow_consumer() -> io::Result<Vec<Measurement>> {
    let (_server, port) = server(rsgrpc::NAME)?;
    let mut clients = [client(port, 1)?, client(port, 1)?];
    clients[0].hold(Call::Flood, UNREAD)?;
    let mut rates = [const { Vec::new() }; 2];
    for _ in 0..ROUNDS {
        for (client, rates) in clients.iter_mut().zip(&mut rates) {
            let load = client.order(Order::new(Call::Small, 16, TURN))?;
            rates.push(load.calls as f64 / load.took.as_secs_f64());
        }
    }
    let rates =
        Measurement::new("calls beside 8 streams that nobody reads", Unit::PerSecond, rates.map(median));
    Ok(vec![Measurement { other: "without them", ..rates }.target(0.9)])
}

/// Latencies of small calls beside messages of 1 MiB, one at a time.
pub fn large_beside_small() -> io::Result<Vec<Measurement>> {
    let mut pairs = both(|peer| {
        let (server, port) = server(peer)?;
        Ok((server, client(port, 1)?))
    })?;
    let mut rounds = [const { (Vec::new(), Vec::new()) }; 2];
    for _ in 0..ROUNDS {
        for ((_, client), (p50, p99)) in pairs.iter_mut().zip(&mut rounds) {
            let order = Order { beside: Some(Call::Large), ..Order::new(Call::Small, 4, TURN) };
            let load = client.order(order)?;
            p50.push(load.p50.as_secs_f64() * 1e6);
            p99.push(load.p99.as_secs_f64() * 1e6);
        }
    }
    let [ours, theirs] = rounds.map(|(p50, p99)| (median(p50), median(p99)));
    Ok(vec![
        Measurement::new("p50 of a small call beside 1 MiB", Unit::Micros, [ours.0, theirs.0]),
        Measurement::new("p99 of a small call beside 1 MiB", Unit::Micros, [ours.1, theirs.1]).target(1.0),
    ])
}
