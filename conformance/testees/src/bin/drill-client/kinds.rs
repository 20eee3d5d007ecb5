//! The four kinds of call, and metadata.

use product::proto::ecommerce::product_update_request::Update;
use product::proto::ecommerce::{
    ListProductsRequest, Product, ProductStatus, ProductUpdateRequest, UploadProductsResponse,
};
use rsgrpc::{Metadata, Streaming};
use rsgrpc_testees::assortment;

use crate::{Client, Result, get, has};

pub(crate) async fn unary(client: Client) -> Result {
    let [laptop, ..] = assortment();
    assert_eq!(client.drill("prod-123").await?, laptop);
    Ok(())
}

pub(crate) async fn server_streaming(client: Client) -> Result {
    let mut ids: Vec<String> = collect(client.products.list_products(category("electronics")).await?)
        .await?
        .into_iter()
        .map(|product| product.id)
        .collect();
    ids.sort();
    assert_eq!(ids, ["prod-123", "prod-456"]);
    Ok(())
}

pub(crate) async fn server_streaming_empty(client: Client) -> Result {
    assert_eq!(collect(client.products.list_products(category("nothing")).await?).await?, []);
    Ok(())
}

pub(crate) async fn client_streaming(client: Client) -> Result {
    let ids: Vec<String> = (0..10).map(|index| format!("upload-{index}")).collect();
    let mut upload = client.products.upload_products().await?;
    for id in &ids {
        upload.send(Product { id: id.clone(), name: format!("Ware {id}"), ..Default::default() }).await?;
    }
    let response = upload.finish().await?;
    assert_eq!((response.products_created, response.product_ids), (10, ids));
    assert_eq!(client.drill("upload-7").await?.name, "Ware upload-7");
    Ok(())
}

pub(crate) async fn client_streaming_empty(client: Client) -> Result {
    let response = client.products.upload_products().await?.finish().await?;
    assert_eq!(response, UploadProductsResponse::default());
    Ok(())
}

/// One at a time: each answer must arrive before the next request is sent.
pub(crate) async fn bidi(client: Client) -> Result {
    let mut upload = client.products.upload_products().await?;
    upload
        .send(Product { id: "bidi".to_owned(), price: 1.0, stock_quantity: 5, ..Default::default() })
        .await?;
    upload.finish().await?;
    let (requests, mut products) = client.products.product_updates().await?;
    type Expected = fn(&Product) -> bool;
    let steps: [(Update, Expected); 3] = [
        (Update::NewPrice(2.5), |product| product.price == 2.5),
        (Update::StockAdjustment(-3), |product| product.stock_quantity == 2),
        (Update::NewStatus(ProductStatus::DISCONTINUED), |product| {
            product.status == ProductStatus::DISCONTINUED
        }),
    ];
    for (change, expected) in steps {
        requests.send(update("nothing", Update::NewPrice(1.0))).await?;
        requests.send(update("bidi", change)).await?;
        let product = products.message().await?.ok_or("the stream has ended")?;
        assert!(expected(&product), "{product:?}");
    }
    requests.close();
    assert_eq!(products.message().await?, None);
    Ok(())
}

pub(crate) async fn bidi_empty(client: Client) -> Result {
    let (requests, products) = client.products.product_updates().await?;
    requests.close();
    assert_eq!(collect(products).await?, []);
    Ok(())
}

pub(crate) async fn metadata(client: Client) -> Result {
    let bytes: Vec<u8> = (0..=255).collect();
    let call = client.products.get_product(get("metadata"));
    let call = call
        .metadata("x-echo-text", "plain text")
        .metadata("x-echo-twice", "1")
        .metadata("x-echo-twice", "2");
    let call = call.metadata_bin("x-echo-bytes-bin", &bytes).metadata_bin("x-echo-empty-bin", []);
    let response = call.response().await?;
    let echoed = |metadata: &Metadata, prefix: &str| {
        has(metadata, &format!("{prefix}text"), "plain text");
        has(metadata, &format!("{prefix}twice"), "1");
        has(metadata, &format!("{prefix}twice"), "2");
        assert_eq!(metadata.get_bin(&format!("{prefix}bytes-bin")).as_deref(), Some(&*bytes));
        assert_eq!(metadata.get_bin(&format!("{prefix}empty-bin")).as_deref(), Some(&[][..]));
    };
    echoed(&response.metadata, "x-echo-");
    echoed(&response.trailers, "x-trailer-");
    Ok(())
}

pub(crate) fn category(name: &str) -> ListProductsRequest {
    ListProductsRequest { category: name.to_owned(), ..Default::default() }
}

pub(crate) fn update(id: &str, update: Update) -> ProductUpdateRequest {
    ProductUpdateRequest { product_id: id.to_owned(), update: Some(update), ..Default::default() }
}

async fn collect(mut products: Streaming<Product>) -> Result<Vec<Product>> {
    let mut collected = Vec::new();
    while let Some(product) = products.message().await? {
        collected.push(product);
    }
    Ok(collected)
}
