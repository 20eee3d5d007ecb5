//! Calls to a server that plays tricks below gRPC (`doc/negative-http2-interop-test-descriptions.md`). That
//! document tells of responses with 1024 bytes; the servers send as many as the request asks for.

use rsgrpc_interop::Result;
use tokio::task::JoinSet;

use crate::Client;
use crate::unary;

/// The server says goodbye to the connection after the first call; the second one goes to a new connection.
pub(crate) async fn goaway(client: Client) -> Result {
    unary::large(&client).await?;
    unary::large(&client).await
}

/// The server resets the call before it has sent a status, however much else it has sent. Which code that is,
/// the document leaves open.
pub(crate) async fn reset(client: Client) -> Result {
    match client.service.unary_call(unary::large_request()).await {
        Ok(_) => Err("the call succeeded without a status".into()),
        Err(status) => {
            println!("{status}");
            Ok(())
        }
    }
}

/// The server takes one call at a time, which it says when the first comes.
pub(crate) async fn max_streams(client: Client) -> Result {
    unary::large(&client).await?;
    let mut calls = JoinSet::new();
    for _ in 0..10 {
        let client = client.clone();
        calls.spawn(async move { unary::large(&client).await });
    }
    while let Some(called) = calls.join_next().await {
        called??;
    }
    Ok(())
}
