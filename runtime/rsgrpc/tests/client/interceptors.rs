//! Interceptors.

use crate::raw::*;
use rsgrpc::{
    Channel, ChannelBuilder, ClientCall, ClientInterceptor, ClientNext, ClientOutcome, Code, Deadline, Kind,
    Status,
};
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;

type Notes = Arc<Mutex<Vec<String>>>;

fn take(notes: &Notes) -> Vec<String> {
    std::mem::take(&mut *notes.lock().unwrap())
}

/// Notes what it sees.
struct Noting {
    name: &'static str,
    notes: Notes,
}

impl ClientInterceptor for Noting {
    async fn intercept(&self, call: &mut ClientCall, next: ClientNext<'_>) -> ClientOutcome {
        let Self { name, notes } = self;
        tokio::task::yield_now().await;
        notes.lock().unwrap().push(format!("{name} begins {}", call.method()));
        if let Err(error) = call.metadata_mut().append("seen-by", name) {
            return call.refuse(error);
        }
        for direction in ["request", "response"] {
            let (name, notes) = (self.name, self.notes.clone());
            let hook = move |message: &mut rsgrpc::AnyMessage<'_>| {
                let text = message.downcast_mut::<String>().unwrap();
                notes.lock().unwrap().push(format!("{name} sees {direction} {text}"));
                text.push_str(name);
                Ok(())
            };
            match direction {
                "request" => call.on_request(hook),
                _ => call.on_response(hook),
            }
        }
        let outcome = next.run(call).await;
        if outcome.status().is_ok() {
            let peer = outcome.peer().unwrap();
            assert!(peer.address().unwrap().ip().is_loopback() && peer.local_address().is_some());
        }
        let status = outcome.status().map_or_else(Status::to_string, |()| "OK".to_owned());
        let [first, last] = [outcome.metadata().get("first"), outcome.trailers().get("last")];
        let [first, last] = [first, last].map(Option::unwrap_or_default);
        notes.lock().unwrap().push(format!("{name} ends {status} {first} {last}"));
        outcome
    }
}

/// Answers with all that it gets, between metadata.
async fn echo(mut call: Call) {
    let request = call.request().await.unwrap();
    let (mut rest, mut all) = (&request[..], String::new());
    while let Some((prefix, after)) = rest.split_first_chunk::<5>() {
        let (message, next) = after.split_at(prefix[4].into());
        all.push_str(std::str::from_utf8(message).unwrap());
        rest = next;
    }
    let mut head = grpc(200);
    head.headers_mut().extend(headers(&[("first", "head")]));
    let mut stream = call.begin_with(head);
    stream.send_data(frame(&all), false).unwrap();
    stream.send_trailers(headers(&[("grpc-status", "0"), ("last", "tail")])).unwrap();
}

async fn target() -> String {
    let (listener, target) = listen().await;
    tokio::spawn(accept(listener, h2::server::Builder::new(), Arc::new(echo)));
    target
}

async fn noted() -> (Channel, Notes) {
    let notes = Notes::default();
    let channel = ChannelBuilder::new()
        .interceptor(Noting { name: "A", notes: notes.clone() })
        .interceptor(Noting { name: "B", notes: notes.clone() })
        .connect(&target().await)
        .unwrap();
    (channel, notes)
}

/// A channel to nobody: what gets that far fails as UNAVAILABLE.
fn nowhere(interceptor: impl ClientInterceptor) -> Channel {
    ChannelBuilder::new().interceptor(interceptor).connect("http://127.0.0.1:1").unwrap()
}

const ENDS: [&str; 2] = ["B ends OK head tail", "A ends OK head tail"];
const SEEN: [&str; 2] = ["A sees request x", "B sees request xA"];
const SHOWN: [&str; 2] = ["B sees response xAB", "A sees response xABB"];

