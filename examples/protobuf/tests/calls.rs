//! All four kinds of call, among themselves and with a program that has messages of rsgrpc's own.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::time::Duration;

use product::proto::ecommerce as own;
use protobuf::{Serialize, proto};
use rsgrpc::{Channel, Code, Local, Server, Status};
use shop_over_protobuf::Shop;
use shop_over_protobuf::messages::{
    GetProductRequest, ListProductsRequest, Product, ProductStatus, ProductUpdateRequest, Timestamp,
};
use shop_over_protobuf::services::ecommerce::{ProductServiceClient, ProductServiceServer};

fn product() -> Product {
    let created_at = proto!(Timestamp { seconds: 1_700_000_000, nanos: 5 });
    let mut product = proto!(Product { id: "prod-1", category: "gadgets", price: 9.99, stock_quantity: -1 });
    product.set_created_at(created_at);
    product
}

/// A client with Google's messages makes all four kinds of call.
async fn calls(server: &Local) -> Result<(), Status> {
    let client = ProductServiceClient::new(Channel::local(server));
    let mut upload = client.upload_products().await?;
    upload.send(product()).await?;
    upload.send(proto!(Product { id: "prod-2" })).await?;
    let response = upload.finish().await?;
    assert_eq!((response.products_created(), response.product_ids().len()), (2, 2));

    let request = |id: &str| proto!(GetProductRequest { product_id: id });
    assert_same(&client.get_product(request("prod-1")).await?, &product());
    let status = client.get_product(request("prod-3")).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::NotFound, "product prod-3 not found"));

    let request = proto!(ListProductsRequest { category: "gadgets" });
    let mut products = client.list_products(request).await?;
    assert_same(&products.message().await?.unwrap(), &product());
    assert!(products.message().await?.is_none());

    let (updates, mut products) = client.product_updates().await?;
    let status = ProductStatus::OutOfStock;
    updates.send(proto!(ProductUpdateRequest { product_id: "prod-1", new_status: status })).await?;
    assert_eq!(products.message().await?.unwrap().status(), status);
    updates.close();
    assert!(products.message().await?.is_none());
    Ok(())
}

/// These messages are compared as they are encoded.
#[track_caller]
fn assert_same(found: &Product, expected: &Product) {
    assert_eq!(found.serialize().unwrap(), expected.serialize().unwrap(), "{found:?}");
}

/// No test takes longer.
async fn in_time(test: impl Future<Output = Result<(), Status>>) {
    tokio::time::timeout(Duration::from_secs(20), test).await.unwrap().unwrap();
}

#[tokio::test]
async fn among_themselves() {
    let server = Server::new().add(ProductServiceServer::new(Shop::default())).local();
    in_time(calls(&server)).await;
}

#[tokio::test]
async fn a_server_with_our_messages_serves_a_client_with_theirs() {
    let shop = own::ProductServiceServer::new(product::Shop::default());
    in_time(calls(&Server::new().add(shop).local())).await;
}

#[tokio::test]
async fn a_server_with_their_messages_serves_a_client_with_ours() {
    let server = Server::new().add(ProductServiceServer::new(Shop::default())).local();
    let client = own::ProductServiceClient::new(Channel::local(&server));
    in_time(async {
        let mut upload = client.upload_products().await?;
        let status = own::ProductStatus::ACTIVE;
        upload.send(own::Product { id: "prod-1".into(), status, ..Default::default() }).await?;
        assert_eq!(upload.finish().await?.product_ids, ["prod-1"]);
        let request = own::GetProductRequest { product_id: "prod-1".into(), ..Default::default() };
        assert_eq!(client.get_product(request).await?.status, status);
        Ok(())
    })
    .await;
}
