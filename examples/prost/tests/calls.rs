//! All four kinds of call, among themselves and with a program that has messages of rsgrpc's own.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::time::Duration;

use product::proto::ecommerce as own;
use rsgrpc::{Channel, Code, Local, Server, Status};
use shop_over_prost::Shop;
use shop_over_prost::messages::ecommerce::product_update_request::Update;
use shop_over_prost::messages::ecommerce::{
    GetProductRequest, ListProductsRequest, Product, ProductStatus, ProductUpdateRequest,
};
use shop_over_prost::services::ecommerce::{ProductServiceClient, ProductServiceServer};

fn product() -> Product {
    let created_at = Some(prost_types::Timestamp { seconds: 1_700_000_000, nanos: 5 });
    let (id, category) = ("prod-1".to_owned(), "gadgets".to_owned());
    Product { id, category, price: 9.99, stock_quantity: -1, created_at, ..Default::default() }
}

/// A client with prost's messages makes all four kinds of call.
async fn calls(server: &Local) -> Result<(), Status> {
    let client = ProductServiceClient::new(Channel::local(server));
    let mut upload = client.upload_products().await?;
    upload.send(product()).await?;
    upload.send(Product { id: "prod-2".into(), ..Default::default() }).await?;
    let response = upload.finish().await?;
    assert_eq!((response.products_created, response.product_ids.len()), (2, 2));

    let request = |id: &str| GetProductRequest { product_id: id.into() };
    assert_eq!(client.get_product(request("prod-1")).await?, product());
    let status = client.get_product(request("prod-3")).await.unwrap_err();
    assert_eq!((status.code(), status.message()), (Code::NotFound, "product prod-3 not found"));

    let request = ListProductsRequest { category: "gadgets".into(), ..Default::default() };
    let mut products = client.list_products(request).await?;
    assert_eq!(products.message().await?, Some(product()));
    assert_eq!(products.message().await?, None);

    let (updates, mut products) = client.product_updates().await?;
    let update = Some(Update::NewStatus(ProductStatus::OutOfStock.into()));
    updates.send(ProductUpdateRequest { product_id: "prod-1".into(), update }).await?;
    let changed = products.message().await?.unwrap();
    assert_eq!(changed.status(), ProductStatus::OutOfStock);
    updates.close();
    assert_eq!(products.message().await?, None);
    Ok(())
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
