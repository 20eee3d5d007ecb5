//! Calls with one request and one response.

use crate::raw::*;
use h2::Reason;
use rsgrpc::{Channel, Code, Status};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

async fn call(channel: &Channel) -> Result<String, Status> {
    limit(channel.unary(&UNARY, "hello".into())).await
}

/// The status of a call that the server handles so.
async fn failure<F, Fut>(handle: F) -> Status
where
    F: Fn(Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    call(&serve(handle).await).await.unwrap_err()
}

#[track_caller]
fn is(status: &Status, code: Code, message: &str) {
    assert_eq!((status.code(), status.message()), (code, message), "{status:?}");
}

#[tokio::test]
async fn what_is_sent_and_what_comes_back() {
    let (seen, mut heads) = mpsc::unbounded_channel();
    let channel = serve(move |mut call| {
        let seen = seen.clone();
        async move {
            let request = call.request().await.unwrap();
            seen.send((call.head.clone(), request)).unwrap();
            let mut head = grpc(200);
            head.headers_mut().extend(headers(&[("early", "1"), ("raw-bin", "/w"), ("raw-bin", "AQ==")]));
            let mut stream = call.begin_with(head);
            stream.send_data(frame("you too"), false).unwrap();
            stream.send_trailers(headers(&[("grpc-status", "0"), ("late", "2")])).unwrap();
        }
    })
    .await;

    let call = channel.unary(&UNARY, "hello".into()).metadata("fruit", "apple").metadata("fruit", "pear");
    let call = call.metadata_bin("bytes-bin", [255]).timeout(Duration::from_secs(9));
    let response = limit(call.response()).await.unwrap();
    assert_eq!(response.message, "you too");
    assert_eq!(response.metadata.get("early"), Some("1"));
    assert_eq!(response.metadata.get_bin("raw-bin").as_deref(), Some(&[255][..]));
    assert_eq!(response.trailers.get("late"), Some("2"));
    assert_eq!(response.trailers.len(), 1);

    let (head, request) = heads.recv().await.unwrap();
    assert_eq!(request, frame("hello"));
    assert_eq!((head.method.as_str(), head.uri.path()), ("POST", "/test.Echo/Unary"));
    assert_eq!(head.uri.scheme_str(), Some("http"));
    let names = head.headers.keys().map(|name| name.as_str());
    // What is there depends on the features of this build.
    let names = names.filter(|name| *name != "grpc-accept-encoding").collect::<Vec<_>>();
    assert_eq!(names, ["grpc-timeout", "te", "content-type", "user-agent", "fruit", "bytes-bin"]);
    assert_eq!(head.headers["te"], "trailers");
    assert_eq!(head.headers["content-type"], "application/grpc");
    assert_eq!(head.headers["user-agent"], concat!("grpc-rust-rsgrpc/", env!("CARGO_PKG_VERSION")));
    assert_eq!(head.headers.get_all("fruit").iter().collect::<Vec<_>>(), ["apple", "pear"]);
    assert_eq!(head.headers["bytes-bin"], "/w");
}

#[tokio::test]
async fn messages_of_all_sizes_go_both_ways() {
    let channel = serve(|mut call| async move {
        let request = call.request().await.unwrap();
        let mut stream = call.begin();
        stream.send_data(request.into(), false).unwrap();
        stream.send_trailers(headers(OK)).unwrap();
    })
    .await;
    for size in [0, 1, 1000, 16_379, 16_380, 100_000, 3 << 20] {
        let message = "x".repeat(size);
        let echo = limit(channel.unary(&UNARY, message.clone())).await.unwrap();
        assert!(echo == message, "{size}");
    }
}

#[tokio::test]
async fn trailers_only() {
    let status = failure(|mut call| async move {
        let said = &[
            ("grpc-status", "5"),
            ("grpc-message", "no %E2%98%95 left"),
            ("grpc-status-details-bin", "CAU"),
            ("hint", "tea"),
        ];
        call.refuse(grpc(200), said);
    })
    .await;
    is(&status, Code::NotFound, "no ☕ left");
    assert!(status.is_from_peer());
    assert_eq!(status.details(), [8, 5]);
    assert_eq!(status.metadata().get("hint"), Some("tea"));
}

#[tokio::test]
async fn an_error_after_a_message_is_an_error() {
    let status =
        failure(
            |mut call| async move { call.answer("half", &[("grpc-status", "15"), ("grpc-message", "lost")]) },
        )
        .await;
    is(&status, Code::DataLoss, "lost");
}

