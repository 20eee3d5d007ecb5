//! From a target to a connection.

use super::target::{Endpoint, Target};
use crate::status::Status;
use crate::transport::http2::client::Settings;
use crate::transport::http2::{self, Driver};
use crate::transport::{Local, Requests, Socket};
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

/// HTTP/2 over a socket.
pub(super) struct Network {
    pub(super) target: Target,
    pub(super) settings: Settings,
}

impl Connect for Network {
    fn connect(&self) -> Connecting<'_> {
        Box::pin(async {
            let keepalive = self.settings.keepalive.as_ref().map(|pace| pace.current());
            let user_timeout = keepalive.map(|keepalive| keepalive.timeout);
            let socket = socket(&self.target, user_timeout).await?;
            let (requests, driver) = http2::connect(socket, &self.settings)
                .await
                .map_err(|status| failed(&self.target, status.message().to_owned(), status))?;
            Ok((Requests::Http2(requests), Some(driver)))
        })
    }

    fn timed_out(&self, limit: Duration) -> Status {
        Status::unavailable(format!("connect to {}: no connection within {limit:?}", self.target))
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

/// A socket to the target. Its name is resolved anew for each, so that a service that moves is found; other
/// resolvers than the system's would go here.
async fn socket(target: &Target, user_timeout: Option<Duration>) -> Result<Pin<Box<dyn Socket>>, Status> {
    match &target.endpoint {
        Endpoint::Host { host, port } => match lookup_host((host.as_str(), *port)).await {
            Ok(addresses) => tcp(target, addresses, user_timeout).await,
            Err(error) => Err(failed(target, format!("cannot resolve the name: {error}"), error)),
        },
        Endpoint::Addresses(addresses) => tcp(target, addresses.iter().copied(), user_timeout).await,
        #[cfg(unix)]
        Endpoint::Unix(path) => match tokio::net::UnixStream::connect(path).await {
            Ok(socket) => Ok(Box::pin(socket)),
            Err(error) => Err(failed(target, error.to_string(), error)),
        },
    }
}

/// TCP to the first address that answers.
async fn tcp(
    target: &Target,
    addresses: impl Iterator<Item = SocketAddr>,
    user_timeout: Option<Duration>,
) -> Result<Pin<Box<dyn Socket>>, Status> {
    let mut problems = Vec::new();
    for address in addresses {
        match open(address, user_timeout).await {
            Ok(socket) => return Ok(Box::pin(socket)),
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
        Some((_, error)) => failed(target, told, error),
        None => Status::unavailable(format!("connect to {target}: the name has no address")),
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
fn failed(target: &Target, problem: impl fmt::Display, source: impl Error + Send + Sync + 'static) -> Status {
    Status::unavailable(format!("connect to {target}: {problem}")).with_source(source)
}
