//! Tokens that expire.

use super::bearer::value;
use crate::status::Status;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// The longest time ahead of its expiry that a token is refreshed.
const AHEAD: Duration = Duration::from_secs(5 * 60);

/// The pause after a refresh that failed.
const PAUSE: Duration = Duration::from_secs(1);

/// A token and when it expires; what [`BearerToken::refreshed`](crate::BearerToken::refreshed) fetches.
#[derive(Clone)]
pub struct AccessToken {
    value: Arc<str>,
    lifetime: Option<Duration>,
}

impl AccessToken {
    /// A token that does not expire.
    #[must_use]
    pub fn new(token: impl AsRef<str>) -> Self {
        Self { value: value(token.as_ref()), lifetime: None }
    }

    /// Says how long the token is good for, from now on. Longer than a clock can count is for ever.
    #[must_use]
    pub fn expires_in(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }
}

/// Does not show the token.
impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

/// A token that is fetched when it is needed, and again ahead of its expiry.
pub(super) struct Refreshed {
    fetch: Box<Fetch>,
    state: Mutex<State>,
}

type Fetch = dyn Fn() -> Pin<Box<dyn Future<Output = Result<AccessToken, Status>> + Send>> + Send + Sync;

/// How a fetch has ended, once it has.
type Landing = watch::Receiver<Option<Result<Arc<str>, Status>>>;

#[derive(Default)]
struct State {
    token: Option<Held>,
    /// The fetch that is under way, and how it ends.
    flight: Option<Landing>,
    /// How the last fetch failed, and when the next may begin.
    failure: Option<(Status, Instant)>,
}

struct Held {
    value: Arc<str>,
    /// When to fetch the next one, and when this one is worth nothing any more.
    times: Option<(Instant, Instant)>,
}

impl Refreshed {
    pub(super) fn new<F, Fut, E>(fetch: F) -> Arc<Self>
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<AccessToken, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let fetch: Box<Fetch> = Box::new(move || {
            let fetched = fetch();
            Box::pin(async { fetched.await.map_err(|error| status(error.into())) })
        });
        Arc::new(Self { fetch, state: Mutex::default() })
    }

    /// The value of the header.
    pub(super) async fn get(self: &Arc<Self>) -> Result<Arc<str>, Status> {
        let mut flight = {
            let mut state = self.lock();
            let now = Instant::now();
            let may_fetch = state.failure.as_ref().is_none_or(|(_, next)| now >= *next);
            let value = state.token.as_ref().map(|held| (held.value.clone(), held.times));
            match value {
                Some((value, None)) => return Ok(value),
                Some((value, Some((refresh, expiry)))) if now < expiry => {
                    if now >= refresh && may_fetch && state.flight.is_none() {
                        self.fly(&mut state);
                    }
                    return Ok(value);
                }
                _ => {}
            }
            match (&state.flight, &state.failure) {
                (Some(flight), _) => flight.clone(),
                (None, Some((failure, _))) if !may_fetch => return Err(failure.clone()),
                _ => self.fly(&mut state),
            }
        };
        // An error says that the task is gone: `fetch` has panicked, or the runtime shuts down.
        let landed = flight.wait_for(Option::is_some).await.map(|landed| landed.clone());
        landed.ok().flatten().unwrap_or_else(|| Err(Status::unavailable("fetching the token was broken off")))
    }

    /// Begins to fetch, in a task of its own: no call that gives up takes the others' token with it.
    fn fly(self: &Arc<Self>, state: &mut State) -> Landing {
        let (sender, receiver) = watch::channel(None);
        state.flight = Some(receiver.clone());
        let flight = Flight(self.clone());
        tokio::spawn(async move {
            let fetched = (flight.0.fetch)().await;
            sender.send_replace(Some(flight.0.land(fetched)));
            drop(flight);
        });
        receiver
    }

    fn land(&self, fetched: Result<AccessToken, Status>) -> Result<Arc<str>, Status> {
        let mut state = self.lock();
        let now = Instant::now();
        match fetched {
            Ok(AccessToken { value, lifetime }) => {
                let times = lifetime.and_then(|lifetime| {
                    let ahead = (lifetime / 5).min(AHEAD);
                    Some((now.checked_add(lifetime - ahead)?, now.checked_add(lifetime)?))
                });
                state.token = Some(Held { value: value.clone(), times });
                state.failure = None;
                Ok(value)
            }
            Err(status) => {
                state.failure = Some((status.clone(), now + PAUSE));
                Err(status)
            }
        }
    }

    /// Nothing between lock and unlock panics.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A fetch that is under way, until it ends in whatever way.
struct Flight(Arc<Refreshed>);

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.lock().flight = None;
    }
}

