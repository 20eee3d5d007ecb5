//! Connections that are silent, old, idle, dead or too lively: gRFC A8 and A9.

use crate::pipe::Piped;
use crate::support::reached;
use http2_peer::{Answer, Ending, Frame, Peer, frames};
use rsgrpc::{KeepaliveEnforcement, Server, ServerHandle};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// The payload of the ping with which h2 finds out that GOAWAY has arrived.
const SHUTDOWN: [u8; 8] = [0x0b, 0x7b, 0xa2, 0xf0, 0x8b, 0x9b, 0xfe, 0x54];

/// What precedes the end of a connection that takes no new calls.
fn goodbye(debug: &str) -> Vec<Frame> {
    let named = (!debug.is_empty()).then(|| frames::goaway(0x7fff_ffff, 0, debug));
    named.into_iter().chain([frames::goaway(0x7fff_ffff, 0, ""), frames::ping(SHUTDOWN)]).collect()
}

async fn expect_all(peer: &mut Peer, expected: Vec<Frame>) {
    for frame in expected {
        peer.expect(frame).await;
    }
}

/// A call that runs until it is told to end, on stream 1.
async fn open(peer: &mut Peer, piped: &Piped) {
    peer.send(frames::request(1, "/test.Test/Up")).await;
    reached(&piped.probe.running, |running| *running == 1).await;
}

#[track_caller]
fn is_ok(ending: &Ending) -> &Answer {
    match ending {
        Ending::Answer(answer) if answer.get("grpc-status") == "0" => answer,
        other => panic!("{other:?}"),
    }
}

async fn call(peer: &mut Peer, stream: u32) {
    peer.send(vec![frames::request(stream, "/test.Test/Unary"), frames::message(stream, "hello").end()])
        .await;
    is_ok(&peer.ending(stream).await);
}

