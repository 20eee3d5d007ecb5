//! What requests ask to have sent back: metadata and statuses.

use rsgrpc::{Code, Context, Status};
use rsgrpc_interop::proto::EchoStatus;
use rsgrpc_interop::{ECHO_INITIAL, ECHO_TRAILING};

/// Sends back the metadata that is meant for it.
pub(crate) fn metadata(ctx: &Context) -> Result<(), Status> {
    if let Some(value) = ctx.metadata().get(ECHO_INITIAL) {
        ctx.initial_metadata().insert(ECHO_INITIAL, value)?;
    }
    if let Some(value) = ctx.metadata().get_bin(ECHO_TRAILING) {
        ctx.trailers().insert_bin(ECHO_TRAILING, value)?;
    }
    Ok(())
}

/// Fails with the status that the request wants.
pub(crate) fn status(wanted: Option<&EchoStatus>) -> Result<(), Status> {
    match wanted {
        Some(wanted) if wanted.code != 0 => Err(Status::new(Code::from(wanted.code), wanted.message.clone())),
        _ => Ok(()),
    }
}
