//! Many large calls: at a time, and one after the other.

use std::time::{Duration, Instant};

use rsgrpc::Status;
use rsgrpc_interop::proto::{SimpleResponse, TestServiceClient};
use rsgrpc_interop::{Flags, Result};
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

use crate::Client;
use crate::unary::{self, check_size};

const CONCURRENT: usize = 1000;

pub(crate) async fn concurrent_large_unary(client: Client) -> Result {
    let mut calls = JoinSet::new();
    for _ in 0..CONCURRENT {
        let client = client.clone();
        calls.spawn(async move { unary::large(&client).await });
    }
    while let Some(called) = calls.join_next().await {
        called??;
    }
    Ok(())
}

/// Many calls over one channel.
pub(crate) async fn rpc_soak(client: Client) -> Result {
    let soak = Soak::new(&client.flags)?;
    soak.run(|| Ok(client.service.clone())).await
}

/// Many calls, each over a channel of its own.
pub(crate) async fn channel_soak(client: Client) -> Result {
    let soak = Soak::new(&client.flags)?;
    soak.run(|| Ok(TestServiceClient::new(client.target.connect()?))).await
}

struct Soak {
    iterations: usize,
    max_failures: usize,
    max_latency: Duration,
    limit: Duration,
    pause: Duration,
    request_size: usize,
    response_size: usize,
}

impl Soak {
    /// The defaults are those of the other implementations.
    fn new(flags: &Flags) -> Result<Self> {
        let iterations = flags.parsed("soak_iterations", 10)?;
        let max_latency = flags.parsed("soak_per_iteration_max_acceptable_latency_ms", 1000)?;
        let limit = flags.parsed("soak_overall_timeout_seconds", iterations as u64 * max_latency / 1000)?;
        Ok(Self {
            iterations,
            max_failures: flags.parsed("soak_max_failures", 0)?,
            max_latency: Duration::from_millis(max_latency),
            limit: Duration::from_secs(limit),
            pause: Duration::from_millis(flags.parsed("soak_min_time_ms_between_rpcs", 0)?),
            request_size: flags.parsed("soak_request_size", 271_828)?,
            response_size: flags.parsed("soak_response_size", 314_159)?,
        })
    }

    /// Calls one after the other. Calls have no deadline, so that a slow one tells how slow it was.
    async fn run(&self, mut service: impl FnMut() -> Result<TestServiceClient>) -> Result {
        let (mut latencies, mut failures) = (Vec::with_capacity(self.iterations), Vec::new());
        let calls = async {
            for _ in 0..self.iterations {
                let begun = Instant::now();
                let response = service()?.unary_call(unary::request(self.request_size, self.response_size));
                let response: std::result::Result<SimpleResponse, Status> = response.await;
                let latency = begun.elapsed();
                match response.map_err(Into::into).and_then(|found| check_size(&found, self.response_size)) {
                    Err(error) => failures.push(error.to_string()),
                    Ok(()) if latency > self.max_latency => failures.push(format!("took {latency:?}")),
                    Ok(()) => {}
                }
                latencies.push(latency);
                sleep_until((begun + self.pause).into()).await;
            }
            Ok(())
        };
        let late = match timeout(self.limit, calls).await {
            Ok(done) => done.err().map(|error: Box<dyn std::error::Error + Send + Sync>| error.to_string()),
            Err(_) => Some(format!("not done within {:?}", self.limit)),
        };
        latencies.sort_unstable();
        let last = latencies.len().saturating_sub(1);
        let percentile = |part: usize| latencies.get(last * part / 100).copied().unwrap_or_default();
        println!(
            "soak: {} of {} calls, {} failures, 50 % within {:?}, 90 % within {:?}, all within {:?}",
            latencies.len(),
            self.iterations,
            failures.len(),
            percentile(50),
            percentile(90),
            percentile(100)
        );
        match late {
            Some(why) => Err(why.into()),
            None if failures.len() > self.max_failures => Err(failures.join("; ").into()),
            None => Ok(()),
        }
    }
}