#[tokio::test(start_paused = true)]
async fn a_silent_client_is_pinged_and_then_left() {
    let piped = Piped::start();
    let mut peer = piped.connect().await;
    call(&mut peer, 1).await;
    let begun = Instant::now();
    for hours in [2, 4] {
        let ping = peer.next().await.unwrap();
        assert_eq!((ping.kind, ping.flags), (frames::PING, 0));
        assert_eq!(begun.elapsed().as_secs() / 3600, hours);
        peer.send(frames::pong(ping.payload.try_into().unwrap())).await;
    }
    // The third ping is not answered.
    peer.next().await.unwrap();
    let asked = Instant::now();
    peer.expect_end().await;
    assert_eq!(asked.elapsed().as_secs(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_dead_client_cancels_its_calls() {
    let piped = Piped::with(|server| server.keepalive(MINUTE, 5 * SECOND), Duration::ZERO);
    let mut peer = piped.connect().await;
    open(&mut peer, &piped).await;
    let begun = Instant::now();
    piped.probe.running.subscribe().wait_for(|running| *running == 0).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 65);
}

#[tokio::test(start_paused = true)]
async fn one_that_only_sends_the_preface_is_left() {
    let piped = Piped::with(|server| server.keepalive(MINUTE, SECOND), Duration::ZERO);
    let begun = Instant::now();
    let mut peer = piped.connect().await;
    assert_eq!(peer.next().await.unwrap().kind, frames::SETTINGS);
    while peer.next().await.is_some() {}
    assert!((61..=62).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn whatever_arrives_is_a_sign_of_life() {
    let piped = Piped::with(|server| server.keepalive(MINUTE, SECOND), Duration::ZERO);
    let mut peer = piped.connect().await;
    open(&mut peer, &piped).await;
    for _ in 0..10 {
        assert!(peer.is_quiet(50 * SECOND).await);
        peer.send(frames::message(1, "x")).await;
    }
    peer.send(frames::data(1, "").end()).await;
    is_ok(&peer.ending(1).await);
}

/// A client that opens a call, or not, and then sends up to ten pings, one each `interval`: how many it sent
/// before it was sent away. The last one has been answered, too.
async fn ping(enforcement: KeepaliveEnforcement, busy: bool, interval: Duration) -> usize {
    let piped = Piped::with(
        |server| server.keepalive(Duration::MAX, SECOND).keepalive_enforcement(enforcement),
        Duration::ZERO,
    );
    let mut peer = piped.connect().await;
    if busy {
        open(&mut peer, &piped).await;
    }
    for count in 0..10 {
        peer.send(frames::ping([7; 8])).await;
        match peer.telling().await.unwrap() {
            frame if frame == frames::pong([7; 8]) => sleep(interval).await,
            frame => {
                let calm = frames::ENHANCE_YOUR_CALM;
                assert_eq!(frame, frames::goaway(0x7fff_ffff, calm, "too_many_pings"));
                assert_eq!(peer.ending(1).await, Ending::GoAway(calm));
                // Calls are cancelled.
                reached(&piped.probe.running, |running| *running == 0).await;
                return count;
            }
        }
    }
    10
}

#[tokio::test(start_paused = true)]
async fn clients_that_ping_too_often_are_sent_away() {
    let enforcement = KeepaliveEnforcement::default();
    assert_eq!(ping(enforcement, true, 5 * MINUTE).await, 10);
    // The first is in time, two are overlooked.
    assert_eq!(ping(enforcement, true, 5 * MINUTE / 4).await, 4);
    assert_eq!(ping(enforcement, true, Duration::ZERO).await, 4);
    assert_eq!(ping(enforcement, false, 5 * MINUTE).await, 4);
    assert_eq!(ping(enforcement, false, 2 * HOUR).await, 10);
    let lenient = KeepaliveEnforcement { permit_without_calls: true, min_time: 10 * SECOND };
    assert_eq!(ping(lenient, false, 10 * SECOND).await, 10);
    assert_eq!(ping(lenient, false, 2 * SECOND).await, 4);
}

#[tokio::test(start_paused = true)]
async fn who_receives_may_ping() {
    let piped = Piped::start();
    let mut peer = piped.connect().await;
    for call in 0..20 {
        let stream = 2 * call + 1;
        peer.send(vec![
            frames::request(stream, "/test.Test/Unary"),
            frames::message(stream, "hello").end(),
            frames::ping([1; 8]),
            frames::ping([2; 8]),
        ])
        .await;
        is_ok(&peer.ending(stream).await);
    }
}

/// Two ends that wait for each other to read would wait for ever.
#[tokio::test(start_paused = true)]
async fn pings_do_not_stop_a_server_from_reading() {
    let piped = Piped::start();
    let mut peer = piped.connect().await;
    peer.send(vec![
        frames::settings(&[(frames::INITIAL_WINDOW_SIZE, (1 << 31) - 1)]),
        frames::window_update(0, 1 << 30),
        frames::request(1, "/test.Test/Down"),
        frames::message(1, "100000 1024").end(),
    ])
    .await;
    reached(&piped.probe.running, |running| *running == 1).await;
    // More than the pipe takes, and nobody reads.
    sleep(SECOND).await;
    peer.send(vec![frames::ping([1; 8]), frames::settings(&[]), frames::request(3, "/test.Test/Up")]).await;
    reached(&piped.probe.running, |running| *running == 2).await;
}

fn idle_after(time: Duration) -> impl FnOnce(Server) -> Server {
    move |server| server.max_connection_idle(time)
}

#[tokio::test(start_paused = true)]
async fn idle_connections_are_closed() {
    let piped = Piped::with(idle_after(10 * SECOND), Duration::ZERO);
    let mut peer = piped.connect().await;
    let mut begun = Instant::now();
    for stream in [1, 3, 5] {
        sleep(6 * SECOND).await;
        call(&mut peer, stream).await;
        begun = Instant::now();
    }
    expect_all(&mut peer, goodbye("max_idle")).await;
    assert_eq!(begun.elapsed().as_secs(), 10);
    // The client knows, so the connection ends at once.
    peer.send(frames::pong(SHUTDOWN)).await;
    peer.expect(frames::goaway(5, 0, "")).await;
    peer.expect_end().await;
    assert_eq!(begun.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_connection_with_a_call_is_not_idle() {
    let piped =
        Piped::with(|server| idle_after(10 * SECOND)(server.own_task("/test.Test/Up")), Duration::ZERO);
    let mut peer = piped.connect().await;
    open(&mut peer, &piped).await;
    assert!(peer.is_quiet(HOUR).await);
    peer.send(frames::data(1, "").end()).await;
    is_ok(&peer.ending(1).await);
    let begun = Instant::now();
    expect_all(&mut peer, goodbye("max_idle")).await;
    assert_eq!(begun.elapsed().as_secs(), 10);
}

#[tokio::test(start_paused = true)]
async fn an_idle_client_that_does_not_answer_is_left_soon() {
    let piped = Piped::with(idle_after(10 * SECOND), Duration::ZERO);
    let mut peer = piped.connect().await;
    expect_all(&mut peer, goodbye("max_idle")).await;
    let begun = Instant::now();
    // A call that was on its way is not lost: it is the first that the client may send again elsewhere.
    peer.expect(frames::goaway(0, 0, "")).await;
    assert_eq!(begun.elapsed().as_secs(), 3);
    peer.expect_end().await;
    assert!(begun.elapsed().as_secs() <= 4);
}

#[tokio::test(start_paused = true)]
async fn old_connections_take_no_new_calls_and_finish_what_runs() {
    let setup = |server: Server| server.max_connection_age(100 * SECOND, HOUR);
    let piped = Piped::with(setup, Duration::ZERO);
    let mut peer = piped.connect().await;
    let begun = Instant::now();
    open(&mut peer, &piped).await;
    expect_all(&mut peer, goodbye("max_age")).await;
    assert!((90..=110).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    // One more that was on its way when GOAWAY was.
    peer.send(vec![frames::request(3, "/test.Test/Unary"), frames::message(3, "hello").end()]).await;
    is_ok(&peer.ending(3).await);
    peer.send(frames::pong(SHUTDOWN)).await;
    peer.expect(frames::goaway(3, 0, "")).await;
    assert!(peer.is_quiet(HOUR - 10 * SECOND).await);
    peer.send(frames::message(1, "x").end()).await;
    is_ok(&peer.ending(1).await);
    peer.expect_end().await;
}

#[tokio::test(start_paused = true)]
async fn old_connections_end_with_their_grace() {
    let setup = |server: Server| server.max_connection_age(100 * SECOND, 30 * SECOND);
    let piped = Piped::with(setup, Duration::ZERO);
    let mut peer = piped.connect().await;
    open(&mut peer, &piped).await;
    expect_all(&mut peer, goodbye("max_age")).await;
    let begun = Instant::now();
    peer.send(frames::pong(SHUTDOWN)).await;
    peer.expect(frames::goaway(1, 0, "")).await;
    assert_eq!(peer.ending(1).await, Ending::Closed);
    assert!((30..=31).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    reached(&piped.probe.running, |running| *running == 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_lame_duck_sends_away_who_is_there() {
    let piped = Piped::start();
    let (mut busy, mut idle) = (piped.connect().await, piped.connect().await);
    open(&mut busy, &piped).await;
    call(&mut idle, 1).await;
    piped.handle.lame_duck();
    for peer in [&mut busy, &mut idle] {
        expect_all(peer, goodbye("")).await;
        peer.send(frames::pong(SHUTDOWN)).await;
        peer.expect(frames::goaway(1, 0, "")).await;
    }
    idle.expect_end().await;
    assert!(busy.is_quiet(HOUR).await);
    busy.send(frames::message(1, "x").end()).await;
    is_ok(&busy.ending(1).await);
    busy.expect_end().await;
    // Who comes now is served.
    let mut new = piped.connect().await;
    call(&mut new, 1).await;
    assert!(new.is_quiet(MINUTE).await);
    piped.handle.clone().lame_duck();
    expect_all(&mut new, goodbye("")).await;
}

/// Sends all clients away when something is written for the second time.
struct Evicting {
    socket: DuplexStream,
    handle: ServerHandle,
    writes: usize,
}

impl AsyncRead for Evicting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, buf)
    }
}

impl AsyncWrite for Evicting {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.writes += 1;
        if self.writes == 2 {
            self.handle.lame_duck();
        }
        Pin::new(&mut self.socket).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// The second write is the answer to the client's settings, right before the connection sleeps for the first time.
#[tokio::test(start_paused = true)]
async fn an_order_that_comes_as_the_connection_falls_asleep_is_seen() {
    let server = Server::new();
    let (mut client, socket) = duplex(1 << 20);
    let socket = Evicting { socket, handle: server.handle(), writes: 0 };
    // All that the client says, so that nothing wakes the connection later.
    let hello = [frames::settings(&[]).encode(), frames::settings_ack().encode()].concat();
    client.write_all(&[http2_peer::PREFACE, &hello].concat()).await.unwrap();
    let serving = tokio::spawn(server.serve_connection(socket, rsgrpc::Peer::unnamed()));
    let goodbye = frames::goaway(0x7fff_ffff, 0, "").encode();
    let mut read = Vec::new();
    while !read.windows(goodbye.len()).any(|bytes| bytes == goodbye) {
        let more = tokio::time::timeout(SECOND, client.read_buf(&mut read)).await;
        assert!(more.expect("no goodbye").unwrap() > 0);
    }
    serving.abort();
}

#[tokio::test(start_paused = true)]
async fn a_dead_idle_client_does_not_hold_a_shutdown() {
    let mut piped = Piped::with(|server| server, HOUR);
    let mut dead = piped.connect().await;
    call(&mut dead, 1).await;
    let begun = Instant::now();
    piped.stop();
    (&mut piped.done).await.unwrap().unwrap();
    assert!((3..=5).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn connections_beyond_the_limit_wait() {
    let piped = Piped::with(|server| server.max_connections(2), Duration::ZERO);
    let mut first = piped.connect().await;
    let mut second = piped.connect().await;
    let mut third = piped.connect().await;
    call(&mut first, 1).await;
    call(&mut second, 1).await;
    assert!(third.is_quiet(MINUTE).await);
    drop(first);
    call(&mut third, 1).await;
}

/// Sends so many bytes on stream 1, no faster than they are read.
async fn upload(peer: &mut Peer, bytes: usize) {
    for portion in 0..bytes.div_ceil(16_000) {
        peer.send(frames::message(1, [0; 15_995])).await;
        if portion % 8 == 0 {
            tokio::task::yield_now().await;
        }
    }
}

/// The windows that streams get while a client uploads, 100 ms away.
async fn windows(setup: impl FnOnce(Server) -> Server) -> Vec<u32> {
    let piped = Piped::with(setup, Duration::ZERO);
    let mut peer = piped.connect().await;
    let mut windows = Vec::new();
    // The window is what the server says once that has been acknowledged.
    assert_eq!(peer.next().await.unwrap().kind, frames::SETTINGS);
    peer.send(frames::request(1, "/test.Test/Up")).await;
    let mut window = 1 << 20;
    for _ in 0..6 {
        upload(&mut peer, window / 4 + 16_000).await;
        let frame = tokio::time::timeout(SECOND, peer.telling()).await;
        let Ok(Some(Frame { kind: frames::PING, payload, .. })) = frame else { break };
        upload(&mut peer, window).await;
        sleep(Duration::from_millis(100)).await;
        peer.send(frames::pong(payload.try_into().unwrap())).await;
        while let Ok(Some(frame)) = tokio::time::timeout(SECOND, peer.next()).await {
            if let (frames::SETTINGS, [0, 4, value @ ..]) = (frame.kind, &frame.payload[..]) {
                let new = u32::from_be_bytes(value.try_into().unwrap());
                window = usize::try_from(new).unwrap();
                windows.push(new >> 20);
                break;
            }
        }
    }
    peer.send(frames::data(1, "").end()).await;
    is_ok(&peer.ending(1).await);
    windows
}

#[tokio::test(start_paused = true)]
async fn streams_of_a_client_that_is_fast_and_far_away_get_larger_windows() {
    assert_eq!(windows(|server| server).await, [2, 4, 8, 16]);
}

#[tokio::test(start_paused = true)]
async fn windows_that_are_fixed_stay() {
    assert!(windows(|server| server.windows(1 << 20, 1 << 30)).await.is_empty());
}
