//! Connections: made, lost, refused and made again.

use crate::raw::*;
use rsgrpc::{Backoff, Channel, ChannelBuilder, Code, Connectivity, Status};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

async fn call(channel: &Channel) -> Result<String, Status> {
    limit(channel.unary(&UNARY, "hello".into())).await
}

/// A backoff that tests need not wait for.
fn quick() -> ChannelBuilder {
    let initial = Duration::from_millis(10);
    ChannelBuilder::new().backoff(Backoff { initial, max: initial, ..Backoff::default() })
}

async fn echo(mut call: Call) {
    call.answer("echo", OK);
}

#[tokio::test]
async fn each_address_of_a_name_is_named() {
    let (listener, _) = listen().await;
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let status = call(&Channel::connect(&format!("localhost:{port}")).unwrap()).await.unwrap_err();
    assert!(status.message().contains(&format!("127.0.0.1:{port}: Connection refused")), "{status}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_serves() {
    let path = format!("{}/client-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    std::fs::remove_file(&path).ok();
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        let mut connection = h2::server::handshake(socket).await.unwrap();
        while let Some(Ok((request, respond))) = connection.accept().await {
            assert_eq!(request.uri().authority().unwrap(), "localhost");
            echo(Call::new(request, respond)).await;
        }
    });
    assert_eq!(call(&Channel::connect(&format!("unix:{path}")).unwrap()).await.unwrap(), "echo");
    std::fs::remove_file(&path).ok();
}

#[tokio::test]
async fn the_first_address_that_answers_serves() {
    let (listener, _) = listen().await;
    let (gone, _) = listen().await;
    let target = format!("ipv4:{},{}", gone.local_addr().unwrap(), listener.local_addr().unwrap());
    drop(gone);
    tokio::spawn(accept(listener, h2::server::Builder::new(), Arc::new(echo)));
    assert_eq!(call(&Channel::connect(&target).unwrap()).await.unwrap(), "echo");
}

#[tokio::test]
async fn calls_fail_fast_during_the_backoff_unless_they_wait() {
    let (listener, target) = listen().await;
    let address = listener.local_addr().unwrap();
    drop(listener);
    let channel = ChannelBuilder::new().connect(&target).unwrap();
    assert_eq!(channel.connectivity(), Connectivity::Idle);
    call(&channel).await.unwrap_err();
    assert_eq!(channel.connectivity(), Connectivity::TransientFailure);

    // Now somebody listens, but the backoff of a second is not over.
    let listener = TcpListener::bind(address).await.unwrap();
    tokio::spawn(accept(listener, h2::server::Builder::new(), Arc::new(echo)));
    call(&channel).await.unwrap_err();
    let patient = channel.unary(&UNARY, "hello".into()).wait_for_ready();
    assert_eq!(limit(patient).await.unwrap(), "echo");
    assert_eq!(channel.connectivity(), Connectivity::Ready);
    assert_eq!(call(&channel).await.unwrap(), "echo");
}

#[tokio::test]
async fn waiting_ends_with_the_deadline() {
    let (listener, target) = listen().await;
    drop(listener);
    let channel = quick().connect(&target).unwrap();
    let patient = channel.unary(&UNARY, "hello".into()).wait_for_ready().timeout(Duration::from_millis(200));
    let status = limit(patient).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(status.message().starts_with("the deadline passed before there was a connection"), "{status}");
}

#[tokio::test]
async fn a_channel_that_lost_its_connection_makes_another() {
    let (listener, target) = listen().await;
    let (closing, mut close) = mpsc::channel::<()>(1);
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let mut connection = h2::server::handshake(socket).await.unwrap();
            loop {
                tokio::select! {
                    _ = close.recv() => break,
                    Some(Ok((request, respond))) = connection.accept() => {
                        echo(Call::new(request, respond)).await;
                    }
                }
            }
        }
    });
    let channel = Channel::connect(&target).unwrap();
    for _ in 0..3 {
        assert_eq!(call(&channel).await.unwrap(), "echo");
        assert_eq!(channel.connectivity(), Connectivity::Ready);
        closing.send(()).await.unwrap();
        assert_eq!(limit(channel.connectivity_changed(Connectivity::Ready)).await, Connectivity::Idle);
    }
}

#[tokio::test]
async fn a_call_on_a_connection_that_breaks_is_unavailable() {
    let (listener, target) = listen().await;
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.write_all(SETTINGS).await.unwrap();
        read_head(&mut socket).await;
    });
    let status = call(&Channel::connect(&target).unwrap()).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status}");
}

