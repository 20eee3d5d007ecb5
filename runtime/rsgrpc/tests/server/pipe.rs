//! A server at the other end of pipes in memory, so that tests can run on paused time, and frames to it.

use crate::support::{Probe, Test};
use http2_peer::Peer;
use rsgrpc::{Listener, Server, ServerHandle};
use std::io;
use std::time::Duration;
use tokio::io::{DuplexStream, duplex};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

struct Pipes(mpsc::UnboundedReceiver<DuplexStream>);

impl Listener for Pipes {
    type Socket = DuplexStream;

    async fn accept(&mut self) -> io::Result<(DuplexStream, rsgrpc::Peer)> {
        match self.0.recv().await {
            Some(pipe) => Ok((pipe, rsgrpc::Peer::unnamed())),
            None => std::future::pending().await,
        }
    }
}

/// A server that is reached through pipes.
pub struct Piped {
    pub probe: Probe,
    pub handle: ServerHandle,
    pipes: mpsc::UnboundedSender<DuplexStream>,
    stop: Option<oneshot::Sender<()>>,
    pub done: JoinHandle<io::Result<()>>,
}

impl Piped {
    pub fn start() -> Self {
        Self::with(|server| server, Duration::ZERO)
    }

    pub fn with(setup: impl FnOnce(Server) -> Server, grace: Duration) -> Self {
        let probe = Probe::default();
        let server = setup(Server::new().add(Test(probe.clone())));
        let handle = server.handle();
        let (pipes, listener) = mpsc::unbounded_channel();
        let (stop, stopped) = oneshot::channel();
        let stopped = async move { drop(stopped.await) };
        let done = tokio::spawn(server.serve_with_shutdown(Pipes(listener), stopped, grace));
        Self { probe, handle, pipes, stop: Some(stop), done }
    }

    pub fn pipe(&self) -> DuplexStream {
        let (near, far) = duplex(1 << 20);
        self.pipes.send(far).unwrap();
        near
    }

    /// A client that has sent the preface, and is not in a hurry.
    pub async fn connect(&self) -> Peer {
        let mut peer = Peer::client(self.pipe()).await;
        peer.patience = Duration::from_secs(1_000_000);
        peer
    }

    pub fn stop(&mut self) {
        drop(self.stop.take());
    }
}
