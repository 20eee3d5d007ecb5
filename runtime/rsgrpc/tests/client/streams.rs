//! Calls with streams in one direction or both.

use crate::raw::*;
use h2::Reason;
use rsgrpc::{Channel, Code, Streaming};
use std::future::IntoFuture;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

async fn next(stream: &mut Streaming<String>) -> Option<String> {
    limit(stream.message()).await.unwrap()
}

/// What the server saw of a request: its bytes up to the half-close, or how it was reset.
async fn outcome(call: &mut Call) -> Result<Vec<u8>, Option<Reason>> {
    call.request().await.map_err(|error| error.reason())
}

#[tokio::test]
async fn responses_one_after_the_other() {
    let channel = serve(|mut call| async move {
        let mut head = grpc(200);
        head.headers_mut().extend(headers(&[("early", "1")]));
        let mut stream = call.begin_with(head);
        // Two messages in one DATA frame, and one over two.
        stream
            .send_data([frame("one"), frame("two"), frame("three").slice(..6)].concat().into(), false)
            .unwrap();
        stream.send_data(frame("three").slice(6..), false).unwrap();
        stream.send_trailers(headers(&[("grpc-status", "0"), ("late", "2")])).unwrap();
    })
    .await;
    let mut stream = limit(channel.server_streaming(&LIST, String::new())).await.unwrap();
    assert_eq!(limit(stream.metadata()).await.unwrap().get("early"), Some("1"));
    assert!(stream.trailers().is_none());
    for expected in ["one", "two", "three"] {
        assert_eq!(next(&mut stream).await.as_deref(), Some(expected));
    }
    assert_eq!(next(&mut stream).await, None);
    assert_eq!(next(&mut stream).await, None);
    assert_eq!(stream.trailers().unwrap().get("late"), Some("2"));
}

#[tokio::test]
async fn a_refused_stream_fails_at_once_and_a_broken_one_after_its_messages() {
    let channel = serve(|mut call| async move {
        match call.request().await.unwrap().len() {
            5 => call.refuse(grpc(200), &[("grpc-status", "7")]),
            _ => call.answer("one", &[("grpc-status", "10"), ("grpc-message", "enough")]),
        }
    })
    .await;
    let refused = limit(channel.server_streaming(&LIST, String::new())).await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);

    let mut stream = limit(channel.server_streaming(&LIST, "more".into())).await.unwrap();
    assert_eq!(next(&mut stream).await.as_deref(), Some("one"));
    for _ in 0..2 {
        let status = limit(stream.message()).await.unwrap_err();
        assert_eq!(status.to_string(), "ABORTED: enough");
    }
}

#[tokio::test]
async fn a_dropped_stream_is_cancelled() {
    let (seen, mut resets) = mpsc::unbounded_channel();
    let channel = serve(move |mut call| {
        let seen = seen.clone();
        async move {
            let mut stream = call.begin();
            stream.send_data(frame("one"), false).unwrap();
            seen.send(std::future::poll_fn(|cx| stream.poll_reset(cx)).await.unwrap()).unwrap();
        }
    })
    .await;
    let mut stream = limit(channel.server_streaming(&LIST, String::new())).await.unwrap();
    assert_eq!(next(&mut stream).await.as_deref(), Some("one"));
    drop(stream);
    assert_eq!(limit(resets.recv()).await, Some(Reason::CANCEL));

    // Both halves of a bidirectional one, whichever goes first.
    let (requests, mut responses) = limit(channel.bidi(&CHAT)).await.unwrap();
    assert_eq!(next(&mut responses).await.as_deref(), Some("one"));
    drop(responses);
    assert_eq!(limit(resets.recv()).await, Some(Reason::CANCEL));
    let status = limit(requests.send("late".into())).await.unwrap_err();
    assert_eq!(status.code(), Code::Cancelled);

    let (requests, mut responses) = limit(channel.bidi(&CHAT)).await.unwrap();
    assert_eq!(next(&mut responses).await.as_deref(), Some("one"));
    drop(requests);
    assert_eq!(limit(resets.recv()).await, Some(Reason::CANCEL));
    assert_eq!(limit(responses.message()).await.unwrap_err().code(), Code::Cancelled);
}

