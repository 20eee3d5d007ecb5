//! REST: axum with serde_json, and reqwest.

use axum::Json;
use axum::extract::Path;
use axum::routing::get;
use axum::serve::ListenerExt;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::proto;
use crate::call::Call;
use crate::load::Client;

/// As the article's schema has it, in JSON's habits.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    id: String,
    name: String,
    description: String,
    price: f64,
    category: String,
    stock_quantity: i32,
    image_urls: Vec<String>,
    status: String,
    created_at: String,
}

impl Product {
    pub fn example() -> Self {
        let product = proto::example();
        Self {
            id: product.id,
            name: product.name,
            description: product.description,
            price: product.price,
            category: product.category,
            stock_quantity: product.stock_quantity,
            image_urls: product.image_urls,
            status: "PRODUCT_STATUS_ACTIVE".to_owned(),
            created_at: "2026-11-20T13:37:00Z".to_owned(),
        }
    }

    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("nothing that JSON cannot say")
    }

    pub fn from_json(text: &[u8]) -> Self {
        serde_json::from_slice(text).expect("a product")
    }
}

pub async fn serve(listener: TcpListener) {
    let product = async |Path(id): Path<String>| Json(Product { id, ..Product::example() });
    let router = axum::Router::new().route("/products/{id}", get(product));
    let listener = listener.tap_io(|socket| socket.set_nodelay(true).expect("an option of TCP"));
    axum::serve(listener, router).await.expect("the server goes on");
}

/// A connection, which is kept alive.
#[derive(Clone)]
pub struct Rest {
    client: reqwest::Client,
    url: String,
}

impl Rest {
    pub fn new(port: u16) -> Self {
        let client = reqwest::Client::builder().no_proxy().tcp_nodelay(true).pool_max_idle_per_host(1);
        let url = format!("http://127.0.0.1:{port}/products/prod-123");
        Self { client: client.build().expect("a client"), url }
    }
}

impl Client for Rest {
    async fn call(&self, _: Call, _: usize) {
        let response = self.client.get(&self.url).send().await.expect("a response");
        let product: Product = response.json().await.expect("a product");
        assert_eq!(product.id, "prod-123");
    }
}
