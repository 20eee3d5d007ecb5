//! The service itself: products in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rsgrpc::{Context, Sender, Status, Streaming};

use crate::messages::product_update_request::UpdateOneof;
use crate::messages::{
    GetProductRequest, ListProductsRequest, Product, ProductUpdateRequest, UploadProductsResponse,
};
use crate::services::ecommerce::ProductService;

/// Products by their ids.
#[derive(Debug, Default)]
pub struct Shop(Mutex<BTreeMap<String, Product>>);

impl Shop {
    // A panic elsewhere leaves every product whole, so the lock is used on.
    fn products(&self) -> MutexGuard<'_, BTreeMap<String, Product>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ProductService for Shop {
    async fn get_product(&self, _: &Context, request: GetProductRequest) -> Result<Product, Status> {
        let id = request.product_id().to_string();
        let product = self.products().get(&id).cloned();
        product.ok_or_else(|| Status::not_found(format!("product {id} not found")))
    }

    async fn list_products(
        &self,
        _: &Context,
        request: ListProductsRequest,
        responses: Sender<Product>,
    ) -> Result<(), Status> {
        let products: Vec<Product> = self.products().values().cloned().collect();
        for product in products.into_iter().filter(|product| product.category() == request.category()) {
            responses.send(product).await?;
        }
        Ok(())
    }

    async fn upload_products(
        &self,
        _: &Context,
        mut requests: Streaming<Product>,
    ) -> Result<UploadProductsResponse, Status> {
        let mut response = UploadProductsResponse::new();
        while let Some(product) = requests.message().await? {
            response.set_products_created(response.products_created() + 1);
            response.product_ids_mut().push(product.id());
            self.products().insert(product.id().to_string(), product);
        }
        Ok(response)
    }

    async fn product_updates(
        &self,
        _: &Context,
        mut requests: Streaming<ProductUpdateRequest>,
        responses: Sender<Product>,
    ) -> Result<(), Status> {
        while let Some(request) = requests.message().await? {
            let changed = self.products().get_mut(&request.product_id().to_string()).map(|product| {
                match request.update() {
                    UpdateOneof::NewPrice(price) => product.set_price(price),
                    UpdateOneof::StockAdjustment(by) => {
                        product.set_stock_quantity(product.stock_quantity().saturating_add(by));
                    }
                    UpdateOneof::NewStatus(status) => product.set_status(status),
                    _ => {}
                }
                product.clone()
            });
            if let Some(product) = changed {
                responses.send(product).await?;
            }
        }
        Ok(())
    }
}