#[tokio::test]
async fn requests_one_after_the_other() {
    let channel = serve(|mut call| async move {
        let request = call.request().await.unwrap();
        call.answer(&request.len().to_string(), OK);
    })
    .await;
    let mut upload = limit(channel.client_streaming(&UPLOAD)).await.unwrap();
    for _ in 0..10_000 {
        limit(upload.send("x".into())).await.unwrap();
    }
    assert_eq!(limit(upload.finish()).await.unwrap(), "60000");

    let upload = limit(channel.client_streaming(&UPLOAD)).await.unwrap();
    assert_eq!(limit(upload.response()).await.unwrap().message, "0");
}

#[tokio::test]
async fn requests_of_a_turn_leave_together_and_a_lone_one_at_once() {
    let (seen, mut frames) = mpsc::unbounded_channel();
    let channel = serve(move |mut call| {
        let seen = seen.clone();
        async move {
            while let Some(Ok(data)) = call.body.data().await {
                seen.send(data.len()).unwrap();
            }
        }
    })
    .await;
    let (requests, _responses) = limit(channel.bidi(&CHAT)).await.unwrap();
    for _ in 0..3 {
        limit(requests.send("lone".into())).await.unwrap();
        assert_eq!(limit(frames.recv()).await, Some(9));
    }
    for _ in 0..100 {
        limit(requests.send("many".into())).await.unwrap();
    }
    assert_eq!(limit(frames.recv()).await, Some(900));
}

#[tokio::test]
async fn a_dropped_upload_is_cancelled_and_never_complete() {
    let (seen, mut outcomes) = mpsc::unbounded_channel();
    let channel = serve(move |mut call| {
        let seen = seen.clone();
        async move { seen.send(outcome(&mut call).await).unwrap() }
    })
    .await;
    let mut upload = limit(channel.client_streaming(&UPLOAD)).await.unwrap();
    limit(upload.send("half".into())).await.unwrap();
    drop(upload);
    assert_eq!(limit(outcomes.recv()).await, Some(Err(Some(Reason::CANCEL))));
}

#[tokio::test]
async fn a_server_may_answer_before_the_end() {
    let channel = serve(|mut call| async move {
        let first = call.body.data().await.unwrap().unwrap();
        match first[5..].starts_with(b"good") {
            true => call.answer("enough", OK),
            false => call.refuse(grpc(200), &[("grpc-status", "3"), ("grpc-message", "not like this")]),
        }
        // h2 resets the stream as this drops.
    })
    .await;
    let mut upload = limit(channel.client_streaming(&UPLOAD)).await.unwrap();
    while !upload.is_answered() {
        limit(upload.send("good".into())).await.unwrap();
    }
    limit(upload.send("good".into())).await.unwrap();
    assert_eq!(limit(upload.finish()).await.unwrap(), "enough");

    let mut upload = limit(channel.client_streaming(&UPLOAD)).await.unwrap();
    let status = loop {
        if let Err(status) = limit(upload.send("bad".into())).await {
            break status;
        }
    };
    assert_eq!(status.to_string(), "INVALID_ARGUMENT: not like this");
    assert_eq!(limit(upload.finish()).await.unwrap_err().code(), Code::InvalidArgument);
}

/// Some servers answer early and neither read on nor reset the stream.
#[tokio::test]
async fn an_early_answer_ends_an_upload_that_nobody_reads() {
    let (held, mut calls) = mpsc::unbounded_channel();
    let channel = serve(move |mut call| {
        let held = held.clone();
        async move {
            let first = call.body.data().await.unwrap().unwrap();
            match first[5..].starts_with(b"good") {
                true => call.answer("enough", OK),
                false => call.refuse(grpc(200), &[("grpc-status", "3")]),
            }
            held.send(call).unwrap_or_default();
        }
    })
    .await;
    let mut upload = limit(channel.client_streaming(&UPLOAD)).await.unwrap();
    while !upload.is_answered() {
        limit(upload.send("good".repeat(1000))).await.unwrap();
    }
    assert_eq!(limit(upload.finish()).await.unwrap(), "enough");
    // What it held of the connection's window is free again.
    drop(limit(calls.recv()).await);

    let mut upload = limit(channel.client_streaming(&UPLOAD)).await.unwrap();
    let status = loop {
        if let Err(status) = limit(upload.send("bad".repeat(1000))).await {
            break status;
        }
    };
    assert_eq!(status.code(), Code::InvalidArgument);
    drop(limit(calls.recv()).await);

    // Nor is there a next request to find out with.
    struct Once(Option<String>);
    impl futures_core::Stream for Once {
        type Item = String;
        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<String>> {
            self.0.take().map_or(Poll::Pending, |item| Poll::Ready(Some(item)))
        }
    }
    let call = channel.client_streaming(&UPLOAD).send_all(Once(Some("good".into())));
    assert_eq!(limit(call).await.unwrap(), "enough");
}

