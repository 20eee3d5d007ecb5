//! Pages of axum and a gRPC service on one port.

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::get;
use product::Shop;
use product::proto::ecommerce::ProductServiceServer;
use rsgrpc::{Logging, Peer, Server};
use std::net::SocketAddr;

/// Ordinary routes beside the calls of the product service.
pub fn router(shop: Shop) -> Router {
    let grpc = Server::new().intercept(Logging::stderr()).add(ProductServiceServer::new(shop)).into_service();
    let calls = grpc.names().fold(Router::new(), |router, name| {
        router.route_service(&format!("/{name}/{{*method}}"), grpc.clone())
    });
    Router::new().route("/health", get(async || "fine\n")).merge(calls.layer(from_fn(peer)))
}

/// Tells handlers who calls, which axum knows.
async fn peer(mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(address)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let peer = Peer::from(*address);
        request.extensions_mut().insert(peer);
    }
    next.run(request).await
}
