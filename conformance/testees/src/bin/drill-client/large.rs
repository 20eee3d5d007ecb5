//! Large messages, many calls, long streams.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use product::proto::ecommerce::{Product, UploadProductsResponse};
use rsgrpc::{Code, Status};
use rsgrpc_testees::peak_memory;
use tokio::task::JoinSet;

use crate::kinds::category;
use crate::{Client, Result, fails, token};

/// What a peer receives in one message by default, in bytes.
pub(crate) const RECEIVE_LIMIT: usize = 4 * 1024 * 1024;
const MANY: i32 = 100_000;
/// Memory that a stream of 100 MB may take, in KiB.
const GROWTH: i32 = 64 * 1024;

pub(crate) async fn unary_large(client: Client) -> Result {
    assert_eq!(client.drill("large-4000000").await?.description.len(), 4_000_000);
    assert_eq!(upload(&client, "ä".repeat(2_000_000)).await?.products_created, 1);
    Ok(())
}

pub(crate) async fn request_too_large(client: Client) -> Result {
    fails(Code::ResourceExhausted, upload(&client, "x".repeat(RECEIVE_LIMIT)).await);
    client.drill("prod-123").await?;
    Ok(())
}

pub(crate) async fn response_too_large(client: Client) -> Result {
    fails(Code::ResourceExhausted, client.drill(&format!("large-{RECEIVE_LIMIT}")).await);
    client.drill("prod-123").await?;
    Ok(())
}

/// The server answers none of the calls before all of them are there, and sees one connection.
pub(crate) async fn concurrent_1000(client: Client) -> Result {
    let mut calls = JoinSet::new();
    for _ in 0..1000 {
        let client = client.clone();
        calls.spawn(async move { client.drill("gate-1000").await });
    }
    let mut addresses = HashSet::new();
    while let Some(product) = calls.join_next().await {
        addresses.insert(product??.description);
    }
    assert_eq!(addresses.len(), 1, "{addresses:?}");
    Ok(())
}

pub(crate) async fn download_100000(client: Client) -> Result {
    let before = [peak_memory(), client.drill("memory").await?.stock_quantity];
    let mut products = client.products.list_products(category(&format!("count-{MANY}"))).await?;
    assert_eq!(products.message().await?.ok_or("the stream has ended")?.id, "item-0");
    let ahead = stalled(|| client.drill("sent"), |product| product.stock_quantity).await?;
    assert!(ahead < MANY / 2, "the server ran {ahead} messages ahead");
    for index in 1..MANY {
        assert_eq!(products.message().await?.ok_or("the stream has ended")?.id, format!("item-{index}"));
    }
    assert_eq!(products.message().await?, None);
    bounded(&client, before).await
}

pub(crate) async fn upload_100000(client: Client) -> Result {
    let before = [peak_memory(), client.drill("memory").await?.stock_quantity];
    let token = token();
    let sent = Arc::new(AtomicI32::new(0));
    let mut upload = client.products.upload_products().await?;
    upload.send(Product { id: format!("stall-{token}"), ..Default::default() }).await?;
    let counter = sent.clone();
    let uploading = tokio::spawn(async move {
        for _ in 1..MANY {
            upload.send(discarded("x".repeat(1000))).await?;
            counter.fetch_add(1, Ordering::Relaxed);
        }
        upload.finish().await
    });
    let ahead = stalled(|| client.drill("prod-123"), |_| sent.load(Ordering::Relaxed)).await?;
    assert!(ahead < MANY / 2, "the client ran {ahead} messages ahead");
    client.drill(&format!("release-{token}")).await?;
    let response = uploading.await??;
    assert_eq!((response.products_created, response.product_ids.len()), (MANY, 0));
    bounded(&client, before).await
}

/// Where the progress stands once it has stopped growing from one call to the next.
async fn stalled<F>(call: impl Fn() -> F, progress: impl Fn(Product) -> i32) -> Result<i32>
where
    F: Future<Output = std::result::Result<Product, Status>>,
{
    let (mut last, mut same) = (-1, 0);
    while same < 20 {
        let now = progress(call().await?);
        same = if now == last && now > 0 { same + 1 } else { 0 };
        last = now;
    }
    Ok(last)
}

/// Neither this process nor the server has grown by much.
async fn bounded(client: &Client, [ours, theirs]: [i32; 2]) -> Result {
    let ours = peak_memory() - ours;
    let theirs = client.drill("memory").await?.stock_quantity - theirs;
    assert!(ours < GROWTH && theirs < GROWTH, "the client grew by {ours} KiB, the server by {theirs}");
    Ok(())
}

async fn upload(client: &Client, description: String) -> std::result::Result<UploadProductsResponse, Status> {
    let mut upload = client.products.upload_products().await?;
    upload.send(discarded(description)).await?;
    upload.finish().await
}

fn discarded(description: String) -> Product {
    Product { id: "discard".to_owned(), description, ..Default::default() }
}
