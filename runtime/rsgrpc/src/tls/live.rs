//! Values that are replaced while they are used.

use super::TlsError;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

/// An [`Identity`](super::Identity) or [`Roots`](super::Roots) that may be replaced while it is used: pushed
/// with [`set`](Self::set), or [watched](Self::watch). Clones share the value.
///
/// Handshakes use what is current when they begin; connections that there are go on.
///
/// ```no_run
/// # use rsgrpc::tls::{Identity, Live, ServerTls, TlsError};
/// # use rsgrpc::Server;
/// # fn example(pem: (&str, &str), renewed: (&str, &str)) -> Result<(), TlsError> {
/// let identity = Live::new(Identity::from_pem(pem.0, pem.1)?);
/// let server = Server::new().tls(ServerTls::new(identity.clone()));
/// // Later, somewhere else:
/// identity.set(Identity::from_pem(renewed.0, renewed.1)?);
/// # Ok(())
/// # }
/// ```
pub struct Live<T>(Arc<Mutex<Current<T>>>);

struct Current<T> {
    value: T,
    version: Version,
}

/// How often a value has been replaced.
pub(super) type Version = u64;

impl<T: Clone> Live<T> {
    /// A value that is replaced by [`set`](Self::set) alone.
    pub fn new(value: T) -> Self {
        Self(Arc::new(Mutex::new(Current { value, version: 0 })))
    }

    /// The current value.
    #[must_use]
    pub fn get(&self) -> T {
        lock(&self.0).value.clone()
    }

    /// Replaces the value.
    pub fn set(&self, value: T) {
        let mut current = lock(&self.0);
        current.value = value;
        current.version += 1;
    }

    pub(super) fn version(&self) -> Version {
        lock(&self.0).version
    }
}

impl<T: Clone + PartialEq + Send + 'static> Live<T> {
    /// A value that is loaded now and, as long as it is used, again and again with pauses of `every`: from
    /// files that somebody renews, for instance. `load` may block.
    ///
    /// What has changed replaces the value, and `report` is told. What cannot be loaded, a file that is half
    /// written for instance, leaves the value as it is; `report` is told why, once for each reason.
    ///
    /// ```no_run
    /// # use rsgrpc::tls::{Identity, Live, ServerTls, TlsError};
    /// # fn example() -> Result<(), TlsError> {
    /// use std::time::Duration;
    ///
    /// let load = || Identity::from_files("server.crt", "server.key");
    /// let identity = Live::watch(Duration::from_secs(60), load, |reloaded| match reloaded {
    ///     Ok(()) => eprintln!("the certificate was renewed"),
    ///     Err(error) => eprintln!("the old certificate stays: {error}"),
    /// })?;
    /// let tls = ServerTls::new(identity);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The value cannot be loaded the first time.
    ///
    /// # Panics
    /// There is no tokio runtime around, or `every` is zero.
    pub fn watch(
        every: Duration,
        load: impl Fn() -> Result<T, TlsError> + Send + Sync + 'static,
        report: impl Fn(Result<(), TlsError>) + Send + Sync + 'static,
    ) -> Result<Self, TlsError> {
        let live = Self::new(load()?);
        tokio::spawn(watch(Arc::downgrade(&live.0), every, Arc::new(load), report));
        Ok(live)
    }
}

async fn watch<T: Clone + PartialEq + Send + 'static>(
    live: Weak<Mutex<Current<T>>>,
    every: Duration,
    load: Arc<impl Fn() -> Result<T, TlsError> + Send + Sync + 'static>,
    report: impl Fn(Result<(), TlsError>),
) {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first one is at once.
    ticks.tick().await;
    let mut reported = None;
    loop {
        ticks.tick().await;
        if live.strong_count() == 0 {
            return;
        }
        let load = load.clone();
        // A panic while loading ends the watch, as it would anywhere.
        let Ok(loaded) = spawn_blocking(move || load()).await else { return };
        let Some(live) = live.upgrade().map(Live) else { return };
        match loaded {
            Ok(value) => {
                reported = None;
                if value != live.get() {
                    live.set(value);
                    report(Ok(()));
                }
            }
            Err(error) => {
                let text = error.to_string();
                if reported.as_ref() != Some(&text) {
                    reported = Some(text);
                    report(Err(error));
                }
            }
        }
    }
}

/// Nothing between lock and unlock leaves a value half changed.
fn lock<T>(current: &Mutex<Current<T>>) -> MutexGuard<'_, Current<T>> {
    current.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One that stays as it is.
impl<T: Clone> From<T> for Live<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T> Clone for Live<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Clone + fmt::Debug> fmt::Debug for Live<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Live").field(&self.get()).finish()
    }
}
