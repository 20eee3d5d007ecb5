//! A server to test, and raw HTTP/2 to test it with.

use h2::SendStream;
use h2::client::{ResponseFuture, SendRequest};
use http::{HeaderMap, Request};
use rsgrpc::{
    Bytes, Call, CallFuture, Codec, Context, Kind, Method, Sender, Server, Service, Status, Streaming, Writer,
};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

/// No test waits longer than this for anything.
pub async fn limited<T>(work: impl IntoFuture<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work.into_future()).await.expect("took too long")
}

/// Bytes as they are, but for those that cannot be encoded.
pub struct Raw;

const FAILS: &[u8] = b"the codec fails";
const PANICS: &[u8] = b"the codec panics";

impl Codec<Bytes> for Raw {
    fn encode(item: &Bytes, out: &mut Writer) -> Result<(), Status> {
        out.prepend(item);
        match &**item {
            FAILS => Err(Status::out_of_range("cannot encode the message")),
            PANICS => panic!("on purpose"),
            _ => Ok(()),
        }
    }
    fn decode(frame: Bytes) -> Result<Bytes, Status> {
        match &*frame {
            b"garbage" => Err(Status::internal("cannot decode the message")),
            _ => Ok(frame),
        }
    }
}

pub static UNARY: Method<Bytes, Bytes> = Method::new::<Raw>(Kind::Unary, "/test.Test/Unary");
pub static DOWN: Method<Bytes, Bytes> = Method::new::<Raw>(Kind::ServerStreaming, "/test.Test/Down");
pub static UP: Method<Bytes, Bytes> = Method::new::<Raw>(Kind::ClientStreaming, "/test.Test/Up");
pub static BOTH: Method<Bytes, Bytes> = Method::new::<Raw>(Kind::Bidi, "/test.Test/Both");

/// What handlers do, as seen from outside.
#[derive(Clone)]
pub struct Probe {
    /// Handlers that run.
    pub running: watch::Sender<usize>,
    /// Messages that handlers have sent.
    pub sent: watch::Sender<usize>,
    /// Calls whose cancellation was seen by a task of the handler's.
    pub cancelled: watch::Sender<usize>,
}

impl Default for Probe {
    fn default() -> Self {
        Self { running: watch::Sender::new(0), sent: watch::Sender::new(0), cancelled: watch::Sender::new(0) }
    }
}

/// Waits until a count is as expected.
pub async fn reached(count: &watch::Sender<usize>, expected: impl FnMut(&usize) -> bool) -> usize {
    *limited(count.subscribe().wait_for(expected)).await.unwrap()
}

/// One handler that runs.
struct Running(watch::Sender<usize>);

impl Running {
    fn new(probe: &Probe) -> Self {
        probe.running.send_modify(|running| *running += 1);
        Self(probe.running.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|running| *running -= 1);
    }
}

/// Does what requests say: `wait`, `panic`, `fail`, `burn`, `metadata`; everything else is echoed. `Down`
/// takes `<count> <size>`.
#[derive(Clone, Default)]
pub struct Test(pub Probe);

impl Test {
    async fn unary(&self, ctx: &Context, request: Bytes) -> Result<Bytes, Status> {
        let _running = Running::new(&self.0);
        match &*request {
            b"wait" => {
                let (call, cancelled) = (ctx.cancellation(), self.0.cancelled.clone());
                tokio::spawn(async move {
                    call.cancelled().await;
                    cancelled.send_modify(|cancelled| *cancelled += 1);
                });
                std::future::pending().await
            }
            b"busy" => loop {
                tokio::task::coop::consume_budget().await;
            },
            b"peer" => Ok(ctx.peer().to_string().into()),
            b"panic" => panic!("on purpose"),
            b"fail" => Err(Status::not_found("kein Produkt „ü“").with_details(vec![1, 2, 3])),
            b"burn" => {
                let begun = std::time::Instant::now();
                while begun.elapsed() < Duration::from_micros(300) {
                    std::hint::spin_loop();
                }
                Ok(Bytes::from(format!("{:?}", std::thread::current().id())))
            }
            b"metadata" => {
                ctx.initial_metadata().insert("first", ctx.metadata().get("question").unwrap_or("none"))?;
                ctx.trailers().insert_bin("last-bin", [0, 255])?;
                Ok(Bytes::from(format!("{} {:?}", ctx.peer().address().is_some(), ctx.deadline().is_some())))
            }
            _ => Ok(request),
        }
    }

