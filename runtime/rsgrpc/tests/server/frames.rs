//! What a server makes of frames that HTTP/2 forbids: the error, its scope, and that all else goes on
//! (RFC 9113; the sections stand beside the cases).

use crate::pipe::Piped;
use crate::support::reached;
use http2_peer::frames::*;
use http2_peer::{Ending, Frame, Peer, hpack};
use std::time::Duration;

/// What frames lead to.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// Nothing.
    Ignored,
    /// The stream is reset with this code, and the connection lives.
    Reset(u32),
    /// The connection ends with this code.
    GoAway(u32),
}
use Outcome::{GoAway, Ignored, Reset};

/// The stream of a call that runs.
const OPEN: u32 = 1;

/// h2 has one code for all that it cannot parse, where the specification has several. The scope is right: it is
/// the end of the connection.
const FRAME_SIZE: u32 = PROTOCOL_ERROR;
const COMPRESSION: u32 = PROTOCOL_ERROR;
const FLOW_CONTROL: u32 = PROTOCOL_ERROR;

/// A connection with a call open on stream 1, which has sent the frames; what has come of it.
async fn send(frames: Vec<Frame>) -> Outcome {
    let piped = Piped::start();
    let mut peer = piped.connect().await;
    peer.send(request(OPEN, "/test.Test/Up")).await;
    reached(&piped.probe.running, |running| *running == 1).await;
    peer.send(frames).await;
    let outcome = outcome(&mut peer).await;
    match outcome {
        GoAway(_) => {}
        Ignored | Reset(_) => {
            // The connection goes on.
            peer.send(vec![request(101, "/test.Test/Unary"), message(101, "hello").end()]).await;
            assert!(
                matches!(peer.ending(101).await, Ending::Answer(answer) if answer.get("grpc-status") == "0")
            );
        }
    }
    drop(peer);
    // Nothing is left behind.
    reached(&piped.probe.running, |running| *running == 0).await;
    outcome
}

/// What comes before the second of two pings is answered.
async fn outcome(peer: &mut Peer) -> Outcome {
    let mut outcome = Ignored;
    for payload in [*b"barrier1", *b"barrier2"] {
        peer.send(ping(payload)).await;
        loop {
            let Some(frame) = peer.next().await else {
                assert!(matches!(outcome, GoAway(_)), "closed without a word");
                return outcome;
            };
            match frame.kind {
                RST_STREAM => outcome = Reset(u32::from_be_bytes(frame.payload.try_into().unwrap())),
                HEADERS => drop(peer.headers(frame).await),
                GOAWAY => outcome = GoAway(u32::from_be_bytes(frame.payload[4..8].try_into().unwrap())),
                PING if frame == pong(payload) => break,
                _ => {}
            }
        }
    }
    outcome
}

