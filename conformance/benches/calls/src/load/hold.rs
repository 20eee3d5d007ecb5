//! Calls that are opened and stay open.

use std::time::Duration;

use futures_util::future::join_all;

use super::Client;

/// Longer than it takes to open all.
const PATIENCE: Duration = Duration::from_secs(60);

/// Opens as many calls of a kind on each connection as the order says, all of a
/// connection at a time.
pub async fn open<C: Client>(clients: &[C], order: &str) -> Vec<Box<dyn Send>> {
    let (call, count) = order.split_once(' ').expect("a kind and a number");
    let call = call.parse().expect("a kind of call");
    let count: usize = count.parse().expect("a number of calls");
    let mut held = Vec::with_capacity(clients.len() * count);
    for client in clients {
        let opened = join_all((0..count).map(|_| client.open(call)));
        held.extend(tokio::time::timeout(PATIENCE, opened).await.expect("no call hangs"));
    }
    held
}
