//! Servers that are silent, dead, or say goodbye: gRFC A6, A8.

use crate::pipe::{Server, answer, serve};
use crate::raw::{CHAT, LIST, UNARY};
use http2_peer::{Frame, Peer, frames};
use rsgrpc::{Code, Connectivity, Keepalive};
use std::time::Duration;
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

fn with(keepalive: Keepalive) -> Server {
    Server::with(|builder| builder.keepalive(keepalive).idle_timeout(Duration::MAX))
}

fn without_calls(keepalive: Keepalive) -> Server {
    with(Keepalive { permit_without_calls: true, ..keepalive })
}

/// A connection whose first call has been answered.
async fn connected(server: &mut Server) -> Peer {
    let call = server.call();
    let mut peer = server.accept().await;
    serve(&mut peer, 1).await;
    assert_eq!(call.await.unwrap().unwrap(), "echo");
    peer
}

/// The next frame is a ping; after how many seconds.
async fn pinged(peer: &mut Peer) -> (u64, [u8; 8]) {
    let begun = Instant::now();
    match peer.telling().await {
        Some(Frame { kind: frames::PING, flags: 0, payload, .. }) => {
            (begun.elapsed().as_secs(), payload.try_into().unwrap())
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_silent_during_a_call_is_pinged() {
    let mut server = with(Keepalive::every(30 * SECOND));
    let call = server.call();
    let mut peer = server.accept().await;
    peer.expect_headers(1).await;
    peer.expect(frames::message(1, "hello").end()).await;
    for _ in 0..3 {
        let (after, payload) = pinged(&mut peer).await;
        assert_eq!(after, 30);
        peer.send(frames::pong(payload)).await;
    }
    peer.send(answer(1)).await;
    assert_eq!(call.await.unwrap().unwrap(), "echo");
    // No calls, no pings.
    assert!(peer.is_quiet(HOUR).await);
    // The connection has been silent for long, so the next call asks at once.
    let call = server.call();
    peer.expect_headers(3).await;
    peer.expect(frames::message(3, "hello").end()).await;
    assert_eq!(pinged(&mut peer).await.0, 0);
    peer.send(answer(3)).await;
    assert_eq!(call.await.unwrap().unwrap(), "echo");
}

#[tokio::test(start_paused = true)]
async fn pings_without_calls_are_a_choice() {
    let mut server = without_calls(Keepalive::every(SECOND));
    let mut peer = connected(&mut server).await;
    for _ in 0..3 {
        let (after, payload) = pinged(&mut peer).await;
        // Less is not possible.
        assert_eq!(after, 10);
        peer.send(frames::pong(payload)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_dead_server_fails_its_calls_and_is_left() {
    let mut server = with(Keepalive { timeout: 5 * SECOND, ..Keepalive::every(MINUTE) });
    let mut dead = connected(&mut server).await;
    let begun = Instant::now();
    let status = server.call().await.unwrap().unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 65);
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.message(), "the connection was lost: no answer to a keepalive ping within 5s");
    assert_eq!(server.channel.connectivity(), Connectivity::Idle);
    drop(connected(&mut server).await);
    // The other one was closed, after a ping.
    dead.expect_headers(3).await;
    dead.expect(frames::message(3, "hello").end()).await;
    pinged(&mut dead).await;
    dead.expect_end().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_complains_is_pinged_less() {
    let mut server = without_calls(Keepalive::every(MINUTE));
    for minutes in [1, 2, 4] {
        let mut peer = connected(&mut server).await;
        assert_eq!(pinged(&mut peer).await.0, minutes * 60);
        let call = server.call();
        peer.expect_headers(3).await;
        peer.expect(frames::message(3, "hello").end()).await;
        let enough = frames::goaway(3, frames::ENHANCE_YOUR_CALM, "too_many_pings");
        peer.send(enough.clone()).await;
        peer.send(enough).await;
        drop(peer);
        assert_eq!(call.await.unwrap().unwrap_err().code(), Code::Unavailable);
    }
    // Other goodbyes change nothing.
    for debug in ["", "too_many_pings_please", "max_age"] {
        let mut peer = connected(&mut server).await;
        assert_eq!(pinged(&mut peer).await.0, 8 * 60);
        peer.send(frames::goaway(1, frames::ENHANCE_YOUR_CALM, debug)).await;
    }
    let mut peer = connected(&mut server).await;
    peer.send(frames::goaway(1, 0, "too_many_pings")).await;
    drop(peer);
    assert_eq!(pinged(&mut connected(&mut server).await).await.0, 8 * 60);
}

#[tokio::test(start_paused = true)]
async fn goodbyes_are_quoted() {
    let mut server = Server::new();
    let calls = [server.call(), server.call()];
    for _ in 0..2 {
        let mut peer = server.accept().await;
        peer.expect_headers(1).await;
        peer.send(frames::goaway(0, frames::ENHANCE_YOUR_CALM, "too_many_pings")).await;
    }
    for call in calls {
        let status = call.await.unwrap().unwrap_err();
        let message = "the server closed the connection: ENHANCE_YOUR_CALM (too_many_pings)";
        assert_eq!((status.code(), status.message()), (Code::Unavailable, message));
    }
}

#[tokio::test(start_paused = true)]
async fn an_unused_connection_is_given_up() {
    for (setup, after) in [(None, 30 * MINUTE), (Some(10 * SECOND), 10 * SECOND)] {
        let mut server = Server::with(|builder| match setup {
            Some(after) => builder.idle_timeout(after),
            None => builder,
        });
        let mut peer = connected(&mut server).await;
        // Calls keep it, however quiet they are.
        let call = server.call();
        peer.expect_headers(3).await;
        peer.expect(frames::message(3, "hello").end()).await;
        assert!(peer.is_quiet(3 * after).await);
        peer.send(answer(3)).await;
        assert_eq!(call.await.unwrap().unwrap(), "echo");
        let begun = Instant::now();
        peer.expect(frames::goaway(0, 0, "")).await;
        peer.expect_end().await;
        // The end of a call may pass unseen until the next look.
        assert!(begun.elapsed() >= after && begun.elapsed() <= 2 * after, "{:?}", begun.elapsed());
        assert_eq!(server.channel.connectivity(), Connectivity::Idle);
        assert!(server.is_unwanted());
        connected(&mut server).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_goodbye_makes_the_channel_idle_at_once() {
    let mut server = Server::new();
    let mut peer = connected(&mut server).await;
    let running = server.call();
    peer.expect_headers(3).await;
    peer.expect(frames::message(3, "hello").end()).await;
    assert_eq!(server.channel.connectivity(), Connectivity::Ready);
    peer.send(frames::goaway(0x7fff_ffff, 0, "max_age")).await;
    server.channel.connectivity_changed(Connectivity::Ready).await;
    assert_eq!(server.channel.connectivity(), Connectivity::Idle);
    // The running call goes on, and new ones go elsewhere.
    connected(&mut server).await;
    peer.send(answer(3)).await;
    assert_eq!(running.await.unwrap().unwrap(), "echo");
    peer.expect(frames::goaway(0, 0, "")).await;
    peer.expect_end().await;
}

/// What a server does to a call that it does not process.
const UNPROCESSED: [fn(u32) -> Frame; 3] = [
    |stream| frames::reset(stream, frames::REFUSED_STREAM),
    |_| frames::goaway(0, 0, ""),
    |_| frames::goaway(0, frames::PROTOCOL_ERROR, "whoever is to blame"),
];

#[tokio::test(start_paused = true)]
async fn a_call_that_was_not_processed_is_sent_once_more() {
    for refuse in UNPROCESSED {
        let mut server = Server::new();
        let call = server.call();
        let mut peer = server.accept().await;
        peer.expect_headers(1).await;
        peer.expect(frames::message(1, "hello").end()).await;
        peer.send(refuse(1)).await;
        // On the same connection, if it is still good.
        let (mut peer, stream) = match refuse(1).kind {
            frames::GOAWAY => (server.accept().await, 1),
            _ => (peer, 3),
        };
        serve(&mut peer, stream).await;
        assert_eq!(call.await.unwrap().unwrap(), "echo");
    }
}

#[tokio::test(start_paused = true)]
async fn and_not_twice() {
    for refuse in UNPROCESSED {
        let mut server = Server::new();
        let call = server.call();
        let mut peer = server.accept().await;
        for attempt in 0..2 {
            let stream = match refuse(1).kind {
                frames::GOAWAY => 1,
                _ => 2 * attempt + 1,
            };
            peer.expect_headers(stream).await;
            peer.expect(frames::message(stream, "hello").end()).await;
            peer.send(refuse(stream)).await;
            if attempt == 0 && refuse(1).kind == frames::GOAWAY {
                peer = server.accept().await;
            }
        }
        assert_eq!(call.await.unwrap().unwrap_err().code(), Code::Unavailable);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_the_server_may_have_processed_is_not_sent_again() {
    let endings: [fn(&mut Peer) -> Frame; 3] = [
        |_| frames::goaway(1, 0, ""),
        |_| frames::reset(1, frames::CANCEL),
        |_| frames::reset(1, frames::INTERNAL_ERROR),
    ];
    for ending in endings {
        let mut server = Server::new();
        let call = server.call();
        let mut peer = server.accept().await;
        peer.expect_headers(1).await;
        peer.expect(frames::message(1, "hello").end()).await;
        let ending = ending(&mut peer);
        peer.send(ending).await;
        drop(peer);
        call.await.unwrap().unwrap_err();
        assert!(server.is_unwanted());
    }
}

/// Calls beyond the server's limit have not left; so they lose nothing when the connection takes no more.
#[tokio::test(start_paused = true)]
async fn calls_that_wait_for_their_turn_go_elsewhere() {
    let mut server = Server::new();
    let first = server.call();
    let mut peer = server.accept_with(&[(frames::MAX_CONCURRENT_STREAMS, 1)]).await;
    peer.expect_headers(1).await;
    peer.expect(frames::message(1, "hello").end()).await;
    let unary = server.call();
    let list = tokio::spawn(server.channel.server_streaming(&LIST, "hello".into()).into_future());
    let chat = tokio::spawn(server.channel.bidi(&CHAT).into_future());
    assert!(peer.is_quiet(MINUTE).await);
    peer.send(frames::goaway(1, 0, "")).await;
    // Three calls, on another connection.
    let mut other = server.accept().await;
    for _ in 0..3 {
        other.send(frames::ping([0; 8])).await;
    }
    let mut opened = 0;
    while opened < 3 {
        let frame = other.next().await.unwrap();
        if frame.kind == frames::HEADERS {
            opened += 1;
            other.send(answer(frame.stream)).await;
        }
    }
    assert_eq!(unary.await.unwrap().unwrap(), "echo");
    assert_eq!(list.await.unwrap().unwrap().message().await.unwrap().unwrap(), "echo");
    assert_eq!(chat.await.unwrap().unwrap().1.message().await.unwrap().unwrap(), "echo");
    peer.send(answer(1)).await;
    assert_eq!(first.await.unwrap().unwrap(), "echo");
}

#[tokio::test(start_paused = true)]
async fn the_limit_of_calls_is_kept() {
    let mut server = Server::new();
    let mut calls = vec![server.call()];
    let mut peer = server.accept_with(&[(frames::MAX_CONCURRENT_STREAMS, 2)]).await;
    calls.extend((0..9).map(|_| server.call()));
    for stream in (1..20).step_by(4) {
        let mut requests = Vec::new();
        for _ in 0..4 {
            let frame = peer.telling().await.unwrap();
            requests.push((frame.stream, frame.kind));
        }
        requests.sort_unstable();
        let [data, head] = [frames::DATA, frames::HEADERS];
        let two = [(stream, data), (stream, head), (stream + 2, data), (stream + 2, head)];
        assert_eq!(requests, two);
        assert!(peer.is_quiet(SECOND).await);
        peer.send([answer(stream), answer(stream + 2)].concat()).await;
    }
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap(), "echo");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_may_wait_for_its_turn_in_vain() {
    let mut server = Server::new();
    let first = server.call();
    let mut peer = server.accept_with(&[(frames::MAX_CONCURRENT_STREAMS, 1)]).await;
    peer.expect_headers(1).await;
    peer.expect(frames::message(1, "hello").end()).await;
    let status = server.channel.unary(&UNARY, "late".into()).timeout(SECOND).await.unwrap_err();
    assert_eq!(status.to_string(), "DEADLINE_EXCEEDED: the deadline passed before the call was sent");
    assert!(peer.is_quiet(SECOND).await);
    peer.send(answer(1)).await;
    assert_eq!(first.await.unwrap().unwrap(), "echo");
}

/// Goodbye before the call could leave: with patience it goes on until a server takes it.
#[tokio::test(start_paused = true)]
async fn who_waits_for_ready_outlasts_servers_that_leave_at_once() {
    let mut server = Server::new();
    let call = server.channel.unary(&UNARY, "hello".into()).wait_for_ready();
    let call = tokio::spawn(call.into_future());
    for _ in 0..2 {
        let mut peer = server.accept_with(&[(frames::MAX_CONCURRENT_STREAMS, 0)]).await;
        sleep(SECOND).await;
        peer.send(frames::goaway(0, 0, "")).await;
    }
    let begun = Instant::now();
    for _ in 0..3 {
        let mut peer = server.accept_with(&[(frames::MAX_CONCURRENT_STREAMS, 0)]).await;
        sleep(SECOND).await;
        peer.send(frames::goaway(0, 0, "")).await;
    }
    let mut peer = server.accept().await;
    serve(&mut peer, 1).await;
    assert_eq!(call.await.unwrap().unwrap(), "echo");
    assert!(begun.elapsed() > 5 * SECOND, "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_fast_and_far_away_gets_larger_windows() {
    let mut server = Server::new();
    let mut list = tokio::spawn({
        let list = server.channel.server_streaming(&LIST, "hello".into()).into_future();
        async move {
            let mut list = list.await.unwrap();
            while list.message().await.unwrap().is_some() {}
        }
    });
    let mut peer = server.accept().await;
    peer.expect_headers(1).await;
    peer.expect(frames::message(1, "hello").end()).await;
    peer.send(frames::response(1)).await;
    let mut windows = Vec::new();
    let mut window = 1 << 20;
    for _ in 0..6 {
        download(&mut peer, window / 4 + 16_000).await;
        let Ok(Some(frame)) = tokio::time::timeout(SECOND, peer.telling()).await else { break };
        assert_eq!(frame.kind, frames::PING);
        download(&mut peer, window).await;
        sleep(Duration::from_millis(100)).await;
        peer.send(frames::pong(frame.payload.try_into().unwrap())).await;
        while let Ok(Some(frame)) = tokio::time::timeout(SECOND, peer.next()).await {
            if let (frames::SETTINGS, [0, 4, value @ ..]) = (frame.kind, &frame.payload[..]) {
                let new = u32::from_be_bytes(value.try_into().unwrap());
                window = usize::try_from(new).unwrap();
                windows.push(new >> 20);
                break;
            }
        }
    }
    assert_eq!(windows, [2, 4, 8, 16]);
    peer.send(frames::trailers(1, &[("grpc-status", "0")])).await;
    (&mut list).await.unwrap();
}

/// Sends so many bytes on stream 1, no faster than they are read.
async fn download(peer: &mut Peer, bytes: usize) {
    for portion in 0..bytes.div_ceil(16_000) {
        peer.send(frames::message(1, [b'x'; 15_995])).await;
        if portion % 8 == 0 {
            tokio::task::yield_now().await;
        }
    }
}
