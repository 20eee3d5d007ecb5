//! From a target to a connection.

use super::target::{Endpoint, Target};
use crate::status::Status;
#[cfg(feature = "_tls")]
use crate::tls::ClientTls;
use crate::transport::http2::client::Settings;
use crate::transport::http2::{self, Driver};
use crate::transport::{Local, MachineAddress, Peer, Requests, Socket};
use std::error::Error;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;
use std::{fmt, io};
use tokio::net::{TcpStream, lookup_host};

/// Makes the connections of a subchannel.
pub(super) trait Connect: Send + Sync {
    /// One attempt. What comes with a connection moves it, and has to be polled.
    fn connect(&self) -> Connecting<'_>;

    /// What an attempt that took longer than `limit` fails with.
    fn timed_out(&self, limit: Duration) -> Status;
}

/// An attempt to connect.
pub(super) type Connecting<'a> =
    Pin<Box<dyn Future<Output = Result<(Requests, Option<Driver>), Status>> + Send + 'a>>;

/// HTTP/2 over what a [`Dial`] gives.
pub(super) struct Network<D> {
    pub(super) dial: D,
    /// How errors call the server.
    pub(super) name: String,
    pub(super) security: Security,
    pub(super) settings: Settings,
}

/// What is between HTTP/2 and the socket.
pub(super) enum Security {
    Plaintext,
    /// TLS, with the name that the server has to prove.
    #[cfg(feature = "_tls")]
    Tls(ClientTls, String),
}

impl<D: Dial> Connect for Network<D> {
    fn connect(&self) -> Connecting<'_> {
        Box::pin(async {
            let keepalive = self.settings.keepalive.as_ref().map(|pace| pace.current());
            let (socket, peer) = self.dial.dial(keepalive.map(|keepalive| keepalive.timeout)).await?;
            let socket = self.secure(socket).await?;
            let (requests, driver) = http2::connect(socket, peer, &self.settings)
                .await
                .map_err(|status| failed(&self.name, status.message().to_owned(), status))?;
            Ok((Requests::Http2(requests), Some(driver)))
        })
    }

    fn timed_out(&self, limit: Duration) -> Status {
        failed(
            &self.name,
            format!("no connection within {limit:?}"),
            io::Error::from(io::ErrorKind::TimedOut),
        )
    }
}

impl<D> Network<D> {
    async fn secure(&self, socket: Pin<Box<dyn Socket>>) -> Result<Pin<Box<dyn Socket>>, Status> {
        match &self.security {
            Security::Plaintext => Ok(socket),
            #[cfg(feature = "_tls")]
            Security::Tls(tls, name) => match tls.connect(name, socket).await {
                Ok(socket) => Ok(Box::pin(socket)),
                Err(error) => Err(failed(&self.name, format!("TLS: {error}"), crate::tls::cause(error))),
            },
        }
    }
}

/// A server in this process.
impl Connect for Local {
    fn connect(&self) -> Connecting<'_> {
        Box::pin(std::future::ready(Ok((self.requests(), None))))
    }

    fn timed_out(&self, limit: Duration) -> Status {
        Status::unavailable(format!("no connection within {limit:?}"))
    }
}

/// Makes sockets.
pub(super) trait Dial: Send + Sync {
    /// One attempt. What is sent may wait for its acknowledgement for as long as `user_timeout`, where the
    /// socket knows such a thing.
    fn dial(&self, user_timeout: Option<Duration>) -> Dialing<'_>;
}

/// An attempt to get a socket.
pub(super) type Dialing<'a> = Pin<Box<dyn Future<Output = Dialed> + Send + 'a>>;

/// A socket, and who is at its other end.
type Dialed = Result<(Pin<Box<dyn Socket>>, Peer), Status>;