#[tokio::test]
async fn a_conversation() {
    let channel = serve(|mut call| async move {
        // The head comes only after the first request: a client must not wait for it.
        let mut stream = None;
        while let Some(data) = call.body.data().await {
            let data = data.unwrap();
            call.body.flow_control().release_capacity(data.len()).unwrap();
            stream
                .get_or_insert_with(|| call.respond.send_response(grpc(200), false).unwrap())
                .send_data(data, false)
                .unwrap();
        }
        stream.unwrap().send_trailers(headers(OK)).unwrap();
    })
    .await;
    let (requests, mut responses) = limit(channel.bidi(&CHAT)).await.unwrap();
    for number in 0..100 {
        limit(requests.send(number.to_string())).await.unwrap();
        assert_eq!(next(&mut responses).await, Some(number.to_string()));
    }
    requests.close();
    assert_eq!(next(&mut responses).await, None);
}

#[tokio::test]
async fn a_server_that_does_not_read_holds_the_client_back() {
    let (held, mut calls) = mpsc::unbounded_channel();
    let channel = serve(move |call| {
        let held = held.clone();
        async move { held.send(call).unwrap_or_default() }
    })
    .await;
    let (requests, _responses) = limit(channel.bidi(&CHAT)).await.unwrap();
    let message = "x".repeat(10_000);
    let mut sent = 0;
    while tokio::time::timeout(Duration::from_millis(200), requests.send(message.clone())).await.is_ok() {
        sent += message.len();
        assert!(sent < 1_000_000, "nothing holds the client back");
    }
    // h2's window of 64 KiB, and what the client may queue.
    assert!(sent > 60_000, "{sent}");

    // Reading lets it go on.
    let mut call = limit(calls.recv()).await.unwrap();
    tokio::spawn(async move { call.request().await });
    limit(requests.send(message)).await.unwrap();
}

#[tokio::test]
async fn streams_that_nobody_reads_do_not_hold_up_other_calls() {
    let channel = serve(|mut call| async move {
        if call.head.uri.path() == UNARY.path() {
            return call.answer("short", OK);
        }
        let mut stream = call.begin();
        stream.send_data(frame(&"x".repeat(3 << 20)), false).unwrap();
        // What the client's window does not admit waits here.
        std::future::poll_fn(|cx| stream.poll_reset(cx)).await.unwrap();
    })
    .await;
    let mut unread = Vec::new();
    for _ in 0..20 {
        let mut stream = limit(channel.server_streaming(&LIST, String::new())).await.unwrap();
        limit(stream.metadata()).await.unwrap();
        unread.push(stream);
        assert_eq!(limit(channel.unary(&UNARY, String::new())).await.unwrap(), "short");
    }
    assert_eq!(limit(unread[7].message()).await.unwrap().unwrap().len(), 3 << 20);
}

