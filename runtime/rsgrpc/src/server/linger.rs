//! Handlers that go on after their call is over.

use super::connection::Stage;
use super::service::Shared;
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// What becomes of a handler whose call is over before it: cancelled by the client, past its deadline, or lost
/// with its connection.
///
/// A handler that is let go on learns of the end from [`Context::cancelled`](crate::Context::cancelled), and
/// from its requests and responses, which fail. What it returns reaches nobody. Calls that it makes still inherit
/// its deadline, unless they are [detached](crate::UnaryCall::detached). Interceptors see the outcome when
/// it has ended.
///
/// Such handlers run in tasks of their own from the beginning. At most 1024 of a server go on at a time;
/// those beyond are dropped, and so are all when the grace of a shutdown is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnCancel {
    /// It is dropped, wherever it waits.
    #[default]
    Drop,
    /// It goes on until it returns.
    Finish,
    /// It goes on for so long, and is dropped then.
    Grace(Duration),
}

/// Handlers of a server that go on at the same time.
const MOST: usize = 1024;

/// What a server decides for its methods.
#[derive(Debug, Default)]
pub(super) struct Policies {
    pub(super) all: OnCancel,
    pub(super) methods: HashMap<String, OnCancel, RandomState>,
}

impl Policies {
    pub(super) fn of(&self, path: &str) -> OnCancel {
        match self.methods.is_empty() {
            true => self.all,
            false => self.methods.get(path).copied().unwrap_or(self.all),
        }
    }
}

/// The handlers of a server that may go on.
#[derive(Debug, Default)]
pub(super) struct Handlers {
    /// Those that run, whether their calls are over or not.
    running: watch::Sender<usize>,
    /// Those whose calls are over.
    lingering: AtomicUsize,
}

impl Handlers {
    /// Waits until there are none.
    pub(super) async fn ended(&self) {
        // The sender is here, so there is no error.
        let _ = self.running.subscribe().wait_for(|running| *running == 0).await;
    }
}

/// What lets one handler go on.
pub(super) struct Linger {
    on_cancel: OnCancel,
    shared: Arc<Shared>,
}

impl Linger {
    /// None where the handler is to be dropped.
    pub(super) fn new(on_cancel: OnCancel, shared: &Arc<Shared>) -> Option<Self> {
        if on_cancel == OnCancel::Drop {
            return None;
        }
        shared.handlers.running.send_modify(|running| *running += 1);
        Some(Self { on_cancel, shared: shared.clone() })
    }

    /// The call is over; none where too many go on already.
    pub(super) fn begin(&self) -> Option<Place<'_>> {
        let lingering = &self.shared.handlers.lingering;
        let place = Place(lingering);
        (lingering.fetch_add(1, Ordering::Relaxed) < MOST).then_some(place)
    }

    /// Ready when the handler has had its time, or when the server closes.
    pub(super) async fn limit(&self) {
        let mut orders = self.shared.orders.clone();
        let time = async {
            match self.on_cancel {
                OnCancel::Grace(grace) => sleep(grace).await,
                OnCancel::Drop | OnCancel::Finish => std::future::pending().await,
            }
        };
        tokio::select! {
            () = time => {}
            // An error says that the server was dropped.
            _ = orders.wait_for(|orders| orders.stage == Stage::Closing) => {}
        }
    }
}

impl Drop for Linger {
    fn drop(&mut self) {
        self.shared.handlers.running.send_modify(|running| *running -= 1);
    }
}

/// A place among the handlers that go on.
pub(super) struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
