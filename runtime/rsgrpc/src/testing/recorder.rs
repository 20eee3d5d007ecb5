//! What a handler sends.

use crate::call::{Sender, Take};
use crate::status::Status;
use std::fmt;
use std::sync::Arc;
use tokio::sync::mpsc;

/// A sender, and what is sent with it.
///
/// Sending never waits. When the other half is dropped it fails, as it does when a client is gone.
#[must_use = "one half is of no use without the other"]
pub fn recorder<T: Send + 'static>() -> (Sender<T>, Recorded<T>) {
    let (taker, messages) = mpsc::unbounded_channel();
    (Sender::to(Arc::new(Taker(taker))), Recorded(messages))
}

/// What is sent with the sender of a [`recorder`].
pub struct Recorded<T>(mpsc::UnboundedReceiver<T>);

impl<T> Recorded<T> {
    /// Waits for the next message; `None` when the sender has been dropped, as it is when a handler returns.
    pub async fn message(&mut self) -> Option<T> {
        self.0.recv().await
    }

    /// All messages that have been sent and not been taken, without waiting.
    pub fn so_far(&mut self) -> Vec<T> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }

    /// All messages, once the sender has been dropped.
    pub async fn all(mut self) -> Vec<T> {
        let mut all = Vec::new();
        while let Some(message) = self.message().await {
            all.push(message);
        }
        all
    }
}

impl<T> fmt::Debug for Recorded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorded").finish_non_exhaustive()
    }
}

struct Taker<T>(mpsc::UnboundedSender<T>);

impl<T: Send> Take<T> for Taker<T> {
    fn take(&self, message: T) -> Result<(), Status> {
        self.0.send(message).map_err(|_| Status::cancelled("nobody records any more"))
    }
}
