//! The server that watches a client connect again and again
//! (`doc/connection-backoff-interop-test-description.md`).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rsgrpc::{Context, Status};
use rsgrpc_interop::listen;
use rsgrpc_interop::proto::{Empty, ReconnectInfo, ReconnectParams, ReconnectService};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// What `doc/connection-backoff.md` prescribes.
const INITIAL: f64 = 1000.0;
const MULTIPLIER: f64 = 1.6;
const JITTER: f64 = 0.2;
const MAX: f64 = 120_000.0;
/// What scheduling and the network may add or take, in milliseconds.
const TOLERANCE: f64 = 100.0;

pub(crate) struct Reconnect {
    retry_port: u16,
    /// One client at a time.
    free: Arc<Semaphore>,
    session: Mutex<Option<Session>>,
}

/// A client that is being watched.
struct Session {
    /// The longest pause that it has been told, in milliseconds.
    max: f64,
    /// When it has connected.
    times: Arc<Mutex<Vec<Instant>>>,
    listening: AbortHandle,
    _permit: OwnedSemaphorePermit,
}

impl Reconnect {
    pub(crate) fn new(retry_port: u16) -> Self {
        Self { retry_port, free: Arc::new(Semaphore::new(1)), session: Mutex::default() }
    }
}

impl ReconnectService for Reconnect {
    /// Begins to listen; waits until no other client is being watched.
    async fn start(&self, _: &Context, request: ReconnectParams) -> Result<Empty, Status> {
        let permit = self.free.clone().acquire_owned().await;
        let permit = permit.map_err(|_| Status::unavailable("the server is going down"))?;
        let listener = listen(self.retry_port).await;
        let listener = listener.map_err(|error| Status::internal(error.to_string()))?;
        let times = Arc::<Mutex<Vec<Instant>>>::default();
        let noted = times.clone();
        let accepting = tokio::spawn(async move {
            // The connection is closed at once.
            while let Ok((_, peer)) = listener.accept().await {
                println!("connected: {peer}");
                noted.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
            }
        });
        let max = match request.max_reconnect_backoff_ms {
            0 => MAX,
            max => f64::from(max),
        };
        let session = Session { max, times, listening: accepting.abort_handle(), _permit: permit };
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
        Ok(Empty::default())
    }

    /// Tells of the pauses between connections.
    async fn stop(&self, _: &Context, _: Empty) -> Result<ReconnectInfo, Status> {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner).take();
        let session = session.ok_or_else(|| Status::failed_precondition("nothing has been started"))?;
        session.listening.abort();
        let times = session.times.lock().unwrap_or_else(PoisonError::into_inner);
        let pauses = times.windows(2).map(|pair| match pair {
            [before, after] => after.duration_since(*before),
            _ => Duration::ZERO,
        });
        Ok(judge(pauses, session.max))
    }
}

/// Whether the pauses grow as they should.
fn judge(pauses: impl Iterator<Item = Duration>, max: f64) -> ReconnectInfo {
    let mut info = ReconnectInfo { passed: true, ..Default::default() };
    let mut expected = INITIAL;
    for pause in pauses {
        let pause = pause.as_secs_f64() * 1000.0;
        let shortest = expected * (1.0 - JITTER) - TOLERANCE;
        let longest = expected * (1.0 + JITTER) + TOLERANCE;
        info.passed &= (shortest..=longest).contains(&pause);
        // Minutes at most, which fit.
        #[expect(clippy::cast_possible_truncation)]
        info.backoff_ms.push(pause as i32);
        expected = (expected * MULTIPLIER).min(max);
    }
    // A client that has not come twice has shown nothing.
    info.passed &= !info.backoff_ms.is_empty();
    info
}

#[cfg(test)]
mod tests {
    use super::{Duration, judge};

    #[test]
    fn pauses_grow_up_to_the_limit() {
        let judge = |pauses: &[u64]| judge(pauses.iter().copied().map(Duration::from_millis), 3000.0).passed;
        assert!(judge(&[1000, 1600, 2560, 3000, 3000]));
        assert!(judge(&[1190, 1400, 2900, 2400]));
        assert!(!judge(&[1000, 1000]));
        assert!(!judge(&[500]));
        assert!(!judge(&[1000, 1600, 2560, 4096]));
        assert!(!judge(&[]));
    }
}
