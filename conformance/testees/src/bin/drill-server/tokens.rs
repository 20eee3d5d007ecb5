//! Names that are noted at some time, and waited for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

#[derive(Clone, Default)]
pub(crate) struct Tokens(Arc<Mutex<HashMap<String, watch::Sender<bool>>>>);

impl Tokens {
    pub(crate) fn note(&self, name: &str) {
        self.with(name, |token| token.send_replace(true));
    }

    /// Waits until the name is noted.
    pub(crate) async fn noted(&self, name: &str) {
        let mut token = self.with(name, watch::Sender::subscribe);
        // An error would mean that the map is gone, and the server with it.
        let _ = token.wait_for(|noted| *noted).await;
    }

    /// Notes the name when the guard is dropped: when the handler that holds it ends, however it does.
    pub(crate) fn at_end(&self, name: &str) -> AtEnd {
        AtEnd { tokens: self.clone(), name: name.to_owned() }
    }

    fn with<T>(&self, name: &str, act: impl FnOnce(&watch::Sender<bool>) -> T) -> T {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        act(tokens.entry(name.to_owned()).or_insert_with(|| watch::channel(false).0))
    }
}

pub(crate) struct AtEnd {
    tokens: Tokens,
    name: String,
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.tokens.note(&self.name);
    }
}
