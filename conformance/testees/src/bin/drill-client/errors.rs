//! Calls that fail.

use product::proto::ecommerce::{GetProductRequest, Product};
use rsgrpc::rpc::RetryInfo;
use rsgrpc::{Code, Kind, Method, Protobuf};

use rsgrpc_testees::detailed;
use std::time::Duration;

use crate::kinds::category;
use crate::{Client, Result, fails, get, provoked};

pub(crate) async fn not_found(client: Client) -> Result {
    let status = fails(Code::NotFound, client.drill("nothing").await);
    assert_eq!(status.message(), "product nothing not found");
    assert!(status.is_from_peer());
    Ok(())
}

pub(crate) async fn invalid_argument(client: Client) -> Result {
    let status = fails(Code::InvalidArgument, client.drill("").await);
    assert_eq!(status.message(), "product_id is required");
    Ok(())
}

pub(crate) async fn error_statuses(client: Client) -> Result {
    for code in Code::ALL.into_iter().filter(|code| *code != Code::Ok) {
        provoked(&fails(code, client.drill(&format!("error-{}", i32::from(code))).await));
    }
    Ok(())
}

pub(crate) async fn error_details(client: Client) -> Result {
    let status = fails(Code::FailedPrecondition, client.drill("details").await);
    assert_eq!(status.to_rpc(), detailed().to_rpc());
    let retry = status.detail::<RetryInfo>().ok_or("there is no RetryInfo")?;
    assert_eq!(retry.delay(), Some(Duration::from_millis(3500)));
    Ok(())
}

pub(crate) async fn unimplemented_method(client: Client) -> Result {
    static NOTHING: Method<GetProductRequest, Product> =
        Method::new::<Protobuf>(Kind::Unary, "/ecommerce.ProductService/Nothing");
    fails(Code::Unimplemented, client.channel.unary(&NOTHING, get("x")).await);
    Ok(())
}

pub(crate) async fn unimplemented_service(client: Client) -> Result {
    static NOTHING: Method<GetProductRequest, Product> =
        Method::new::<Protobuf>(Kind::Unary, "/ecommerce.Nothing/GetProduct");
    fails(Code::Unimplemented, client.channel.unary(&NOTHING, get("x")).await);
    Ok(())
}

pub(crate) async fn server_streaming_error(client: Client) -> Result {
    let mut products = client.products.list_products(category("fail-3")).await?;
    for index in 0..3 {
        let product = products.message().await?.ok_or("the stream has ended")?;
        assert_eq!(product.id, format!("item-{index}"));
    }
    provoked(&fails(Code::Aborted, products.message().await));
    Ok(())
}

/// The server answers while the client could still send.
pub(crate) async fn client_streaming_error(client: Client) -> Result {
    let mut upload = client.products.upload_products().await?;
    upload.send(Product { id: "error-9".to_owned(), ..Default::default() }).await?;
    provoked(&fails(Code::FailedPrecondition, upload.finish().await));
    Ok(())
}
