//! Memory of the server: what a connection, a stream and a call take.

use std::io;
use std::time::Instant;

use super::table::{Measurement, Unit};
use super::{both, client, server};
use crate::call::Call;

/// tonic's memory ÷ ours: at most 0.7 of it.
const TARGET: f64 = 1.43;
/// Connections that do nothing.
const IDLE: usize = 2_000;
/// Connections with streams, and streams on each; hyper accepts 200.
const BUSY: usize = 100;
const STREAMS: usize = 100;
/// Connections with 100,000 streams in all.
const MANY: usize = 1_000;

pub fn all() -> io::Result<Vec<Measurement>> {
    let measurement = |name, values| Measurement::new(name, Unit::Bytes, values).target(TARGET);
    Ok(vec![
        measurement("memory of an idle connection", both(idle)?),
        measurement("memory of an open stream", both(|peer| held(peer, Call::Bidi))?),
        measurement("memory of a call in flight", both(|peer| held(peer, Call::Sleep))?),
    ])
}

/// Each connection has made a call before.
fn idle(peer: &'static str) -> io::Result<f64> {
    let (server, port) = server(peer)?;
    let _first = client(port, 1)?;
    let before = server.memory()?;
    let _others = client(port, IDLE)?;
    Ok(server.memory()?.saturating_sub(before) as f64 / IDLE as f64)
}

fn held(peer: &'static str, call: Call) -> io::Result<f64> {
    let (server, port) = server(peer)?;
    let mut client = client(port, BUSY)?;
    let before = server.memory()?;
    client.hold(call, STREAMS)?;
    // Behind all that were opened, so that they have arrived.
    client.hold(Call::Bidi, 1)?;
    Ok(server.memory()?.saturating_sub(before) as f64 / (BUSY * STREAMS) as f64)
}

/// 100,000 streams both ways, each of which has had a message back.
pub fn many_streams() -> io::Result<Vec<Measurement>> {
    let [ours, theirs] = both(|peer| {
        let (server, port) = server(peer)?;
        let mut client = client(port, MANY)?;
        let (before, start) = ((server.memory()?, server.cpu()?), Instant::now());
        client.hold(Call::Bidi, STREAMS)?;
        let streams = (MANY * STREAMS) as f64;
        let memory = server.memory()?.saturating_sub(before.0) as f64;
        let cpu = (server.cpu()? - before.1).as_secs_f64();
        Ok((memory / streams, cpu * 1e6 / streams, streams / start.elapsed().as_secs_f64()))
    })?;
    Ok(vec![
        Measurement::new("100,000 open streams, memory of each", Unit::Bytes, [ours.0, theirs.0]),
        Measurement::new("100,000 open streams, CPU of each", Unit::Micros, [ours.1, theirs.1]),
        Measurement::new("100,000 open streams, opened", Unit::PerSecond, [ours.2, theirs.2]),
    ])
}