#[tokio::test]
async fn goaway_lets_running_calls_end_and_new_ones_connect_anew() {
    let (listener, target) = listen().await;
    let (seen, mut calls) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let seen = seen.clone();
            tokio::spawn(async move {
                let mut connection = h2::server::handshake(socket).await.unwrap();
                while let Some(Ok((request, respond))) = connection.accept().await {
                    // Each connection takes one call.
                    connection.graceful_shutdown();
                    seen.send(Call::new(request, respond)).ok();
                }
            });
        }
    });
    let channel = Channel::connect(&target).unwrap();
    let mut running = Vec::new();
    let mut held = Vec::new();
    for number in 0..3 {
        running.push(tokio::spawn(channel.unary(&UNARY, number.to_string()).into_future()));
        held.push(limit(calls.recv()).await.unwrap());
    }
    for call in &mut held {
        let request = limit(call.request()).await.unwrap();
        call.answer(str::from_utf8(&request[5..]).unwrap(), OK);
    }
    for (number, call) in running.into_iter().enumerate() {
        assert_eq!(limit(call).await.unwrap().unwrap(), number.to_string());
    }
}

#[tokio::test]
async fn a_call_that_goaway_left_out_is_sent_once_more() {
    let (listener, target) = listen().await;
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.write_all(SETTINGS).await.unwrap();
        read_head(&mut socket).await;
        socket.write_all(GOAWAY).await.unwrap();
        accept(listener, h2::server::Builder::new(), Arc::new(echo)).await;
    });
    assert_eq!(call(&Channel::connect(&target).unwrap()).await.unwrap(), "echo");

    // A server that does nothing else is given up.
    let status = call(&say(GOAWAY).await).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status}");
}

#[tokio::test]
async fn servers_that_do_not_speak_http2() {
    for bytes in [&b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n"[..], b"", b"\0\0\0\x04\x01"] {
        let (listener, target) = listen().await;
        tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                socket.write_all(bytes).await.unwrap();
                socket.shutdown().await.unwrap();
                // Closed when the client has closed.
                socket.read_to_end(&mut Vec::new()).await.ok();
            }
        });
        let status = call(&Channel::connect(&target).unwrap()).await.unwrap_err();
        assert_eq!(status.code(), Code::Unavailable, "{status}");
        assert!(status.message().starts_with("connect to 127.0.0.1:"), "{status}");
    }
}

#[tokio::test]
async fn garbage_in_the_middle_of_a_call() {
    for bytes in [
        // DATA on stream 0; a frame longer than allowed; HEADERS on a stream nobody opened; bad HPACK.
        &b"\0\0\x01\0\0\0\0\0\0x"[..],
        b"\xff\xff\xff\0\0\0\0\0\x01",
        b"\0\0\x01\x01\x04\0\0\0\x07\x88",
        b"\0\0\x01\x01\x04\0\0\0\x01\xff",
        b"random bytes that are no frame at all",
    ] {
        let status = call(&say(bytes).await).await.unwrap_err();
        assert!(matches!(status.code(), Code::Unavailable | Code::Internal), "{bytes:?}: {status}");
    }
}

#[tokio::test]
async fn calls_beyond_the_servers_limit_wait_their_turn() {
    let (listener, target) = listen().await;
    let mut builder = h2::server::Builder::new();
    builder.max_concurrent_streams(2);
    tokio::spawn(accept(listener, builder, Arc::new(echo)));
    let channel = Channel::connect(&target).unwrap();
    let calls = (0..50).map(|_| tokio::spawn(channel.unary(&UNARY, "hello".into()).into_future()));
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(limit(call).await.unwrap().unwrap(), "echo");
    }
}

#[tokio::test]
async fn the_last_clone_closes_the_connection() {
    let (listener, target) = listen().await;
    let server = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        let mut connection = h2::server::handshake(socket).await.unwrap();
        while let Some(Ok((request, respond))) = connection.accept().await {
            echo(Call::new(request, respond)).await;
        }
    });
    let channel = Channel::connect(&target).unwrap();
    let clone = channel.clone();
    assert_eq!(call(&channel).await.unwrap(), "echo");
    drop(channel);
    assert_eq!(call(&clone).await.unwrap(), "echo");
    drop(clone);
    limit(server).await.unwrap();
}

#[test]
fn a_channel_outlives_a_runtime() {
    let server = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let channel = server.block_on(serve(echo));
    for _ in 0..2 {
        let client = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        assert_eq!(client.block_on(call(&channel)).unwrap(), "echo");
        drop(client);
        assert_eq!(channel.connectivity(), Connectivity::Idle);
    }
}
