//! The service itself: products in memory.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use rsgrpc::{Context, Sender, Status, Streaming};

use crate::proto::ecommerce::product_update_request::Update;
use crate::proto::ecommerce::{
    GetProductRequest, ListProductsRequest, Product, ProductService, ProductUpdateRequest,
    UploadProductsResponse,
};

/// Products by their ids.
#[derive(Debug, Default)]
pub struct Shop {
    products: RwLock<BTreeMap<String, Product>>,
}

impl Shop {
    /// A shop that sells these products.
    pub fn new(products: impl IntoIterator<Item = Product>) -> Self {
        let products = products.into_iter().map(|product| (product.id.clone(), product)).collect();
        Self { products: RwLock::new(products) }
    }

    /// Adds a product, or replaces the one with its id.
    pub fn store(&self, product: Product) {
        self.write().insert(product.id.clone(), product);
    }

    /// Changes a product; `None` if there is no such product.
    pub fn update(&self, request: ProductUpdateRequest) -> Option<Product> {
        let mut products = self.write();
        let product = products.get_mut(&request.product_id)?;
        match request.update {
            Some(Update::NewPrice(price)) => product.price = price,
            Some(Update::StockAdjustment(change)) => {
                product.stock_quantity = product.stock_quantity.saturating_add(change);
            }
            Some(Update::NewStatus(status)) => product.status = status,
            None => {}
        }
        Some(product.clone())
    }

    // A panic elsewhere leaves every product whole, so the lock is used on.
    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<String, Product>> {
        self.products.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Product>> {
        self.products.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ProductService for Shop {
    async fn get_product(&self, _: &Context, request: GetProductRequest) -> Result<Product, Status> {
        if request.product_id.is_empty() {
            return Err(Status::invalid_argument("product_id is required"));
        }
        let product = self.read().get(&request.product_id).cloned();
        product.ok_or_else(|| Status::not_found(format!("product {} not found", request.product_id)))
    }

    async fn list_products(
        &self,
        _: &Context,
        request: ListProductsRequest,
        responses: Sender<Product>,
    ) -> Result<(), Status> {
        let wanted = |product: &&Product| request.category.is_empty() || product.category == request.category;
        let found: Vec<Product> = self.read().values().filter(wanted).cloned().collect();
        for product in found {
            responses.send(product).await?;
        }
        Ok(())
    }

    async fn upload_products(
        &self,
        _: &Context,
        mut requests: Streaming<Product>,
    ) -> Result<UploadProductsResponse, Status> {
        let mut response = UploadProductsResponse::default();
        while let Some(product) = requests.message().await? {
            response.products_created += 1;
            response.product_ids.push(product.id.clone());
            self.store(product);
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
            if let Some(product) = self.update(request) {
                responses.send(product).await?;
            }
        }
        Ok(())
    }
}
