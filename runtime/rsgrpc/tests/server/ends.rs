//! How calls end before their handlers: deadlines, cancellation, panics.

use crate::support::*;
use rsgrpc::{
    Bytes, Call, CallFuture, Channel, Code, Context, Interceptor, Local, Logging, Next, OnCancel, Outcome,
    Sender, Server, Service, Status, Streaming,
};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// A unary method.
struct Unary<F>(F);

impl<F, Fut> Service for Unary<F>
where
    F: Fn(Context, Bytes) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Bytes, Status>> + Send + 'static,
{
    fn name(&self) -> &'static str {
        "test.Test"
    }

    fn call(&self, call: Call) -> CallFuture<'_> {
        call.unary(&UNARY, |ctx, request| (self.0)(ctx, request))
    }
}

/// A method of streams both ways.
struct Both<F>(F);

impl<F, Fut> Service for Both<F>
where
    F: Fn(Context, Streaming<Bytes>, Sender<Bytes>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Status>> + Send + 'static,
{
    fn name(&self) -> &'static str {
        "test.Test"
    }

    fn call(&self, call: Call) -> CallFuture<'_> {
        call.bidi(&BOTH, |ctx, requests, responses| (self.0)(ctx, requests, responses))
    }
}

const SECOND: Duration = Duration::from_secs(1);

/// Lines of a log, without durations.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    fn log(&self) -> impl Interceptor {
        let lines = self.0.clone();
        Logging::to(move |line| {
            let line = line.to_string();
            let words = line.split(' ').filter(|word| !word.starts_with("duration="));
            lines.lock().unwrap().push(words.collect::<Vec<_>>().join(" "));
        })
    }

    /// Waits for the first line.
    async fn first(&self) -> String {
        limited(async {
            loop {
                if let Some(line) = self.0.lock().unwrap().first() {
                    return line.clone();
                }
                tokio::task::yield_now().await;
            }
        })
        .await
    }
}