    async fn down(&self, ctx: &Context, request: Bytes, responses: Sender<Bytes>) -> Result<(), Status> {
        let _running = Running::new(&self.0);
        let text = String::from_utf8_lossy(&request).into_owned();
        if text == "fail" {
            responses.send("one".into()).await?;
            ctx.trailers().insert("cause", "test")?;
            return Err(Status::data_loss("half of it"));
        }
        if text == "panic" {
            responses.send("one".into()).await?;
            panic!("on purpose");
        }
        if text == "head" {
            ctx.initial_metadata().insert("first", "early")?;
            ctx.send_initial_metadata();
            std::future::pending::<()>().await;
        }
        if text == "elsewhere" {
            // The guard of this call does not poll the task that sends.
            let sender = tokio::spawn(async move {
                for _ in 0..1000 {
                    responses.send(Bytes::from(vec![7; 1000])).await?;
                    tokio::task::yield_now().await;
                }
                Ok(())
            });
            return sender.await.map_err(|error| Status::internal(error.to_string()))?;
        }
        if text == "shared" {
            let responses = Arc::new(responses);
            let send = async |sender: u8, responses: &Sender<Bytes>| {
                for number in 0..10_000 {
                    responses.send([&[sender], number.to_string().as_bytes()].concat().into()).await?;
                }
                Ok::<_, Status>(())
            };
            let shared = responses.clone();
            let other = tokio::spawn(async move { send(1, &shared).await });
            send(0, &responses).await?;
            return other.await.map_err(|error| Status::internal(error.to_string()))?;
        }
        if text == "in turns" {
            let responses = Arc::new(responses);
            for number in 0..3 {
                responses.send(number.to_string().into()).await?;
            }
            let shared = responses.clone();
            let (done, sent) = std::sync::mpsc::channel();
            tokio::spawn(async move { done.send(shared.send("3".into()).await) });
            // The handler does not wait as a future does, so nothing of it has left.
            let sent = tokio::task::block_in_place(|| sent.recv_timeout(Duration::from_secs(10)));
            sent.map_err(|error| Status::internal(error.to_string()))??;
            return responses.send("4".into()).await;
        }
        if let "cannot" | "codec" = &*text {
            for number in 0..3 {
                responses.send(number.to_string().into()).await?;
            }
            return responses.send(if text == "codec" { PANICS } else { FAILS }.into()).await;
        }
        if text == "lone" {
            responses.send("one".into()).await?;
            std::future::pending::<()>().await;
        }
        let (count, size) = text.split_once(' ').unwrap_or((&text, "1"));
        let (count, size): (usize, usize) = (count.parse().unwrap(), size.parse().unwrap());
        let message = Bytes::from(vec![7; size]);
        for _ in 0..count {
            responses.send(message.clone()).await?;
            self.0.sent.send_modify(|sent| *sent += 1);
        }
        Ok(())
    }

    async fn up(&self, _: &Context, mut requests: Streaming<Bytes>) -> Result<Bytes, Status> {
        let _running = Running::new(&self.0);
        let (mut count, mut size) = (0, 0);
        while let Some(message) = requests.message().await? {
            if message == "enough" {
                break;
            }
            if message == "wait" {
                std::future::pending::<()>().await;
            }
            count += 1;
            size += message.len();
        }
        Ok(format!("{count} {size}").into())
    }

    async fn both(
        &self,
        _: &Context,
        requests: Streaming<Bytes>,
        responses: Sender<Bytes>,
    ) -> Result<(), Status> {
        let _running = Running::new(&self.0);
        responses.try_send_all(requests).await
    }
}

impl Service for Test {
    fn name(&self) -> &'static str {
        "test.Test"
    }

    fn call(&self, call: Call) -> CallFuture<'_> {
        match call.method() {
            "Unary" => call.unary(&UNARY, move |ctx, request| async move { self.unary(&ctx, request).await }),
            "Down" => call.server_streaming(&DOWN, move |ctx, request, responses| async move {
                self.down(&ctx, request, responses).await
            }),
            "Up" => {
                call.client_streaming(&UP, move |ctx, requests| async move { self.up(&ctx, requests).await })
            }
            "Both" => call.bidi(&BOTH, move |ctx, requests, responses| async move {
                self.both(&ctx, requests, responses).await
            }),
            _ => call.unimplemented(),
        }
    }
}

