//! What a client makes of answers that HTTP/2 and gRPC forbid, and of those that are odd (RFC 9113;
//! `PROTOCOL-HTTP2.md`; `http-grpc-status-mapping.md`; `statuscodes.md`).

use crate::pipe::{Server, serve};
use http2_peer::frames::*;
use http2_peer::{Frame, hpack};
use rsgrpc::{Code, Status};
use std::time::Duration;

/// What becomes of a unary call on stream 1 that is answered with these frames, and what of its connection.
async fn call(frames: Vec<Frame>) -> (Result<String, Status>, Connection) {
    let mut server = Server::new();
    let call = server.call();
    let mut peer = server.accept().await;
    peer.expect_headers(1).await;
    peer.expect(message(1, "hello").end()).await;
    peer.send(frames).await;
    let result = match tokio::time::timeout(Duration::from_secs(60), call).await {
        Ok(result) => result.unwrap(),
        Err(_) => Err(Status::deadline_exceeded("it goes on")),
    };
    // Whatever it was, the next call is served.
    let next = server.call();
    let connection = tokio::select! {
        biased;
        mut other = server.accept() => {
            serve(&mut other, 1).await;
            Another
        }
        () = async {
            loop {
                match peer.next().await {
                    Some(frame) if frame.kind == HEADERS => break,
                    Some(_) => {}
                    None => std::future::pending().await,
                }
            }
        } => {
            peer.send(crate::pipe::answer(3)).await;
            Same
        }
    };
    assert_eq!(next.await.unwrap().unwrap(), "echo");
    (result, connection)
}

/// Where the next call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Connection {
    Same,
    Another,
}
use Connection::{Another, Same};

