//! Calls that end before their time.

use std::time::Duration;

use rsgrpc::{ChannelBuilder, Code};
use rsgrpc_interop::proto::{StreamingOutputCallRequest, TestServiceClient};
use rsgrpc_interop::{Result, zeros};

use crate::outcomes::Outcomes;
use crate::streaming::{self, REQUEST_SIZES, RESPONSE_SIZES};
use crate::{Client, fails};

/// An upload has no response yet that could tell of the end, so an interceptor does.
pub(crate) async fn cancel_after_begin(client: Client) -> Result {
    let outcomes = Outcomes::default();
    let channel = client.target.connect_with(ChannelBuilder::new().interceptor(outcomes.clone()))?;
    let upload = TestServiceClient::new(channel).streaming_input_call().await?;
    drop(upload);
    assert_eq!(outcomes.codes(), [Code::Cancelled]);
    Ok(())
}

pub(crate) async fn cancel_after_first_response(client: Client) -> Result {
    let (requests, mut responses) = client.service.full_duplex_call().await?;
    requests.send(streaming::request(REQUEST_SIZES[0], RESPONSE_SIZES[0])).await?;
    streaming::expect(&mut responses, RESPONSE_SIZES[0]).await?;
    drop(requests);
    fails(Code::Cancelled, responses.message().await).map(drop)
}

pub(crate) async fn timeout_on_sleeping_server(client: Client) -> Result {
    let call = client.service.full_duplex_call().timeout(Duration::from_millis(1));
    let request = StreamingOutputCallRequest { payload: Some(zeros(REQUEST_SIZES[0])), ..Default::default() };
    // The time may be up at any of these.
    let result = async {
        let (requests, mut responses) = call.await?;
        // Whether the request could still be sent, the responses tell.
        let _ = requests.send(request).await;
        responses.message().await
    };
    fails(Code::DeadlineExceeded, result.await).map(drop)
}
