//! Compressed messages, both ways.

use product::proto::ecommerce::{Product, UploadProductsResponse};
use rsgrpc::compression::Encoding;
use rsgrpc::{Code, Status};

use crate::kinds::category;
use crate::large::RECEIVE_LIMIT;
use crate::{Client, Result, fails, get};

pub(crate) async fn request(client: Client) -> Result {
    for encoding in [Encoding::gzip(), Encoding::deflate()] {
        let response = upload(&client, "came", encoding, 100_000).await?;
        assert_eq!(response.products_created, 1);
        assert!(response.product_ids.first().is_none_or(|came| came == "compressed"), "{response:?}");
    }
    Ok(())
}

pub(crate) async fn response(client: Client) -> Result {
    let response = client.products.get_product(get("gzip-100000")).response().await?;
    assert_eq!(response.message.description, "x".repeat(100_000));
    assert_eq!(response.was_compressed, response.message.name == "compressed");
    Ok(())
}

pub(crate) async fn streams(client: Client) -> Result {
    let compresses = client.drill("gzip-2000").await?.name == "compressed";
    let mut products = client.products.list_products(category("gzip-100")).await?;
    for index in 0..100 {
        let product = products.message().await?.ok_or("the stream has ended")?;
        assert_eq!((product.id, product.description), (format!("item-{index}"), "x".repeat(1000)));
        assert_eq!(products.was_compressed(), compresses && index % 2 == 0, "message {index}");
    }
    assert_eq!(products.message().await?, None);

    let mut upload = client.products.upload_products().compress(Encoding::gzip()).await?;
    for index in 0..10 {
        let product = discarded("discard", 1000 * index);
        match index % 2 {
            0 => upload.send(product).await?,
            _ => upload.send_uncompressed(product).await?,
        }
    }
    assert_eq!(upload.finish().await?.products_created, 10);
    Ok(())
}

/// The limit is for what is decompressed.
pub(crate) async fn too_large(client: Client) -> Result {
    fails(Code::ResourceExhausted, upload(&client, "discard", Encoding::gzip(), RECEIVE_LIMIT).await);
    fails(Code::ResourceExhausted, client.drill(&format!("gzip-{RECEIVE_LIMIT}")).await);
    Ok(())
}

async fn upload(
    client: &Client,
    id: &str,
    encoding: Encoding,
    len: usize,
) -> std::result::Result<UploadProductsResponse, Status> {
    let mut upload = client.products.upload_products().compress(encoding).await?;
    upload.send(discarded(id, len)).await?;
    upload.finish().await
}

fn discarded(id: &str, len: usize) -> Product {
    Product { id: id.to_owned(), description: "x".repeat(len), ..Default::default() }
}
