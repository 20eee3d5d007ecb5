//! A server whose calls another HTTP stack accepts.

use super::connection::Orders;
use super::flood::Resets;
use super::service::Shared;
use super::{Server, accept, calls};
use crate::transport::Accepted;
use std::sync::Arc;
use tokio::sync::watch;

/// A server without connections of its own; its handlers end with its last clone.
#[derive(Clone)]
pub(crate) struct Mounted(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    /// Resets are for that stack to count.
    resets: Arc<Resets>,
    _orders: watch::Sender<Orders>,
}

impl Mounted {
    pub(crate) fn new(server: Server) -> Self {
        let (sender, orders) = watch::channel(Orders::default());
        let (_, shared) = server.share(orders);
        Self(Arc::new(Inner { shared, resets: Arc::default(), _orders: sender }))
    }

    /// Runs a call in a task of its own.
    pub(crate) fn accept(&self, accepted: Accepted) {
        let Inner { shared, resets, .. } = &*self.0;
        if let Some(call) = accept::open(accepted, shared) {
            calls::run(call, shared.clone(), None, resets.clone());
        }
    }

    pub(crate) fn services(&self) -> impl Iterator<Item = &'static str> {
        self.0.shared.services.names()
    }
}
