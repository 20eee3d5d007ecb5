//! The server: `product-server [ADDRESS]`, by default on port 50051. At Ctrl-C it lets running calls end.

use std::error::Error;
use std::time::Duration;

use product::Shop;
use product::proto::ecommerce::{Product, ProductServiceServer, ProductStatus};
use rsgrpc::{Logging, Server};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "[::]:50051".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    Server::new()
        .add(ProductServiceServer::new(Shop::new(assortment())))
        .intercept(Logging::stderr())
        .serve_with_shutdown(listener, stopped(), Duration::from_secs(5))
        .await?;
    Ok(())
}

fn assortment() -> [Product; 3] {
    let product = |id: &str, name: &str, price, category: &str, stock_quantity| Product {
        id: id.to_owned(),
        name: name.to_owned(),
        price,
        category: category.to_owned(),
        stock_quantity,
        status: ProductStatus::ACTIVE,
        ..Default::default()
    };
    [
        product("prod-123", "Laptop", 1299.50, "electronics", 7),
        product("prod-456", "Phone", 699.00, "electronics", 12),
        product("prod-789", "Coffee grinder", 49.95, "kitchen", 3),
    ]
}

/// Ctrl-C.
async fn stopped() {
    // Without a signal handler there is no signal to wait for.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
