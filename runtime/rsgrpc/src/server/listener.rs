//! Where connections come from.

use crate::transport::Peer;
#[cfg(unix)]
use crate::transport::Process;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

/// A source of connections: TCP, Unix sockets, or anything that gives streams of bytes.
pub trait Listener: Send + 'static {
    /// A connection: bytes both ways.
    type Socket: AsyncRead + AsyncWrite + Send + 'static;

    /// Waits for the next connection.
    ///
    /// # Errors
    /// This connection failed, or there are no resources for one, file descriptors for instance. The server
    /// goes on at once, or waits a moment and tries again. What it waits for here may be dropped and begun anew
    /// at any time, which must lose no connection.
    fn accept(&mut self) -> impl Future<Output = io::Result<(Self::Socket, Peer)>> + Send;

    /// The longest that what connections send may wait for the peer's acknowledgement, from those on that are
    /// accepted after this; the keepalive's timeout (gRFC A18). Nothing to do where there is no such thing. A
    /// listener that wraps another hands it on.
    fn user_timeout(&mut self, timeout: Duration) {
        let _ = timeout;
    }
}

/// `TCP_NODELAY` is set: a server writes what belongs together at once.
impl Listener for TcpListener {
    type Socket = tokio::net::TcpStream;

    async fn accept(&mut self) -> io::Result<(Self::Socket, Peer)> {
        let (socket, address) = Self::accept(self).await?;
        // Both fail for a connection that is gone already; reading from it will tell.
        let _ = socket.set_nodelay(true);
        let peer = Peer::from(address);
        let peer = match socket.local_addr() {
            Ok(local) => peer.with_local_address(local),
            Err(_) => peer,
        };
        Ok((socket, peer))
    }

    #[cfg(target_os = "linux")]
    fn user_timeout(&mut self, timeout: Duration) {
        // Accepted sockets inherit it (tcp(7)). Without it a dead peer is found later; that is no reason to fail.
        let _ = socket2::SockRef::from(&*self).set_tcp_user_timeout(Some(timeout));
    }
}

#[cfg(unix)]
impl Listener for tokio::net::UnixListener {
    type Socket = tokio::net::UnixStream;

    async fn accept(&mut self) -> io::Result<(Self::Socket, Peer)> {
        let (socket, _) = Self::accept(self).await?;
        let process = socket.peer_cred().ok();
        let process = process.map(|process| Process::new(process.pid(), process.uid(), process.gid()));
        Ok((socket, Peer::unix(process)))
    }
}

/// Whether accepting failed for reasons of one connection, so that the next may come at once: it was gone
/// before it was accepted, or its network was (accept(2) on Linux reports such errors here).
pub(super) fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind::*;
    matches!(
        error.kind(),
        ConnectionAborted
            | ConnectionReset
            | ConnectionRefused
            | HostUnreachable
            | NetworkUnreachable
            | NetworkDown
            | Interrupted
    )
}

/// What a server can listen on: a [`Listener`], or an address to bind.
pub trait Listen: Send {
    /// What it becomes.
    type Listener: Listener;

    /// Begins to listen.
    ///
    /// # Errors
    /// The address cannot be bound.
    fn listen(self) -> impl Future<Output = io::Result<Self::Listener>> + Send;
}

impl<L: Listener> Listen for L {
    type Listener = L;

    async fn listen(self) -> io::Result<L> {
        Ok(self)
    }
}

impl Listen for SocketAddr {
    type Listener = TcpListener;

    async fn listen(self) -> io::Result<TcpListener> {
        TcpListener::bind(self).await
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn accepted_sockets_have_the_timeout_of_their_listener() {
        let mut listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.user_timeout(Duration::from_secs(7));
        let _client = tokio::net::TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (accepted, _) = Listener::accept(&mut listener).await.unwrap();
        let timeout = socket2::SockRef::from(&accepted).tcp_user_timeout().unwrap();
        assert_eq!(timeout, Some(Duration::from_secs(7)));
    }
}
