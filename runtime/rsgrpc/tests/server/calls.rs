//! All kinds of calls, through a client, over HTTP/2 and in memory.

use crate::support::{BOTH, DOWN, Probe, Served, Test, UNARY, UP, limited, reached};
use rsgrpc::{
    Bytes, Call, CallFuture, Channel, Code, Context, Interceptor, Local, Logging, Next, Outcome, Server,
    Service, Status,
};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Runs a test over both transports.
async fn both(test: impl AsyncFn(Channel, Probe)) {
    let served = Served::start().await;
    limited(test(Channel::connect(&served.address.to_string()).unwrap(), served.probe.clone())).await;
    let (local, probe) = local();
    limited(test(Channel::local(&local), probe)).await;
}

fn local() -> (Local, Probe) {
    let probe = Probe::default();
    (Server::new().add(Test(probe.clone())).local(), probe)
}

#[tokio::test]
async fn unary() {
    both(async |channel, _| {
        assert_eq!(channel.unary(&UNARY, Bytes::from("hello")).await.unwrap(), "hello");
        let status = channel.unary(&UNARY, Bytes::from("fail")).await.unwrap_err();
        assert_eq!((status.code(), status.message()), (Code::NotFound, "kein Produkt „ü“"));
        assert_eq!(status.details(), [1, 2, 3]);
        let status = channel.unary(&UNARY, Bytes::from("panic")).await.unwrap_err();
        assert_eq!(status.to_string(), "INTERNAL: the handler panicked");
    })
    .await;
}

#[tokio::test]
async fn large_messages() {
    both(async |channel, _| {
        for len in [1 << 16, 1 << 20, (4 << 20) - 5] {
            let message = Bytes::from(vec![3; len]);
            assert_eq!(channel.unary(&UNARY, message.clone()).await.unwrap(), message);
        }
        let status = channel.unary(&UNARY, Bytes::from(vec![3; (4 << 20) + 1])).await.unwrap_err();
        assert_eq!(status.code(), Code::ResourceExhausted, "{status}");
    })
    .await;
}

