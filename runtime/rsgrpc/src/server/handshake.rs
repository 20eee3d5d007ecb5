//! From a socket to a connection on which calls arrive.

use super::lobby::Lobby;
use crate::status::Status;
#[cfg(feature = "_tls")]
use crate::tls::ServerTls;
use crate::transport::http2::Settings;
use crate::transport::{Incoming, Peer, Socket};
use std::io;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::timeout;

/// How long a connection may take to say that it speaks HTTP/2, TLS included.
const LIMIT: Duration = Duration::from_secs(20);

/// Is told of connections that do not come about.
pub(super) type Failed = Box<dyn Fn(&Peer, &Status) + Send + Sync>;

/// How a server's connections begin.
pub(super) struct Handshake {
    pub(super) settings: Settings,
    #[cfg(feature = "_tls")]
    pub(super) tls: Option<ServerTls>,
    pub(super) failed: Option<Failed>,
    pub(super) lobby: Lobby,
}

impl Handshake {
    /// Whether handshakes can succeed at all.
    pub(super) fn check(&self) -> io::Result<()> {
        #[cfg(feature = "_tls")]
        if let Some(tls) = &self.tls {
            tls.config()?;
        }
        Ok(())
    }

    /// Shakes hands with a client.
    pub(super) async fn run(&self, socket: impl Socket + 'static, peer: Peer) -> Result<Incoming, Status> {
        let shaken = timeout(LIMIT, self.lobby.run(self.secure(Box::pin(socket), peer.clone()))).await;
        let shaken = shaken.unwrap_or_else(|_| {
            Err(Status::deadline_exceeded(format!("the handshake took longer than {LIMIT:?}")))
        });
        if let (Err(status), Some(failed)) = (&shaken, &self.failed) {
            failed(&peer, status);
        }
        shaken
    }

    #[cfg(feature = "_tls")]
    async fn secure(&self, socket: Pin<Box<dyn Socket>>, peer: Peer) -> Result<Incoming, Status> {
        let Some(tls) = &self.tls else { return self.speak(socket, peer).await };
        let (socket, info) = tls.accept(socket).await.map_err(|error| {
            let message = format!("TLS: {error}");
            Status::unavailable(message).with_source(crate::tls::cause(error))
        })?;
        self.speak(Box::pin(socket), peer.with_tls(info)).await
    }

    #[cfg(not(feature = "_tls"))]
    async fn secure(&self, socket: Pin<Box<dyn Socket>>, peer: Peer) -> Result<Incoming, Status> {
        self.speak(socket, peer).await
    }

    async fn speak(&self, socket: Pin<Box<dyn Socket>>, peer: Peer) -> Result<Incoming, Status> {
        Incoming::http2(socket, peer, &self.settings).await
    }
}
