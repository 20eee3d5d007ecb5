//! What a server does when peers are slow, gone or hostile, and when it stops.

use crate::pipe::Piped;
use crate::support::{self, Client, Served, answer, framed, limited, reached};
use h2::{Reason, SendStream};
use http2_peer::{Ending, frames};
use rsgrpc::{Bytes, Call, Channel, Code, Interceptor, Next, Outcome, Server, Status};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

#[tokio::test]
async fn a_reset_drops_the_handler() {
    let served = Served::start().await;
    let mut client = served.connect().await;
    let (_response, mut stream) = client.open(client.head("/test.Test/Unary"), false).await;
    stream.send_data(framed(b"wait"), true).unwrap();
    reached(&served.probe.running, |running| *running == 1).await;
    stream.send_reset(Reason::CANCEL);
    reached(&served.probe.running, |running| *running == 0).await;
    reached(&served.probe.cancelled, |cancelled| *cancelled == 1).await;
}

#[tokio::test]
async fn a_lost_connection_drops_all_handlers() {
    let served = Served::start().await;
    let mut client = served.connect().await;
    let mut streams = Vec::new();
    for path in ["/test.Test/Unary", "/test.Test/Up"] {
        let (response, mut stream) = client.open(client.head(path), false).await;
        stream.send_data(framed(b"wait"), false).unwrap();
        streams.push((response, stream));
    }
    let (response, mut stream) = client.open(client.head("/test.Test/Unary"), false).await;
    stream.send_data(framed(b"wait"), true).unwrap();
    // The unary call whose request has not ended waits for that, so two handlers run.
    reached(&served.probe.running, |running| *running == 2).await;
    drop((client, streams, response, stream));
    reached(&served.probe.running, |running| *running == 0).await;
}

#[tokio::test]
async fn the_deadline_of_a_raw_client_is_enforced() {
    let mut client = Client::alone().await;
    for (path, body) in [("/test.Test/Unary", &b"wait"[..]), ("/test.Test/Up", b"wait")] {
        let mut head = client.head(path);
        head.headers_mut().insert("grpc-timeout", "10m".parse().unwrap());
        let answer = client.send(head, framed(body)).await;
        assert_eq!(answer.refusal(), (200, "4", "the deadline has passed"), "{path}");
    }
    let mut head = client.head("/test.Test/Down");
    head.headers_mut().insert("grpc-timeout", "10m".parse().unwrap());
    let answer = client.send(head, framed(b"lone")).await;
    assert_eq!((&answer.body[..], answer.status()), (&framed(b"one")[..], ("4", "the deadline has passed")));
}

/// A handler that always finds something to do uses up its task's budget, which tokio's timers want as well.
#[tokio::test]
async fn the_deadline_ends_a_handler_that_never_rests() {
    let mut client = Client::alone().await;
    let mut head = client.head("/test.Test/Unary");
    head.headers_mut().insert("grpc-timeout", "50m".parse().unwrap());
    let answer = client.send(head, framed(b"busy")).await;
    assert_eq!(answer.refusal(), (200, "4", "the deadline has passed"));
}

#[tokio::test]
async fn a_peer_that_does_not_read_stops_the_handler() {
    let served = Served::start().await;
    let mut client = served.connect().await;
    let mut head = client.head("/test.Test/Down");
    head.headers_mut().insert("grpc-timeout", "1S".parse().unwrap());
    let (response, mut stream) = client.open(head, false).await;
    stream.send_data(framed(b"1000000 1024"), true).unwrap();
    // The window of h2's client is 64 KiB, and the server holds back about 150 KiB.
    let _response = limited(response).await.unwrap();
    reached(&served.probe.running, |running| *running == 0).await;
    let sent = *served.probe.sent.borrow();
    assert!((64..400).contains(&sent), "{sent} messages of 1 KiB were sent");
}

/// A client that has not read all of a stream when its deadline of a second passes.
async fn late(piped: &Piped) -> http2_peer::Peer {
    let mut peer = piped.connect().await;
    let head = frames::request_with(1, "/test.Test/Down", &[("grpc-timeout", "1S")]);
    peer.send(vec![head, frames::message(1, "1000000 1024").end()]).await;
    let begun = Instant::now();
    reached(&piped.probe.running, |running| *running == 1).await;
    // The handler is not waited for.
    reached(&piped.probe.running, |running| *running == 0).await;
    assert_eq!(begun.elapsed().as_secs(), 1);
    peer
}