#[tokio::test]
async fn one_response_is_due() {
    let status = failure(|mut call| async move { call.refuse(grpc(200), OK) }).await;
    is(&status, Code::Unimplemented, "the server sent no response where one was due");

    let status = failure(|mut call| async move {
        let mut stream = call.begin();
        stream.send_data(frame("one"), false).unwrap();
        stream.send_data(frame("two"), false).unwrap();
        stream.send_trailers(headers(OK)).unwrap();
    })
    .await;
    is(&status, Code::Unimplemented, "the server sent several responses where one was due");
}

#[tokio::test]
async fn a_missing_status_is_unknown() {
    let status = failure(|mut call| async move {
        call.begin().send_data(frame("hi"), true).unwrap();
    })
    .await;
    is(&status, Code::Unknown, "the response carries no grpc-status");

    let status = failure(|mut call| async move { call.answer("hi", &[("late", "1")]) }).await;
    is(&status, Code::Unknown, "the response carries no grpc-status");

    let status = failure(|mut call| async move { call.answer("hi", &[("grpc-status", "five")]) }).await;
    is(&status, Code::Unknown, "malformed grpc-status \"five\"");
}

#[tokio::test]
async fn responses_that_are_not_grpc() {
    for (http, code) in [(404, Code::Unimplemented), (503, Code::Unavailable), (401, Code::Unauthenticated)] {
        let status = failure(move |mut call| async move {
            let mut stream = call.begin_with(html(http));
            stream.send_data("<h1>Sorry</h1>".into(), true).unwrap();
        })
        .await;
        is(&status, code, &format!("HTTP status {http} without grpc-status"));
    }
    // Also where a head is all there is.
    let status = failure(|mut call| async move { call.refuse(html(502), &[]) }).await;
    is(&status, Code::Unavailable, "HTTP status 502 without grpc-status");
    // What gRPC says counts, whatever HTTP says.
    let said = &[("grpc-status", "7"), ("grpc-message", "go away")];
    let status = failure(move |mut call| async move { call.refuse(html(503), said) }).await;
    is(&status, Code::PermissionDenied, "go away");

    let status = failure(|mut call| async move {
        call.begin_with(html(200)).send_data("<h1>Hello</h1>".into(), true).unwrap();
    })
    .await;
    is(&status, Code::Unknown, "the response has content-type \"text/html\", not application/grpc");
}

#[tokio::test]
async fn resets_become_codes() {
    for (reason, code) in [
        (Reason::NO_ERROR, Code::Internal),
        (Reason::PROTOCOL_ERROR, Code::Internal),
        (Reason::INTERNAL_ERROR, Code::Internal),
        (Reason::CANCEL, Code::Cancelled),
        (Reason::ENHANCE_YOUR_CALM, Code::ResourceExhausted),
        (Reason::INADEQUATE_SECURITY, Code::PermissionDenied),
    ] {
        let status = failure(move |mut call| async move { call.respond.send_reset(reason) }).await;
        is(&status, code, &format!("the server reset the stream: {reason:?}"));
        // In the middle of an answer, too.
        let status = failure(move |mut call| async move {
            let mut stream = call.begin();
            stream.send_data(frame("hi"), false).unwrap();
            stream.send_reset(reason);
        })
        .await;
        assert_eq!(status.code(), code, "{status}");
    }
}

#[tokio::test]
async fn a_refused_call_is_sent_once_more() {
    let calls = Arc::new(AtomicUsize::new(0));
    let refuse = |times: usize, calls: Arc<AtomicUsize>| {
        serve(move |mut call| {
            let number = calls.fetch_add(1, Ordering::SeqCst);
            async move {
                match number < times {
                    true => call.respond.send_reset(Reason::REFUSED_STREAM),
                    false => call.answer("at last", OK),
                }
            }
        })
    };
    let channel = refuse(1, calls.clone()).await;
    assert_eq!(call(&channel).await.unwrap(), "at last");
    assert_eq!(calls.swap(0, Ordering::SeqCst), 2);

    let channel = refuse(9, calls.clone()).await;
    let status = call(&channel).await.unwrap_err();
    is(&status, Code::Unavailable, "the server reset the stream: REFUSED_STREAM");
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn broken_frames() {
    let said = |bytes: &'static [u8]| {
        failure(move |mut call| async move {
            let mut stream = call.begin();
            stream.send_data(bytes.into(), false).unwrap();
            stream.send_trailers(headers(OK)).unwrap();
        })
    };
    is(&said(b"\0\0\0\0\x05hi").await, Code::Internal, "the stream ended inside a message");
    is(&said(b"\0\0").await, Code::Internal, "the stream ended inside a message");
    assert_eq!(said(b"\x02\0\0\0\x02hi").await.code(), Code::Internal);
    assert_eq!(said(b"\x01\0\0\0\x02hi").await.code(), Code::Internal);
    assert_eq!(said(b"\0\0\0\0\x01\xff").await.message(), "not UTF-8");
}

