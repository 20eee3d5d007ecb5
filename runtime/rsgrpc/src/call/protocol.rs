//! Which protocol a call speaks: how its response begins and how its status is written.
//!
//! gRPC, gRPC-Web and Connect carry the same messages in differently wrapped bodies. What they differ in
//! stands here, chosen once for each call by its content type.

use crate::metadata::Metadata;
use crate::status::Status;
use crate::transport::{Headers, Outgoing, ResponseHead};
use std::sync::LazyLock;

/// A protocol that a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// gRPC over HTTP/2: the status is in HTTP trailers.
    Grpc,
}

impl Protocol {
    /// The protocol of a request with this content type; `None` where it is none that is known.
    ///
    /// `application/grpc` may be followed by a subtype, such as `+proto`, and by parameters. What the
    /// messages are encoded in is agreed between the stubs, so the subtype is not looked at.
    pub(crate) fn of(content_type: &[u8]) -> Option<Self> {
        let rest = content_type.strip_prefix(b"application/grpc")?;
        matches!(rest.first(), None | Some(b'+' | b';')).then_some(Self::Grpc)
    }

    /// The head of a response.
    pub(crate) fn head(self, metadata: Option<&Metadata>) -> ResponseHead {
        let Self::Grpc = self;
        let mut head = ResponseHead::grpc();
        if let Some(metadata) = metadata {
            metadata.write(&mut head.headers);
        }
        head
    }

    /// Ends a response with its status. `head` is there unless it has been sent; then a failure goes out as
    /// trailers-only.
    pub(crate) fn finish(
        self,
        outgoing: &mut Outgoing,
        head: Option<ResponseHead>,
        status: Result<(), &Status>,
        metadata: Option<&Metadata>,
    ) -> Result<(), Status> {
        let Self::Grpc = self;
        match (head, status) {
            (Some(mut head), Err(status)) => {
                write_status(&mut head.headers, Err(status), metadata);
                outgoing.send_head(head, true)
            }
            (head, status) => {
                if let Some(head) = head {
                    outgoing.send_head(head, false)?;
                }
                let mut trailers = ok().clone();
                write_status(&mut trailers, status, metadata);
                outgoing.send_trailers(trailers)
            }
        }
    }
}

/// Adds a failure and metadata to trailers that report success.
fn write_status(trailers: &mut Headers, status: Result<(), &Status>, metadata: Option<&Metadata>) {
    if let Some(metadata) = metadata {
        metadata.write(trailers);
    }
    if let Err(status) = status {
        status.write_trailers(trailers);
    }
}

/// The trailers of a call that succeeded, made once.
fn ok() -> &'static Headers {
    static OK: LazyLock<Headers> = LazyLock::new(|| {
        let mut trailers = Headers::with_capacity(1);
        Status::write_ok(&mut trailers);
        trailers
    });
    &OK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types() {
        for known in ["application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8"] {
            assert_eq!(Protocol::of(known.as_bytes()), Some(Protocol::Grpc), "{known}");
        }
        for unknown in ["", "application/json", "application/grpc-web", "application/grpcx", "text/html"] {
            assert_eq!(Protocol::of(unknown.as_bytes()), None, "{unknown}");
        }
    }
}
