//! Calls with one request and one response; metadata.

use std::time::{SystemTime, UNIX_EPOCH};

use rsgrpc::Metadata;
use rsgrpc_interop::proto::{
    Empty, ResponseParameters, SimpleRequest, SimpleResponse, StreamingOutputCallRequest,
};
use rsgrpc_interop::{ECHO_INITIAL, ECHO_TRAILING, Result, zeros};

use crate::Client;
use crate::streaming::expect;

const REQUEST_SIZE: usize = 271_828;
const RESPONSE_SIZE: usize = 314_159;

pub(crate) async fn empty(client: Client) -> Result {
    assert_eq!(client.service.empty_call(Empty::default()).await?, Empty::default());
    Ok(())
}

/// A proxy in between answers the second call as the first: the server would give another time.
pub(crate) async fn cacheable(client: Client) -> Result {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos().to_string();
    let mut payload = zeros(0);
    payload.body = now.into_bytes().into();
    let request = SimpleRequest { payload: Some(payload), ..Default::default() };
    let call = || client.service.cacheable_unary_call(request.clone()).metadata("x-user-ip", "1.2.3.4");
    let first = call().await?;
    assert!(!first.payload().body.is_empty(), "the response has no payload");
    assert_eq!(call().await?, first, "the second response does not come from a cache");
    Ok(())
}

pub(crate) async fn large(client: &Client) -> Result {
    check(&client.service.unary_call(large_request()).await?)
}

pub(crate) async fn custom_metadata(client: Client) -> Result {
    const VALUE: &str = "test_initial_metadata_value";
    const BYTES: [u8; 3] = [0xab, 0xab, 0xab];
    let echoed = |initial: &Metadata, trailers: &Metadata| {
        assert_eq!(initial.get(ECHO_INITIAL), Some(VALUE), "{initial:?}");
        assert_eq!(trailers.get_bin(ECHO_TRAILING).as_deref(), Some(&BYTES[..]), "{trailers:?}");
    };

    let call = client.service.unary_call(large_request());
    let response = call.metadata(ECHO_INITIAL, VALUE).metadata_bin(ECHO_TRAILING, BYTES).response().await?;
    check(&response.message)?;
    echoed(&response.metadata, &response.trailers);

    let call = client.service.full_duplex_call();
    let (requests, mut responses) =
        call.metadata(ECHO_INITIAL, VALUE).metadata_bin(ECHO_TRAILING, BYTES).await?;
    let size = ResponseParameters { size: i32::try_from(RESPONSE_SIZE)?, ..Default::default() };
    let request = StreamingOutputCallRequest {
        response_parameters: vec![size],
        payload: Some(zeros(REQUEST_SIZE)),
        ..Default::default()
    };
    requests.send(request).await?;
    requests.close();
    expect(&mut responses, RESPONSE_SIZE).await?;
    assert_eq!(responses.message().await?, None);
    let (initial, trailers) = (responses.headers(), responses.trailers());
    echoed(initial.ok_or("no headers")?, trailers.ok_or("no trailers")?);
    Ok(())
}

/// What most cases send.
pub(crate) fn large_request() -> SimpleRequest {
    request(REQUEST_SIZE, RESPONSE_SIZE)
}

pub(crate) fn request(size: usize, response_size: usize) -> SimpleRequest {
    SimpleRequest {
        // The sizes come from constants and flags.
        response_size: i32::try_from(response_size).unwrap_or(i32::MAX),
        payload: Some(zeros(size)),
        ..Default::default()
    }
}

/// Whether this is the answer to a [`large_request`].
pub(crate) fn check(response: &SimpleResponse) -> Result {
    check_size(response, RESPONSE_SIZE)
}

pub(crate) fn check_size(response: &SimpleResponse, size: usize) -> Result {
    let body = &response.payload().body;
    if body.len() != size || body.iter().any(|byte| *byte != 0) {
        return Err(format!("{} bytes came, where {size} zeros were expected", body.len()).into());
    }
    Ok(())
}
