//! Calls within a process: no HTTP/2, no sockets, chunks handed over without a copy.
//!
//! It behaves as HTTP/2 does where calls can tell: bounded buffers, cancellation both ways, trailers, a bound
//! on calls at a time, a server that drains. What it does not have is a limit on headers, and bytes that can
//! be malformed.

mod link;
mod stream;

pub(crate) use link::{Incoming, Requests, pair};
pub(crate) use stream::{Body, Outgoing, Reply};

/// One answer without a connection: where it is written, and where it is read.
#[cfg(feature = "tower")]
pub(crate) fn answer() -> (Outgoing, Reply) {
    let ((_, reply), (_, outgoing)) = stream::open(None, true);
    (outgoing, reply)
}

/// One request without a connection: where it is written, and where it is read.
#[cfg(feature = "tower")]
pub(crate) fn request() -> (Outgoing, Body) {
    stream::request()
}