#[tokio::test]
async fn calls_of_all_kinds_are_seen_with_their_messages_and_outcomes() {
    let (channel, notes) = noted().await;
    let begins = |method| [format!("A begins {method}"), format!("B begins {method}")];
    let all = |method, parts: &[[&str; 2]]| {
        let parts = parts.iter().flatten().map(|part| (*part).to_owned());
        begins(method).into_iter().chain(parts).collect::<Vec<_>>()
    };

    let response = limit(channel.unary(&UNARY, "x".into()).response()).await.unwrap();
    assert_eq!(response.message, "xABBA");
    assert_eq!((response.metadata.get("first"), response.trailers.get("last")), (Some("head"), Some("tail")));
    assert_eq!(take(&notes), all("Unary", &[SEEN, SHOWN, ENDS]));

    let mut stream = limit(channel.server_streaming(&LIST, "x".into())).await.unwrap();
    assert_eq!(take(&notes), all("List", &[SEEN]));
    assert_eq!(limit(stream.message()).await.unwrap().unwrap(), "xABBA");
    assert_eq!(take(&notes), SHOWN);
    assert_eq!(limit(stream.message()).await.unwrap(), None);
    assert_eq!(take(&notes), ENDS);
    assert_eq!(
        (stream.headers().unwrap().get("first"), stream.trailers().unwrap().get("last")),
        (Some("head"), Some("tail"))
    );

    let mut upload = limit(channel.client_streaming(&UPLOAD)).await.unwrap();
    assert_eq!(take(&notes), begins("Upload"));
    limit(upload.send("x".into())).await.unwrap();
    assert_eq!(take(&notes), SEEN);
    assert_eq!(limit(upload.finish()).await.unwrap(), "xABBA");
    assert_eq!(take(&notes), [SHOWN, ENDS].concat());

    let (requests, mut responses) = limit(channel.bidi(&CHAT)).await.unwrap();
    limit(requests.send("x".into())).await.unwrap();
    requests.close();
    assert_eq!(limit(responses.message()).await.unwrap().unwrap(), "xABBA");
    assert_eq!(limit(responses.message()).await.unwrap(), None);
    assert_eq!(take(&notes), all("Chat", &[SEEN, SHOWN, ENDS]));
}

#[tokio::test]
async fn what_interceptors_add_is_sent() {
    let (seen, mut heads) = mpsc::unbounded_channel();
    let (listener, target) = listen().await;
    let handle = move |mut call: Call| {
        let seen = seen.clone();
        async move {
            let names = call.head.headers.get_all("seen-by").iter().map(|name| name.to_str().unwrap());
            seen.send(names.collect::<Vec<_>>().join(" ")).unwrap();
            call.answer("x", OK);
        }
    };
    tokio::spawn(accept(listener, h2::server::Builder::new(), Arc::new(handle)));
    let (a, b) =
        (Noting { name: "A", notes: Notes::default() }, Noting { name: "B", notes: Notes::default() });
    let channel = ChannelBuilder::new().interceptor(a).interceptor(b).connect(&target).unwrap();
    limit(channel.unary(&UNARY, "x".into()).metadata("seen-by", "caller")).await.unwrap();
    assert_eq!(limit(heads.recv()).await.unwrap(), "caller A B");
}

#[tokio::test]
async fn what_is_dropped_is_seen_to_be_cancelled() {
    let (listener, target) = listen().await;
    let handle = |mut call: Call| async move {
        let unary = call.head.uri.path().contains("Unary");
        let _stream = (!unary).then(|| call.begin());
        pending::<()>().await;
    };
    tokio::spawn(accept(listener, h2::server::Builder::new(), Arc::new(handle)));
    let notes = Notes::default();
    let noting = Noting { name: "A", notes: notes.clone() };
    let channel = ChannelBuilder::new().interceptor(noting).connect(&target).unwrap();
    let end = "A ends CANCELLED: the call was dropped  ";

    let call =
        tokio::time::timeout(Duration::from_millis(50), channel.unary(&UNARY, "x".into()).into_future());
    limit(call).await.unwrap_err();
    assert_eq!(take(&notes).last().unwrap(), end);

    drop(limit(channel.server_streaming(&LIST, "x".into())).await.unwrap());
    assert_eq!(take(&notes).last().unwrap(), end);

    drop(limit(channel.client_streaming(&UPLOAD)).await.unwrap());
    assert_eq!(take(&notes).last().unwrap(), end);

    let (_requests, responses) = limit(channel.bidi(&CHAT)).await.unwrap();
    drop(responses);
    assert_eq!(take(&notes).last().unwrap(), end);
}

#[tokio::test]
async fn what_the_client_cannot_read_is_no_success() {
    let (listener, target) = listen().await;
    let handle = |mut call: Call| async move {
        let mut stream = call.begin();
        stream.send_data((&b"\0\0\0\0\x01\xff"[..]).into(), false).unwrap();
        stream.send_trailers(headers(OK)).unwrap();
    };
    tokio::spawn(accept(listener, h2::server::Builder::new(), Arc::new(handle)));
    let notes = Notes::default();
    let noting = Noting { name: "A", notes: notes.clone() };
    let channel = ChannelBuilder::new().interceptor(noting).connect(&target).unwrap();

    limit(channel.unary(&UNARY, "x".into())).await.unwrap_err();
    assert_eq!(take(&notes).last().unwrap(), "A ends INTERNAL: not UTF-8  ");

    let mut stream = limit(channel.server_streaming(&LIST, "x".into())).await.unwrap();
    for _ in 0..2 {
        assert_eq!(limit(stream.message()).await.unwrap_err().to_string(), "INTERNAL: not UTF-8");
    }
    assert_eq!(take(&notes).last().unwrap(), "A ends INTERNAL: not UTF-8  ");
}

