//! The connection to one backend: made when needed, watched, made again.

use super::backoff::{Backoff, Pauses};
use super::connector::Connect;
use crate::status::Status;
use crate::transport::http2::{Driver, Step};
use crate::transport::{Outgoing, Reply, RequestHead, Requests};
use std::future::poll_fn;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// How a channel is connected (gRPC's `connectivity-semantics-and-api.md`).
///
/// ```text
///            a call                    success
///   Idle ─────────────▶ Connecting ─────────────▶ Ready
///    ▲ ▲                    │ failure               │
///    │ └── backoff over ── TransientFailure         │
///    └── connection lost, or GOAWAY, or unused ─────┘
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Connectivity {
    /// There is no connection; the next call makes one.
    Idle,
    /// A connection is being made; calls wait for it.
    Connecting,
    /// Connected.
    Ready,
    /// The last attempt failed, and the backoff is not over. Calls fail at once, unless they wait for ready.
    TransientFailure,
}

/// How often a call that does not wait for ready is opened, on a new connection each time, when the one that it
/// got turned out to be over before anything was sent (gRFC A6, "transparent retries"). One that waits goes on,
/// with pauses.
const OPENINGS: usize = 3;

/// A backend and the connection to it. Clones are the same one.
#[derive(Clone)]
pub(super) struct Subchannel(Arc<Shared>);

struct Shared {
    connector: Box<dyn Connect>,
    connect_timeout: Duration,
    pauses: Mutex<Pauses>,
    next_id: AtomicU64,
    watched: watch::Sender<Watched>,
}

/// What callers wait for.
struct Watched {
    state: State,
    /// How many attempts have failed, and why the last one did. Callers that waited for an attempt must not
    /// miss its failure, however short the backoff is.
    failures: u64,
    failure: Option<Status>,
}

/// See [`Connectivity`].
enum State {
    Idle,
    Connecting,
    Ready(Connection),
    TransientFailure,
}

/// A connection that calls can be opened on.
#[derive(Clone)]
pub(super) struct Connection {
    /// Tells this connection from the ones before and after it.
    id: u64,
    pub(super) requests: Requests,
}

/// What has become of a call.
pub(super) enum Opened {
    Not,
    /// It waits for its turn among the calls that the server takes at a time.
    Waits(Connection, Outgoing, Reply),
    Sent(Outgoing, Reply),
}

impl Subchannel {
    pub(super) fn new(
        connector: impl Connect + 'static,
        backoff: Backoff,
        connect_timeout: Duration,
    ) -> Self {
        Self(Arc::new(Shared {
            connector: Box::new(connector),
            connect_timeout,
            pauses: Mutex::new(Pauses::new(backoff)),
            next_id: AtomicU64::new(0),
            watched: watch::Sender::new(Watched { state: State::Idle, failures: 0, failure: None }),
        }))
    }

    /// A connection, made if there is none. With `wait` failures to make one are waited out.
    pub(super) async fn ready(&self, wait: bool) -> Result<Connection, Status> {
        let known = match &*self.0.watched.borrow() {
            Watched { state: State::Ready(connection), .. } => return Ok(connection.clone()),
            Watched { state: State::TransientFailure, failure: Some(failure), .. } if !wait => {
                return Err(failure.clone());
            }
            watched => watched.failures,
        };
        let mut watched = self.0.watched.subscribe();
        loop {
            match &*watched.borrow_and_update() {
                Watched { state: State::Ready(connection), .. } => return Ok(connection.clone()),
                Watched { failures, failure: Some(failure), .. } if *failures > known && !wait => {
                    return Err(failure.clone());
                }
                _ => {}
            }
            if !self.connect() && watched.changed().await.is_err() {
                return Err(Status::unavailable("the channel is gone"));
            }
        }
    }

    /// Sends the head of a call, where nothing has to be waited for, as mostly.
    pub(super) fn open_now(&self, head: impl FnOnce() -> RequestHead) -> Opened {
        let watched = self.0.watched.borrow();
        let State::Ready(connection) = &watched.state else { return Opened::Not };
        match connection.requests.send_now(head) {
            Some((outgoing, reply, None)) => Opened::Sent(outgoing, reply),
            Some((outgoing, reply, Some(requests))) => {
                Opened::Waits(Connection { id: connection.id, requests }, outgoing, reply)
            }
            None => Opened::Not,
        }
    }

