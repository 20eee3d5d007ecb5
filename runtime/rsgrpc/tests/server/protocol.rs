//! What a server answers to requests as the specification allows and forbids them, over raw HTTP/2.

use crate::support::{self, Answer, Client, framed, text};
use http::header::{HeaderName, HeaderValue};
use http::{Method, Request};

/// One call of `Unary` whose head `change` has had in hands.
async fn changed(change: impl FnOnce(&mut Request<()>)) -> Answer {
    let mut client = Client::alone().await;
    let mut head = client.head("/test.Test/Unary");
    change(&mut head);
    client.send(head, framed(b"hello")).await
}

/// One call of `Unary` with this body.
async fn body(body: &'static [u8]) -> Answer {
    Client::alone().await.call("/test.Test/Unary", body).await
}

#[track_caller]
fn is_echo(answer: &Answer) {
    assert_eq!((answer.http, &answer.body[..], answer.status()), (200, &framed(b"hello")[..], ("0", "")));
    assert_eq!(text(&answer.headers, "content-type"), "application/grpc");
}

#[tokio::test]
async fn a_call_is_answered() {
    is_echo(&changed(|_| {}).await);
}

#[tokio::test]
async fn content_type_has_to_be_grpc() {
    for known in ["application/grpc", "application/grpc+proto", "application/grpc;x=y"] {
        is_echo(
            &changed(|head| drop(head.headers_mut().insert("content-type", known.parse().unwrap()))).await,
        );
    }
    for unknown in ["application/json", "application/grpc-web", "application/grpcx", ""] {
        let answer =
            changed(|head| drop(head.headers_mut().insert("content-type", unknown.parse().unwrap()))).await;
        assert_eq!(answer.refusal(), (415, "", ""), "{unknown}");
    }
    let answer = changed(|head| drop(head.headers_mut().remove("content-type"))).await;
    assert_eq!(answer.refusal(), (415, "", ""));
}

#[tokio::test]
async fn only_post_is_a_call() {
    for method in [Method::GET, Method::PUT, Method::OPTIONS] {
        let answer = changed(|head| *head.method_mut() = method).await;
        assert_eq!((answer.refusal(), text(&answer.headers, "allow")), ((405, "", ""), "POST"));
    }
}

#[tokio::test]
async fn te_may_be_missing() {
    is_echo(&changed(|head| drop(head.headers_mut().remove("te"))).await);
}

#[tokio::test]
async fn unknown_paths_are_unimplemented() {
    let mut client = Client::alone().await;
    for (path, message) in [
        ("/test.Test/Nothing", "the service test.Test has no method \"Nothing\""),
        ("/test.Other/Unary", "the server has no service \"test.Other\""),
        ("/Unary", "the path \"/Unary\" is not /service/method"),
        ("/test.Test/", "the service test.Test has no method \"\""),
        ("/", "the path \"/\" is not /service/method"),
        ("//", "the path \"//\" is not /service/method"),
        ("/a/b/c", "the server has no service \"a/b\""),
    ] {
        assert_eq!(client.call(path, framed(b"")).await.refusal(), (200, "12", message));
    }
}

#[tokio::test]
async fn a_timeout_has_to_be_one() {
    let answer =
        changed(|head| drop(head.headers_mut().insert("grpc-timeout", "soon".parse().unwrap()))).await;
    assert_eq!(answer.refusal(), (200, "13", "malformed grpc-timeout \"soon\""));
    is_echo(&changed(|head| drop(head.headers_mut().insert("grpc-timeout", "20S".parse().unwrap()))).await);
}