/// A server that runs on a port of its own.
pub struct Served {
    pub address: SocketAddr,
    pub probe: Probe,
    stop: Option<oneshot::Sender<()>>,
    done: JoinHandle<std::io::Result<()>>,
}

impl Served {
    pub async fn start() -> Self {
        Self::with(|server| server, Duration::ZERO).await
    }

    pub async fn with(setup: impl FnOnce(Server) -> Server, grace: Duration) -> Self {
        let probe = Probe::default();
        let server = setup(Server::new().add(Test(probe.clone())));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let stopped = async move { drop(stopped.await) };
        let done = tokio::spawn(server.serve_with_shutdown(listener, stopped, grace));
        Self { address, probe, stop: Some(stop), done }
    }

    pub fn stop(&mut self) {
        drop(self.stop.take());
    }

    pub async fn stopped(self) {
        limited(self.done).await.unwrap().unwrap();
    }

    pub async fn connect(&self) -> Client {
        Client::connect(self.address).await
    }
}

/// HTTP/2 without gRPC.
#[derive(Clone)]
pub struct Client {
    pub requests: SendRequest<Bytes>,
    address: SocketAddr,
    /// The server that serves this client alone.
    _served: Option<Arc<Served>>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub http: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub trailers: Option<HeaderMap>,
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Self {
        Self::with_window(address, 65_535).await
    }

    /// A client that grants each stream so many bytes.
    pub async fn with_window(address: SocketAddr, window: u32) -> Self {
        let socket = TcpStream::connect(address).await.unwrap();
        socket.set_nodelay(true).unwrap();
        let (requests, connection) =
            limited(h2::client::Builder::new().initial_window_size(window).handshake(socket)).await.unwrap();
        tokio::spawn(async move { drop(connection.await) });
        Self { requests, address, _served: None }
    }

    /// A client with a server of its own.
    pub async fn alone() -> Self {
        let served = Arc::new(Served::start().await);
        Self { _served: Some(served.clone()), ..served.connect().await }
    }

    /// The head of a call, to be changed.
    pub fn head(&self, path: &str) -> Request<()> {
        Request::post(format!("http://{}{path}", self.address))
            .header("te", "trailers")
            .header("content-type", "application/grpc")
            .body(())
            .unwrap()
    }

    pub async fn open(&mut self, head: Request<()>, end: bool) -> (ResponseFuture, SendStream<Bytes>) {
        let mut requests = limited(self.requests.clone().ready()).await.unwrap();
        requests.send_request(head, end).unwrap()
    }

    /// A call whose body is one DATA frame.
    pub async fn send(&mut self, head: Request<()>, body: impl Into<Bytes>) -> Answer {
        let (response, mut stream) = self.open(head, false).await;
        stream.send_data(body.into(), true).unwrap();
        answer(response).await.unwrap()
    }

    pub async fn call(&mut self, path: &str, body: impl Into<Bytes>) -> Answer {
        self.send(self.head(path), body).await
    }
}

pub async fn answer(response: ResponseFuture) -> Result<Answer, h2::Error> {
    let (head, mut stream) = limited(response).await?.into_parts();
    let mut body = Vec::new();
    while let Some(chunk) = limited(stream.data()).await {
        let chunk = chunk?;
        stream.flow_control().release_capacity(chunk.len()).unwrap();
        body.extend_from_slice(&chunk);
    }
    let trailers = limited(stream.trailers()).await?;
    Ok(Answer { http: head.status.as_u16(), headers: head.headers, body, trailers })
}

impl Answer {
    /// HTTP status, grpc-status and grpc-message of a response that is trailers-only.
    #[track_caller]
    pub fn refusal(&self) -> (u16, &str, &str) {
        assert!(self.trailers.is_none() && self.body.is_empty(), "not trailers-only: {self:?}");
        (self.http, text(&self.headers, "grpc-status"), text(&self.headers, "grpc-message"))
    }

    /// grpc-status and grpc-message in trailers.
    #[track_caller]
    pub fn status(&self) -> (&str, &str) {
        let trailers = self.trailers.as_ref().unwrap_or_else(|| panic!("no trailers: {self:?}"));
        (text(trailers, "grpc-status"), text(trailers, "grpc-message"))
    }
}

pub fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// A message with its prefix.
pub fn framed(message: &[u8]) -> Bytes {
    let len = u32::try_from(message.len()).unwrap().to_be_bytes();
    [&[0], &len[..], message].concat().into()
}
