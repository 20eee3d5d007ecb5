//! `curl http://localhost:8080/health`, and `product-client localhost:8080`.

use axum_and_grpc::router;
use product::Shop;
use std::net::SocketAddr;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("localhost:8080").await?;
    let service = router(Shop::default()).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await
}
