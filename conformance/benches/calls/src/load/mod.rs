//! The side that calls: so many calls at a time, for so long.

mod churn;
mod hold;
mod order;

pub use order::{Load, Order};

use std::io::{BufRead, Write, stdin, stdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::call::Call;
use crate::setup::Setup;

/// Longer than any call takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client, on one connection.
pub trait Client: Clone + Send + Sync + 'static {
    /// Makes a call of this kind, the `turn`th of them, and checks what comes
    /// back.
    fn call(&self, call: Call, turn: usize) -> impl Future<Output = ()> + Send;

    /// Opens a call that stays open as long as what this returns.
    fn open(&self, call: Call) -> impl Future<Output = Box<dyn Send>> + Send {
        async move { unreachable!("{call} is held open by the raw client") }
    }
}

/// Obeys the orders that come on standard input, answering each with a line,
/// until there are no more.
pub fn obey<C: Client>(setup: Setup, connections: usize, connect: impl AsyncFn() -> C) {
    let runtime = setup.runtime();
    let mut clients = Vec::new();
    for _ in 0..connections {
        let client = runtime.block_on(connect());
        runtime.block_on(client.call(Call::Small, 0));
        clients.push(client);
    }
    let answer = |line: &str| {
        println!("{line}");
        stdout().flush().expect("somebody listens");
    };
    answer("ready");
    let mut held = Vec::new();
    for line in stdin().lock().lines() {
        let line = line.expect("orders are text");
        if let Some(order) = line.strip_prefix("hold ") {
            held.extend(runtime.block_on(hold::open(&clients, order)));
            answer("held");
        } else if let Some(order) = line.strip_prefix("churn ") {
            answer(&runtime.block_on(churn::run(&connect, order)).to_string());
        } else {
            let order = line.parse().unwrap_or_else(|error| panic!("{line}: {error}"));
            answer(&runtime.block_on(run(&clients, order)).to_string());
        }
    }
}

/// Each caller is a task. There are so many for each connection, or so many in
/// all that take connections in turn.
async fn run<C: Client>(clients: &[C], order: Order) -> Load {
    let (clients, next) = (Arc::new(clients.to_vec()), Arc::new(AtomicUsize::new(0)));
    let callers = if order.roaming { order.in_flight } else { order.in_flight * clients.len() };
    let start = Instant::now();
    let caller = |number: usize| {
        let (clients, next) = (clients.clone(), next.clone());
        tokio::spawn(async move {
            let mut latencies = Vec::new();
            let mut at = start;
            while at.duration_since(start) < order.time {
                let turn = next.fetch_add(1, Ordering::Relaxed);
                if turn >= order.calls {
                    break;
                }
                let client = if order.roaming { turn } else { number };
                clients[client % clients.len()].call(order.call, turn).await;
                let end = Instant::now();
                latencies.push(end.duration_since(at));
                at = end;
            }
            latencies
        })
    };
    let beside = |(call, client): (Call, &C)| {
        let client = client.clone();
        tokio::spawn(async move {
            while start.elapsed() < order.time {
                client.call(call, 0).await;
            }
        })
    };
    let beside: Vec<_> = order
        .beside
        .iter()
        .flat_map(|call| clients.iter().map(|client| (*call, client)))
        .map(beside)
        .collect();
    let callers: Vec<_> = (0..callers).map(caller).collect();
    let mut latencies = Vec::new();
    for beside in beside {
        beside.await.expect("no call fails");
    }
    for caller in callers {
        let done = tokio::time::timeout(order.time + PATIENCE, caller).await;
        latencies.extend(done.expect("no call hangs").expect("no call fails"));
    }
    Load::new(latencies, start.elapsed())
}
