//! Layers around the calls of a channel.

#![allow(unreachable_pub, missing_docs, reason = "a test is no library")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

#[path = "../server/support.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod support;

use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::Frame;
use rsgrpc::tower::{Body, Transport};
use rsgrpc::{Bytes, Channel, ChannelBuilder, Code, Status};
use std::error::Error;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use support::*;
use tower_layer::layer_fn;
use tower_service::Service;

/// Counts the bytes that pass.
struct Counted<B> {
    body: Pin<Box<B>>,
    bytes: Arc<AtomicUsize>,
}

impl<B: http_body::Body<Data = Bytes>> http_body::Body for Counted<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let polled = self.body.as_mut().poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            self.bytes.fetch_add(frame.data_ref().map_or(0, Bytes::len), Ordering::Relaxed);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}

#[derive(Clone, Default)]
struct Seen {
    notes: Arc<Mutex<Vec<String>>>,
    sent: Arc<AtomicUsize>,
    received: Arc<AtomicUsize>,
}

/// Notes requests and responses, counts their bytes, and answers some in place of the server.
#[derive(Clone)]
struct Noting {
    name: &'static str,
    seen: Seen,
    below: Transport,
}

type Answered<B> = Result<Response<Counted<B>>, Box<dyn Error + Send + Sync>>;

impl Service<Request<Body>> for Noting {
    type Response = Response<Counted<Body>>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Answered<Body>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.below.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let Self { name, seen, mut below } = self.clone();
        Box::pin(async move {
            seen.notes.lock().unwrap().push(format!("{name} {}", request.uri().path()));
            if request.headers().contains_key("fail") {
                return Err("the layer fails".into());
            }
            if request.headers().contains_key("busy") {
                let mut response = Response::new(Counted { body: Box::pin(empty()), bytes: seen.received });
                *response.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
                return Ok(response);
            }
            request.headers_mut().insert("question", HeaderValue::from_static(name));
            let request =
                request.map(|body| Body::new(Counted { body: Box::pin(body), bytes: seen.sent.clone() }));
            let response = below.call(request).await?;
            seen.notes.lock().unwrap().push(format!("{name} {}", response.status().as_u16()));
            Ok(response.map(|body| Counted { body: Box::pin(body), bytes: seen.received }))
        })
    }
}

/// A body without anything.
fn empty() -> Body {
    struct Nothing;
    impl http_body::Body for Nothing {
        type Data = Bytes;
        type Error = Status;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
            Poll::Ready(Some(Ok(Frame::trailers(HeaderMap::new()))))
        }
    }
    Body::new(Nothing)
}

fn layered(seen: &Seen) -> ChannelBuilder {
    let [first, second] = ["A", "B"].map(|name| {
        let seen = seen.clone();
        layer_fn(move |below| Noting { name, seen: seen.clone(), below })
    });
    ChannelBuilder::new().layer(first).layer(second)
}

async fn served() -> (Channel, Served, Seen) {
    let (served, seen) = (Served::start().await, Seen::default());
    (layered(&seen).connect(&served.address.to_string()).unwrap(), served, seen)
}

#[tokio::test]
async fn calls_of_all_kinds_pass_in_order() {
    let (channel, _served, seen) = served().await;
    let response = limited(channel.unary(&UNARY, "metadata".into()).response()).await.unwrap();
    assert_eq!((response.metadata.get("first"), &response.message[..]), (Some("B"), &b"true false"[..]));
    assert_eq!(response.trailers.get_bin("last-bin").unwrap(), &[0, 255][..]);
    let notes = std::mem::take(&mut *seen.notes.lock().unwrap());
    assert_eq!(notes, ["A /test.Test/Unary", "B /test.Test/Unary", "B 200", "A 200"]);
    // Both layers have seen them: five bytes of prefix, then the message.
    let bytes = [&seen.sent, &seen.received].map(|bytes| bytes.swap(0, Ordering::Relaxed));
    assert_eq!(bytes, [2 * (5 + 8), 2 * (5 + 10)]);

    let mut stream = limited(channel.server_streaming(&DOWN, "3 10".into())).await.unwrap();
    for _ in 0..3 {
        assert_eq!(limited(stream.message()).await.unwrap().unwrap().len(), 10);
    }
    assert!(limited(stream.message()).await.unwrap().is_none());

    let mut upload = limited(channel.client_streaming(&UP)).await.unwrap();
    for _ in 0..3 {
        limited(upload.send("four".into())).await.unwrap();
    }
    assert_eq!(limited(upload.finish()).await.unwrap(), "3 12");

    let (requests, mut responses) = limited(channel.bidi(&BOTH)).await.unwrap();
    for word in ["one", "two"] {
        limited(requests.send(word.into())).await.unwrap();
        assert_eq!(limited(responses.message()).await.unwrap().unwrap(), word);
    }
    requests.close();
    assert!(limited(responses.message()).await.unwrap().is_none());
}

