//! Pages and calls of all kinds on one port.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use axum::Router;
use axum::body::Bytes;
use axum_and_grpc::router;
use product::Shop;
use product::proto::ecommerce::product_update_request::Update;
use product::proto::ecommerce::{
    GetProductRequest, ListProductsRequest, Product, ProductServiceClient, ProductUpdateRequest,
};
use rsgrpc::{
    Call, CallFuture, Channel, Code, Context, Encoded, Kind, Method, OnCancel, Protobuf, Sender, Server,
    Service, Status, Streaming, wkt,
};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

async fn limited<T>(work: impl IntoFuture<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work.into_future()).await.expect("took too long")
}

/// Serves a router on a port of its own.
async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

fn connect(address: SocketAddr) -> Channel {
    Channel::connect(&address.to_string()).unwrap()
}

#[tokio::test]
async fn pages_and_calls() {
    let address = serve(router(Shop::default())).await;

    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut page = String::new();
    limited(socket.read_to_string(&mut page)).await.unwrap();
    assert!(page.starts_with("HTTP/1.1 200") && page.ends_with("fine\n"), "{page}");

    let client = ProductServiceClient::new(connect(address));
    let status = limited(client.get_product(GetProductRequest::default())).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);

    let mut upload = limited(client.upload_products()).await.unwrap();
    for id in ["prod-8", "prod-9"] {
        limited(upload.send(Product { id: id.into(), ..Default::default() })).await.unwrap();
    }
    limited(upload.finish()).await.unwrap();

    let request = GetProductRequest { product_id: "prod-8".into(), ..Default::default() };
    assert_eq!(limited(client.get_product(request)).await.unwrap().id, "prod-8");

    let mut products = limited(client.list_products(ListProductsRequest::default())).await.unwrap();
    for expected in [Some("prod-8"), Some("prod-9"), None] {
        let product = limited(products.message()).await.unwrap();
        assert_eq!(product.map(|product| product.id).as_deref(), expected);
    }

    let (requests, mut updates) = limited(client.product_updates()).await.unwrap();
    for _ in 0..2 {
        let update = Some(Update::NewPrice(9.99));
        let request = ProductUpdateRequest { product_id: "prod-8".into(), update, ..Default::default() };
        limited(requests.send(request)).await.unwrap();
        assert_eq!(limited(updates.message()).await.unwrap().unwrap().id, "prod-8");
    }
    requests.close();
    assert!(limited(updates.message()).await.unwrap().is_none());
}

type Text = Encoded<wkt::StringValue>;

static ECHO: Method<Text, Text> = Method::new::<Protobuf>(Kind::Bidi, "/test.Test/Echo");
static UNARY: Method<Text, Text> = Method::new::<Protobuf>(Kind::Unary, "/test.Test/Unary");

fn text(text: &'static str) -> Text {
    Encoded::new(Bytes::from_static(text.as_bytes()))
}

/// Tells what becomes of its calls.
struct Test(mpsc::UnboundedSender<&'static str>);

impl Service for Test {
    fn name(&self) -> &'static str {
        "test.Test"
    }

    fn call(&self, call: Call) -> CallFuture<'_> {
        match call.method() {
            "Echo" => call.bidi(&ECHO, |ctx, requests, responses| self.echo(ctx, requests, responses)),
            _ => call.unary(&UNARY, |ctx, request| self.unary(ctx, request)),
        }
    }
}

impl Test {
    async fn echo(
        &self,
        ctx: Context,
        requests: Streaming<Text>,
        responses: Sender<Text>,
    ) -> Result<(), Status> {
        let _end = End(&self.0);
        ctx.initial_metadata().insert("first", "early")?;
        ctx.send_initial_metadata();
        responses.try_send_all(requests).await?;
        ctx.trailers().insert("last", "late")?;
        Ok(())
    }

    async fn unary(&self, ctx: Context, request: Text) -> Result<Text, Status> {
        let _end = End(&self.0);
        match &request.bytes()[..] {
            b"panic" => panic!("on purpose"),
            b"wait" => {
                ctx.cancelled().await;
                self.0.send("cancelled").unwrap();
                Ok(request)
            }
            b"peer" => {
                assert!(ctx.peer().address().is_none(), "nobody has said");
                Ok(request)
            }
            _ => Ok(request),
        }
    }
}

