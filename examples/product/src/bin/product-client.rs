//! The client: `product-client [ADDRESS]` makes a call of each kind and shows what goes out and comes in.

use std::error::Error;
use std::time::Duration;

use product::proto::ecommerce::product_update_request::Update;
use product::proto::ecommerce::{
    GetProductRequest, ListProductsRequest, Product, ProductServiceClient, ProductStatus,
    ProductUpdateRequest,
};
use rsgrpc::{Channel, Status};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "localhost:50051".to_owned());
    let client = ProductServiceClient::new(Channel::connect(&format!("http://{address}"))?);
    for product_id in ["prod-123", "prod-0", ""] {
        get(&client, product_id).await;
    }
    list(&client).await?;
    upload(&client).await?;
    update(&client).await?;
    Ok(())
}

/// Unary, with a deadline. An error is an answer, too.
async fn get(client: &ProductServiceClient, product_id: &str) {
    let request = GetProductRequest { product_id: product_id.to_owned(), ..Default::default() };
    println!("GetProduct\n  → {request:?}");
    match client.get_product(request).timeout(Duration::from_secs(5)).await {
        Ok(product) => println!("  ← {product:?}"),
        Err(status) => println!("  ← {status}"),
    }
}

/// Server streaming.
async fn list(client: &ProductServiceClient) -> Result<(), Status> {
    let request =
        ListProductsRequest { category: "electronics".to_owned(), page_size: 10, ..Default::default() };
    println!("ListProducts\n  → {request:?}");
    let mut products = client.list_products(request).await?;
    while let Some(product) = products.message().await? {
        println!("  ← {product:?}");
    }
    Ok(())
}

/// Client streaming.
async fn upload(client: &ProductServiceClient) -> Result<(), Status> {
    println!("UploadProducts");
    let mut upload = client.upload_products().await?;
    for (id, name, price) in [("prod-1", "Widget", 9.99), ("prod-2", "Gizmo", 19.99)] {
        let product = Product {
            id: id.to_owned(),
            name: name.to_owned(),
            price,
            category: "gadgets".to_owned(),
            ..Default::default()
        };
        println!("  → {product:?}");
        upload.send(product).await?;
    }
    println!("  ← {:?}", upload.finish().await?);
    Ok(())
}

/// Streaming both ways: each answer is read before the next request is sent.
async fn update(client: &ProductServiceClient) -> Result<(), Status> {
    println!("ProductUpdates");
    let (requests, mut products) = client.product_updates().await?;
    let updates =
        [Update::NewPrice(8.49), Update::StockAdjustment(25), Update::NewStatus(ProductStatus::ACTIVE)];
    for update in updates {
        let request = ProductUpdateRequest {
            product_id: "prod-1".to_owned(),
            update: Some(update),
            ..Default::default()
        };
        println!("  → {request:?}");
        requests.send(request).await?;
        if let Some(product) = products.message().await? {
            println!("  ← {product:?}");
        }
    }
    requests.close();
    while let Some(product) = products.message().await? {
        println!("  ← {product:?}");
    }
    Ok(())
}
