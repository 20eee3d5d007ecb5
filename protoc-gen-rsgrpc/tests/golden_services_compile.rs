//! Every golden file of services compiles, without a warning, and can be implemented as the documentation says.

#![deny(warnings)]

macro_rules! golden {
    ($($name:ident)*) => {$(
        #[allow(missing_docs, reason = "the schema has no comments")]
        pub mod $name {
            include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/services/", stringify!($name), "/mod.rs"));
        }
    )*};
}

golden! {
    deprecated
    kinds
    names
    strict
    views
}

use std::future::Future;
use std::time::Duration;

use rsgrpc::{ChannelBuilder, Code, Context, Encoded, Sender, Server, Service, Status, Streaming};

/// Runs `test` with a channel to `service`, for no longer than a test may take.
fn with<F: Future<Output = Result<(), Status>>>(
    service: impl Service,
    test: impl FnOnce(rsgrpc::Channel) -> F,
) -> Result<(), Status> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Status::internal(error.to_string()))?.block_on(async {
        let local = Server::new().add(service).local();
        let channel = ChannelBuilder::new().local(&local);
        let late = |_| Status::internal("the test takes too long");
        tokio::time::timeout(Duration::from_secs(20), test(channel)).await.map_err(late)?
    })
}

#[test]
fn all_four_kinds() -> Result<(), Status> {
    use kinds::golden::services::kinds::{
        GetProductRequest, Product, Shop, ShopClient, ShopServer, UploadProductsResponse,
    };

    fn product(id: &str) -> Product {
        Product { id: id.to_owned(), ..Product::default() }
    }

    struct Store;

    impl Shop for Store {
        async fn get_product(&self, _: &Context, request: GetProductRequest) -> Result<Product, Status> {
            Ok(product(&request.id))
        }

        async fn list_products(
            &self,
            _: &Context,
            request: GetProductRequest,
            responses: Sender<Product>,
        ) -> Result<(), Status> {
            responses.send(product(&request.id)).await?;
            responses.send(product("last")).await
        }

        async fn upload_products(
            &self,
            _: &Context,
            mut requests: Streaming<Product>,
        ) -> Result<UploadProductsResponse, Status> {
            let mut response = UploadProductsResponse::default();
            while requests.message().await?.is_some() {
                response.count += 1;
            }
            Ok(response)
        }

        async fn product_updates(
            &self,
            _: &Context,
            mut requests: Streaming<Product>,
            responses: Sender<Product>,
        ) -> Result<(), Status> {
            while let Some(product) = requests.message().await? {
                responses.send(product).await?;
            }
            Ok(())
        }
    }

    with(ShopServer::new(Store), async |channel| {
        let client = ShopClient::new(channel);
        let request = GetProductRequest { id: "1".to_owned(), ..GetProductRequest::default() };
        assert_eq!(client.get_product(request.clone()).await?, product("1"));
        let mut list = client.list_products(request).await?;
        assert_eq!(list.message().await?, Some(product("1")));
        assert_eq!(list.message().await?, Some(product("last")));
        assert_eq!(list.message().await?, None);
        let mut upload = client.upload_products().await?;
        upload.send(product("a")).await?;
        upload.send(product("b")).await?;
        assert_eq!(upload.finish().await?.count, 2);
        let (updates, mut echoes) = client.product_updates().await?;
        updates.send(product("x")).await?;
        assert_eq!(echoes.message().await?, Some(product("x")));
        updates.close();
        assert_eq!(echoes.message().await?, None);
        Ok(())
    })
}

#[test]
fn what_is_not_implemented_says_so() -> Result<(), Status> {
    use kinds::golden::services::kinds::{GetProductRequest, Shop, ShopClient, ShopServer};

    struct Empty;
    impl Shop for Empty {}

    with(ShopServer::new(Empty), async |channel| {
        let answer = ShopClient::new(channel).get_product(GetProductRequest::default()).await;
        let status = answer.expect_err("nothing is implemented");
        assert_eq!(status.code(), Code::Unimplemented);
        assert_eq!(status.message(), "Shop/GetProduct is not implemented");
        Ok(())
    })
}

#[test]
fn requests_as_views() -> Result<(), Status> {
    use views::golden::services::views::{Batch, Ingest, IngestClient, IngestServer, Receipt};

    struct Log;

    impl Ingest for Log {
        async fn put(&self, _: &Context, request: Encoded<Batch>) -> Result<Receipt, Status> {
            let view = request.view()?;
            let count = view.lines.iter().map(str::len).sum::<usize>();
            Ok(Receipt { count: u32::try_from(count).unwrap_or(u32::MAX), ..Receipt::default() })
        }
    }

    with(IngestServer::new(Log), async |channel| {
        let batch = Batch { lines: vec!["ab".to_owned(), "c".to_owned()], ..Batch::default() };
        assert_eq!(IngestClient::new(channel).put(batch).await?.count, 3);
        Ok(())
    })
}