struct End<'a>(&'a mpsc::UnboundedSender<&'static str>);

impl Drop for End<'_> {
    fn drop(&mut self) {
        let _ = self.0.send("ended");
    }
}

async fn test(on_cancel: OnCancel) -> (Channel, mpsc::UnboundedReceiver<&'static str>) {
    let (told, tells) = mpsc::unbounded_channel();
    let grpc = Server::new().on_cancel(on_cancel).add(Test(told)).into_service();
    (connect(serve(Router::new().fallback_service(grpc)).await), tells)
}

#[tokio::test]
async fn metadata_and_trailers_pass() {
    let (channel, _tells) = test(OnCancel::Drop).await;
    let (requests, mut responses) = limited(channel.bidi(&ECHO)).await.unwrap();
    assert_eq!(limited(responses.metadata()).await.unwrap().get("first"), Some("early"));
    for word in ["one", "two"] {
        limited(requests.send(text(word))).await.unwrap();
        assert_eq!(limited(responses.message()).await.unwrap().unwrap().bytes(), word);
    }
    requests.close();
    assert!(limited(responses.message()).await.unwrap().is_none());
    assert_eq!(responses.trailers().unwrap().get("last"), Some("late"));
    assert_eq!(limited(channel.unary(&UNARY, text("peer"))).await.unwrap().bytes(), "peer");
}

#[tokio::test]
async fn cancellation_and_deadlines_reach_handlers() {
    let (channel, mut tells) = test(OnCancel::Drop).await;
    let (requests, responses) = limited(channel.bidi(&ECHO)).await.unwrap();
    limited(requests.send(text("one"))).await.unwrap();
    drop((requests, responses));
    assert_eq!(limited(tells.recv()).await, Some("ended"));

    let call = channel.unary(&UNARY, text("wait")).timeout(Duration::from_millis(50));
    assert_eq!(limited(call).await.unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!(limited(tells.recv()).await, Some("ended"));

    let (channel, mut tells) = test(OnCancel::Finish).await;
    let call = channel.unary(&UNARY, text("wait")).timeout(Duration::from_millis(50));
    assert_eq!(limited(call).await.unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!(limited(tells.recv()).await, Some("cancelled"));
    assert_eq!(limited(tells.recv()).await, Some("ended"));
}

#[tokio::test]
async fn what_goes_wrong_is_answered() {
    let (channel, _tells) = test(OnCancel::Drop).await;
    let status = limited(channel.unary(&UNARY, text("panic"))).await.unwrap_err();
    assert_eq!(status.to_string(), "INTERNAL: the handler panicked");

    static NOWHERE: Method<Text, Text> = Method::new::<Protobuf>(Kind::Unary, "/test.Nowhere/Unary");
    let status = limited(channel.unary(&NOWHERE, text(""))).await.unwrap_err();
    assert_eq!(status.to_string(), "UNIMPLEMENTED: the server has no service \"test.Nowhere\"");
}

#[tokio::test]
async fn large_messages_and_slow_readers() {
    let (channel, _tells) = test(OnCancel::Drop).await;
    let large = Encoded::new(Bytes::from(vec![7; 3 << 20]));
    assert_eq!(limited(channel.unary(&UNARY, large.clone())).await.unwrap().bytes(), large.bytes());

    let (requests, mut responses) = limited(channel.bidi(&ECHO)).await.unwrap();
    let sending = tokio::spawn(async move {
        for _ in 0..50 {
            requests.send(Encoded::new(Bytes::from(vec![7; 100_000]))).await.unwrap();
        }
        requests.close();
    });
    let mut count = 0;
    while limited(responses.message()).await.unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, 50);
    limited(sending).await.unwrap();
}

#[tokio::test]
async fn what_is_no_call_is_refused() {
    let grpc = Server::new().into_service();
    let address = serve(Router::new().fallback_service(grpc)).await;
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut page = String::new();
    limited(socket.read_to_string(&mut page)).await.unwrap();
    assert!(page.starts_with("HTTP/1.1 405"), "{page}");
}
