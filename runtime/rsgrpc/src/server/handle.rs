//! A server that runs, from outside.

use super::connection::Orders;
use std::fmt;
use std::sync::Arc;
use tokio::sync::watch;

/// A hold on a server that is serving. Clones are the same.
///
/// ```no_run
/// # async fn serve(greeter: impl rsgrpc::Service) -> std::io::Result<()> {
/// use rsgrpc::Server;
///
/// let server = Server::new().add(greeter);
/// let handle = server.handle();
/// let serving = tokio::spawn(server.serve("[::1]:50051"));
/// // Another process has taken the address over, say, or the load balancer has been told.
/// handle.lame_duck();
/// # serving.await?
/// # }
/// ```
#[derive(Clone)]
pub struct ServerHandle(Arc<watch::Sender<Orders>>);

impl ServerHandle {
    pub(super) fn new(orders: Arc<watch::Sender<Orders>>) -> Self {
        Self(orders)
    }

    /// Sends all clients away that are connected now: they are told to make new calls elsewhere (GOAWAY), the
    /// calls that run go on to their end, and then the connections are closed.
    ///
    /// The server goes on: it accepts connections and serves them, because who connects now has been sent here.
    /// So this is for rolling restarts, once new connections lead to another server, and to spread clients anew
    /// over servers that have been added.
    pub fn lame_duck(&self) {
        self.0.send_modify(|orders| orders.evictions = orders.evictions.wrapping_add(1));
    }
}

impl fmt::Debug for ServerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerHandle").finish_non_exhaustive()
    }
}