#[tokio::test(start_paused = true)]
async fn a_status_behind_data_that_nobody_reads_does_not_wait_for_ever() {
    let piped = Piped::start();
    let mut peer = late(&piped).await;
    let passed = Instant::now();
    assert!(matches!(peer.ending(1).await, Ending::Reset(frames::CANCEL)));
    assert_eq!(passed.elapsed().as_secs(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_gets_the_status_behind_what_is_on_its_way() {
    let piped = Piped::start();
    let mut peer = late(&piped).await;
    peer.send(vec![frames::window_update(0, 1 << 20), frames::window_update(1, 1 << 20)]).await;
    let Ending::Answer(answer) = peer.ending(1).await else { panic!("no answer") };
    assert_eq!((answer.get("grpc-status"), answer.get("grpc-message")), ("4", "the deadline has passed"));
    let messages = *piped.probe.sent.borrow();
    // The last one was on its way when its handler ended.
    assert!((messages..=messages + 1).contains(&(answer.body.len() / 1029)), "{messages}");
    assert_eq!(answer.body.len() % 1029, 0);
}

/// A waker that is lost anywhere between handler, packing and HTTP/2 shows as a call that stands still.
#[tokio::test]
async fn windows_of_all_sizes_let_everything_through() {
    let served = Served::start().await;
    for window in [1, 7, 1000, 16_384, 65_535, 1 << 20] {
        let mut client = Client::with_window(served.address, window).await;
        for (count, size) in [(100, 0), (20, 10), (100, 1000), (3, 100_000)] {
            // Tiny windows cost a frame per byte or so.
            let (count, size) = if window < 1000 { (count / 10, size / 100) } else { (count, size) };
            let answer = client.call("/test.Test/Down", framed(format!("{count} {size}").as_bytes())).await;
            let expected = framed(&vec![7; size]).repeat(count);
            assert!(answer.body == expected, "window {window}, {count} messages of {size} bytes");
            assert_eq!(answer.status(), ("0", ""));
        }
        // Both directions at once.
        let message = framed(&vec![1; usize::try_from(window).unwrap().min(5000)]);
        let (response, mut stream) = client.open(client.head("/test.Test/Both"), false).await;
        for _ in 0..20 {
            stream.send_data(message.clone(), false).unwrap();
        }
        stream.send_data(Bytes::new(), true).unwrap();
        let answer = answer(response).await.unwrap();
        assert!(answer.body == message.repeat(20), "window {window}, both ways");
        assert_eq!(answer.status(), ("0", ""));
    }
}

#[tokio::test]
async fn a_server_that_answers_early_asks_for_no_more() {
    let mut client = Client::alone().await;
    let (response, mut stream) = client.open(client.head("/test.Test/Up"), false).await;
    stream.send_data(framed(b"enough"), false).unwrap();
    let answer = answer(response).await.unwrap();
    assert_eq!((&answer.body[..], answer.status()), (&framed(b"0 0")[..], ("0", "")));
    let reset = limited(std::future::poll_fn(|cx| stream.poll_reset(cx))).await.unwrap();
    assert_eq!(reset, Reason::NO_ERROR);
}

/// Opens calls and resets them, `pause` after each, until the server has had enough; says why.
async fn flood(served: &Served, pause: impl AsyncFn(usize, &mut SendStream<Bytes>)) -> Option<Reason> {
    let hostile = served.connect().await;
    for n in 0..50_000 {
        let mut requests = match limited(hostile.requests.clone().ready()).await {
            Ok(requests) => requests,
            Err(error) => return error.reason(),
        };
        match requests.send_request(hostile.head("/test.Test/Up"), false) {
            Ok((_, mut stream)) => {
                pause(n, &mut stream).await;
                stream.send_reset(Reason::CANCEL);
            }
            Err(error) => return error.reason(),
        }
    }
    None
}

#[tokio::test]
async fn a_flood_of_resets_is_calmed() {
    let served = Served::start().await;
    // Reset before the server has seen the call, and reset when the handler runs.
    let blind = flood(&served, async |n, _| {
        if n % 100 == 0 {
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(blind.await, Some(Reason::ENHANCE_YOUR_CALM));
    let aimed = flood(&served, async |_, stream| {
        let mut running = served.probe.running.subscribe();
        let begun = limited(running.wait_for(|running| *running > 0));
        // The last one is reset by the end of its connection.
        tokio::select! {
            _ = begun => {}
            _ = std::future::poll_fn(|cx| stream.poll_reset(cx)) => {}
        }
    });
    assert_eq!(aimed.await, Some(Reason::ENHANCE_YOUR_CALM));
    reached(&served.probe.running, |running| *running == 0).await;
    let mut other = served.connect().await;
    assert_eq!(other.call("/test.Test/Unary", framed(b"hello")).await.status(), ("0", ""));
}

/// The client of a proxy is not to blame for what the server behind it cancels.
#[tokio::test]
async fn failures_that_are_passed_on_are_no_flood() {
    /// Answers all calls alike.
    struct Refuses(Status);
    impl Interceptor for Refuses {
        async fn intercept(&self, call: Call, _: Next<'_>) -> Outcome {
            call.refuse(self.0.clone())
        }
    }
    let behind = Server::new().intercept(Refuses(Status::cancelled("not now"))).local();
    let status = Channel::local(&behind).unary(&support::UNARY, Bytes::new()).await.unwrap_err();
    assert!(status.is_from_peer());
    let proxy = Channel::local(&Server::new().intercept(Refuses(status)).local());
    for _ in 0..10_000 {
        let status = limited(proxy.unary(&support::UNARY, Bytes::new())).await.unwrap_err();
        assert_eq!((status.code(), status.message()), (Code::Cancelled, "not now"));
    }
}

#[tokio::test]
async fn requests_that_nobody_reads_leave_room_for_other_calls() {
    let served = Served::start().await;
    let mut client = served.connect().await;
    let mut unread = Vec::new();
    for _ in 0..16 {
        let (response, mut stream) = client.open(client.head("/test.Test/Up"), false).await;
        stream.send_data(framed(b"wait"), false).unwrap();
        // As much as the stream's window takes.
        stream.send_data(framed(&[0; (1 << 20) - 14]), false).unwrap();
        unread.push((response, stream));
    }
    reached(&served.probe.running, |running| *running == 16).await;
    let large = framed(&[1; 1 << 20]);
    assert_eq!(client.call("/test.Test/Unary", large.clone()).await.body, large);
}

#[tokio::test]
async fn small_windows_admit_large_messages() {
    let served = Served::with(|server| server.windows(1000, 65_535), Duration::ZERO).await;
    let mut client = served.connect().await;
    let message = framed(&[1; 100_000]);
    assert_eq!(client.call("/test.Test/Unary", message.clone()).await.body, message);
}

/// What was read counts as read, even where a stream rests after a few bytes.
#[tokio::test]
async fn streams_that_rest_leave_room_for_other_calls() {
    let served = Served::with(|server| server.windows(65_535, 65_535), Duration::ZERO).await;
    let mut client = served.connect().await;
    let mut resting = Vec::new();
    for _ in 0..10 {
        let (response, mut stream) = client.open(client.head("/test.Test/Both"), false).await;
        let message = framed(&[1; 10_000]);
        stream.send_data(message.clone(), false).unwrap();
        let mut body = limited(response).await.unwrap().into_body();
        let mut echoed = 0;
        while echoed < message.len() {
            let chunk = limited(body.data()).await.unwrap().unwrap();
            body.flow_control().release_capacity(chunk.len()).unwrap();
            echoed += chunk.len();
        }
        resting.push((stream, body));
    }
}

#[tokio::test]
async fn small_frames_that_wait_to_be_read_are_no_flood() {
    let mut client = Client::alone().await;
    let (response, mut stream) = client.open(client.head("/test.Test/Up"), false).await;
    for _ in 0..20_000 {
        stream.send_data(framed(b"x"), false).unwrap();
    }
    stream.send_data(Bytes::new(), true).unwrap();
    assert_eq!(answer(response).await.unwrap().body, framed(b"20000 20000"));
}

#[tokio::test]
async fn what_is_not_http2_is_hung_up_on() {
    let served = Served::start().await;
    for garbage in [&b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..], &[0; 64]] {
        let mut socket = TcpStream::connect(served.address).await.unwrap();
        socket.write_all(garbage).await.unwrap();
        let mut rest = Vec::new();
        // Closed or reset: either is an end.
        let _ = limited(socket.read_to_end(&mut rest)).await;
    }
    let mut client = served.connect().await;
    assert_eq!(client.call("/test.Test/Unary", framed(b"hello")).await.status(), ("0", ""));
}

#[tokio::test]
async fn frames_that_break_http2_end_the_connection_alone() {
    let served = Served::start().await;
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    for frame in [
        // DATA on stream 0, HEADERS that are no HPACK, a frame of 16 MiB, SETTINGS of five bytes.
        &[0, 0, 1, 0, 0, 0, 0, 0, 0, 0][..],
        &[0, 0, 3, 1, 5, 0, 0, 0, 1, 255, 255, 255],
        &[255, 255, 255, 0, 0, 0, 0, 0, 1],
        &[0, 0, 5, 4, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5],
    ] {
        let mut socket = TcpStream::connect(served.address).await.unwrap();
        socket.write_all(preface).await.unwrap();
        socket.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await.unwrap();
        socket.write_all(frame).await.unwrap();
        let mut answer = Vec::new();
        let _ = limited(socket.read_to_end(&mut answer)).await;
        // The last frame is a GOAWAY: type 7 on stream 0.
        assert!(answer.windows(6).any(|window| window[0] == 7 && window[2..] == [0; 4]), "{answer:?}");
    }
    let mut client = served.connect().await;
    assert_eq!(client.call("/test.Test/Unary", framed(b"hello")).await.status(), ("0", ""));
}

#[tokio::test]
async fn shutdown_lets_running_calls_end() {
    let mut served = Served::with(|server| server, Duration::from_secs(60)).await;
    let mut client = served.connect().await;
    let (response, mut stream) = client.open(client.head("/test.Test/Up"), false).await;
    stream.send_data(framed(b"first"), false).unwrap();
    reached(&served.probe.running, |running| *running == 1).await;
    served.stop();
    // The connection takes no new calls, once GOAWAY has arrived.
    while let Ok(requests) = limited(client.requests.clone().ready()).await {
        drop(requests);
        tokio::task::yield_now().await;
    }
    stream.send_data(framed(b"second"), true).unwrap();
    assert_eq!(answer(response).await.unwrap().body, framed(b"2 11"));
    served.stopped().await;
}

#[tokio::test]
async fn shutdown_ends_what_does_not_end_by_itself() {
    let setup = |server: Server| server.own_task("/test.Test/Down");
    let mut served = Served::with(setup, Duration::from_millis(20)).await;
    let (address, probe) = (served.address, served.probe.clone());
    let channel = Channel::connect(&address.to_string()).unwrap();
    let unary = tokio::spawn(channel.unary(&support::UNARY, Bytes::from("wait")).into_future());
    let mut down = limited(channel.server_streaming(&support::DOWN, "lone".into())).await.unwrap();
    assert_eq!(limited(down.message()).await.unwrap().unwrap(), "one");
    reached(&probe.running, |running| *running == 2).await;
    served.stop();
    // `statuscodes.md`, "Server shutting down".
    assert_eq!(limited(unary).await.unwrap().unwrap_err().code(), Code::Unavailable);
    assert_eq!(limited(down.message()).await.unwrap_err().code(), Code::Unavailable);
    served.stopped().await;
    reached(&probe.running, |running| *running == 0).await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn shutdown_without_calls_is_quick() {
    let mut served = Served::with(|server| server, Duration::from_secs(60)).await;
    let mut idle = served.connect().await;
    assert_eq!(idle.call("/test.Test/Unary", framed(b"hello")).await.status(), ("0", ""));
    let _silent = TcpStream::connect(served.address).await.unwrap();
    served.stop();
    served.stopped().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn methods_that_compute_get_tasks_of_their_own() {
    let served = Served::with(|server| server.own_task("/test.Test/Both"), Duration::ZERO).await;
    let channel = Channel::connect(&served.address.to_string()).unwrap();
    // By measurement: after some calls the handler runs elsewhere than its connection; both answer alike.
    for _ in 0..200 {
        limited(channel.unary(&support::UNARY, Bytes::from("burn"))).await.unwrap();
    }
    let call = tokio::spawn(channel.unary(&support::UNARY, Bytes::from("wait")).into_future());
    reached(&served.probe.running, |running| *running == 1).await;
    call.abort();
    reached(&served.probe.running, |running| *running == 0).await;
    let status = limited(channel.unary(&support::UNARY, Bytes::from("panic"))).await.unwrap_err();
    assert_eq!(status.code(), Code::Internal);
    // By choice.
    let (requests, mut responses) = limited(channel.bidi(&support::BOTH)).await.unwrap();
    requests.send("hello".into()).await.unwrap();
    assert_eq!(limited(responses.message()).await.unwrap().unwrap(), "hello");
    requests.close();
    assert_eq!(limited(responses.message()).await.unwrap(), None);
}

/// Handlers in tasks of their own, the connection's task and the clients' run at the same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn streams_on_many_threads() {
    let setup = |server: Server| server.own_task("/test.Test/Both").own_task("/test.Test/Down");
    let served = Served::with(setup, Duration::ZERO).await;
    let channel = Channel::connect(&served.address.to_string()).unwrap();
    let streams = (0..40).map(|n| {
        let channel = channel.clone();
        tokio::spawn(async move {
            let (requests, mut responses) = channel.bidi(&support::BOTH).await.unwrap();
            let sending = tokio::spawn(async move {
                for size in 0..300 {
                    requests.send(Bytes::from(vec![n; size * 10])).await.unwrap();
                }
                requests.close();
            });
            let mut count = 0;
            while let Some(message) = responses.message().await.unwrap() {
                assert!(message == vec![n; count * 10]);
                count += 1;
            }
            sending.await.unwrap();
            let mut down = channel.server_streaming(&support::DOWN, "3000 40".into()).await.unwrap();
            let mut received = 0;
            while down.message().await.unwrap().is_some() {
                received += 1;
            }
            (count, received)
        })
    });
    for stream in streams.collect::<Vec<_>>() {
        assert_eq!(limited(stream).await.unwrap(), (300, 3000));
    }
}
