//! The service: special ids do what a client wants to see, all others are the shop's.

use std::future::pending;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use product::Shop;
use product::proto::ecommerce::{
    GetProductRequest, ListProductsRequest, Product, ProductService, ProductUpdateRequest,
    UploadProductsResponse,
};
use rsgrpc::compression::Encoding;
use rsgrpc::tls::{PeerCertificate, TlsInfo};
use rsgrpc::{Code, Context, Metadata, MetadataValue, Sender, Status, Streaming};
use rsgrpc_testees::{MESSAGE, assortment, detailed, peak_memory, trailers};
use tokio::sync::oneshot;

use crate::tokens::Tokens;

pub(crate) struct Drills {
    shop: Shop,
    tokens: Tokens,
    gate: Mutex<Vec<oneshot::Sender<()>>>,
    sent: AtomicI32,
}

impl Default for Drills {
    fn default() -> Self {
        Self {
            shop: Shop::new(assortment()),
            tokens: Tokens::default(),
            gate: Mutex::default(),
            sent: AtomicI32::default(),
        }
    }
}

impl ProductService for Drills {
    async fn get_product(&self, ctx: &Context, request: GetProductRequest) -> Result<Product, Status> {
        let (drill, argument) = split(&request.product_id);
        let mut product = Product { id: drill.to_owned(), ..Default::default() };
        match drill {
            "error" => return Err(error(argument)?),
            "details" => return Err(detailed()),
            "metadata" => echo(ctx)?,
            "identity" => {
                let certificate = ctx.peer().tls().and_then(TlsInfo::certificate);
                let name = certificate.and_then(PeerCertificate::common_name).unwrap_or_default();
                name.clone_into(&mut product.name);
                let token = ctx.metadata().get("authorization").unwrap_or_default();
                token.clone_into(&mut product.description);
            }
            "deadline" => {
                product.stock_quantity = ctx.deadline().map_or(-1, |deadline| millis(deadline.remaining()))
            }
            "hang" => self.hang(argument).await,
            "seen" => {
                let seen = tokio::time::timeout(Duration::from_secs(10), self.tokens.noted(argument)).await;
                seen.map_err(|_| Status::not_found(format!("{argument} was not noted")))?;
                argument.clone_into(&mut product.id);
            }
            "gate" => {
                self.gate(number(argument)?).await;
                product.description = ctx.peer().to_string();
            }
            "large" => product.description = "x".repeat(number(argument)?),
            "gzip" => {
                ctx.compress(Encoding::gzip());
                "compressed".clone_into(&mut product.name);
                product.description = "x".repeat(number(argument)?);
            }
            "sent" => product.stock_quantity = self.sent.load(Ordering::Relaxed),
            "release" => self.tokens.note(argument),
            "memory" => product.stock_quantity = peak_memory(),
            _ => return self.shop.get_product(ctx, request).await,
        }
        Ok(product)
    }

    async fn list_products(
        &self,
        ctx: &Context,
        request: ListProductsRequest,
        responses: Sender<Product>,
    ) -> Result<(), Status> {
        let (drill, argument) = split(&request.category);
        match drill {
            "count" => {
                self.sent.store(0, Ordering::Relaxed);
                for index in 0..number(argument)? {
                    responses.send(item(index)).await?;
                    self.sent.fetch_add(1, Ordering::Relaxed);
                }
                Ok(())
            }
            "gzip" => {
                ctx.compress(Encoding::gzip());
                for index in 0..number(argument)? {
                    match index % 2 {
                        0 => responses.send(item(index)).await?,
                        _ => responses.send_uncompressed(item(index)).await?,
                    }
                }
                Ok(())
            }
            "fail" => {
                for index in 0..number(argument)? {
                    responses.send(item(index)).await?;
                }
                Err(error("10")?)
            }
            "endless" => {
                let _noted = self.tokens.at_end(argument);
                loop {
                    responses.send(Product { id: "endless".to_owned(), ..item(0) }).await?;
                }
            }
            _ => self.shop.list_products(ctx, request, responses).await,
        }
    }

    async fn upload_products(
        &self,
        _: &Context,
        mut requests: Streaming<Product>,
    ) -> Result<UploadProductsResponse, Status> {
        let mut response = UploadProductsResponse::default();
        while let Some(product) = requests.message().await? {
            response.products_created += 1;
            match split(&product.id) {
                ("error", code) => return Err(error(code)?),
                ("stall", token) => self.tokens.noted(token).await,
                ("discard", _) => {}
                ("came", _) => {
                    let came = if requests.was_compressed() { "compressed" } else { "plain" };
                    response.product_ids.push(came.to_owned());
                }
                _ => {
                    response.product_ids.push(product.id.clone());
                    self.shop.store(product);
                }
            }
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
            if let ("hang", token) = split(&request.product_id) {
                self.hang(token).await;
            }
            if let Some(product) = self.shop.update(request) {
                responses.send(product).await?;
            }
        }
        Ok(())
    }
}

impl Drills {
    async fn hang(&self, token: &str) {
        let _noted = self.tokens.at_end(token);
        self.tokens.note(&format!("{token}-begun"));
        pending().await
    }

    /// Ready when as many calls wait here.
    async fn gate(&self, size: usize) {
        let (open, opened) = oneshot::channel();
        {
            let mut gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
            gate.push(open);
            if gate.len() == size {
                for open in gate.drain(..) {
                    // Whoever has gone meanwhile need not be told.
                    let _ = open.send(());
                }
            }
        }
        // An error would mean that the server is going down.
        let _ = opened.await;
    }
}

/// What came as `x-echo-*` goes back in the headers, and as `x-trailer-*` in the trailers.
fn echo(ctx: &Context) -> Result<(), Status> {
    for (name, value) in ctx.metadata().iter() {
        if let Some(rest) = name.strip_prefix("x-echo-") {
            append(&mut ctx.initial_metadata(), name, &value)?;
            append(&mut ctx.trailers(), &format!("x-trailer-{rest}"), &value)?;
        }
    }
    Ok(())
}

fn append(metadata: &mut Metadata, name: &str, value: &MetadataValue<'_>) -> Result<(), Status> {
    match value {
        MetadataValue::Ascii(text) => metadata.append(name, text)?,
        MetadataValue::Binary(bytes) => metadata.append_bin(name, bytes)?,
    }
    Ok(())
}

/// `stall-abc-d` is `stall` and `abc-d`.
fn split(id: &str) -> (&str, &str) {
    id.split_once('-').unwrap_or((id, ""))
}

fn item(index: usize) -> Product {
    Product { id: format!("item-{index}"), description: "x".repeat(1000), ..Default::default() }
}

fn number(argument: &str) -> Result<usize, Status> {
    argument.parse().map_err(|_| Status::invalid_argument(format!("{argument:?} is not a number")))
}

fn error(code: &str) -> Result<Status, Status> {
    let code = Code::from(i32::try_from(number(code)?).unwrap_or(0));
    Ok(Status::new(code, MESSAGE).with_metadata(trailers()?))
}

fn millis(duration: Duration) -> i32 {
    i32::try_from(duration.as_millis()).unwrap_or(i32::MAX)
}
