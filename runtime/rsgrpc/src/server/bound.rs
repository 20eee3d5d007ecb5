//! A listener on an address that is given as text.

use super::listener::{Listen, Listener};
use crate::transport::{MachineAddress, Peer};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};
#[cfg(all(feature = "vsock", target_os = "linux"))]
use tokio_vsock::{VsockAddr, VsockListener, VsockStream};

/// `host:port`, `unix:path`, `unix:///path`, `unix-abstract:name` on Linux, or `vsock:cid:port` on Linux with
/// the feature `vsock`; see gRPC's `naming.md`.
///
/// A Unix socket that nobody listens on any more is taken over, and removed in the end.
impl Listen for &str {
    type Listener = Bound;

    async fn listen(self) -> io::Result<Bound> {
        match MachineAddress::parse(self) {
            None => Ok(Bound::Tcp(TcpListener::bind(self).await?)),
            Some(Ok(address)) => Bound::machine(address).await,
            Some(Err(problem)) => Err(io::Error::new(io::ErrorKind::InvalidInput, problem)),
        }
    }
}

/// As `&str`.
impl Listen for String {
    type Listener = Bound;

    async fn listen(self) -> io::Result<Bound> {
        self.as_str().listen().await
    }
}

/// What an address has become.
#[derive(Debug)]
pub enum Bound {
    Tcp(TcpListener),
    #[cfg(unix)]
    // The file goes first: as long as there is a listener nobody else takes its place.
    Unix(File, UnixListener),
    #[cfg(all(feature = "vsock", target_os = "linux"))]
    Vsock(VsockListener),
}

impl Bound {
    async fn machine(address: MachineAddress) -> io::Result<Self> {
        match address {
            #[cfg(unix)]
            MachineAddress::Unix(path) => {
                let listener = match UnixListener::bind(&path) {
                    Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_left(&path).await => {
                        std::fs::remove_file(&path)?;
                        UnixListener::bind(&path)?
                    }
                    bound => bound?,
                };
                Ok(Self::Unix(File(path), listener))
            }
            #[cfg(all(feature = "vsock", target_os = "linux"))]
            MachineAddress::Vsock { cid, port } => {
                Ok(Self::Vsock(VsockListener::bind(VsockAddr::new(cid, port))?))
            }
            #[cfg(not(all(unix, feature = "vsock", target_os = "linux")))]
            address => Err(address.unsupported()),
        }
    }
}

/// Whether a socket was left by a process that is gone.
#[cfg(unix)]
async fn is_left(path: &std::path::Path) -> bool {
    use std::os::unix::fs::FileTypeExt;
    // Other files refuse connections, too.
    if !std::fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket()) {
        return false;
    }
    let tried = UnixStream::connect(path).await;
    tried.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

/// The file of a socket, removed when the socket is closed. An abstract one has none.
#[cfg(unix)]
#[derive(Debug)]
pub struct File(std::path::PathBuf);

#[cfg(unix)]
impl Drop for File {
    fn drop(&mut self) {
        // The path of an abstract socket is no path: it begins with a NUL, and this fails.
        let _ = std::fs::remove_file(&self.0);
    }
}

impl Listener for Bound {
    type Socket = Stream;

    async fn accept(&mut self) -> io::Result<(Stream, Peer)> {
        match self {
            Self::Tcp(listener) => {
                Listener::accept(listener).await.map(|(socket, peer)| (Stream::Tcp(socket), peer))
            }
            #[cfg(unix)]
            Self::Unix(_, listener) => {
                Listener::accept(listener).await.map(|(socket, peer)| (Stream::Unix(socket), peer))
            }
            #[cfg(all(feature = "vsock", target_os = "linux"))]
            Self::Vsock(listener) => {
                let (socket, address) = listener.accept().await?;
                Ok((Stream::Vsock(socket), Peer::vsock(address.cid(), address.port())))
            }
        }
    }
}

/// A connection to a [`Bound`].
#[derive(Debug)]
pub enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
    #[cfg(all(feature = "vsock", target_os = "linux"))]
    Vsock(VsockStream),
}

/// Does the same with each kind of stream.
macro_rules! each {
    ($self:ident, $stream:ident => $do:expr) => {
        match $self.get_mut() {
            Self::Tcp($stream) => {
                let $stream = Pin::new($stream);
                $do
            }
            #[cfg(unix)]
            Self::Unix($stream) => {
                let $stream = Pin::new($stream);
                $do
            }
            #[cfg(all(feature = "vsock", target_os = "linux"))]
            Self::Vsock($stream) => {
                let $stream = Pin::new($stream);
                $do
            }
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => stream.poll_read(cx, buf))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        each!(self, stream => stream.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        each!(self, stream => stream.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => stream.poll_shutdown(cx))
    }
}
