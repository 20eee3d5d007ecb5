//! gRPC: our server and our client.

use rsgrpc::wkt::Timestamp;
use rsgrpc::{Channel, Context, Server, Status};
use tokio::net::TcpListener;

use crate::call::Call;
use crate::load::Client;

/// What protoc-gen-rsgrpc generated.
mod generated {
    include!(concat!(env!("OUT_DIR"), "/product/mod.rs"));
}
pub use generated::ecommerce::Product;
use generated::ecommerce::{
    GetProductRequest, ProductService, ProductServiceClient, ProductServiceServer, ProductStatus,
};

pub fn example() -> Product {
    Product {
        id: "prod-123".to_owned(),
        name: "Wireless headphones".to_owned(),
        description: "Over-ear headphones with active noise cancelling, 30 hours of battery life and a \
                      folding frame; comes with a case, a cable and an adapter for aeroplanes."
            .to_owned(),
        price: 199.99,
        category: "electronics".to_owned(),
        stock_quantity: 42,
        image_urls: vec![
            "https://img.example.com/prod-123/front.jpg".to_owned(),
            "https://img.example.com/prod-123/side.jpg".to_owned(),
        ],
        status: ProductStatus::ACTIVE,
        created_at: Some(Timestamp { seconds: 1_795_181_820, ..Timestamp::default() }),
        ..Product::default()
    }
}

struct Shop;

impl ProductService for Shop {
    async fn get_product(&self, _: &Context, request: GetProductRequest) -> Result<Product, Status> {
        Ok(Product { id: request.product_id, ..example() })
    }
}

pub async fn serve(listener: TcpListener) {
    let server = Server::new().add(ProductServiceServer::new(Shop));
    server.serve(listener).await.expect("the server goes on");
}

/// A connection.
#[derive(Clone)]
pub struct Grpc(ProductServiceClient);

impl Grpc {
    pub fn new(port: u16) -> Self {
        let channel = Channel::connect(&format!("http://127.0.0.1:{port}")).expect("an address");
        Self(ProductServiceClient::new(channel))
    }
}

impl Client for Grpc {
    async fn call(&self, _: Call, _: usize) {
        let request = GetProductRequest { product_id: "prod-123".to_owned(), ..GetProductRequest::default() };
        let product = self.0.get_product(request).await.expect("a product");
        assert_eq!(product.id, "prod-123");
    }
}
