//! From a target to a connection.

use super::target::Target;
use crate::status::Status;
use crate::transport::Requests;
use crate::transport::http2::{self, Driver};
use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;
use std::{fmt, io};
use tokio::net::TcpStream;

/// Makes the connections of a subchannel.
pub(super) enum Connector {
    /// HTTP/2 over TCP, to the first address of the target that answers.
    Tcp { target: Target, header_limit: u32 },
    /// A server in this process. Its end of the connection exists once.
    Local(Requests),
}

impl Connector {
    /// One attempt. What comes with a connection moves it, and has to be polled.
    pub(super) async fn connect(&self) -> Result<(Requests, Option<Driver>), Status> {
        match self {
            Self::Tcp { target, header_limit } => {
                let socket = tcp(target).await?;
                let (requests, driver) = http2::connect(Box::pin(socket), *header_limit)
                    .await
                    .map_err(|status| failed(target, status.message().to_owned(), status))?;
                Ok((Requests::Http2(requests), Some(driver)))
            }
            Self::Local(requests) => Ok((requests.clone(), None)),
        }
    }

    /// The status of an attempt that took longer than `limit`.
    #[cold]
    pub(super) fn timed_out(&self, limit: Duration) -> Status {
        match self {
            Self::Tcp { target, .. } => {
                Status::unavailable(format!("connect to {target}: no connection within {limit:?}"))
            }
            Self::Local(_) => Status::unavailable(format!("no connection within {limit:?}")),
        }
    }
}

async fn tcp(target: &Target) -> Result<TcpStream, Status> {
    let resolved = target.resolve().await;
    let addresses =
        resolved.map_err(|error| failed(target, format!("cannot resolve the name: {error}"), error))?;
    let mut problems = Vec::new();
    for address in addresses {
        match open(address).await {
            Ok(socket) => return Ok(socket),
            Err(error) => problems.push((address, error)),
        }
    }
    // One address that is the target's own name needs no second mention.
    let told = problems.iter().map(|(address, error)| match address.to_string() {
        name if name == target.authority => error.to_string(),
        name => format!("{name}: {error}"),
    });
    let told = told.collect::<Vec<_>>().join("; ");
    Err(match problems.pop() {
        Some((_, error)) => failed(target, told, error),
        None => Status::unavailable(format!("connect to {target}: the name has no address")),
    })
}

async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpStream::connect(address).await?;
    // Small frames must not wait for the acknowledgement of those before.
    socket.set_nodelay(true)?;
    Ok(socket)
}

#[cold]
fn failed(target: &Target, problem: impl fmt::Display, source: impl Error + Send + Sync + 'static) -> Status {
    Status::unavailable(format!("connect to {target}: {problem}")).with_source(source)
}