#[tokio::test]
async fn server_streaming() {
    both(async |channel, _| {
        for (count, size) in [(0, 1), (1, 0), (1000, 10), (50, 100_000)] {
            let mut stream = channel.server_streaming(&DOWN, format!("{count} {size}").into()).await.unwrap();
            for _ in 0..count {
                assert_eq!(stream.message().await.unwrap().unwrap().len(), size);
            }
            assert_eq!(stream.message().await.unwrap(), None);
            assert_eq!(stream.message().await.unwrap(), None);
        }
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_fails_is_not_complete() {
    both(async |channel, _| {
        let mut stream = channel.server_streaming(&DOWN, "fail".into()).await.unwrap();
        assert_eq!(stream.message().await.unwrap().unwrap(), "one");
        for _ in 0..2 {
            let status = stream.message().await.unwrap_err();
            assert_eq!(status.to_string(), "DATA_LOSS: half of it");
            assert_eq!(status.metadata().get("cause"), Some("test"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_lone_message_is_not_held_back() {
    both(async |channel, probe| {
        let mut stream = channel.server_streaming(&DOWN, "lone".into()).await.unwrap();
        assert_eq!(stream.message().await.unwrap().unwrap(), "one");
        drop(stream);
        reached(&probe.running, |running| *running == 0).await;
    })
    .await;
}

#[tokio::test]
async fn initial_metadata_may_leave_before_any_message() {
    both(async |channel, _| {
        let mut stream = channel.server_streaming(&DOWN, "head".into()).await.unwrap();
        assert_eq!(stream.metadata().await.unwrap().get("first"), Some("early"));
    })
    .await;
}

#[tokio::test]
async fn another_task_may_send() {
    both(async |channel, _| {
        let mut stream = channel.server_streaming(&DOWN, "elsewhere".into()).await.unwrap();
        let mut count = 0;
        while let Some(message) = stream.message().await.unwrap() {
            count += usize::from(message.len() == 1000);
        }
        assert_eq!(count, 1000);
    })
    .await;
}

/// The handler's messages, and those of a task that has the sender, too: each in their order, and all of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_and_another_task_may_send() {
    both(async |channel, _| {
        let mut stream = channel.server_streaming(&DOWN, "shared".into()).await.unwrap();
        let mut next = [0; 2];
        while let Some(message) = stream.message().await.unwrap() {
            let (sender, number) = message.split_first().unwrap();
            let next = &mut next[usize::from(*sender)];
            assert_eq!(number, next.to_string().as_bytes());
            *next += 1;
        }
        assert_eq!(next, [10_000; 2]);
    })
    .await;
}

/// A task that sends when the handler has told it to sends behind the handler, and the other way round.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_knows_of_a_message_sends_behind_it() {
    both(async |channel, _| {
        let mut stream = channel.server_streaming(&DOWN, "in turns".into()).await.unwrap();
        for number in 0..5 {
            assert_eq!(stream.message().await.unwrap().unwrap(), number.to_string());
        }
        assert_eq!(stream.message().await.unwrap(), None);
    })
    .await;
}

/// What is sent before is there, whether the codec fails or panics.
#[tokio::test]
async fn a_message_that_cannot_be_encoded_takes_no_other_with_it() {
    both(async |channel, _| {
        for (request, code) in [("cannot", Code::OutOfRange), ("codec", Code::Internal)] {
            let mut stream = channel.server_streaming(&DOWN, request.into()).await.unwrap();
            for number in 0..3 {
                assert_eq!(stream.message().await.unwrap().unwrap(), number.to_string());
            }
            assert_eq!(stream.message().await.unwrap_err().code(), code, "{request}");
        }
    })
    .await;
}

#[tokio::test]
async fn client_streaming() {
    both(async |channel, _| {
        let mut upload = channel.client_streaming(&UP).await.unwrap();
        for _ in 0..500 {
            upload.send(Bytes::from(vec![1; 1000])).await.unwrap();
        }
        assert_eq!(upload.finish().await.unwrap(), "500 500000");
    })
    .await;
}

#[tokio::test]
async fn an_answer_may_come_before_the_requests_end() {
    both(async |channel, probe| {
        let mut upload = channel.client_streaming(&UP).await.unwrap();
        upload.send(Bytes::from("first")).await.unwrap();
        upload.send(Bytes::from("enough")).await.unwrap();
        // More than any window: the server no longer reads, and the client has to notice.
        while !upload.is_answered() {
            upload.send(Bytes::from(vec![1; 100_000])).await.unwrap();
        }
        assert_eq!(upload.finish().await.unwrap(), "1 5");
        reached(&probe.running, |running| *running == 0).await;
        assert_eq!(channel.unary(&UNARY, Bytes::from("hello")).await.unwrap(), "hello");
    })
    .await;
}

#[tokio::test]
async fn bidi_in_lockstep() {
    both(async |channel, _| {
        let (requests, mut responses) = channel.bidi(&BOTH).await.unwrap();
        for n in 0..300 {
            let message = Bytes::from(format!("message {n}"));
            requests.send(message.clone()).await.unwrap();
            assert_eq!(responses.message().await.unwrap().unwrap(), message);
        }
        requests.close();
        assert_eq!(responses.message().await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_hundred_thousand_messages() {
    both(async |channel, _| {
        let mut stream = channel.server_streaming(&DOWN, "100000 64".into()).await.unwrap();
        let mut count = 0;
        while let Some(message) = stream.message().await.unwrap() {
            count += usize::from(message.len() == 64);
        }
        assert_eq!(count, 100_000);
    })
    .await;
}

#[tokio::test]
async fn a_thousand_calls_at_once() {
    both(async |channel, _| {
        let calls: Vec<_> = (0..1000)
            .map(|n| tokio::spawn(channel.unary(&UNARY, Bytes::from(format!("{n}"))).into_future()))
            .collect();
        for (n, call) in calls.into_iter().enumerate() {
            assert_eq!(call.await.unwrap().unwrap(), format!("{n}"));
        }
    })
    .await;
}

#[tokio::test]
async fn more_calls_than_are_allowed_wait() {
    let test = async |channel: Channel, probe: Probe| {
        let waiting: Vec<_> =
            (0..2).map(|_| tokio::spawn(channel.unary(&UNARY, Bytes::from("wait")).into_future())).collect();
        reached(&probe.running, |running| *running == 2).await;
        let third = tokio::spawn(channel.unary(&UNARY, Bytes::from("third")).into_future());
        tokio::task::yield_now().await;
        assert!(!third.is_finished());
        waiting.iter().for_each(tokio::task::JoinHandle::abort);
        assert_eq!(third.await.unwrap().unwrap(), "third");
    };
    let served = Served::with(|server| server.max_concurrent_calls(2), Duration::ZERO).await;
    limited(test(Channel::connect(&served.address.to_string()).unwrap(), served.probe.clone())).await;
    let probe = Probe::default();
    let local = Server::new().max_concurrent_calls(2).add(Test(probe.clone())).local();
    limited(test(Channel::local(&local), probe)).await;
}

#[tokio::test]
async fn a_call_that_is_dropped_is_cancelled() {
    both(async |channel, probe| {
        let call = tokio::spawn(channel.unary(&UNARY, Bytes::from("wait")).into_future());
        reached(&probe.running, |running| *running == 1).await;
        call.abort();
        reached(&probe.running, |running| *running == 0).await;
        reached(&probe.cancelled, |cancelled| *cancelled == 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_sender_that_is_dropped_cancels() {
    both(async |channel, probe| {
        let (requests, mut responses) = channel.bidi(&BOTH).await.unwrap();
        requests.send("hello".into()).await.unwrap();
        assert_eq!(responses.message().await.unwrap().unwrap(), "hello");
        drop(requests);
        reached(&probe.running, |running| *running == 0).await;
        assert_eq!(responses.message().await.unwrap_err().code(), Code::Cancelled);
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_is_not_read_stops_its_handler() {
    both(async |channel, probe| {
        let mut stream = channel.server_streaming(&DOWN, "100000 1024".into()).await.unwrap();
        stream.message().await.unwrap();
        // The handler stops by itself: nothing changes although everyone who can run has run.
        let mut sent = 0;
        while sent != *probe.sent.borrow() || sent == 0 {
            sent = *probe.sent.borrow();
            for _ in 0..1000 {
                tokio::task::yield_now().await;
            }
        }
        assert!(sent < 3000, "{sent} messages of 1 KiB were sent to a client that reads one");
        let mut count = 1;
        while stream.message().await.unwrap().is_some() {
            count += 1;
        }
        assert_eq!(count, 100_000);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_server_enforces_the_deadline() {
    let (local, probe) = local();
    let channel = Channel::local(&local);
    let begun = tokio::time::Instant::now();
    let call = channel.unary(&UNARY, Bytes::from("wait")).timeout(Duration::from_secs(5));
    let status = call.await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert_eq!(begun.elapsed().as_secs(), 5);
    reached(&probe.running, |running| *running == 0).await;
    reached(&probe.cancelled, |cancelled| *cancelled == 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_deadline_ends_streams() {
    let (local, probe) = local();
    let channel = Channel::local(&local);
    let call = channel.server_streaming(&DOWN, "lone".into()).timeout(Duration::from_secs(5));
    let mut stream = call.await.unwrap();
    assert_eq!(stream.message().await.unwrap().unwrap(), "one");
    assert_eq!(stream.message().await.unwrap_err().code(), Code::DeadlineExceeded);
    reached(&probe.running, |running| *running == 0).await;
}

/// Calls another server from a handler.
struct Relay(Channel);

impl Service for Relay {
    fn name(&self) -> &'static str {
        "test.Test"
    }

    fn call(&self, call: Call) -> CallFuture<'_> {
        call.unary(&UNARY, move |_, request: Bytes| async move { self.0.unary(&UNARY, request).await })
    }
}

#[tokio::test(start_paused = true)]
async fn calls_from_a_handler_inherit_its_deadline() {
    let (local, _probe) = local();
    let relay = Server::new().add(Relay(Channel::local(&local))).local();
    let channel = Channel::local(&relay);
    let call = channel.unary(&UNARY, Bytes::from("metadata")).timeout(Duration::from_secs(5));
    assert_eq!(limited(call).await.unwrap(), "false true", "the inner call has a deadline");
    assert_eq!(limited(channel.unary(&UNARY, Bytes::from("metadata"))).await.unwrap(), "false false");
}

#[tokio::test]
async fn a_status_from_elsewhere_is_forwarded_without_its_metadata() {
    let (local, _probe) = local();
    let relay = Server::new().add(Relay(Channel::local(&local))).local();
    let status = limited(Channel::local(&relay).unary(&UNARY, Bytes::from("fail"))).await.unwrap_err();
    assert_eq!(status.to_string(), "NOT_FOUND: kein Produkt „ü“");
    assert_eq!(status.details(), [1, 2, 3]);
}

/// Asks something that never answers.
struct Stuck;

impl Interceptor for Stuck {
    async fn intercept(&self, mut call: Call, next: Next<'_>) -> Outcome {
        match call.wait(std::future::pending::<()>()).await {
            Ok(()) => next.run(call).await,
            Err(status) => call.refuse(status),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_interceptor_that_waits_ends_with_its_call() {
    let codes: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = {
        let codes = codes.clone();
        Logging::to(move |line| codes.lock().unwrap().push(line.to_string()))
    };
    let local = Server::new().intercept(log).intercept(Stuck).add(Test::default()).local();
    let call = Channel::local(&local).unary(&UNARY, Bytes::from("hello")).timeout(Duration::from_secs(5));
    assert_eq!(call.await.unwrap_err().code(), Code::DeadlineExceeded);
    // The server has its own clock of the same deadline, or sees the reset: either way the line comes.
    while codes.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}

/// Refuses calls without a name, and leaves the name to the handler.
struct Names;

impl Interceptor for Names {
    async fn intercept(&self, mut call: Call, next: Next<'_>) -> Outcome {
        let Some(name) = call.metadata().get("name").map(str::to_owned) else {
            return call.refuse(Status::unauthenticated("who calls?"));
        };
        call.insert(name);
        let outcome = next.run(call).await;
        assert_eq!(outcome.context().get::<String>().map(String::as_str), Some("alice"));
        match outcome.code() {
            Code::NotFound => outcome.fail(Status::permission_denied("not for you")),
            _ => outcome,
        }
    }
}

#[tokio::test]
async fn interceptors_see_every_call_and_its_outcome() {
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = {
        let lines = lines.clone();
        Logging::to(move |line| lines.lock().unwrap().push(line.to_string()))
    };
    let local = Server::new().intercept(log).intercept(Names).add(Test::default()).local();
    let channel = Channel::local(&local);
    let call = |request: &'static str| channel.unary(&UNARY, Bytes::from(request));
    assert_eq!(limited(call("hello")).await.unwrap_err().to_string(), "UNAUTHENTICATED: who calls?");
    assert_eq!(limited(call("hello").metadata("name", "alice")).await.unwrap(), "hello");
    let status = limited(call("fail").metadata("name", "alice")).await.unwrap_err();
    assert_eq!(status.to_string(), "PERMISSION_DENIED: not for you");

    let lines = lines.lock().unwrap();
    let shown: Vec<String> = lines
        .iter()
        .map(|line| {
            line.split(' ').filter(|word| !word.starts_with("duration=")).collect::<Vec<_>>().join(" ")
        })
        .collect();
    assert_eq!(
        shown,
        [
            "method=/test.Test/Unary error=UNAUTHENTICATED: who calls?",
            "method=/test.Test/Unary error=none",
            "method=/test.Test/Unary error=PERMISSION_DENIED: not for you",
        ]
    );
    assert!(lines.iter().all(|line| line.contains(" duration=")));
}

/// Refuses every call, and leaves a task that waits for its end.
struct Watched(Probe);

impl Interceptor for Watched {
    async fn intercept(&self, call: Call, _: Next<'_>) -> Outcome {
        let (end, cancelled) = (call.context().cancellation(), self.0.cancelled.clone());
        tokio::spawn(async move {
            end.cancelled().await;
            cancelled.send_modify(|cancelled| *cancelled += 1);
        });
        call.refuse(Status::unauthenticated("nobody"))
    }
}

#[tokio::test]
async fn a_refused_call_is_over() {
    let probe = Probe::default();
    let local = Server::new().intercept(Watched(probe.clone())).add(Test::default()).local();
    let call = Channel::local(&local).unary(&UNARY, Bytes::from("hello"));
    assert_eq!(limited(call).await.unwrap_err().code(), Code::Unauthenticated);
    reached(&probe.cancelled, |cancelled| *cancelled == 1).await;
}

/// Hands out the context of its last call.
struct Contexts(Arc<Mutex<Option<Context>>>);

impl Service for Contexts {
    fn name(&self) -> &'static str {
        "test.Test"
    }

    fn call(&self, call: Call) -> CallFuture<'_> {
        call.unary(&UNARY, move |ctx, request| async move {
            *self.0.lock().unwrap() = Some(ctx);
            Ok(request)
        })
    }
}

#[tokio::test]
async fn who_asks_late_learns_that_the_call_is_over() {
    let contexts = Contexts(Arc::default());
    let last = contexts.0.clone();
    let local = Server::new().add(contexts).local();
    limited(Channel::local(&local).unary(&UNARY, Bytes::from("hello"))).await.unwrap();
    let context = last.lock().unwrap().take().unwrap();
    limited(context.cancellation().cancelled()).await;
}