/// The name is resolved anew for each socket, so that a service that moves is found; other resolvers than the
/// system's would go here.
impl Dial for Target {
    fn dial(&self, user_timeout: Option<Duration>) -> Dialing<'_> {
        Box::pin(async move {
            match &self.endpoint {
                Endpoint::Host { host, port } => match lookup_host((host.as_str(), *port)).await {
                    Ok(addresses) => tcp(self, addresses, user_timeout).await,
                    Err(error) => Err(failed(&self.name, format!("cannot resolve the name: {error}"), error)),
                },
                Endpoint::Addresses(addresses) => tcp(self, addresses.iter().copied(), user_timeout).await,
                Endpoint::Machine(address) => machine(&self.name, address).await,
            }
        })
    }
}

/// A function of the application's.
pub(super) struct Custom<F> {
    pub(super) connect: F,
    pub(super) name: String,
}

impl<F, Fut, S> Dial for Custom<F>
where
    F: Fn() -> Fut + Send + Sync,
    Fut: Future<Output = io::Result<S>> + Send,
    S: Socket + 'static,
{
    fn dial(&self, _: Option<Duration>) -> Dialing<'_> {
        Box::pin(async { socket(&self.name, (self.connect)().await, Peer::unnamed()) })
    }
}

async fn machine(name: &str, address: &MachineAddress) -> Dialed {
    match address {
        #[cfg(unix)]
        MachineAddress::Unix(path) => {
            socket(name, tokio::net::UnixStream::connect(path).await, Peer::unix(None))
        }
        #[cfg(all(feature = "vsock", target_os = "linux"))]
        MachineAddress::Vsock { cid, port } => {
            let address = tokio_vsock::VsockAddr::new(*cid, *port);
            socket(name, tokio_vsock::VsockStream::connect(address).await, Peer::vsock(*cid, *port))
        }
        #[cfg(not(all(unix, feature = "vsock", target_os = "linux")))]
        address => socket(name, Err::<TcpStream, _>(address.unsupported()), Peer::unnamed()),
    }
}

fn socket(name: &str, made: io::Result<impl Socket + 'static>, peer: Peer) -> Dialed {
    match made {
        Ok(socket) => Ok((Box::pin(socket), peer)),
        Err(error) => Err(failed(name, error.to_string(), error)),
    }
}

/// TCP to the first address that answers.
async fn tcp(
    target: &Target,
    addresses: impl Iterator<Item = SocketAddr>,
    user_timeout: Option<Duration>,
) -> Dialed {
    let mut problems = Vec::new();
    for address in addresses {
        match open(address, user_timeout).await {
            Ok(socket) => {
                let peer = Peer::from(address);
                let peer = match socket.local_addr() {
                    Ok(local) => peer.with_local_address(local),
                    Err(_) => peer,
                };
                return Ok((Box::pin(socket), peer));
            }
            Err(error) => problems.push((address, error)),
        }
    }
    // One address that is the target's own name needs no second mention.
    let told = problems.iter().map(|(address, error)| match address.to_string() {
        name if name == target.name => error.to_string(),
        name => format!("{name}: {error}"),
    });
    let told = told.collect::<Vec<_>>().join("; ");
    Err(match problems.pop() {
        Some((_, error)) => failed(&target.name, told, error),
        None => Status::unavailable(format!("connect to {}: the name has no address", target.name)),
    })
}

async fn open(address: SocketAddr, user_timeout: Option<Duration>) -> io::Result<TcpStream> {
    let socket = TcpStream::connect(address).await?;
    #[cfg(target_os = "linux")]
    if user_timeout.is_some() {
        // gRFC A18. Without it a dead server is found later; that is no reason to fail.
        let _ = socket2::SockRef::from(&socket).set_tcp_user_timeout(user_timeout);
    }
    // Small frames must not wait for the acknowledgement of those before.
    socket.set_nodelay(true)?;
    Ok(socket)
}

#[cold]
fn failed(name: &str, problem: impl fmt::Display, source: impl Into<Box<dyn Error + Send + Sync>>) -> Status {
    Status::unavailable(format!("connect to {name}: {problem}")).with_source(source)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_socket_has_the_timeout_of_the_keepalive() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        for timeout in [None, Some(Duration::from_secs(7))] {
            let socket = open(listener.local_addr().unwrap(), timeout).await.unwrap();
            assert_eq!(socket2::SockRef::from(&socket).tcp_user_timeout().unwrap(), timeout);
        }
    }
}
