//! What an error of the transport means for a call: the table of `PROTOCOL-HTTP2.md`, "Errors".

use crate::status::{Code, Status};
use h2::Reason;

/// Which side of a call this process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Server,
}

impl Side {
    /// How messages call the other side.
    fn peer(self) -> &'static str {
        match self {
            Self::Client => "the server",
            Self::Server => "the client",
        }
    }
}

/// Why a stream is reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reset {
    /// Nobody is interested any more.
    Cancel,
    /// The answer is complete; what else the client sends is not needed.
    NoError,
    /// This side failed.
    Internal,
}

impl From<Reset> for Reason {
    fn from(reset: Reset) -> Self {
        match reset {
            Reset::Cancel => Self::CANCEL,
            Reset::NoError => Self::NO_ERROR,
            Reset::Internal => Self::INTERNAL_ERROR,
        }
    }
}

/// The status of a call that met an HTTP/2 error. Its source is that error, or the socket's where it was that.
#[cold]
pub(crate) fn status(error: h2::Error, side: Side) -> Status {
    let peer = side.peer();
    let (code, message) = match error.reason() {
        Some(reason) if error.is_reset() => {
            let who = if error.is_remote() { peer } else { "this side" };
            (Code::from_http2_error(reason.into()), format!("{who} reset the stream: {}", name(reason)))
        }
        Some(reason) if error.is_go_away() && error.is_remote() => {
            let debug = debug_data(&error.to_string()).unwrap_or_default();
            (Code::Unavailable, format!("{peer} closed the connection: {}{debug}", name(reason)))
        }
        Some(reason) if error.is_go_away() => {
            let message = format!("the connection was closed because {peer} broke HTTP/2: {}", name(reason));
            (Code::Unavailable, message)
        }
        Some(reason) => (Code::from_http2_error(reason.into()), format!("HTTP/2 error: {}", name(reason))),
        None if error.is_io() => (Code::Unavailable, format!("the connection was lost: {error}")),
        None => (Code::Cancelled, format!("the stream is closed: {error}")),
    };
    let status = Status::new(code, message);
    let status = if error.is_remote() { status.by_peer() } else { status };
    if !error.is_io() {
        return status.with_source(error);
    }
    match error.into_io() {
        Some(error) => status.with_source(error),
        None => status,
    }
}

/// The status of a call whose peer reset the stream for this reason.
#[cold]
pub(super) fn reset(reason: Reason, side: Side) -> Status {
    let (code, peer) = (Code::from_http2_error(reason.into()), side.peer());
    Status::new(code, format!("{peer} reset the stream: {}", name(reason)))
        .with_source(h2::Error::from(reason))
        .by_peer()
}

/// Whether the stream was reset, by either side.
pub(crate) fn is_reset(status: &Status) -> bool {
    source(status).is_some_and(h2::Error::is_reset)
}

/// Whether the server certainly has not looked at the call, so that it may be sent again elsewhere.
pub(crate) fn is_unprocessed(status: &Status) -> bool {
    // h2 reports a GOAWAY to those calls alone that came after the last one that the server took.
    source(status).is_some_and(|error| {
        let refused = error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM);
        error.is_remote() && (refused || error.is_go_away())
    })
}

fn source(status: &Status) -> Option<&h2::Error> {
    std::error::Error::source(status)?.downcast_ref()
}

/// What a GOAWAY says beside its reason, in brackets: the end of what h2 prints, which tells nobody else.
fn debug_data(printed: &str) -> Option<String> {
    /// A peer may say much.
    const MOST: usize = 100;
    let (_, text) = printed.split_once(" (b\"")?;
    let text = text.strip_suffix("\")")?;
    Some(format!(" ({})", text.chars().take(MOST).collect::<String>()))
}

/// The name in RFC 9113 §7, such as `REFUSED_STREAM`.
fn name(reason: Reason) -> String {
    format!("{reason:?}")
}