    /// Sends the head of a call, on a connection that is made if there is none. With `wait` failures to make one are
    /// waited out. `begun` is what [`open_now`](Self::open_now) has come to.
    pub(super) async fn open(
        &self,
        wait: bool,
        head: impl Fn() -> RequestHead,
        mut begun: Opened,
    ) -> Result<(Outgoing, Reply), Status> {
        let mut openings = 1;
        let mut pauses = None;
        loop {
            let (connection, status) = match std::mem::replace(&mut begun, Opened::Not) {
                Opened::Sent(outgoing, reply) => return Ok((outgoing, reply)),
                Opened::Waits(mut connection, outgoing, mut reply) => {
                    match poll_fn(|cx| connection.requests.poll_sent(cx)).await {
                        // Where the connection is over, the call may still have been processed.
                        Err(status) if reply.is_unprocessed() => (connection, status),
                        _ => return Ok((outgoing, reply)),
                    }
                }
                Opened::Not => {
                    let mut connection = self.ready(wait).await?;
                    let ready = poll_fn(|cx| connection.requests.poll_ready(cx)).await;
                    match ready.and_then(|()| connection.requests.send(head(), false)) {
                        Ok((outgoing, reply)) => {
                            begun = Opened::Waits(connection, outgoing, reply);
                            continue;
                        }
                        Err(status) => (connection, status),
                    }
                }
            };
            // Nothing was sent: the connection was over, or the server had said goodbye to it.
            self.retire(&connection);
            if openings >= OPENINGS {
                if !wait {
                    return Err(status);
                }
                sleep(pauses.get_or_insert_with(|| Pauses::new(Backoff::default())).next()).await;
            }
            openings += 1;
        }
    }

    /// Idle → Connecting; says whether it was so.
    pub(super) fn connect(&self) -> bool {
        let begins = self.0.change(|state| matches!(state, State::Idle), State::Connecting);
        if begins {
            tokio::spawn(attempt(Unfinished(self.0.clone())));
        }
        begins
    }

    /// Ready → Idle: the server wants no new calls on this connection. Calls that run on it go on.
    pub(super) fn retire(&self, connection: &Connection) {
        self.0.lost(connection.id);
    }

    /// Why there is no connection, if the last attempt has failed.
    pub(super) fn failure(&self) -> Option<Status> {
        self.0.watched.borrow().failure.clone()
    }

    pub(super) fn connectivity(&self) -> Connectivity {
        self.0.watched.borrow().state.connectivity()
    }

    /// Waits until the connectivity is another than `seen`.
    pub(super) async fn changed(&self, seen: Connectivity) -> Connectivity {
        let mut watched = self.0.watched.subscribe();
        // The sender lives in `self`, so there is no error.
        let change = watched.wait_for(|watched| watched.state.connectivity() != seen).await;
        change.map_or(Connectivity::Idle, |watched| watched.state.connectivity())
    }
}

impl State {
    fn connectivity(&self) -> Connectivity {
        match self {
            Self::Idle => Connectivity::Idle,
            Self::Connecting => Connectivity::Connecting,
            Self::Ready(_) => Connectivity::Ready,
            Self::TransientFailure => Connectivity::TransientFailure,
        }
    }
}

impl Shared {
    /// Ready → Idle, if it is this connection that was ready.
    fn lost(&self, id: u64) {
        self.leave(|state| matches!(state, State::Ready(connection) if connection.id == id));
    }

    /// → Idle, if the state is the one expected.
    fn leave(&self, expected: impl FnOnce(&State) -> bool) {
        self.change(expected, State::Idle);
    }

    fn change(&self, expected: impl FnOnce(&State) -> bool, to: State) -> bool {
        self.watched.send_if_modified(|watched| {
            let change = expected(&watched.state);
            if change {
                watched.state = to;
            }
            change
        })
    }

    /// Connecting → Ready.
    fn established(self: &Arc<Self>, requests: Requests, driver: Option<Driver>) {
        self.pauses.lock().unwrap_or_else(PoisonError::into_inner).reset();
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        // Before the driver runs: a connection that ends at once must not be taken for a ready one after that.
        self.watched.send_modify(|watched| {
            watched.state = State::Ready(Connection { id, requests });
            watched.failure = None;
        });
        if let Some(mut driver) = driver {
            // A weak reference: when the channel is dropped, so are its requests, and the connection ends
            // with its last call.
            let alive = Alive { subchannel: Arc::downgrade(self), id };
            tokio::spawn(async move {
                while let Step::Retire = driver.step().await {
                    alive.retire();
                }
            });
        }
    }

    /// Connecting → TransientFailure; gives the pause until the next attempt.
    fn failed(&self, status: Status) -> Duration {
        self.watched.send_modify(|watched| {
            watched.state = State::TransientFailure;
            watched.failures += 1;
            watched.failure = Some(status);
        });
        self.pauses.lock().unwrap_or_else(PoisonError::into_inner).next()
    }
}

/// Makes one attempt to connect. After a failure the subchannel may be used again when the backoff is over.
async fn attempt(unfinished: Unfinished) {
    let shared = &unfinished.0;
    let begun = Instant::now();
    let status = match timeout(shared.connect_timeout, shared.connector.connect()).await {
        Ok(Ok((requests, driver))) => return shared.established(requests, driver),
        Ok(Err(status)) => status,
        Err(_) => shared.connector.timed_out(shared.connect_timeout),
    };
    let pause = shared.failed(status);
    let waiting = unfinished.downgrade();
    sleep_until(begun + pause).await;
    drop(waiting);
}

