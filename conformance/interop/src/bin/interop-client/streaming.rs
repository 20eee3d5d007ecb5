//! Calls with streams.

use rsgrpc::Streaming;
use rsgrpc_interop::proto::{
    ResponseParameters, StreamingInputCallRequest, StreamingOutputCallRequest, StreamingOutputCallResponse,
};
use rsgrpc_interop::{Result, zeros};

use crate::Client;

pub(crate) const REQUEST_SIZES: [usize; 4] = [27_182, 8, 1_828, 45_904];
pub(crate) const RESPONSE_SIZES: [usize; 4] = [31_415, 9, 2_653, 58_979];

pub(crate) async fn client(client: Client) -> Result {
    let mut upload = client.service.streaming_input_call().await?;
    for size in REQUEST_SIZES {
        let request = StreamingInputCallRequest { payload: Some(zeros(size)), ..Default::default() };
        upload.send(request).await?;
    }
    assert_eq!(upload.finish().await?.aggregated_payload_size, 74_922);
    Ok(())
}

pub(crate) async fn server(client: Client) -> Result {
    let request = StreamingOutputCallRequest {
        response_parameters: RESPONSE_SIZES.map(parameters).to_vec(),
        ..Default::default()
    };
    let mut responses = client.service.streaming_output_call(request).await?;
    for size in RESPONSE_SIZES {
        expect(&mut responses, size).await?;
    }
    assert_eq!(responses.message().await?, None);
    Ok(())
}

pub(crate) async fn ping_pong(client: Client) -> Result {
    let (requests, mut responses) = client.service.full_duplex_call().await?;
    for (size, response_size) in REQUEST_SIZES.into_iter().zip(RESPONSE_SIZES) {
        requests.send(request(size, response_size)).await?;
        expect(&mut responses, response_size).await?;
    }
    requests.close();
    assert_eq!(responses.message().await?, None);
    Ok(())
}

pub(crate) async fn empty(client: Client) -> Result {
    let (requests, mut responses) = client.service.full_duplex_call().await?;
    requests.close();
    assert_eq!(responses.message().await?, None);
    Ok(())
}

/// A request with a payload that asks for one response.
pub(crate) fn request(size: usize, response_size: usize) -> StreamingOutputCallRequest {
    StreamingOutputCallRequest {
        response_parameters: vec![parameters(response_size)],
        payload: Some(zeros(size)),
        ..Default::default()
    }
}

pub(crate) fn parameters(size: usize) -> ResponseParameters {
    // The sizes are constants.
    ResponseParameters { size: i32::try_from(size).unwrap_or(i32::MAX), ..Default::default() }
}

/// Takes a response, which must have a payload of so many zeros.
pub(crate) async fn expect(responses: &mut Streaming<StreamingOutputCallResponse>, size: usize) -> Result {
    let response = responses.message().await?.ok_or("the stream has ended early")?;
    let body = &response.payload().body;
    if body.len() != size || body.iter().any(|byte| *byte != 0) {
        return Err(format!("{} bytes came, where {size} zeros were expected", body.len()).into());
    }
    Ok(())
}
