//! Messages that are compressed, and others of the same call that are not.

use rsgrpc::Code;
use rsgrpc::compression::Encoding;
use rsgrpc_interop::proto::{
    BoolValue, SimpleRequest, StreamingInputCallRequest, StreamingOutputCallRequest,
};
use rsgrpc_interop::{Result, zeros};

use crate::streaming::{self, parameters};
use crate::unary::{self, large_request};
use crate::{Client, fails};

/// The first call says falsely that it is compressed: whether the server notices at all.
pub(crate) async fn client_unary(client: Client) -> Result {
    let request = |value| SimpleRequest { expect_compressed: bool(value), ..large_request() };
    fails(Code::InvalidArgument, client.service.unary_call(request(true)).await)?;
    unary::check(&client.service.unary_call(request(true)).compress(Encoding::gzip()).await?)?;
    unary::check(&client.service.unary_call(request(false)).await?)
}

pub(crate) async fn server_unary(client: Client) -> Result {
    for value in [true, false] {
        let request = SimpleRequest { response_compressed: bool(value), ..large_request() };
        let response = client.service.unary_call(request).response().await?;
        unary::check(&response.message)?;
        assert_eq!(response.was_compressed, value);
    }
    Ok(())
}

/// As for [`client_unary`], the first call says something false.
pub(crate) async fn client_streaming(client: Client) -> Result {
    let request = |value, size| StreamingInputCallRequest {
        expect_compressed: bool(value),
        payload: Some(zeros(size)),
        ..Default::default()
    };
    let mut upload = client.service.streaming_input_call().await?;
    upload.send(request(true, 27_182)).await?;
    fails(Code::InvalidArgument, upload.finish().await)?;

    let mut upload = client.service.streaming_input_call().compress(Encoding::gzip()).await?;
    upload.send(request(true, 27_182)).await?;
    upload.send_uncompressed(request(false, 45_904)).await?;
    assert_eq!(upload.finish().await?.aggregated_payload_size, 73_086);
    Ok(())
}

pub(crate) async fn server_streaming(client: Client) -> Result {
    const RESPONSES: [(usize, bool); 2] = [(31_415, true), (92_653, false)];
    let response_parameters = RESPONSES.map(|(size, value)| {
        let mut parameters = parameters(size);
        parameters.compressed = bool(value);
        parameters
    });
    let request = StreamingOutputCallRequest {
        response_parameters: response_parameters.to_vec(),
        ..Default::default()
    };
    let mut responses = client.service.streaming_output_call(request).await?;
    for (size, value) in RESPONSES {
        streaming::expect(&mut responses, size).await?;
        assert_eq!(responses.was_compressed(), value);
    }
    assert_eq!(responses.message().await?, None);
    Ok(())
}

fn bool(value: bool) -> Option<BoolValue> {
    Some(BoolValue { value, ..Default::default() })
}