#[tokio::test]
async fn broken_frames_are_internal() {
    assert_eq!(body(&[7, 0, 0, 0, 0]).await.refusal(), (200, "13", "a message has unknown flags 0x07"));
    for truncated in [&[0][..], &[0, 0, 0, 0], &[0, 0, 0, 0, 9, 1, 2]] {
        assert_eq!(body(truncated).await.refusal(), (200, "13", "the stream ended inside a message"));
    }
    assert_eq!(body(b"\0\0\0\0\x07garbage").await.refusal(), (200, "13", "cannot decode the message"));
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_before_it_arrives() {
    let message = "a message of 4194305 bytes is larger than the limit of 4194304 bytes";
    assert_eq!(body(&[0, 0, 64, 0, 1]).await.refusal(), (200, "8", message));
    let message = "a message of 4294967295 bytes is larger than the limit of 4194304 bytes";
    assert_eq!(body(&[0, 255, 255, 255, 255]).await.refusal(), (200, "8", message));
}

#[tokio::test]
async fn a_unary_method_takes_one_request() {
    assert_eq!(body(&[]).await.refusal(), (200, "12", "the method takes one request, not none"));
    let two = &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(body(two).await.refusal(), (200, "12", "the method takes one request, not several"));
}

#[tokio::test]
async fn errors_are_trailers_only() {
    let mut client = Client::alone().await;
    let answer = client.call("/test.Test/Unary", framed(b"fail")).await;
    assert_eq!(answer.refusal(), (200, "5", "kein Produkt %E2%80%9E%C3%BC%E2%80%9C"));
    assert_eq!(text(&answer.headers, "grpc-status-details-bin"), "AQID");
}

#[tokio::test]
async fn errors_after_messages_are_in_trailers() {
    let mut client = Client::alone().await;
    let answer = client.call("/test.Test/Down", framed(b"fail")).await;
    assert_eq!((&answer.body[..], answer.status()), (&framed(b"one")[..], ("15", "half of it")));
    assert_eq!(text(answer.trailers.as_ref().unwrap(), "cause"), "test");
}

#[tokio::test]
async fn a_panic_ends_its_call_alone() {
    let mut client = Client::alone().await;
    let answer = client.call("/test.Test/Unary", framed(b"panic")).await;
    assert_eq!(answer.refusal(), (200, "13", "the handler panicked"));
    let answer = client.call("/test.Test/Down", framed(b"panic")).await;
    assert_eq!((&answer.body[..], answer.status()), (&framed(b"one")[..], ("13", "the handler panicked")));
    is_echo(&client.call("/test.Test/Unary", framed(b"hello")).await);
}

#[tokio::test]
async fn metadata_goes_both_ways() {
    let mut client = Client::alone().await;
    let mut head = client.head("/test.Test/Unary");
    head.headers_mut().insert("question", "42".parse().unwrap());
    let answer = client.send(head, framed(b"metadata")).await;
    assert_eq!(answer.body, framed(b"true false"));
    assert_eq!(text(&answer.headers, "first"), "42");
    assert_eq!(text(answer.trailers.as_ref().unwrap(), "last-bin"), "AP8");
}

#[tokio::test]
async fn metadata_that_is_none_is_not_shown() {
    let answer = changed(|head| {
        let headers = head.headers_mut();
        headers.insert("broken-bin", "!".parse().unwrap());
        headers.insert("question", HeaderValue::from_bytes(b"\xff\xfe").unwrap());
        headers.insert("grpc-status", "0".parse().unwrap());
    });
    is_echo(&answer.await);
}

#[tokio::test]
async fn too_many_headers_are_refused() {
    let mut client = Client::alone().await;
    let mut head = client.head("/test.Test/Unary");
    for n in 0..400 {
        let name = HeaderName::from_bytes(format!("flood-{n}").as_bytes()).unwrap();
        head.headers_mut().insert(name, HeaderValue::from_static("0123456789"));
    }
    let (response, _stream) = client.open(head, true).await;
    let answer = support::answer(response).await;
    assert!(answer.as_ref().map_or(true, |answer| answer.http == 431), "{answer:?}");
    is_echo(&client.call("/test.Test/Unary", framed(b"hello")).await);
}
