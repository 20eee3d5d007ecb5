//! Calls the shop within the process, in all four ways.

use protobuf::proto;
use rsgrpc::{Channel, Server, Status};
use shop_over_protobuf::Shop;
use shop_over_protobuf::messages::{
    GetProductRequest, ListProductsRequest, Product, ProductStatus, ProductUpdateRequest,
};
use shop_over_protobuf::services::ecommerce::{ProductServiceClient, ProductServiceServer};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Status> {
    let server = Server::new().add(ProductServiceServer::new(Shop::default())).local();
    let client = ProductServiceClient::new(Channel::local(&server));

    let mut upload = client.upload_products().await?;
    for (id, price) in [("prod-1", 9.99), ("prod-2", 19.99)] {
        let status = ProductStatus::Active;
        upload.send(proto!(Product { id: id, price: price, category: "gadgets", status: status })).await?;
    }
    println!("UploadProducts: {:?}", upload.finish().await?);

    let request = proto!(GetProductRequest { product_id: "prod-1" });
    println!("GetProduct: {:?}", client.get_product(request).await?);

    let request = proto!(ListProductsRequest { category: "gadgets" });
    let mut products = client.list_products(request).await?;
    while let Some(product) = products.message().await? {
        println!("ListProducts: {product:?}");
    }

    let (updates, mut products) = client.product_updates().await?;
    updates.send(proto!(ProductUpdateRequest { product_id: "prod-1", new_price: 8.49 })).await?;
    println!("ProductUpdates: {:?}", products.message().await?);
    updates.close();
    Ok(())
}