/// An attempt that is under way. Dropped before its end, as happens when the runtime shuts down, it leaves
/// the subchannel idle, so that another runtime may try.
struct Unfinished(Arc<Shared>);

impl Unfinished {
    fn downgrade(self) -> Paused {
        Paused(Arc::downgrade(&self.0))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.0.leave(|state| matches!(state, State::Connecting));
    }
}

/// A backoff. Over, it leaves the subchannel idle; it does not keep a dropped channel alive.
struct Paused(Weak<Shared>);

impl Drop for Paused {
    fn drop(&mut self) {
        if let Some(shared) = self.0.upgrade() {
            shared.leave(|state| matches!(state, State::TransientFailure));
        }
    }
}

/// A connection that is driven. Over, for whatever reason, it leaves the subchannel idle.
struct Alive {
    subchannel: Weak<Shared>,
    id: u64,
}

impl Alive {
    /// The connection should get no more calls.
    fn retire(&self) {
        if let Some(subchannel) = self.subchannel.upgrade() {
            subchannel.lost(self.id);
        }
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.retire();
    }
}

#[cfg(test)]
mod tests {
    use super::super::connector::Connecting;
    use super::*;
    use crate::transport::Local;
    use tokio::time::sleep;

    /// Fails so many times, each time after so long, and notes when it was asked.
    struct Failing {
        times: usize,
        after: Duration,
        server: Local,
        asked: Arc<Mutex<Vec<Instant>>>,
    }

    impl Connect for Failing {
        fn connect(&self) -> Connecting<'_> {
            Box::pin(async {
                self.asked.lock().unwrap().push(Instant::now());
                sleep(self.after).await;
                match self.asked.lock().unwrap().len() {
                    asked if asked <= self.times => Err(Status::unavailable(format!("failure {asked}"))),
                    _ => Ok((self.server.requests(), None)),
                }
            })
        }

        fn timed_out(&self, limit: Duration) -> Status {
            Status::unavailable(format!("nothing within {limit:?}"))
        }
    }

    /// A subchannel without jitter, and when it tried to connect, in milliseconds.
    fn failing(times: usize, after: Duration) -> (Subchannel, impl Fn() -> Vec<u128>) {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (server, _) = Local::pair(1);
        let connector = Failing { times, after, server, asked: asked.clone() };
        let backoff = Backoff { jitter: 0.0, ..Backoff::default() };
        let begun = Instant::now();
        let asked = move || {
            let asked = asked.lock().unwrap();
            asked.iter().map(|at| at.duration_since(begun).as_millis()).collect()
        };
        (Subchannel::new(connector, backoff, Duration::from_secs(20)), asked)
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_get_rarer_for_those_who_wait() {
        let (subchannel, asked) = failing(4, Duration::ZERO);
        subchannel.ready(true).await.unwrap();
        assert_eq!(asked(), [0, 1000, 2600, 5160, 9256]);
        assert_eq!(subchannel.connectivity(), Connectivity::Ready);
        assert!(subchannel.failure().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn the_pause_counts_from_the_beginning_of_an_attempt() {
        let (subchannel, asked) = failing(2, Duration::from_millis(1300));
        subchannel.ready(true).await.unwrap();
        // The first attempt takes longer than its pause, the second does not.
        assert_eq!(asked(), [0, 1300, 2900]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_wait_learns_of_the_failure_at_once() {
        let (subchannel, asked) = failing(2, Duration::ZERO);
        for _ in 0..3 {
            assert_eq!(subchannel.ready(false).await.err().unwrap().message(), "failure 1");
        }
        assert_eq!(asked(), [0]);
        // Nobody asks, so nobody tries.
        sleep(Duration::from_secs(60)).await;
        assert_eq!(subchannel.connectivity(), Connectivity::Idle);
        assert_eq!(subchannel.ready(false).await.err().unwrap().message(), "failure 2");
        assert_eq!(asked(), [0, 60_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_has_a_limit() {
        let (subchannel, asked) = failing(1, Duration::from_secs(3600));
        assert_eq!(subchannel.ready(false).await.err().unwrap().message(), "nothing within 20s");
        assert_eq!(asked(), [0]);
    }

    #[tokio::test(start_paused = true)]
    async fn success_resets_the_backoff() {
        let (subchannel, asked) = failing(3, Duration::ZERO);
        let connection = subchannel.ready(true).await.unwrap();
        assert_eq!(asked(), [0, 1000, 2600, 5160]);
        subchannel.retire(&connection);
        assert_eq!(subchannel.connectivity(), Connectivity::Idle);
        // One that is not current any more changes nothing.
        let second = subchannel.ready(false).await.unwrap();
        subchannel.retire(&connection);
        assert_eq!(subchannel.connectivity(), Connectivity::Ready);
        assert_ne!(second.id, connection.id);
        assert_eq!(subchannel.0.pauses.lock().unwrap().next(), Duration::from_secs(1));
    }
}
