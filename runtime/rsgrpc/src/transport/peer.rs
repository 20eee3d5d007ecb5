//! Who is at the other end.

#[cfg(feature = "_tls")]
use crate::tls::TlsInfo;
use std::fmt;
use std::net::SocketAddr;
#[cfg(feature = "_tls")]
use std::sync::Arc;

/// The other end of a connection: where it is, and what is known of who it is.
///
/// ```
/// use rsgrpc::{Context, Status};
///
/// fn owner(ctx: &Context) -> Result<u32, Status> {
///     let process = ctx.peer().process();
///     process.map(|process| process.uid).ok_or_else(|| Status::unauthenticated("not a Unix socket"))
/// }
/// ```
///
/// A [`Listener`](crate::Listener) of an application's own makes one from an address, or with
/// [`unnamed`](Self::unnamed).
// Cloned for each call: what is not a few plain words is shared.
#[derive(Clone, Debug)]
pub struct Peer {
    place: Place,
    #[cfg(feature = "_tls")]
    tls: Option<Arc<TlsInfo>>,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    /// On the network; the second address is this side's.
    Network(SocketAddr, Option<SocketAddr>),
    /// On this machine, behind a Unix socket.
    Unix(Option<Process>),
    /// Another virtual machine or the host.
    Vsock {
        cid: u32,
        port: u32,
    },
    /// In this process.
    Memory,
    Unnamed,
}

/// A process on this machine, as the kernel knew it when it connected to a Unix socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Process {
    /// Its number, where the platform tells. Another process may have it by now.
    pub pid: Option<i32>,
    /// The user it runs as.
    pub uid: u32,
    /// The group it runs as.
    pub gid: u32,
}

impl Peer {
    /// A peer on a transport without addresses.
    #[must_use]
    pub const fn unnamed() -> Self {
        Self::at(Place::Unnamed)
    }

    /// A peer on the other end of a Unix socket.
    #[must_use]
    pub const fn unix(process: Option<Process>) -> Self {
        Self::at(Place::Unix(process))
    }

    /// A peer on the other end of a vsock.
    #[must_use]
    pub const fn vsock(cid: u32, port: u32) -> Self {
        Self::at(Place::Vsock { cid, port })
    }

    /// A peer within this process.
    pub(crate) const fn memory() -> Self {
        Self::at(Place::Memory)
    }

    const fn at(place: Place) -> Self {
        Self {
            place,
            #[cfg(feature = "_tls")]
            tls: None,
        }
    }

    /// Adds this side's address to a peer that has an address on the network.
    #[must_use]
    pub fn with_local_address(mut self, address: SocketAddr) -> Self {
        if let Place::Network(_, local) = &mut self.place {
            *local = Some(address);
        }
        self
    }

    #[cfg(feature = "_tls")]
    pub(crate) fn with_tls(mut self, info: TlsInfo) -> Self {
        self.tls = Some(Arc::new(info));
        self
    }

    /// Its address on the network, if it has one.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        match self.place {
            Place::Network(address, _) => Some(address),
            _ => None,
        }
    }

    /// The address on the network that it has connected to.
    #[must_use]
    pub fn local_address(&self) -> Option<SocketAddr> {
        match self.place {
            Place::Network(_, local) => local,
            _ => None,
        }
    }

    /// The process at the other end of a Unix socket.
    #[must_use]
    pub fn process(&self) -> Option<Process> {
        match self.place {
            Place::Unix(process) => process,
            _ => None,
        }
    }

    /// The context identifier and the port of a peer on a vsock.
    #[must_use]
    pub fn vsock_address(&self) -> Option<(u32, u32)> {
        match self.place {
            Place::Vsock { cid, port } => Some((cid, port)),
            _ => None,
        }
    }

    /// Whether it is in this process: the in-memory transport.
    #[must_use]
    pub fn is_local(&self) -> bool {
        matches!(self.place, Place::Memory)
    }

    /// What the TLS handshake has told, if there was one: the peer's certificate among it.
    #[cfg(feature = "_tls")]
    #[must_use]
    pub fn tls(&self) -> Option<&TlsInfo> {
        self.tls.as_deref()
    }
}

impl Process {
    /// A process with this number, user and group.
    #[must_use]
    pub const fn new(pid: Option<i32>, uid: u32, gid: u32) -> Self {
        Self { pid, uid, gid }
    }
}

/// Where the peer is, such as `192.0.2.1:40123`, `unix:pid=17,uid=1000`, `vsock:2:50051` or `local`.
impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Network(address, _) => address.fmt(f),
            Place::Unix(None) => f.write_str("unix"),
            Place::Unix(Some(Process { pid: Some(pid), uid, .. })) => write!(f, "unix:pid={pid},uid={uid}"),
            Place::Unix(Some(Process { uid, .. })) => write!(f, "unix:uid={uid}"),
            Place::Vsock { cid, port } => write!(f, "vsock:{cid}:{port}"),
            Place::Memory => f.write_str("local"),
            Place::Unnamed => f.write_str("unnamed"),
        }
    }
}

impl From<SocketAddr> for Peer {
    fn from(address: SocketAddr) -> Self {
        Self::at(Place::Network(address, None))
    }
}
