//! Calls on one connection that could be in each other's way.

use std::io;
use std::time::Duration;

use bench_report::median;

use super::table::{Measurement, Unit};
use super::{both, client, server};
use crate::call::Call;
use crate::load::Order;
use crate::process::Process;

const ROUNDS: usize = 5;
const TURN: Duration = Duration::from_millis(300);

/// Streams that nobody reads, with responses without end.
const UNREAD: usize = 8;

/// The part of the calls per second that is left when some streams of the same
/// connection are not read.
pub fn slow_consumer() -> io::Result<Vec<Measurement>> {
    let left = both(|peer| {
        let (_server, port) = server(peer)?;
        let mut client = client(port, 1)?;
        let before = rate(&mut client)?;
        client.hold(Call::Flood, UNREAD)?;
        Ok(rate(&mut client)? / before)
    })?;
    Ok(vec![Measurement::new("calls left beside 8 streams that nobody reads", Unit::Part, left).target(0.9)])
}

fn rate(client: &mut Process) -> io::Result<f64> {
    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        let load = client.order(Order::new(Call::Small, 16, TURN))?;
        rates.push(load.calls as f64 / load.took.as_secs_f64());
    }
    Ok(median(rates))
}

/// Latencies of small calls beside messages of 1 MiB, one at a time.
pub fn large_beside_small() -> io::Result<Vec<Measurement>> {
    let [ours, theirs] = both(|peer| {
        let (_server, port) = server(peer)?;
        let mut client = client(port, 1)?;
        let (mut p50, mut p99) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let order = Order { beside: Some(Call::Large), ..Order::new(Call::Small, 4, TURN) };
            let load = client.order(order)?;
            p50.push(load.p50.as_secs_f64() * 1e6);
            p99.push(load.p99.as_secs_f64() * 1e6);
        }
        Ok((median(p50), median(p99)))
    })?;
    Ok(vec![
        Measurement::new("p50 of a small call beside 1 MiB", Unit::Micros, [ours.0, theirs.0]),
        Measurement::new("p99 of a small call beside 1 MiB", Unit::Micros, [ours.1, theirs.1]).target(1.0),
    ])
}
