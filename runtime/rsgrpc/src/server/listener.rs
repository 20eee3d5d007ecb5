//! Where connections come from.

use crate::transport::Peer;
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
    /// This connection failed, or there are no resources for one. The server waits a moment and tries again.
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
        socket.set_nodelay(true)?;
        Ok((socket, Peer::Socket(address)))
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
        Ok((socket, Peer::Unnamed))
    }
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

/// An address and a port, such as `[::1]:50051` or `localhost:50051`.
impl Listen for &str {
    type Listener = TcpListener;

    async fn listen(self) -> io::Result<TcpListener> {
        TcpListener::bind(self).await
    }
}

/// As `&str`.
impl Listen for String {
    type Listener = TcpListener;

    async fn listen(self) -> io::Result<TcpListener> {
        TcpListener::bind(self).await
    }
}