async fn all(cases: Vec<(&str, Vec<Frame>, Outcome)>) {
    let mut wrong = Vec::new();
    for (case, frames, expected) in cases {
        let found = send(frames).await;
        if found != expected {
            wrong.push(format!("{case}: {found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(start_paused = true)]
async fn the_preface_has_to_be_one() {
    for garbage in
        [&b"GET / HTTP/1.1\r\n\r\n\0\0\0\0\0\0"[..], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r", &[0; 64], b"PRI"]
    {
        let piped = Piped::start();
        let mut peer = Peer::silent(piped.pipe());
        peer.send(garbage).await;
        peer.close().await;
        assert!(matches!(peer.ending(1).await, Ending::Closed | Ending::GoAway(PROTOCOL_ERROR)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_says_nothing_is_left_in_time() {
    let piped = Piped::start();
    for bytes in [&b""[..], b"PRI * HTTP/2.0\r\n"] {
        let begun = tokio::time::Instant::now();
        let mut peer = Peer::silent(piped.pipe());
        peer.patience = Duration::from_secs(100);
        peer.send(bytes).await;
        while peer.next().await.is_some() {}
        assert_eq!(begun.elapsed().as_secs(), 20);
    }
}

#[tokio::test(start_paused = true)]
async fn frames_have_their_sizes() {
    all(vec![
        ("§4.2 longer than allowed", vec![data(OPEN, vec![0; 65_537])], GoAway(FRAME_SIZE_ERROR)),
        ("§6.3 PRIORITY of 4", vec![frame(PRIORITY, 0, OPEN, [0; 4])], GoAway(FRAME_SIZE)),
        ("§6.4 RST_STREAM of 3", vec![frame(RST_STREAM, 0, OPEN, [0; 3])], GoAway(FRAME_SIZE)),
        ("§6.5 SETTINGS of 5", vec![frame(SETTINGS, 0, 0, [0; 5])], GoAway(FRAME_SIZE)),
        ("§6.5 an answer with parameters", vec![frame(SETTINGS, ACK, 0, [0; 6])], GoAway(FRAME_SIZE)),
        ("§6.7 PING of 7", vec![frame(PING, 0, 0, [0; 7])], GoAway(FRAME_SIZE)),
        ("§6.8 GOAWAY of 7", vec![frame(GOAWAY, 0, 0, [0; 7])], GoAway(FRAME_SIZE)),
        ("§6.9 WINDOW_UPDATE of 3", vec![frame(WINDOW_UPDATE, 0, 0, [0; 3])], GoAway(FRAME_SIZE)),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn frames_have_their_streams() {
    all(vec![
        ("§6.1 DATA on the connection", vec![data(0, "x")], GoAway(PROTOCOL_ERROR)),
        ("§6.2 HEADERS on the connection", vec![request(0, "/")], GoAway(PROTOCOL_ERROR)),
        ("§6.4 RST_STREAM on the connection", vec![reset(0, CANCEL)], GoAway(PROTOCOL_ERROR)),
        ("§6.5 SETTINGS on a stream", vec![frame(SETTINGS, 0, OPEN, [])], GoAway(PROTOCOL_ERROR)),
        ("§6.7 PING on a stream", vec![frame(PING, 0, OPEN, [0; 8])], GoAway(PROTOCOL_ERROR)),
        ("§6.8 GOAWAY on a stream", vec![frame(GOAWAY, 0, OPEN, [0; 8])], GoAway(PROTOCOL_ERROR)),
        ("§5.1.1 a client's stream is odd", vec![request(2, "/test.Test/Up")], GoAway(PROTOCOL_ERROR)),
        ("§5.1 DATA on an idle stream", vec![data(9, "x")], GoAway(PROTOCOL_ERROR)),
        ("§5.1 RST_STREAM on an idle stream", vec![reset(9, CANCEL)], GoAway(PROTOCOL_ERROR)),
        ("§5.1 WINDOW_UPDATE on an idle stream", vec![window_update(9, 1)], GoAway(PROTOCOL_ERROR)),
        (
            "§6.6 PUSH_PROMISE from a client",
            vec![frame(PUSH_PROMISE, 4, OPEN, [0, 0, 0, 2])],
            GoAway(PROTOCOL_ERROR),
        ),
        ("§5.1.1 streams count up", vec![request(9, "/x"), request(7, "/x")], GoAway(PROTOCOL_ERROR)),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_has_an_end() {
    let open = || request(3, "/test.Test/Up");
    let running = || vec![request(3, "/test.Test/Unary"), message(3, "wait").end()];
    let more = |frame| [running(), vec![frame]].concat();
    all(vec![
        // A connection error, which §5.4 allows; and what has ended on both sides is forgotten, and not told from
        // what has never been.
        ("§5.1 DATA after the client's end", more(data(3, "x")), GoAway(PROTOCOL_ERROR)),
        (
            "§5.1 HEADERS after the client's end",
            more(headers(3, &[("a", "b")]).end()),
            GoAway(PROTOCOL_ERROR),
        ),
        ("§5.1 DATA after the end", vec![open().end(), data(3, "x")], GoAway(PROTOCOL_ERROR)),
        ("§5.1 DATA after a reset", vec![open(), reset(3, CANCEL), data(3, "x")], Reset(STREAM_CLOSED)),
        ("§5.1 WINDOW_UPDATE after a reset", vec![open(), reset(3, CANCEL), window_update(3, 1)], Ignored),
        ("§8.1 trailers that do not end", vec![open(), headers(3, &[("a", "b")])], Reset(PROTOCOL_ERROR)),
        // Left out; the rest of the trailers counts.
        ("§8.1 pseudo-headers in trailers", vec![open(), headers(3, &[(":path", "/")]).end()], Ignored),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn settings_are_checked() {
    all(vec![
        ("§6.5.2 ENABLE_PUSH of 2", vec![settings(&[(2, 2)])], GoAway(PROTOCOL_ERROR)),
        ("§6.5.2 a window of 2^31", vec![settings(&[(4, 1 << 31)])], GoAway(FLOW_CONTROL)),
        ("§6.5.2 frames of 100 bytes", vec![settings(&[(5, 100)])], GoAway(PROTOCOL_ERROR)),
        ("§6.5.2 frames of 16 MiB", vec![settings(&[(5, 1 << 24)])], GoAway(PROTOCOL_ERROR)),
        ("§6.5.2 an unknown one", vec![settings(&[(0xfafa, 7)])], Ignored),
        ("§6.5.2 one twice", vec![settings(&[(4, 65_536), (4, 65_537)])], Ignored),
        ("§6.5.3 many", vec![settings(&[(4, 1 << 20)]); 50], Ignored),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn windows_are_checked() {
    let most = (1 << 31) - 1;
    all(vec![
        ("§6.9 nothing for the connection", vec![window_update(0, 0)], GoAway(PROTOCOL_ERROR)),
        ("§6.9 nothing for a stream", vec![window_update(OPEN, 0)], GoAway(PROTOCOL_ERROR)),
        ("§6.9.1 too much for the connection", vec![window_update(0, most)], GoAway(FLOW_CONTROL_ERROR)),
        ("§6.9.1 too much for a stream", vec![window_update(OPEN, most)], Reset(FLOW_CONTROL_ERROR)),
        (
            "§6.9.2 too much for a stream by SETTINGS",
            vec![window_update(OPEN, most - 65_535), settings(&[(INITIAL_WINDOW_SIZE, 65_536)])],
            GoAway(FLOW_CONTROL_ERROR),
        ),
        (
            "§6.9.1 more than the stream's window",
            vec![data(OPEN, [0; 16_384]); 70],
            Reset(FLOW_CONTROL_ERROR),
        ),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn header_blocks_are_whole() {
    let block = hpack::encode(&[(":path", "/x")]);
    let begun = || frame(HEADERS, 0, 3, block.clone());
    all(vec![
        ("§6.10 without HEADERS", vec![continuation(OPEN, block.clone())], GoAway(PROTOCOL_ERROR)),
        ("§6.10 on another stream", vec![begun(), continuation(5, [])], GoAway(PROTOCOL_ERROR)),
        ("§6.10 interrupted", vec![begun(), data(OPEN, "x")], GoAway(PROTOCOL_ERROR)),
        ("§6.10 interrupted by an unknown frame", vec![begun(), frame(99, 0, 0, [])], GoAway(PROTOCOL_ERROR)),
        ("§4.3 no index", vec![frame(HEADERS, END_HEADERS, 3, [0xff, 0xff, 0xff])], GoAway(COMPRESSION)),
        ("§4.3 index 0", vec![frame(HEADERS, END_HEADERS, 3, [0x80])], GoAway(COMPRESSION)),
        (
            "§4.3 no Huffman code",
            vec![frame(HEADERS, END_HEADERS, 3, b"\0\x84\xff\xff\xff\xff\0")],
            GoAway(COMPRESSION),
        ),
        (
            "§4.3 a larger table than allowed",
            vec![frame(HEADERS, END_HEADERS, 3, [0x3f, 0xff, 0xff, 0x7f])],
            GoAway(COMPRESSION),
        ),
        ("§4.3 cut off", vec![frame(HEADERS, END_HEADERS, 3, b"\0\x05ab")], GoAway(COMPRESSION)),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn heads_are_well_formed() {
    const METHOD: (&str, &str) = (":method", "POST");
    const SCHEME: (&str, &str) = (":scheme", "http");
    const PATH: (&str, &str) = (":path", "/test.Test/Up");
    const GRPC: (&str, &str) = ("content-type", "application/grpc");
    // §5.4: a stream error may be treated as a connection error, as h2 does for what is no header.
    let connection: [(&str, &[(&str, &str)]); 6] = [
        ("§8.2.1 upper case", &[METHOD, SCHEME, PATH, GRPC, ("Custom", "x")]),
        ("§8.2.1 a blank in a name", &[METHOD, SCHEME, PATH, GRPC, ("cus tom", "x")]),
        ("§8.2.1 an empty name", &[METHOD, SCHEME, PATH, GRPC, ("", "x")]),
        ("§8.2.1 a line break in a value", &[METHOD, SCHEME, PATH, GRPC, ("custom", "x\r\ny")]),
        ("§8.2.1 a zero in a value", &[METHOD, SCHEME, PATH, GRPC, ("custom", "x\0")]),
        ("§8.3 unknown", &[METHOD, SCHEME, PATH, (":custom", "x"), GRPC]),
    ];
    let stream: [(&str, &[(&str, &str)]); 9] = [
        ("§8.2.2 connection", &[METHOD, SCHEME, PATH, GRPC, ("connection", "close")]),
        ("§8.2.2 transfer-encoding", &[METHOD, SCHEME, PATH, GRPC, ("transfer-encoding", "chunked")]),
        ("§8.2.2 te", &[METHOD, SCHEME, PATH, GRPC, ("te", "gzip")]),
        ("§8.3 of a response", &[METHOD, SCHEME, PATH, (":status", "200"), GRPC]),
        ("§8.3 behind others", &[METHOD, SCHEME, GRPC, PATH]),
        ("§8.3 twice", &[METHOD, METHOD, SCHEME, PATH, GRPC]),
        ("§8.3.1 no :method", &[SCHEME, PATH, GRPC]),
        ("§8.3.1 no :scheme", &[METHOD, PATH, GRPC]),
        ("§8.3.1 an empty :path", &[METHOD, SCHEME, (":path", ""), GRPC]),
    ];
    let connection = connection.map(|(case, list)| (case, vec![headers(3, list)], GoAway(PROTOCOL_ERROR)));
    let stream = stream.map(|(case, list)| (case, vec![headers(3, list)], Reset(PROTOCOL_ERROR)));
    all(connection.into_iter().chain(stream).collect()).await;
    // §8.1.1: a server may answer before it resets. Without a path there is no method.
    all(vec![("§8.3.1 no :path", vec![headers(3, &[METHOD, SCHEME, GRPC])], Reset(NO_ERROR))]).await;
}

#[tokio::test(start_paused = true)]
async fn a_body_is_as_long_as_it_says() {
    let open = |length| request_with(3, "/test.Test/Up", &[("content-length", length)]);
    all(vec![
        ("§8.1.1 shorter", vec![open("10"), message(3, "").end()], Reset(PROTOCOL_ERROR)),
        ("§8.1.1 longer", vec![open("3"), message(3, "").end()], Reset(PROTOCOL_ERROR)),
        ("§8.1.1 no number", vec![open("x")], Reset(PROTOCOL_ERROR)),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn padding_is_checked_and_left_out() {
    all(vec![
        ("§6.1 more than there is", vec![frame(DATA, PADDED, OPEN, [9, 0])], GoAway(PROTOCOL_ERROR)),
        ("§6.1 nothing at all", vec![frame(DATA, PADDED, OPEN, [])], GoAway(PROTOCOL_ERROR)),
        (
            "§6.2 more than there is",
            vec![frame(HEADERS, PADDED | END_HEADERS, 3, [9, 0])],
            GoAway(PROTOCOL_ERROR),
        ),
    ])
    .await;
    let piped = Piped::start();
    let mut peer = piped.connect().await;
    peer.send(vec![
        request(1, "/test.Test/Unary").padded(100),
        data(1, &prefixed("hello")[..3]).padded(255),
        data(1, "").padded(0),
        data(1, &prefixed("hello")[3..]).padded(1).end(),
    ])
    .await;
    let Ending::Answer(answer) = peer.ending(1).await else { panic!("no answer") };
    assert_eq!((answer.body, answer.trailers.len()), (prefixed("hello"), 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_unknown_is_ignored() {
    all(vec![
        (
            "§5.5 a frame",
            vec![frame(0xfa, 0xff, 0, "whatever"), frame(0xfb, 0, OPEN, "x"), frame(0xfc, 0, 99, "")],
            Ignored,
        ),
        ("§4.1 flags", vec![frame(PING, 0xfe, 0, [0; 8])], Ignored),
        (
            "§5.3 priorities",
            vec![frame(PRIORITY, 0, 77, [0, 0, 0, 3, 1]), frame(PRIORITY, 0, OPEN, [0; 5])],
            Ignored,
        ),
        ("§4.1 the reserved bit", vec![Frame { stream: OPEN | 1 << 31, ..message(OPEN, "x") }], Ignored),
        ("§6.8 GOAWAY", vec![goaway(0, 0, "bye")], Ignored),
        ("§6.7 an answer to no ping", vec![pong([9; 8])], Ignored),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn calls_beyond_the_limit_are_refused_and_may_be_sent_again() {
    let piped = Piped::with(|server| server.max_concurrent_calls(2), Duration::ZERO);
    let mut peer = piped.connect().await;
    for stream in [1, 3] {
        peer.send(request(stream, "/test.Test/Up")).await;
    }
    reached(&piped.probe.running, |running| *running == 2).await;
    // Known only once SETTINGS are acknowledged.
    assert!(peer.is_quiet(Duration::from_secs(1)).await);
    peer.send(request(5, "/test.Test/Up")).await;
    peer.expect(reset(5, REFUSED_STREAM)).await;
    peer.send(reset(1, CANCEL)).await;
    reached(&piped.probe.running, |running| *running == 1).await;
    peer.send(vec![request(7, "/test.Test/Unary"), message(7, "x").end()]).await;
    assert!(matches!(peer.ending(7).await, Ending::Answer(_)));
}

/// Sends frames for ever; the connection has to end.
async fn flood(mut frames: impl FnMut(u32) -> Vec<Frame>) -> Ending {
    let piped = Piped::start();
    let mut peer = piped.connect().await;
    peer.send(request(OPEN, "/test.Test/Up")).await;
    for n in 0..2_000 {
        peer.send(frames(n)).await;
        tokio::task::yield_now().await;
    }
    let ending = peer.ending(OPEN).await;
    reached(&piped.probe.running, |running| *running == 0).await;
    ending
}

#[tokio::test(start_paused = true)]
async fn floods_end_the_connection() {
    let calm = Ending::GoAway(ENHANCE_YOUR_CALM);
    assert_eq!(flood(|_| vec![ping([0; 8]); 10]).await, calm, "PING");
    let resets = |n: u32| {
        (1..=20).flat_map(move |k| {
            let stream = OPEN + 40 * n + 2 * k;
            [request(stream, "/test.Test/Up"), reset(stream, CANCEL)]
        })
    };
    assert_eq!(flood(|n| resets(n).collect()).await, calm, "rapid reset");
    let broken = |n: u32| (1..=20).map(move |k| headers(OPEN + 40 * n + 2 * k, &[("no", "call")]));
    assert_eq!(flood(|n| broken(n).collect()).await, calm, "malformed requests");
    assert_eq!(flood(|_| vec![data(OPEN, ""); 1000]).await, calm, "empty DATA");
    let endless = |n| match n {
        0 => frame(HEADERS, 0, 3, hpack::encode(&[("a", "b")])),
        _ => frame(CONTINUATION, 0, 3, hpack::encode(&[("a", &"b".repeat(1000))])),
    };
    assert_eq!(flood(|n| vec![endless(n)]).await, calm, "CONTINUATION");
}

/// Answers are not collected without limit for a client that does not read them.
#[tokio::test(start_paused = true)]
async fn a_flood_of_settings_waits_for_the_client_to_read() {
    let piped = Piped::start();
    let mut peer = piped.connect().await;
    let many = vec![settings(&[(4, 65_535)]); 1000];
    let sent = tokio::time::timeout(Duration::from_secs(1), async {
        for _ in 0..1000 {
            peer.send(many.clone()).await;
        }
    });
    // 15 MB of questions, whose 9 MB of answers find no room in the pipe and the server's buffer.
    assert!(sent.await.is_err(), "all was taken");
}
