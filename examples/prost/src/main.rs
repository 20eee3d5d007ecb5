//! Calls the shop within the process, in all four ways.

use rsgrpc::{Channel, Server, Status};
use shop_over_prost::Shop;
use shop_over_prost::messages::ecommerce::product_update_request::Update;
use shop_over_prost::messages::ecommerce::{
    GetProductRequest, ListProductsRequest, Product, ProductStatus, ProductUpdateRequest,
};
use shop_over_prost::services::ecommerce::{ProductServiceClient, ProductServiceServer};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Status> {
    let server = Server::new().add(ProductServiceServer::new(Shop::default())).local();
    let client = ProductServiceClient::new(Channel::local(&server));

    let mut upload = client.upload_products().await?;
    for (id, price) in [("prod-1", 9.99), ("prod-2", 19.99)] {
        let mut product = Product { id: id.into(), price, category: "gadgets".into(), ..Default::default() };
        product.set_status(ProductStatus::Active);
        upload.send(product).await?;
    }
    println!("UploadProducts: {:?}", upload.finish().await?);

    let request = GetProductRequest { product_id: "prod-1".into() };
    println!("GetProduct: {:?}", client.get_product(request).await?);

    let request = ListProductsRequest { category: "gadgets".into(), ..Default::default() };
    let mut products = client.list_products(request).await?;
    while let Some(product) = products.message().await? {
        println!("ListProducts: {product:?}");
    }

    let (updates, mut products) = client.product_updates().await?;
    let update = Some(Update::NewPrice(8.49));
    updates.send(ProductUpdateRequest { product_id: "prod-1".into(), update }).await?;
    println!("ProductUpdates: {:?}", products.message().await?);
    updates.close();
    Ok(())
}
