//! Connects again and again to a server that hangs up
//! (`doc/connection-backoff-interop-test-description.md`).

use std::time::Duration;

use rsgrpc::{Backoff, ChannelBuilder, Code};
use rsgrpc_interop::proto::{Empty, ReconnectParams, ReconnectServiceClient};
use rsgrpc_interop::{Flags, Result};

use crate::fails;
use crate::target::Target;

/// As long as the document says, unless the flag of our own says otherwise.
const SECONDS: u64 = 540;

pub(crate) async fn reconnect(flags: &Flags) -> Result {
    let backoff = match flags.parsed("max_reconnect_backoff_ms", 0)? {
        0 => Backoff::default(),
        max => Backoff { max: Duration::from_millis(max), ..Backoff::default() },
    };
    // Beyond what an `i32` holds no client waits.
    let max_reconnect_backoff_ms = i32::try_from(backoff.max.as_millis()).unwrap_or(i32::MAX);
    let params = ReconnectParams { max_reconnect_backoff_ms, ..Default::default() };

    let control = Target::plaintext(flags, "server_control_port")?.connect()?;
    let control = ReconnectServiceClient::new(control);
    control.start(params.clone()).await?;

    let retry = Target::new(flags, "server_retry_port")?;
    let retry = ReconnectServiceClient::new(retry.connect_with(ChannelBuilder::new().backoff(backoff))?);
    let limit = Duration::from_secs(flags.parsed("reconnect_seconds", SECONDS)?);
    fails(Code::DeadlineExceeded, retry.start(params).wait_for_ready().timeout(limit).await)?;

    let info = control.stop(Empty::default()).await?;
    println!("pauses: {:?} ms", info.backoff_ms);
    if info.passed { Ok(()) } else { Err(format!("the pauses are wrong: {:?} ms", info.backoff_ms).into()) }
}