/// Sends a token, and another one when it is refused.
struct Tokens(Mutex<Vec<&'static str>>);

impl ClientInterceptor for Tokens {
    async fn intercept(&self, call: &mut ClientCall, next: ClientNext<'_>) -> ClientOutcome {
        loop {
            let token = self.0.lock().unwrap().pop().unwrap();
            call.metadata_mut().insert("authorization", token).unwrap();
            let outcome = next.run(call).await;
            if outcome.code() != Code::Unauthenticated || !call.can_repeat() {
                return outcome;
            }
        }
    }
}

#[tokio::test]
async fn a_call_may_be_sent_again() {
    let (listener, target) = listen().await;
    let handle = |mut call: Call| async move {
        match call.header("authorization") {
            Some("good") => echo(call).await,
            _ => call.refuse(grpc(200), &[("grpc-status", "16"), ("grpc-message", "who?")]),
        }
    };
    tokio::spawn(accept(listener, h2::server::Builder::new(), Arc::new(handle)));
    let tokens = |tokens: &[&'static str]| {
        let notes = Notes::default();
        let inner = Noting { name: "A", notes: notes.clone() };
        let tokens = Tokens(Mutex::new(tokens.to_vec()));
        (ChannelBuilder::new().interceptor(tokens).interceptor(inner).connect(&target).unwrap(), notes)
    };

    let (channel, notes) = tokens(&["good", "bad"]);
    // Hooks of the first attempt are forgotten; what they have changed is not.
    assert_eq!(limit(channel.unary(&UNARY, "x".into())).await.unwrap(), "xAAA");
    let refused = ["A begins Unary", "A sees request x", "A ends UNAUTHENTICATED: who?  "];
    let sent = ["A begins Unary", "A sees request xA", "A sees response xAA", "A ends OK head tail"];
    assert_eq!(take(&notes), [&refused[..], &sent[..]].concat());

    let (channel, _) = tokens(&["good", "bad", "bad"]);
    let mut stream = limit(channel.server_streaming(&LIST, "x".into())).await.unwrap();
    assert_eq!(limit(stream.message()).await.unwrap().unwrap(), "xAAAA");
    assert_eq!(limit(stream.message()).await.unwrap(), None);

    // What the caller has streamed is not there any more.
    let (channel, _) = tokens(&["good", "bad"]);
    let (requests, mut responses) = limit(channel.bidi(&CHAT)).await.unwrap();
    requests.close();
    assert_eq!(limit(responses.message()).await.unwrap_err().to_string(), "UNAUTHENTICATED: who?");
}

/// Runs every call twice, although it may not.
struct Twice;

impl ClientInterceptor for Twice {
    async fn intercept(&self, call: &mut ClientCall, next: ClientNext<'_>) -> ClientOutcome {
        let first = next.run(call).await;
        assert!(!call.can_repeat());
        let second = next.run(call).await;
        assert_eq!(second.code(), Code::Internal);
        match first.status() {
            Ok(()) => second,
            Err(_) => first,
        }
    }
}

#[tokio::test]
async fn a_stream_that_the_caller_has_is_not_sent_again() {
    let channel = ChannelBuilder::new().interceptor(Twice).connect(&target().await).unwrap();
    let mut stream = limit(channel.server_streaming(&LIST, "x".into())).await.unwrap();
    assert_eq!(limit(stream.message()).await.unwrap().unwrap(), "x");
    let status = limit(stream.message()).await.unwrap_err();
    let message = "INTERNAL: an interceptor sent a call again whose streams the caller has already";
    assert_eq!(status.to_string(), message);
}

/// Answers in place of a server, if the request is known.
struct Cache;

impl ClientInterceptor for Cache {
    async fn intercept(&self, call: &mut ClientCall, next: ClientNext<'_>) -> ClientOutcome {
        let known = call.request().is_none_or(|request| request.downcast_ref() == Some(&"known".to_owned()));
        match call.kind() {
            _ if call.metadata().get("mistake").is_some() => call.respond(7_u32),
            _ if call.metadata().get("none").is_some() => call.respond_all::<String>([]),
            _ if !known => next.run(call).await,
            Kind::Unary | Kind::ClientStreaming => call.respond("cached".to_owned()),
            Kind::ServerStreaming | Kind::Bidi => call.respond_all(["one", "two"].map(str::to_owned)),
        }
    }
}

#[tokio::test]
async fn an_interceptor_may_answer() {
    let channel = nowhere(Cache);
    assert_eq!(limit(channel.unary(&UNARY, "known".into())).await.unwrap(), "cached");
    assert_eq!(limit(channel.unary(&UNARY, "new".into())).await.unwrap_err().code(), Code::Unavailable);

    let mut stream = limit(channel.server_streaming(&LIST, "known".into())).await.unwrap();
    assert!(limit(stream.metadata()).await.unwrap().is_empty());
    for expected in [Some("one"), Some("two"), None] {
        assert_eq!(limit(stream.message()).await.unwrap().as_deref(), expected);
    }

    let mut upload = limit(channel.client_streaming(&UPLOAD)).await.unwrap();
    assert!(upload.is_answered());
    limit(upload.send("x".into())).await.unwrap();
    assert_eq!(limit(upload.finish()).await.unwrap(), "cached");

    let (requests, mut responses) = limit(channel.bidi(&CHAT)).await.unwrap();
    assert_eq!(limit(requests.send("x".into())).await.unwrap_err().code(), Code::Cancelled);
    for expected in [Some("one"), Some("two"), None] {
        assert_eq!(limit(responses.message()).await.unwrap().as_deref(), expected);
    }

    let mistaken = limit(channel.unary(&UNARY, "known".into()).metadata("mistake", "")).await.unwrap_err();
    let message = "INTERNAL: an interceptor gave a u32 where a alloc::string::String is due";
    assert_eq!(mistaken.to_string(), message);
    let missing = limit(channel.unary(&UNARY, "known".into()).metadata("none", "")).await.unwrap_err();
    assert_eq!(missing.code(), Code::Internal);
}

/// Refuses calls, and messages.
struct Strict;

impl ClientInterceptor for Strict {
    async fn intercept(&self, call: &mut ClientCall, next: ClientNext<'_>) -> ClientOutcome {
        if call.metadata().get("forbidden").is_some() {
            return call.refuse(Status::permission_denied("not you"));
        }
        call.on_request(|message| match message.encode()?.len() {
            0 => Err(Status::invalid_argument("empty")),
            _ => Ok(()),
        });
        call.on_response(|message| match format!("{message:?}").as_str() {
            "alloc::string::String" => Err(Status::data_loss("not that one")),
            other => panic!("{other}"),
        });
        next.run(call).await
    }
}

#[tokio::test]
async fn an_interceptor_may_refuse_calls_and_messages() {
    let channel = ChannelBuilder::new().interceptor(Strict).connect(&target().await).unwrap();
    let fails = async |request: &str, name: &str| {
        let call = channel.unary(&UNARY, request.into()).metadata(name, "");
        limit(call).await.unwrap_err().to_string()
    };
    assert_eq!(fails("x", "forbidden").await, "PERMISSION_DENIED: not you");
    assert_eq!(fails("", "fine").await, "INVALID_ARGUMENT: empty");
    assert_eq!(fails("x", "fine").await, "DATA_LOSS: not that one");

    let (requests, mut responses) = limit(channel.bidi(&CHAT)).await.unwrap();
    assert_eq!(limit(requests.send(String::new())).await.unwrap_err().to_string(), "INVALID_ARGUMENT: empty");
    limit(requests.send("x".into())).await.unwrap();
    requests.close();
    for _ in 0..2 {
        assert_eq!(limit(responses.message()).await.unwrap_err().to_string(), "DATA_LOSS: not that one");
    }

    let mut upload = limit(channel.client_streaming(&UPLOAD)).await.unwrap();
    limit(upload.send("x".into())).await.unwrap();
    assert_eq!(limit(upload.finish()).await.unwrap_err().to_string(), "DATA_LOSS: not that one");
}

/// Waits for ever, before the call or after it.
struct Stuck(&'static str);

impl ClientInterceptor for Stuck {
    async fn intercept(&self, call: &mut ClientCall, next: ClientNext<'_>) -> ClientOutcome {
        if self.0 == "before" {
            pending::<()>().await;
        }
        let outcome = next.run(call).await;
        if self.0 == "after" {
            pending::<()>().await;
        }
        outcome
    }
}

#[tokio::test]
async fn the_deadline_ends_interceptors_that_wait() {
    let target = target().await;
    for stuck in ["before", "after"] {
        let notes = Notes::default();
        let noting = Noting { name: "A", notes: notes.clone() };
        let channel =
            ChannelBuilder::new().interceptor(noting).interceptor(Stuck(stuck)).connect(&target).unwrap();
        let timeout = Duration::from_millis(80);
        let status = limit(channel.unary(&UNARY, "x".into()).timeout(timeout)).await.unwrap_err();
        assert_eq!(status.to_string(), "DEADLINE_EXCEEDED: the deadline has passed", "{stuck}");
        assert_eq!(take(&notes).last().unwrap(), "A ends DEADLINE_EXCEEDED: the deadline has passed  ");

        let call = channel.server_streaming(&LIST, "x".into()).timeout(timeout);
        let status = match limit(call).await {
            Err(status) => status,
            Ok(mut stream) => loop {
                if let Err(status) = limit(stream.message()).await {
                    break status;
                }
            },
        };
        assert_eq!(status.code(), Code::DeadlineExceeded, "{stuck}");
        assert_eq!(take(&notes).last().unwrap(), "A ends DEADLINE_EXCEEDED: the deadline has passed  ");
    }
}

/// Gives calls a deadline that is soon.
struct Hurried;

impl ClientInterceptor for Hurried {
    async fn intercept(&self, call: &mut ClientCall, next: ClientNext<'_>) -> ClientOutcome {
        assert!(call.deadline().is_none());
        call.shorten(Deadline::after(Duration::from_millis(80)));
        call.shorten(Deadline::after(Duration::from_secs(60)));
        next.run(call).await
    }
}

#[tokio::test]
async fn an_interceptor_may_shorten_the_deadline() {
    let (seen, mut timeouts) = mpsc::unbounded_channel();
    let (listener, target) = listen().await;
    let handle = move |call: Call| {
        let seen = seen.clone();
        async move {
            seen.send(call.header("grpc-timeout").map(str::to_owned)).unwrap();
            pending().await
        }
    };
    tokio::spawn(accept(listener, h2::server::Builder::new(), Arc::new(handle)));
    let channel = ChannelBuilder::new().interceptor(Hurried).connect(&target).unwrap();
    let status = limit(channel.unary(&UNARY, "x".into())).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(limit(timeouts.recv()).await.unwrap().is_some());
}

/// Ends calls early, as `.0` says.
struct Impatient(&'static str);

impl ClientInterceptor for Impatient {
    async fn intercept(&self, call: &mut ClientCall, next: ClientNext<'_>) -> ClientOutcome {
        match self.0 {
            "early" => {
                let run = tokio::time::timeout(Duration::from_millis(50), next.run(call)).await;
                run.unwrap_or_else(|_| call.refuse(Status::aborted("enough")))
            }
            "success" => {
                let _ = tokio::time::timeout(Duration::from_millis(50), next.run(call)).await;
                call.respond_all::<String>([])
            }
            "fail" => next.run(call).await.fail(Status::aborted("not good enough")),
            _ => {
                let _ = next.run(call).await;
                call.respond_all::<String>([])
            }
        }
    }
}

#[tokio::test]
async fn interceptors_end_streams_but_never_complete_them() {
    let (listener, target) = listen().await;
    let handle = |mut call: Call| async move {
        let long = call.request().await.unwrap().ends_with(b"long");
        let mut stream = call.begin();
        stream.send_data(frame("one"), false).unwrap();
        match long {
            true => pending().await,
            false => {
                stream.send_trailers(headers(&[("grpc-status", "9"), ("grpc-message", "broken")])).unwrap()
            }
        }
    };
    tokio::spawn(accept(listener, h2::server::Builder::new(), Arc::new(handle)));
    for (how, request, expected) in [
        ("early", "long", "ABORTED: enough"),
        ("success", "long", "CANCELLED: an interceptor ended the call before the server did"),
        ("fail", "short", "ABORTED: not good enough"),
        ("cover up", "short", "FAILED_PRECONDITION: broken"),
    ] {
        let channel = ChannelBuilder::new().interceptor(Impatient(how)).connect(&target).unwrap();
        let mut stream = limit(channel.server_streaming(&LIST, request.into())).await.unwrap();
        assert_eq!(limit(stream.message()).await.unwrap().unwrap(), "one");
        for _ in 0..2 {
            assert_eq!(limit(stream.message()).await.unwrap_err().to_string(), expected, "{how}");
        }
    }

    let channel =
        ChannelBuilder::new().interceptor(Impatient("fail")).connect(&self::target().await).unwrap();
    let mut upload = limit(channel.client_streaming(&UPLOAD)).await.unwrap();
    limit(upload.send("x".into())).await.unwrap();
    assert_eq!(limit(upload.finish()).await.unwrap_err().to_string(), "ABORTED: not good enough");
}
