//! From a request to a call: what the head must say.

use super::Call;
use super::service::Shared;
use crate::call::{Context, Opening, Owned, Protocol};
use crate::compression::Terms;
use crate::deadline::{self, Deadline};
use crate::status::Status;
use crate::transport::{Accepted, Outgoing, RequestHead, ResponseHead};

/// The call that a request opens; `None` where the head is not a gRPC call's, which has been answered then.
///
/// - Not POST: HTTP status 405. Not a content type of gRPC: 415, so that no other client takes the answer for
///   a success (`PROTOCOL-HTTP2.md`, "Requests").
/// - A `grpc-timeout` that is none: INTERNAL.
/// - A missing `te: trailers` is let pass: it is there to find proxies that drop trailers, and a client
///   behind one notices by itself.
/// - A `grpc-encoding` that is not supported matters once a message is compressed.
pub(super) fn open(accepted: Accepted, shared: &Shared) -> Option<Call> {
    let Accepted { head, body, mut outgoing, peer } = accepted;
    if !head.is_post() {
        return refuse(&mut outgoing, ResponseHead::method_not_allowed());
    }
    let Some(protocol) = head.content_type().and_then(Protocol::of) else {
        return refuse(&mut outgoing, ResponseHead::unsupported_media_type());
    };
    let deadline = match timeout(&head) {
        Ok(deadline) => deadline,
        Err(status) => {
            // The client is gone if this fails.
            let _ = protocol.finish(&mut outgoing, Some(protocol.head(None)), Err(&status), None);
            return None;
        }
    };
    let compression = Terms::new(&shared.compression, head.metadata().headers());
    let context = Context::new(Opening { head, peer, deadline, protocol, compression });
    Some(Call::new(Owned(context), body, outgoing, shared.receive_limit))
}

/// Answers a client that does not speak gRPC.
fn refuse(outgoing: &mut Outgoing, head: ResponseHead) -> Option<Call> {
    // The client is gone if this fails.
    let _ = outgoing.send_head(head, true);
    None
}

fn timeout(head: &RequestHead) -> Result<Option<Deadline>, Status> {
    let Some(value) = head.header(&deadline::GRPC_TIMEOUT) else { return Ok(None) };
    match deadline::parse_timeout(value) {
        Ok(timeout) => Ok(Some(Deadline::after(timeout))),
        Err(malformed) => Err(Status::internal(malformed.to_string())),
    }
}