#[tokio::test]
async fn statuses_and_failures_keep_what_they_say() {
    let (channel, _served, _) = served().await;
    let status = limited(channel.unary(&UNARY, "fail".into())).await.unwrap_err();
    assert_eq!(
        (status.to_string().as_str(), status.details()),
        ("NOT_FOUND: kein Produkt „ü“", &[1, 2, 3][..])
    );
    assert!(status.is_from_peer());

    let mut stream = limited(channel.server_streaming(&DOWN, "fail".into())).await.unwrap();
    assert_eq!(limited(stream.message()).await.unwrap().unwrap(), "one");
    assert_eq!(limited(stream.message()).await.unwrap_err().to_string(), "DATA_LOSS: half of it");

    let status = limited(channel.unary(&UNARY, "x".into()).metadata("fail", "")).await.unwrap_err();
    assert_eq!(status.to_string(), "UNAVAILABLE: the stream broke off: the layer fails");
    assert_eq!(status.source().unwrap().to_string(), "the layer fails");

    let status = limited(channel.unary(&UNARY, "x".into()).metadata("busy", "")).await.unwrap_err();
    assert_eq!(status.to_string(), "UNAVAILABLE: HTTP status 503 without grpc-status");

    let nowhere = layered(&Seen::default()).connect("http://127.0.0.1:1").unwrap();
    let status = limited(nowhere.unary(&UNARY, "x".into())).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(status.message().contains("connect to"), "{status}");
    let (_requests, mut responses) = limited(nowhere.bidi(&BOTH)).await.unwrap();
    assert_eq!(limited(responses.message()).await.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test]
async fn what_is_given_up_is_cancelled() {
    let (channel, served, _) = served().await;
    let running = async |count: usize| reached(&served.probe.running, |running| *running == count).await;

    let call = tokio::spawn(channel.unary(&UNARY, "wait".into()).into_future());
    running(1).await;
    call.abort();
    running(0).await;

    let call = channel.unary(&UNARY, "wait".into()).timeout(Duration::from_millis(50));
    assert_eq!(limited(call).await.unwrap_err().code(), Code::DeadlineExceeded);
    running(0).await;

    let mut stream = limited(channel.server_streaming(&DOWN, "lone".into())).await.unwrap();
    assert_eq!(limited(stream.message()).await.unwrap().unwrap(), "one");
    drop(stream);
    running(0).await;

    let (requests, mut responses) = limited(channel.bidi(&BOTH)).await.unwrap();
    limited(requests.send("one".into())).await.unwrap();
    assert_eq!(limited(responses.message()).await.unwrap().unwrap(), "one");
    drop(requests);
    assert_eq!(limited(responses.message()).await.unwrap_err().code(), Code::Cancelled);
    running(0).await;

    let (requests, mut responses) = limited(channel.bidi(&BOTH)).await.unwrap();
    limited(requests.send("one".into())).await.unwrap();
    assert_eq!(limited(responses.message()).await.unwrap().unwrap(), "one");
    drop(responses);
    assert_eq!(limited(requests.send("two".into())).await.unwrap_err().code(), Code::Cancelled);
    running(0).await;
}

#[tokio::test]
async fn large_messages_and_slow_readers() {
    let (channel, served, _) = served().await;
    let large = Bytes::from(vec![7; 3 << 20]);
    assert_eq!(limited(channel.unary(&UNARY, large.clone())).await.unwrap(), large);

    // A handler that does not read holds the client back.
    let mut upload = limited(channel.client_streaming(&UP)).await.unwrap();
    limited(upload.send("wait".into())).await.unwrap();
    reached(&served.probe.running, |running| *running == 1).await;
    let mut sent = 0_usize;
    let message = Bytes::from(vec![7; 100_000]);
    while tokio::time::timeout(Duration::from_millis(200), upload.send(message.clone())).await.is_ok() {
        sent += 1;
        assert!(sent < 1000, "100 MB wait somewhere");
    }
    drop(upload);
    reached(&served.probe.running, |running| *running == 0).await;

    let mut stream = limited(channel.server_streaming(&DOWN, "2000 10000".into())).await.unwrap();
    let mut count = 0;
    while limited(stream.message()).await.unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, 2000);
}