#[tokio::test]
async fn the_deadline_ends_a_stream_that_nobody_looks_at() {
    let (seen, mut outcomes) = mpsc::unbounded_channel();
    let channel = serve(move |mut call| {
        let seen = seen.clone();
        async move {
            seen.send(outcome(&mut call).await).unwrap();
            call.reset().await;
        }
    })
    .await;
    let call = channel.bidi(&CHAT).timeout(Duration::from_millis(50));
    let (requests, mut responses) = limit(call).await.unwrap();
    assert_eq!(limit(outcomes.recv()).await, Some(Err(Some(Reason::CANCEL))));
    assert_eq!(limit(requests.send("late".into())).await.unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!(limit(responses.message()).await.unwrap_err().code(), Code::DeadlineExceeded);

    let call = channel.client_streaming(&UPLOAD).timeout(Duration::from_millis(50));
    let upload = limit(call).await.unwrap();
    assert_eq!(limit(upload.finish()).await.unwrap_err().code(), Code::DeadlineExceeded);
}

/// A server that watches the same deadline may be the first to act on it, and its reset is all that is left to see.
#[tokio::test]
async fn a_reset_after_the_deadline_comes_from_the_deadline() {
    const RESET: &[u8] = &[0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    let (listener, target) = listen().await;
    let channel = Channel::connect(&target).unwrap();
    let call = channel.bidi(&CHAT).timeout(Duration::from_millis(50));
    let server = async {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.write_all(SETTINGS).await.unwrap();
        read_head(&mut socket).await;
        socket
    };
    let (opened, mut socket) = limit(async { tokio::join!(call.into_future(), server) }).await;
    let (_requests, mut responses) = opened.unwrap();
    // There is one thread: the client sees the time that has passed together with the reset.
    std::thread::sleep(Duration::from_millis(60));
    socket.write_all(RESET).await.unwrap();
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    assert_eq!(limit(responses.message()).await.unwrap_err().code(), Code::DeadlineExceeded);
}

#[tokio::test]
async fn the_deadline_ends_responses_that_nobody_looks_at() {
    let (seen, mut resets) = mpsc::unbounded_channel();
    let channel = serve(move |mut call| {
        let seen = seen.clone();
        async move {
            let mut stream = call.begin();
            stream.send_data(frame("one"), false).unwrap();
            seen.send(std::future::poll_fn(|cx| stream.poll_reset(cx)).await.unwrap()).unwrap();
        }
    })
    .await;
    let call = channel.server_streaming(&LIST, String::new()).timeout(Duration::from_millis(80));
    let mut stream = limit(call).await.unwrap();
    assert_eq!(limit(resets.recv()).await, Some(Reason::CANCEL));
    let status = loop {
        if let Err(status) = limit(stream.message()).await {
            break status;
        }
    };
    assert_eq!(status.code(), Code::DeadlineExceeded);
}

/// However a call is given up, the server must not take what came so far for all of it.
#[tokio::test]
async fn what_is_given_up_does_not_end_before_it_is_reset() {
    let (seen, mut outcomes) = mpsc::unbounded_channel();
    let channel = serve(move |mut call| {
        let seen = seen.clone();
        async move {
            // Does not give back the window, so that the rest stays with the client.
            let begun = call.body.data().await.unwrap().map(|data| data.len() > 100);
            seen.send(begun.map_err(|error| error.reason())).unwrap();
            let end = loop {
                match call.body.data().await {
                    Some(Ok(_)) => {}
                    Some(Err(error)) => break Err(error.reason()),
                    None => break Ok(true),
                }
            };
            seen.send(end).unwrap();
        }
    })
    .await;
    let large = "x".repeat(1 << 20);

    let task = tokio::spawn(channel.unary(&UNARY, large.clone()).into_future());
    assert_eq!(limit(outcomes.recv()).await, Some(Ok(true)));
    task.abort();
    assert_eq!(limit(outcomes.recv()).await, Some(Err(Some(Reason::CANCEL))), "a unary call");

    let call = channel.unary(&UNARY, large.clone()).timeout(Duration::from_millis(80));
    assert_eq!(limit(call).await.unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!(limit(outcomes.recv()).await, Some(Ok(true)));
    assert_eq!(limit(outcomes.recv()).await, Some(Err(Some(Reason::CANCEL))), "a unary call that is late");

    let task = tokio::spawn(channel.server_streaming(&LIST, large.clone()).into_future());
    assert_eq!(limit(outcomes.recv()).await, Some(Ok(true)));
    task.abort();
    assert_eq!(limit(outcomes.recv()).await, Some(Err(Some(Reason::CANCEL))), "a call for a stream");

    let mut upload = limit(channel.client_streaming(&UPLOAD)).await.unwrap();
    let sent = tokio::spawn(async move { upload.send(large).await });
    assert_eq!(limit(outcomes.recv()).await, Some(Ok(true)));
    sent.abort();
    assert_eq!(limit(outcomes.recv()).await, Some(Err(Some(Reason::CANCEL))), "an upload");
}
