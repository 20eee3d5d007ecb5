//! What a server makes of requests that gRPC forbids (`PROTOCOL-HTTP2.md`): an answer to that call alone.

use crate::pipe::Piped;
use crate::support::reached;
use http2_peer::frames::*;
use http2_peer::{Ending, Frame, Peer};
use std::time::Duration;

const UNARY: &str = "/test.Test/Unary";

/// HTTP status and grpc-status of the answer to what is sent on stream 1. The connection goes on.
async fn answer(frames: Vec<Frame>) -> (String, String) {
    let piped = Piped::start();
    let mut peer = piped.connect().await;
    peer.send(frames).await;
    let Ending::Answer(answer) = peer.ending(1).await else { panic!("no answer") };
    echo(&mut peer, 3).await;
    reached(&piped.probe.running, |running| *running == 0).await;
    (answer.get(":status").to_owned(), answer.get("grpc-status").to_owned())
}

/// A call that is answered.
async fn echo(peer: &mut Peer, stream: u32) {
    peer.send(vec![request(stream, UNARY), message(stream, "hello").end()]).await;
    let Ending::Answer(answer) = peer.ending(stream).await else { panic!("no answer") };
    assert_eq!((answer.get("grpc-status"), &answer.body), ("0", &prefixed("hello")));
}

async fn all<const N: usize>(cases: [(&str, Vec<Frame>, (&str, &str)); N]) {
    let mut wrong = Vec::new();
    for (case, frames, (http, grpc)) in cases {
        let found = answer(frames).await;
        if found != (http.to_owned(), grpc.to_owned()) {
            wrong.push(format!("{case}: {found:?}, not {http} {grpc}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The head of a call with these headers alone beside the pseudo-headers, and its message.
fn with(method: &str, list: &[(&str, &str)]) -> Vec<Frame> {
    let pseudo = [(":method", method), (":scheme", "http"), (":path", UNARY)];
    vec![headers(1, &[&pseudo[..], list].concat()), message(1, "hello").end()]
}

const GRPC: (&str, &str) = ("content-type", "application/grpc");
const TE: (&str, &str) = ("te", "trailers");

#[tokio::test(start_paused = true)]
async fn heads() {
    // Each header counts for 32 bytes more than it has.
    let many = [("a", "b"); 500];
    all([
        ("all that is needed", with("POST", &[GRPC]), ("200", "0")),
        ("GET", with("GET", &[GRPC, TE]), ("405", "")),
        ("a method that nobody knows", with("BREW", &[GRPC, TE]), ("405", "")),
        ("no content-type", with("POST", &[TE]), ("415", "")),
        ("another content-type", with("POST", &[("content-type", "text/plain"), TE]), ("415", "")),
        ("gRPC-Web", with("POST", &[("content-type", "application/grpc-web"), TE]), ("415", "")),
        ("an encoding that is not used", with("POST", &[GRPC, ("grpc-encoding", "zip")]), ("200", "0")),
        ("a message type", with("POST", &[GRPC, ("grpc-message-type", "")]), ("200", "0")),
        ("binary metadata that is none", with("POST", &[GRPC, ("x-bin", "$%&")]), ("200", "0")),
        ("a status", with("POST", &[GRPC, ("grpc-status", "7"), ("grpc-message", "%")]), ("200", "0")),
        ("too much of everything", vec![request_with(1, UNARY, &many).end()], ("431", "")),
        ("no service", vec![request(1, "/Unary").end()], ("200", "12")),
        ("an asterisk", vec![request(1, "*").end()], ("200", "12")),
        ("another service", vec![request(1, "/other/Unary").end()], ("200", "12")),
        ("another method", vec![request(1, "/test.Test/unary").end()], ("200", "12")),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn timeouts() {
    let malformed =
        ["", "1", "S", "1x", "-1S", "+1S", "1.5S", " 1S", "1 S", "S1", "123456789S", "1Ss", "0x1S", "１S"];
    for timeout in malformed {
        let call = with("POST", &[GRPC, ("grpc-timeout", timeout)]);
        assert_eq!(answer(call).await, ("200".to_owned(), "13".to_owned()), "{timeout:?}");
    }
    for timeout in ["1H", "99999999H", "99999999M", "99999999S", "99999999m", "99999999u", "99999999n", "01S"]
    {
        let call = with("POST", &[GRPC, ("grpc-timeout", timeout)]);
        assert_eq!(answer(call).await, ("200".to_owned(), "0".to_owned()), "{timeout:?}");
    }
    let late = vec![request_with(1, UNARY, &[("grpc-timeout", "0S")]), message(1, "wait").end()];
    assert_eq!(answer(late).await, ("200".to_owned(), "4".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn bodies() {
    let body = |body: &[u8]| vec![request(1, UNARY), data(1, body).end()];
    let compressed = |encoding, flag| {
        vec![request_with(1, UNARY, &[("grpc-encoding", encoding)]), data(1, [flag, 0, 0, 0, 1, 0]).end()]
    };
    all([
        ("whole", body(b"\0\0\0\0\x05hello"), ("200", "0")),
        (
            "in pieces",
            vec![request(1, UNARY), data(1, "\0"), data(1, "\0\0\0\x01"), data(1, "x").end()],
            ("200", "0"),
        ),
        (
            "with trailers",
            vec![request(1, UNARY), message(1, "x"), headers(1, &[("a", "b")]).end()],
            ("200", "0"),
        ),
        ("with an empty end", vec![request(1, UNARY), message(1, "x"), data(1, "").end()], ("200", "0")),
        ("an unknown flag", body(b"\x02\0\0\0\0"), ("200", "13")),
        ("all flags", body(b"\xff\0\0\0\0"), ("200", "13")),
        ("compressed, and nobody said how", body(b"\x01\0\0\0\0"), ("200", "13")),
        ("compressed, and not at all", compressed("identity", 1), ("200", "13")),
        ("compressed as nobody does", compressed("zip", 1), ("200", "12")),
        ("half a prefix", body(b"\0\0\0"), ("200", "13")),
        ("half a message", body(b"\0\0\0\0\x05he"), ("200", "13")),
        ("half a second message", body(b"\0\0\0\0\x01x\0"), ("200", "13")),
        ("more than is accepted", body(b"\0\xff\xff\xff\xff"), ("200", "8")),
        ("no message", vec![request(1, UNARY).end()], ("200", "12")),
        ("two messages", body(b"\0\0\0\0\x01x\0\0\0\0\x01y"), ("200", "12")),
        ("what is no message", body(b"\0\0\0\0\x07garbage"), ("200", "13")),
    ])
    .await;
}

/// Nobody waits for the rest of a call that has failed, and nothing of it stays.
#[tokio::test(start_paused = true)]
async fn what_has_failed_is_over() {
    let piped = Piped::start();
    let mut peer = piped.connect().await;
    for (stream, body) in [(1, &b"\x02\0\0\0\0"[..]), (3, b"\0\xff\xff\xff\xff"), (5, b"\0\0\0\0\x07garbage")]
    {
        peer.send(vec![request(stream, "/test.Test/Up"), data(stream, body)]).await;
        let Ending::Answer(answer) = peer.ending(stream).await else { panic!("no answer") };
        assert!(matches!(answer.get("grpc-status"), "13" | "8"));
        peer.expect(reset(stream, NO_ERROR)).await;
        // What was on its way.
        peer.send(vec![data(stream, "more"), data(stream, "").end()]).await;
    }
    reached(&piped.probe.running, |running| *running == 0).await;
    echo(&mut peer, 7).await;
    assert!(peer.is_quiet(Duration::from_secs(60)).await);
}