async fn all(cases: Vec<(&str, Vec<Frame>, Code, Connection)>) {
    let mut wrong = Vec::new();
    for (case, frames, code, connection) in cases {
        let (result, found) = call(frames).await;
        if (result.as_ref().err().map_or(Code::Ok, Status::code), found) != (code, connection) {
            wrong.push(format!("{case}: {result:?} and {found:?}, not {code:?} and {connection:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

const OK: &[(&str, &str)] = &[("grpc-status", "0")];
const GRPC: (&str, &str) = ("content-type", "application/grpc");

/// A head, a message, and trailers.
fn ends(trailers: &[(&str, &str)]) -> Vec<Frame> {
    vec![response(1), message(1, "echo"), headers(1, trailers).end()]
}

/// A head, this body, and good trailers.
fn body(body: &[u8]) -> Vec<Frame> {
    vec![response(1), data(1, body), trailers(1, OK)]
}

#[tokio::test(start_paused = true)]
async fn answers_may_be_odd() {
    let informational = |status| headers(1, &[(":status", status), ("link", "x")]);
    all(vec![
        ("all in order", ends(OK), Code::Ok, Same),
        ("103 before", [vec![informational("103"); 3], ends(OK)].concat(), Code::Ok, Same),
        ("100 before", [vec![informational("100")], ends(OK)].concat(), Code::Ok, Same),
        (
            "unknown frames",
            [vec![frame(0xfa, 0, 1, "x"), frame(0xfb, 255, 0, "y")], ends(OK)].concat(),
            Code::Ok,
            Same,
        ),
        ("priorities", [vec![frame(PRIORITY, 0, 1, [0; 5])], ends(OK)].concat(), Code::Ok, Same),
        (
            "padding",
            vec![
                response(1).padded(9),
                message(1, "echo").padded(255),
                data(1, "").padded(3),
                trailers(1, OK).padded(1),
            ],
            Code::Ok,
            Same,
        ),
        (
            "in small pieces",
            vec![
                response(1),
                data(1, "\0"),
                data(1, ""),
                data(1, "\0\0\0\x01"),
                data(1, "x"),
                trailers(1, OK),
            ],
            Code::Ok,
            Same,
        ),
        (
            "a head in pieces",
            {
                let block = hpack::encode(&[(":status", "200"), GRPC]);
                let (start, end) = block.split_at(5);
                let head =
                    vec![frame(HEADERS, 0, 1, start), frame(CONTINUATION, 0, 1, []), continuation(1, end)];
                [head, vec![message(1, "echo"), trailers(1, OK)]].concat()
            },
            Code::Ok,
            Same,
        ),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn trailers_are_read_as_far_as_they_make_sense() {
    all(vec![
        ("no status", ends(&[("a", "b")]), Code::Unknown, Same),
        ("an empty status", ends(&[("grpc-status", "")]), Code::Unknown, Same),
        ("no number", ends(&[("grpc-status", "abc")]), Code::Unknown, Same),
        ("a negative number", ends(&[("grpc-status", "-1")]), Code::Unknown, Same),
        ("a number that is no code", ends(&[("grpc-status", "17")]), Code::Unknown, Same),
        ("a number that is too large", ends(&[("grpc-status", "4294967301")]), Code::Unknown, Same),
        ("a status twice", ends(&[("grpc-status", "5"), ("grpc-status", "0")]), Code::NotFound, Same),
        (
            "bad escapes",
            ends(&[("grpc-status", "5"), ("grpc-message", "100%, %zz %E4")]),
            Code::NotFound,
            Same,
        ),
        (
            "bad details",
            ends(&[("grpc-status", "5"), ("grpc-status-details-bin", "$%&")]),
            Code::NotFound,
            Same,
        ),
        ("bad binary metadata", ends(&[("grpc-status", "0"), ("x-bin", "!")]), Code::Ok, Same),
        (
            "a status without a message",
            vec![headers(1, &[(":status", "200"), GRPC, ("grpc-status", "5")]).end()],
            Code::NotFound,
            Same,
        ),
        (
            "a status in the head is not the end",
            vec![
                headers(1, &[(":status", "200"), GRPC, ("grpc-status", "5")]),
                message(1, "echo"),
                trailers(1, OK),
            ],
            Code::Ok,
            Same,
        ),
        ("a head that ends, and says nothing", vec![response(1).end()], Code::Unknown, Same),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn messages_are_checked() {
    all(vec![
        ("no message", vec![response(1), trailers(1, OK)], Code::Unimplemented, Same),
        ("two messages", body(b"\0\0\0\0\x01x\0\0\0\0\x01y"), Code::Unimplemented, Same),
        ("an unknown flag", body(b"\x02\0\0\0\0"), Code::Internal, Same),
        ("compressed, and nobody said how", body(b"\x01\0\0\0\x01x"), Code::Internal, Same),
        ("half a prefix", body(b"\0\0\0"), Code::Internal, Same),
        ("half a message", body(b"\0\0\0\0\x05he"), Code::Internal, Same),
        ("more than is accepted", body(b"\0\xff\xff\xff\xff"), Code::ResourceExhausted, Same),
        ("what is no message", body(b"\0\0\0\0\x01\xff"), Code::Internal, Same),
        ("an end without trailers", vec![response(1), message(1, "echo").end()], Code::Unknown, Same),
        (
            "an end inside a message",
            vec![response(1), data(1, b"\0\0\0\0\x05he").end()],
            Code::Internal,
            Same,
        ),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn http_statuses_stand_in_for_those_of_grpc() {
    let cases = [
        ("400", Code::Internal),
        ("401", Code::Unauthenticated),
        ("403", Code::PermissionDenied),
        ("404", Code::Unimplemented),
        ("429", Code::Unavailable),
        ("502", Code::Unavailable),
        ("503", Code::Unavailable),
        ("504", Code::Unavailable),
        ("200", Code::Unknown),
        ("204", Code::Unknown),
        ("302", Code::Unknown),
        ("418", Code::Unknown),
        ("500", Code::Unknown),
    ];
    for (http, code) in cases {
        let html = headers(1, &[(":status", http), ("content-type", "text/html")]);
        all(vec![
            (http, vec![html.clone().end()], code, Same),
            (http, vec![html, data(1, "<html>").end()], code, Same),
            // gRPC's own wins.
            (
                http,
                vec![headers(1, &[(":status", http), GRPC, ("grpc-status", "9")]).end()],
                Code::FailedPrecondition,
                Same,
            ),
        ])
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn resets_have_codes() {
    let cases = [
        (NO_ERROR, Code::Internal),
        (PROTOCOL_ERROR, Code::Internal),
        (INTERNAL_ERROR, Code::Internal),
        (FLOW_CONTROL_ERROR, Code::Internal),
        (4, Code::Internal),
        (STREAM_CLOSED, Code::Internal),
        (FRAME_SIZE_ERROR, Code::Internal),
        (CANCEL, Code::Cancelled),
        (COMPRESSION_ERROR, Code::Internal),
        (10, Code::Internal),
        (ENHANCE_YOUR_CALM, Code::ResourceExhausted),
        (12, Code::PermissionDenied),
        (13, Code::Unknown),
        (0xffff_ffff, Code::Unknown),
    ];
    for (code, expected) in cases {
        let case = code.to_string();
        all(vec![
            (&case, vec![reset(1, code)], expected, Same),
            (&case, vec![response(1), reset(1, code)], expected, Same),
            (&case, vec![response(1), data(1, "\0\0\0\0\x04ec"), reset(1, code)], expected, Same),
            (&case, vec![response(1), message(1, "echo"), reset(1, code)], expected, Same),
        ])
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn streams_that_break_http2_end_alone() {
    let status = (":status", "200");
    all(vec![
        ("no :status", vec![headers(1, &[GRPC])], Code::Internal, Same),
        ("connection", vec![headers(1, &[status, GRPC, ("connection", "close")])], Code::Internal, Same),
        ("pseudo-headers behind others", vec![headers(1, &[GRPC, status])], Code::Internal, Same),
        ("trailers that do not end", vec![response(1), headers(1, OK)], Code::Internal, Same),
        (
            "a body that is too short",
            vec![headers(1, &[status, GRPC, ("content-length", "99")]), message(1, "x").end()],
            Code::Internal,
            Same,
        ),
        (
            "too much of a head",
            vec![headers(1, &[&[status, GRPC], &[("a", "b"); 500][..]].concat())],
            Code::Internal,
            Same,
        ),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn connections_that_break_http2_end() {
    all(vec![
        ("DATA before HEADERS", vec![message(1, "echo")], Code::Unavailable, Another),
        ("DATA on the connection", vec![data(0, "x")], Code::Unavailable, Another),
        ("HEADERS on a stream that nobody opened", vec![response(9)], Code::Unavailable, Another),
        (
            "a :status that is none",
            vec![headers(1, &[(":status", "2000"), GRPC])],
            Code::Unavailable,
            Another,
        ),
        ("a push", vec![frame(PUSH_PROMISE, 4, 1, [0, 0, 0, 2])], Code::Unavailable, Another),
        ("a frame that is too long", vec![response(1), data(1, vec![0; 65_537])], Code::Unavailable, Another),
        (
            "a header block that is none",
            vec![frame(HEADERS, END_HEADERS, 1, [0xff; 5])],
            Code::Unavailable,
            Another,
        ),
        (
            "a header block that is interrupted",
            vec![frame(HEADERS, 0, 1, []), data(1, "x")],
            Code::Unavailable,
            Another,
        ),
        ("SETTINGS that are none", vec![frame(SETTINGS, 0, 0, [0; 5])], Code::Unavailable, Another),
        ("a ping that is none", vec![frame(PING, 0, 0, [0; 5])], Code::Unavailable, Another),
        ("WINDOW_UPDATE by nothing", vec![window_update(0, 0)], Code::Unavailable, Another),
        (
            "upper case",
            vec![headers(1, &[(":status", "200"), ("Content-Type", "application/grpc")])],
            Code::Unavailable,
            Another,
        ),
        (
            "GOAWAY with an error",
            vec![goaway(1, INTERNAL_ERROR, "oh"), reset(1, INTERNAL_ERROR)],
            Code::Internal,
            Another,
        ),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_comes_after_the_end_does_not_matter() {
    all(vec![
        ("trailers twice", [ends(OK), vec![trailers(1, &[("grpc-status", "5")])]].concat(), Code::Ok, Same),
        ("DATA", [ends(OK), vec![data(1, "x")]].concat(), Code::Ok, Same),
        ("RST_STREAM", [ends(OK), vec![reset(1, NO_ERROR)]].concat(), Code::Ok, Same),
        ("WINDOW_UPDATE", [ends(OK), vec![window_update(1, 1)]].concat(), Code::Ok, Same),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn floods_are_borne_or_end_the_connection() {
    let endless = (0..200).map(|n| match n {
        0 => frame(HEADERS, 0, 1, hpack::encode(&[(":status", "200")])),
        _ => frame(CONTINUATION, 0, 1, hpack::encode(&[("a", &"b".repeat(1000))])),
    });
    all(vec![("CONTINUATION", endless.collect(), Code::Unavailable, Another)]).await;
}
