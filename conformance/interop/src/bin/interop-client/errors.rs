//! Calls that the server refuses.

use rsgrpc::Code;
use rsgrpc_interop::Result;
use rsgrpc_interop::proto::{
    EchoStatus, Empty, SimpleRequest, StreamingOutputCallRequest, UnimplementedServiceClient,
};

use crate::{Client, fails};

pub(crate) async fn status_code_and_message(client: Client) -> Result {
    const MESSAGE: &str = "test status message";
    let status = fails(Code::Unknown, client.service.unary_call(asking_for(MESSAGE)).await)?;
    assert_eq!(status.message(), MESSAGE);

    let (requests, mut responses) = client.service.full_duplex_call().await?;
    let response_status = asking_for(MESSAGE).response_status;
    requests.send(StreamingOutputCallRequest { response_status, ..Default::default() }).await?;
    requests.close();
    let status = fails(Code::Unknown, responses.message().await)?;
    assert_eq!(status.message(), MESSAGE);
    assert!(status.is_from_peer());
    Ok(())
}

pub(crate) async fn special_status_message(client: Client) -> Result {
    const MESSAGE: &str = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";
    let status = fails(Code::Unknown, client.service.unary_call(asking_for(MESSAGE)).await)?;
    assert_eq!(status.message(), MESSAGE);
    Ok(())
}

pub(crate) async fn unimplemented_method(client: Client) -> Result {
    fails(Code::Unimplemented, client.service.unimplemented_call(Empty::default()).await).map(drop)
}

pub(crate) async fn unimplemented_service(client: Client) -> Result {
    let service = UnimplementedServiceClient::new(client.channel);
    fails(Code::Unimplemented, service.unimplemented_call(Empty::default()).await).map(drop)
}

/// A request that the server answers with UNKNOWN and this message.
fn asking_for(message: &str) -> SimpleRequest {
    let status = EchoStatus { code: Code::Unknown.into(), message: message.to_owned(), ..Default::default() };
    SimpleRequest { response_status: Some(status), ..Default::default() }
}