fn status(error: Box<dyn Error + Send + Sync>) -> Status {
    match error.downcast::<Status>() {
        Ok(status) => *status,
        Err(error) => Status::unavailable(format!("the token cannot be fetched: {error}")).with_source(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::Code;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::time::sleep;

    /// Tokens `1`, `2` … that live for an hour and take a second; those in `bad` fail. Also gives how many have
    /// been asked for.
    fn numbered(bad: &'static [usize]) -> (Arc<Refreshed>, impl Fn() -> usize) {
        let count = Arc::new(AtomicUsize::new(0));
        let seen = count.clone();
        let refreshed = Refreshed::new(move || {
            let number = count.fetch_add(1, Ordering::Relaxed) + 1;
            async move {
                sleep(Duration::from_secs(1)).await;
                match bad.contains(&number) {
                    true => Err(std::io::Error::other(format!("no token {number}"))),
                    false => Ok(AccessToken::new(number.to_string()).expires_in(Duration::from_secs(3600))),
                }
            }
        });
        (refreshed, move || seen.load(Ordering::Relaxed))
    }

    async fn get(refreshed: &Arc<Refreshed>) -> String {
        match refreshed.get().await {
            Ok(value) => value.to_string(),
            Err(status) => status.message().to_owned(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn all_calls_share_one_fetch() {
        let (refreshed, fetched) = numbered(&[]);
        let calls: Vec<_> = (0..10)
            .map(|_| {
                let refreshed = refreshed.clone();
                tokio::spawn(async move { get(&refreshed).await })
            })
            .collect();
        for call in calls {
            assert_eq!(call.await.unwrap(), "Bearer 1");
        }
        assert_eq!(fetched(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_token_is_there_before_the_old_one_expires() {
        let (refreshed, fetched) = numbered(&[]);
        assert_eq!(get(&refreshed).await, "Bearer 1");
        sleep(Duration::from_secs(3290)).await;
        assert_eq!(get(&refreshed).await, "Bearer 1");
        assert_eq!(fetched(), 1);
        sleep(Duration::from_secs(15)).await;
        let begun = Instant::now();
        // The old one goes on until the new one is there; nobody waits.
        assert_eq!(get(&refreshed).await, "Bearer 1");
        assert_eq!(get(&refreshed).await, "Bearer 1");
        assert_eq!(begun.elapsed(), Duration::ZERO);
        sleep(Duration::from_secs(2)).await;
        assert_eq!(get(&refreshed).await, "Bearer 2");
        assert_eq!(fetched(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_no_matter_as_long_as_the_token_lives() {
        let (refreshed, fetched) = numbered(&[2, 3, 4]);
        assert_eq!(get(&refreshed).await, "Bearer 1");
        sleep(Duration::from_secs(3400)).await;
        for count in [2, 3] {
            assert_eq!(get(&refreshed).await, "Bearer 1");
            sleep(Duration::from_millis(1500)).await;
            // A moment after the failure nothing is tried.
            assert_eq!(get(&refreshed).await, "Bearer 1");
            assert_eq!(fetched(), count);
            sleep(Duration::from_secs(1)).await;
        }
        sleep(Duration::from_secs(200)).await;
        // Expired.
        assert_eq!(get(&refreshed).await, "the token cannot be fetched: no token 4");
        assert_eq!(get(&refreshed).await, "the token cannot be fetched: no token 4");
        assert_eq!(fetched(), 4);
        sleep(Duration::from_secs(1)).await;
        assert_eq!(get(&refreshed).await, "Bearer 5");
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_gives_up_takes_no_token_with_it() {
        let (refreshed, fetched) = numbered(&[]);
        let limit = Duration::from_millis(500);
        tokio::time::timeout(limit, get(&refreshed)).await.unwrap_err();
        assert_eq!(get(&refreshed).await, "Bearer 1");
        assert_eq!(fetched(), 1);
    }

    /// Seconds are what a token server says, of whatever number.
    #[tokio::test(start_paused = true)]
    async fn a_lifetime_without_end() {
        let refreshed = Refreshed::new(|| async {
            Ok::<_, Status>(AccessToken::new("for ever").expires_in(Duration::from_secs(u64::MAX)))
        });
        assert_eq!(get(&refreshed).await, "Bearer for ever");
        assert_eq!(get(&refreshed).await, "Bearer for ever");
    }

    #[tokio::test(start_paused = true)]
    async fn errors() {
        let refused = Refreshed::new(|| async { Err(Status::unauthenticated("the key was revoked")) });
        let status = refused.get().await.unwrap_err();
        assert_eq!((status.code(), status.message()), (Code::Unauthenticated, "the key was revoked"));

        let broken = Refreshed::new(|| async { Err(std::io::Error::other("no network")) });
        let status = broken.get().await.unwrap_err();
        assert_eq!(status.to_string(), "UNAVAILABLE: the token cannot be fetched: no network");
        assert!(Error::source(&status).unwrap().is::<std::io::Error>());
    }

    #[tokio::test(start_paused = true)]
    async fn a_fetch_that_panics_is_tried_again() {
        let first = std::sync::atomic::AtomicBool::new(true);
        let refreshed = Refreshed::new(move || {
            let panics = first.swap(false, Ordering::Relaxed);
            async move {
                assert!(!panics, "on purpose");
                Ok::<_, Status>(AccessToken::new("fine"))
            }
        });
        let status = refreshed.get().await.unwrap_err();
        assert_eq!(status.to_string(), "UNAVAILABLE: fetching the token was broken off");
        assert_eq!(get(&refreshed).await, "Bearer fine");
    }
}