#[tokio::test]
async fn a_message_over_the_limit_cancels_the_call() {
    let (seen, mut resets) = mpsc::unbounded_channel();
    let channel = serve(move |mut call| {
        let seen = seen.clone();
        async move {
            let mut stream = call.begin();
            // The claim is enough; the bytes need not come.
            stream.send_data((&b"\0\xff\xff\xff\xff"[..]).into(), false).unwrap();
            seen.send(std::future::poll_fn(|cx| stream.poll_reset(cx)).await.unwrap()).unwrap();
        }
    })
    .await;
    let status = call(&channel).await.unwrap_err();
    let message = "a message of 4294967295 bytes is larger than the limit of 4194304 bytes";
    is(&status, Code::ResourceExhausted, message);
    assert_eq!(limit(resets.recv()).await, Some(Reason::CANCEL));

    let limited =
        channel.unary(&UNARY, String::new()).receive_limit(usize::MAX).timeout(Duration::from_millis(50));
    assert_eq!(limit(limited).await.unwrap_err().code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn the_deadline_ends_a_call_and_tells_the_server() {
    let (seen, mut resets) = mpsc::unbounded_channel();
    let channel = serve(move |mut call| {
        let seen = seen.clone();
        async move {
            let timeout = call.header("grpc-timeout").unwrap().to_owned();
            seen.send((timeout, call.reset().await)).unwrap();
        }
    })
    .await;
    let call = channel.unary(&UNARY, "hello".into()).timeout(Duration::from_millis(80));
    let status = limit(call).await.unwrap_err();
    is(&status, Code::DeadlineExceeded, "the deadline has passed");
    assert!(!status.is_from_peer());
    let (timeout, reset) = limit(resets.recv()).await.unwrap();
    assert!(timeout.len() <= 9 && timeout.ends_with(['n', 'u']), "{timeout}");
    assert_eq!(reset, Reason::CANCEL);

    let call = channel.unary(&UNARY, "hello".into()).timeout(Duration::ZERO);
    let status = limit(call).await.unwrap_err();
    is(&status, Code::DeadlineExceeded, "the deadline had passed before the call began");
}

#[tokio::test]
async fn a_dropped_call_is_cancelled() {
    let (seen, mut events) = mpsc::unbounded_channel();
    let channel = serve(move |mut call| {
        let seen = seen.clone();
        async move {
            seen.send(None).unwrap();
            seen.send(Some(call.reset().await)).unwrap();
        }
    })
    .await;
    let task = tokio::spawn(channel.unary(&UNARY, "hello".into()).into_future());
    assert_eq!(limit(events.recv()).await, Some(None));
    task.abort();
    assert_eq!(limit(events.recv()).await, Some(Some(Reason::CANCEL)));
}

#[tokio::test]
async fn what_cannot_be_sent_is_not() {
    // Nobody listens there: a call that got so far would fail as UNAVAILABLE.
    let channel = Channel::connect("http://127.0.0.1:1").unwrap();
    let call = channel.unary(&UNARY, "hello".into()).metadata("grpc-status", "0");
    let status = limit(call).await.unwrap_err();
    is(&status, Code::Internal, "metadata name \"grpc-status\" is reserved for gRPC");

    let call = channel.unary(&UNARY, "cannot be encoded".into());
    is(&limit(call).await.unwrap_err(), Code::Internal, "told so");
}

#[tokio::test]
async fn too_many_headers_fail_the_call_and_not_the_connection() {
    let channel = serve(|mut call| async move {
        if call.request().await.unwrap().len() > 5 {
            return call.answer("fine", OK);
        }
        let flood = "x".repeat(20_000);
        call.refuse(grpc(200), &[("grpc-status", "0"), ("flood", &flood)]);
    })
    .await;
    let status = limit(channel.unary(&UNARY, String::new())).await.unwrap_err();
    assert!(!status.is_from_peer(), "{status:?}");
    assert_eq!(call(&channel).await.unwrap(), "fine");
}
