//! Connections that come and go.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::{Client, Load};
use crate::call::Call;

/// Connections at a time.
const WIDTH: usize = 16;

/// Connects, makes a call and goes away, for as many milliseconds as the order
/// says. What is counted are the calls; the time of a call is that of all three.
pub async fn run<C: Client>(connect: &impl AsyncFn() -> C, order: &str) -> Load {
    let time = Duration::from_millis(order.parse().expect("a number of milliseconds"));
    let start = Instant::now();
    let caller = || async {
        let mut latencies = Vec::new();
        while start.elapsed() < time {
            let begin = Instant::now();
            connect().await.call(Call::Small, 0).await;
            latencies.push(begin.elapsed());
        }
        latencies
    };
    let latencies = join_all((0..WIDTH).map(|_| caller())).await.concat();
    Load::new(latencies, start.elapsed())
}