/// A server whose handlers tell when they see their call's end, and when they return or are dropped.
fn watched(on_cancel: OnCancel) -> (Server, mpsc::UnboundedReceiver<&'static str>, oneshot::Sender<()>) {
    let (told, tells) = mpsc::unbounded_channel();
    let (go, gone) = oneshot::channel();
    let gone = Mutex::new(Some(gone));
    let handler = move |ctx: Context, _| {
        struct Dropped(mpsc::UnboundedSender<&'static str>);
        impl Drop for Dropped {
            fn drop(&mut self) {
                let _ = self.0.send("dropped");
            }
        }
        let (told, gone) = (told.clone(), gone.lock().unwrap().take().unwrap());
        async move {
            let _dropped = Dropped(told.clone());
            told.send("begun").unwrap();
            ctx.cancelled().await;
            told.send("cancelled").unwrap();
            gone.await.unwrap();
            told.send("finished").unwrap();
            Ok(Bytes::new())
        }
    };
    (Server::new().on_cancel_of("/test.Test/Unary", on_cancel).add(Unary(handler)), tells, go)
}

async fn told(tells: &mut mpsc::UnboundedReceiver<&'static str>, expected: &[&str]) {
    for expected in expected {
        assert_eq!(limited(tells.recv()).await, Some(*expected));
    }
}

#[tokio::test]
async fn a_handler_may_finish_after_its_call() {
    let (server, mut tells, go) = watched(OnCancel::Finish);
    let local = server.local();
    let call = tokio::spawn(Channel::local(&local).unary(&UNARY, Bytes::new()).into_future());
    told(&mut tells, &["begun"]).await;
    call.abort();
    // Not even the end of the connection ends it.
    drop(local);
    told(&mut tells, &["cancelled"]).await;
    go.send(()).unwrap();
    told(&mut tells, &["finished", "dropped"]).await;
}

#[tokio::test]
async fn by_default_a_handler_is_dropped() {
    let (server, mut tells, _go) = watched(OnCancel::Drop);
    let local = server.local();
    let call = tokio::spawn(Channel::local(&local).unary(&UNARY, Bytes::new()).into_future());
    told(&mut tells, &["begun"]).await;
    call.abort();
    told(&mut tells, &["dropped"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_have_a_grace() {
    let (server, mut tells, _go) = watched(OnCancel::Grace(3 * SECOND));
    let local = server.local();
    let begun = Instant::now();
    let call = Channel::local(&local).unary(&UNARY, Bytes::new()).timeout(SECOND);
    assert_eq!(call.await.unwrap_err().code(), Code::DeadlineExceeded);
    told(&mut tells, &["begun", "cancelled"]).await;
    assert_eq!(begun.elapsed().as_secs(), 1);
    told(&mut tells, &["dropped"]).await;
    assert_eq!(begun.elapsed().as_secs(), 4);
}

#[tokio::test]
async fn the_client_does_not_wait_for_a_handler_that_goes_on() {
    let (server, mut tells, go) = watched(OnCancel::Finish);
    let lines = Lines::default();
    let log = lines.log();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(server.intercept(log).serve(listener));
    let mut client = Client::connect(address).await;
    let mut head = client.head("/test.Test/Unary");
    head.headers_mut().insert("grpc-timeout", "20m".parse().unwrap());
    let answer = client.send(head, framed(b"")).await;
    assert_eq!(answer.refusal(), (200, "4", "the deadline has passed"));
    told(&mut tells, &["begun", "cancelled"]).await;
    assert!(lines.0.lock().unwrap().is_empty(), "interceptors wait for the handler");
    go.send(()).unwrap();
    told(&mut tells, &["finished", "dropped"]).await;
    let line = "method=/test.Test/Unary error=DEADLINE_EXCEEDED: the deadline has passed";
    assert_eq!(lines.first().await, line);
}

#[tokio::test(start_paused = true)]
async fn streams_of_a_handler_that_goes_on_fail() {
    let (told, mut tells) = mpsc::unbounded_channel();
    let handler = move |ctx: Context, mut requests: Streaming<Bytes>, responses: Sender<Bytes>| {
        let told = told.clone();
        async move {
            let read = requests.message().await.unwrap_err();
            ctx.cancelled().await;
            told.send((read.code(), responses.send("late".into()).await.is_err())).unwrap();
            Ok(())
        }
    };
    let local = Server::new().on_cancel(OnCancel::Finish).add(Both(handler)).local();
    let call = Channel::local(&local).bidi(&BOTH).timeout(SECOND);
    let (_requests, mut responses) = call.await.unwrap();
    assert_eq!(responses.message().await.unwrap_err().code(), Code::DeadlineExceeded);
    assert_eq!(limited(tells.recv()).await, Some((Code::DeadlineExceeded, true)));
}

#[tokio::test]
async fn a_handler_without_a_request_does_not_go_on() {
    let lines = Lines::default();
    let served =
        Served::with(|server| server.on_cancel(OnCancel::Finish).intercept(lines.log()), SECOND).await;
    let mut client = served.connect().await;
    let mut head = client.head("/test.Test/Unary");
    head.headers_mut().insert("grpc-timeout", "20m".parse().unwrap());
    let (response, _request) = client.open(head, false).await;
    let answer = answer(response).await.unwrap();
    assert_eq!(answer.refusal(), (200, "4", "the deadline has passed"));
    let line = "method=/test.Test/Unary error=DEADLINE_EXCEEDED: the deadline has passed";
    assert_eq!(lines.first().await, line);
}

/// Serves `server` until the sender is dropped; then it has `grace`.
async fn stoppable(server: Server, grace: Duration) -> (Channel, oneshot::Sender<()>, impl Future) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let done = tokio::spawn(server.serve_with_shutdown(listener, async move { drop(stopped.await) }, grace));
    (Channel::connect(&address.to_string()).unwrap(), stop, done)
}

#[tokio::test]
async fn a_shutdown_waits_for_handlers_that_go_on() {
    let (server, mut tells, go) = watched(OnCancel::Finish);
    let (channel, stop, done) = stoppable(server, 20 * SECOND).await;
    let call = tokio::spawn(channel.unary(&UNARY, Bytes::new()).into_future());
    told(&mut tells, &["begun"]).await;
    call.abort();
    told(&mut tells, &["cancelled"]).await;
    drop(channel);
    drop(stop);
    tokio::pin!(done);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(std::future::poll_fn(|cx| std::task::Poll::Ready(done.as_mut().poll(cx).is_pending())).await);
    go.send(()).unwrap();
    told(&mut tells, &["finished", "dropped"]).await;
    limited(done).await;
}

#[tokio::test]
async fn a_shutdown_does_not_wait_beyond_its_grace() {
    let (server, mut tells, _go) = watched(OnCancel::Finish);
    let (channel, stop, done) = stoppable(server, Duration::from_millis(50)).await;
    let call = tokio::spawn(channel.unary(&UNARY, Bytes::new()).into_future());
    told(&mut tells, &["begun"]).await;
    call.abort();
    told(&mut tells, &["cancelled"]).await;
    drop(stop);
    told(&mut tells, &["dropped"]).await;
    limited(done).await;
}

/// A handler that gives its requests away; what becomes of them.
async fn given_away(end: impl AsyncFnOnce(Local)) -> Status {
    let (give, mut given) = mpsc::unbounded_channel();
    let handler = move |_: Context, requests, _| {
        give.send(requests).unwrap();
        std::future::pending()
    };
    let local = Server::new().add(Both(handler)).local();
    let read = tokio::spawn(async move {
        let mut requests: Streaming<Bytes> = given.recv().await.unwrap();
        assert_eq!(requests.message().await.unwrap().unwrap(), "one");
        let status = requests.message().await.unwrap_err();
        assert_eq!(requests.message().await.unwrap_err().code(), status.code());
        status
    });
    end(local).await;
    limited(read).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn requests_that_are_given_away_end_with_the_call() {
    let late = given_away(async |local| {
        // A client that does not watch the deadline itself.
        let call = Channel::local(&local).bidi(&BOTH).timeout(SECOND);
        let (requests, responses) = call.await.unwrap();
        requests.send("one".into()).await.unwrap();
        tokio::time::sleep(2 * SECOND).await;
        drop((requests, responses));
    });
    assert_eq!(late.await.code(), Code::DeadlineExceeded);

    let cancelled = given_away(async |local| {
        let (requests, responses) = Channel::local(&local).bidi(&BOTH).await.unwrap();
        requests.send("one".into()).await.unwrap();
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        drop((requests, responses));
    });
    assert_eq!(cancelled.await.code(), Code::Cancelled);
}

#[tokio::test]
async fn requests_that_are_given_away_end_with_the_answer() {
    let (give, mut given) = mpsc::unbounded_channel();
    let handler = move |_: Context, requests: Streaming<Bytes>, _| {
        give.send(requests).unwrap();
        async { Ok(()) }
    };
    let (channel, _stop, _done) = stoppable(Server::new().add(Both(handler)), SECOND).await;
    let (_requests, mut responses) = limited(channel.bidi(&BOTH)).await.unwrap();
    assert_eq!(limited(responses.message()).await.unwrap(), None);
    let mut requests = limited(given.recv()).await.unwrap();
    let status = limited(requests.message()).await.unwrap_err();
    assert_eq!(status.to_string(), "CANCELLED: the call is over");
}

/// A server whose handlers say what is left of their time.
fn clock() -> Local {
    let left = |ctx: &Context| match ctx.deadline() {
        Some(deadline) => format!("{}", deadline.remaining().as_secs()).into(),
        None => Bytes::from("none"),
    };
    Server::new().add(Unary(move |ctx, _| std::future::ready(Ok(left(&ctx))))).local()
}

/// Asks the clock, from an interceptor.
struct Asks(Channel, mpsc::UnboundedSender<Bytes>);

impl Interceptor for Asks {
    async fn intercept(&self, call: Call, next: Next<'_>) -> Outcome {
        self.1.send(self.0.unary(&UNARY, Bytes::new()).await.unwrap()).unwrap();
        let outcome = next.run(call).await;
        self.1.send(self.0.unary(&UNARY, Bytes::new()).await.unwrap()).unwrap();
        outcome
    }
}

#[tokio::test(start_paused = true)]
async fn deadlines_are_inherited_wherever_a_handler_runs() {
    let clock = Channel::local(&clock());
    let inner = clock.clone();
    let both = move |_: Context, mut requests: Streaming<Bytes>, responses: Sender<Bytes>| {
        let inner = inner.clone();
        async move {
            while let Some(request) = requests.message().await? {
                responses.send(inner.unary(&UNARY, request).await?).await?;
            }
            Ok(())
        }
    };
    for server in
        [Server::new(), Server::new().own_task("/test.Test/Both"), Server::new().on_cancel(OnCancel::Finish)]
    {
        let (asked, mut asks) = mpsc::unbounded_channel();
        let local = server.intercept(Asks(clock.clone(), asked)).add(Both(both.clone())).local();
        let call = Channel::local(&local).bidi(&BOTH).timeout(9 * SECOND);
        let (requests, mut responses) = call.await.unwrap();
        for _ in 0..2 {
            requests.send(Bytes::new()).await.unwrap();
            assert_eq!(responses.message().await.unwrap().unwrap(), "9");
        }
        requests.close();
        assert_eq!(responses.message().await.unwrap(), None);
        assert_eq!((asks.recv().await.unwrap(), asks.recv().await.unwrap()), ("9".into(), "9".into()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_may_be_detached_or_made_on_behalf_of_another() {
    let clock = Channel::local(&clock());
    let handler = move |ctx: Context, _| {
        let clock = clock.clone();
        async move {
            let detached = clock.unary(&UNARY, Bytes::new()).detached().await?;
            let own = clock.unary(&UNARY, Bytes::new()).detached().timeout(3 * SECOND).await?;
            let ours = ctx.cancellation();
            let spawn = |call: rsgrpc::UnaryCall<_, Bytes>| tokio::spawn(call.into_future());
            let alone = spawn(clock.unary(&UNARY, Bytes::new())).await.unwrap()?;
            let bound = spawn(clock.unary(&UNARY, Bytes::new()).on_behalf_of(ours)).await.unwrap()?;
            let all = [detached, own, alone, bound].map(|left| String::from_utf8_lossy(&left).into_owned());
            Ok(Bytes::from(all.join(" ")))
        }
    };
    let local = Server::new().add(Unary(handler)).local();
    let call = Channel::local(&local).unary(&UNARY, Bytes::new()).timeout(9 * SECOND);
    assert_eq!(limited(call).await.unwrap(), "none 3 none 9");
}

#[tokio::test]
async fn a_call_on_behalf_of_another_ends_with_it() {
    let (told, mut tells) = mpsc::unbounded_channel();
    let probe = Probe::default();
    let inner = Server::new().add(Test(probe.clone())).local();
    let channel = Channel::local(&inner);
    let handler = move |ctx: Context, _| {
        let call = channel.unary(&UNARY, Bytes::from("wait")).on_behalf_of(ctx.cancellation());
        let stream = channel.bidi(&BOTH).on_behalf_of(ctx.cancellation());
        let late = channel.unary(&UNARY, Bytes::from("hello")).on_behalf_of(ctx.cancellation());
        let (told, call_end) = (told.clone(), ctx.cancellation());
        tokio::spawn(async move {
            let (_requests, mut responses) = stream.await.unwrap();
            let (unary, stream) = tokio::join!(call, responses.message());
            told.send((unary.unwrap_err(), stream.unwrap_err())).unwrap();
            assert!(call_end.is_cancelled());
            let late = late.await.unwrap_err();
            told.send((late.clone(), late)).unwrap();
        });
        std::future::pending()
    };
    let local = Server::new().add(Unary(handler)).local();
    let call = tokio::spawn(Channel::local(&local).unary(&UNARY, Bytes::new()).into_future());
    reached(&probe.running, |running| *running == 2).await;
    call.abort();
    for _ in 0..2 {
        let (unary, stream) = limited(tells.recv()).await.unwrap();
        assert_eq!(unary.to_string(), "CANCELLED: the call on whose behalf this one was made is over");
        assert_eq!(stream.code(), Code::Cancelled);
    }
    reached(&probe.running, |running| *running == 0).await;
}

/// Panics before or after the call.
struct Panics;

impl Interceptor for Panics {
    async fn intercept(&self, call: Call, next: Next<'_>) -> Outcome {
        assert!(call.metadata().get("panic") != Some("before"), "in front");
        let outcome = next.run(call).await;
        assert!(outcome.context().metadata().get("panic") != Some("after"), "behind");
        outcome
    }
}

/// Panics when it encodes `!` or decodes `?`.
struct Fragile;

impl rsgrpc::Codec<Bytes> for Fragile {
    fn encode(item: &Bytes, out: &mut rsgrpc::Writer) -> Result<(), Status> {
        assert!(item != "!", "cannot encode");
        out.prepend(item);
        Ok(())
    }

    fn decode(frame: Bytes) -> Result<Bytes, Status> {
        assert!(frame != "?", "cannot decode");
        Ok(frame)
    }
}

struct FragileService;

impl Service for FragileService {
    fn name(&self) -> &'static str {
        "test.Test"
    }

    fn call(&self, call: Call) -> CallFuture<'_> {
        static METHOD: rsgrpc::Method<Bytes, Bytes> =
            rsgrpc::Method::new::<Fragile>(rsgrpc::Kind::Unary, "/test.Test/Unary");
        call.unary(&METHOD, |_, request: Bytes| async move {
            assert!(request != "panic", "on purpose: {}", request.len());
            Ok(request)
        })
    }
}

#[tokio::test]
async fn panics_are_internal_for_their_call_alone_and_logged() {
    for server in
        [Server::new(), Server::new().own_task("/test.Test/Unary"), Server::new().on_cancel(OnCancel::Finish)]
    {
        let lines = Lines::default();
        let (channel, _stop, _done) =
            stoppable(server.intercept(lines.log()).intercept(Panics).add(FragileService), SECOND).await;
        let waiting = channel.unary(&UNARY, "hello".into());
        for (request, header, logged) in [
            ("panic", "", "the handler panicked: on purpose: 5"),
            ("!", "", "the handler panicked: cannot encode"),
            ("?", "", "the handler panicked: cannot decode"),
            ("hello", "before", "an interceptor panicked: in front"),
            ("hello", "after", "an interceptor panicked: behind"),
        ] {
            let call = channel.unary(&UNARY, request.into()).metadata("panic", header);
            let status = limited(call).await.unwrap_err();
            assert_eq!(status.code(), Code::Internal, "{logged}");
            assert!(!status.message().contains("purpose"), "what a panic says is nobody else's business");
            assert_eq!(lines.first().await, format!("method=/test.Test/Unary error=INTERNAL: {logged}"));
            lines.0.lock().unwrap().clear();
        }
        assert_eq!(limited(waiting).await.unwrap(), "hello");
    }
}

#[tokio::test]
async fn a_panic_of_a_handler_that_goes_on_is_logged() {
    let handler = |ctx: Context, _| async move {
        ctx.cancelled().await;
        panic!("too late");
    };
    let lines = Lines::default();
    let server = Server::new().on_cancel(OnCancel::Finish).intercept(lines.log()).add(Unary(handler));
    let local = server.local();
    let call = Channel::local(&local).unary(&UNARY, Bytes::new()).timeout(Duration::from_millis(20));
    limited(call).await.unwrap_err();
    assert!(lines.first().await.ends_with(": INTERNAL: the handler panicked: too late"));
}

#[tokio::test]
async fn the_head_may_leave_before_the_response() {
    let (go, gone) = oneshot::channel::<()>();
    let gone = Mutex::new(Some(gone));
    let handler = move |ctx: Context, request| {
        let gone = gone.lock().unwrap().take().unwrap();
        async move {
            ctx.initial_metadata().insert("first", "early")?;
            ctx.send_initial_metadata();
            gone.await.unwrap();
            ctx.initial_metadata().insert("first", "too late")?;
            ctx.trailers().insert("last", "fine")?;
            Ok(request)
        }
    };
    let (channel, _stop, _done) = stoppable(Server::new().add(Unary(handler)), SECOND).await;
    // A unary method, called as one whose responses are a stream: there the head shows by itself.
    static EARLY: rsgrpc::Method<Bytes, Bytes> =
        rsgrpc::Method::new::<Raw>(rsgrpc::Kind::ServerStreaming, "/test.Test/Unary");
    let mut stream = limited(channel.server_streaming(&EARLY, "hello".into())).await.unwrap();
    assert_eq!(limited(stream.metadata()).await.unwrap().get("first"), Some("early"));
    go.send(()).unwrap();
    assert_eq!(limited(stream.message()).await.unwrap().unwrap(), "hello");
    assert_eq!(limited(stream.message()).await.unwrap(), None);
    assert_eq!(stream.trailers().unwrap().get("last"), Some("fine"));
}
