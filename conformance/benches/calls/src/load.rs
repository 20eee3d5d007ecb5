//! The side that calls: so many calls at a time, for so long.

use std::io::{BufRead, Write, stdin, stdout};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::workload::{Flavor, Kind, Workload};

/// Longer than any call takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client, on one connection.
pub trait Client: Clone + Send + Sync + 'static {
    /// Makes a call of this kind and checks what comes back.
    fn call(&self, kind: Kind) -> impl Future<Output = ()> + Send;
}

/// Obeys lines of the form "kind in-flight milliseconds", answering each with
/// "calls nanoseconds", until there are no more.
pub fn obey<C: Client>(flavor: Flavor, connect: impl AsyncFnOnce() -> C) {
    let runtime = flavor.runtime();
    let client = runtime.block_on(connect());
    for line in stdin().lock().lines() {
        let line = line.expect("orders are text");
        let (workload, time) = parse(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let (calls, took) = runtime.block_on(run(&client, workload, time));
        println!("{calls} {}", took.as_nanos());
        stdout().flush().expect("somebody listens");
    }
}

/// The order for a load.
pub fn order(workload: Workload, time: Duration) -> String {
    format!("{} {} {}", workload.kind, workload.in_flight, time.as_millis())
}

fn parse(line: &str) -> Result<(Workload, Duration), String> {
    let mut words = line.split(' ');
    let mut word = || words.next().ok_or("an order has three words");
    let kind = Kind::from_str(word()?)?;
    let in_flight = word()?.parse().map_err(|_| "not a number of calls")?;
    let millis = word()?.parse().map_err(|_| "not a time")?;
    Ok((Workload { kind, in_flight }, Duration::from_millis(millis)))
}

async fn run<C: Client>(client: &C, workload: Workload, time: Duration) -> (u64, Duration) {
    let calls = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..workload.in_flight {
        let (client, calls) = (client.clone(), calls.clone());
        tasks.push(tokio::spawn(async move {
            while start.elapsed() < time {
                client.call(workload.kind).await;
                calls.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    for task in tasks {
        tokio::time::timeout(PATIENCE, task).await.expect("no call hangs").expect("no call fails");
    }
    (calls.load(Ordering::Relaxed), start.elapsed())
}
