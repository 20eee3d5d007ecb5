//! Where connections come from.

use crate::transport::Peer;
use std::io;
use std::net::SocketAddr;
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
}

/// `TCP_NODELAY` is set: a server writes what belongs together at once.
impl Listener for TcpListener {
    type Socket = tokio::net::TcpStream;

    async fn accept(&mut self) -> io::Result<(Self::Socket, Peer)> {
        let (socket, address) = Self::accept(self).await?;
        socket.set_nodelay(true)?;
        Ok((socket, Peer::Socket(address)))
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
