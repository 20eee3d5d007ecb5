//! Servers that do exactly what a test says.

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, RecvStream, SendStream};
use http::{HeaderMap, Request, Response};
use rsgrpc::{Channel, Codec, Kind, Method, Status, Writer};
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Messages are text as it is.
pub struct Text;

impl Codec<String> for Text {
    fn encode(item: &String, out: &mut Writer) -> Result<(), Status> {
        if item == "cannot be encoded" {
            return Err(Status::internal("told so"));
        }
        out.prepend(item.as_bytes());
        Ok(())
    }

    fn decode(frame: Bytes) -> Result<String, Status> {
        String::from_utf8(frame.into()).map_err(|_| Status::internal("not UTF-8"))
    }
}

pub static UNARY: Method<String, String> = Method::new::<Text>(Kind::Unary, "/test.Echo/Unary");
pub static UPLOAD: Method<String, String> = Method::new::<Text>(Kind::ClientStreaming, "/test.Echo/Upload");
pub static LIST: Method<String, String> = Method::new::<Text>(Kind::ServerStreaming, "/test.Echo/List");
pub static CHAT: Method<String, String> = Method::new::<Text>(Kind::Bidi, "/test.Echo/Chat");

/// Nothing here may take longer than this.
pub async fn limit<T>(test: impl IntoFuture<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), test).await.expect("the test hangs")
}

pub async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("http://{}", listener.local_addr().unwrap());
    (listener, target)
}

/// Serves with a function per request; gives the channel to it.
pub async fn serve<F, Fut>(handle: F) -> Channel
where
    F: Fn(Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let (listener, target) = listen().await;
    tokio::spawn(accept(listener, h2::server::Builder::new(), Arc::new(handle)));
    Channel::connect(&target).unwrap()
}

pub async fn accept<F, Fut>(listener: TcpListener, builder: h2::server::Builder, handle: Arc<F>)
where
    F: Fn(Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        let (builder, handle) = (builder.clone(), handle.clone());
        tokio::spawn(async move {
            let mut connection = builder.handshake(socket).await.unwrap();
            while let Some(Ok((request, respond))) = connection.accept().await {
                tokio::spawn(handle(Call::new(request, respond)));
            }
        });
    }
}

/// A call as the raw server sees it.
pub struct Call {
    pub head: http::request::Parts,
    pub body: RecvStream,
    pub respond: SendResponse<Bytes>,
}

impl Call {
    pub fn new(request: Request<RecvStream>, respond: SendResponse<Bytes>) -> Self {
        let (head, body) = request.into_parts();
        Self { head, body, respond }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// All that the client sends, up to its half-close.
    pub async fn request(&mut self) -> Result<Vec<u8>, h2::Error> {
        let mut all = Vec::new();
        while let Some(data) = self.body.data().await {
            let data = data?;
            self.body.flow_control().release_capacity(data.len())?;
            all.extend_from_slice(&data);
        }
        Ok(all)
    }

    /// Sends the head of a gRPC response.
    pub fn begin(&mut self) -> SendStream<Bytes> {
        self.begin_with(grpc(200))
    }

    pub fn begin_with(&mut self, head: Response<()>) -> SendStream<Bytes> {
        self.respond.send_response(head, false).unwrap()
    }

    /// A whole answer: one message, and these trailers.
    pub fn answer(&mut self, message: &str, trailers: &[(&'static str, &str)]) {
        let mut stream = self.begin();
        stream.send_data(frame(message), false).unwrap();
        stream.send_trailers(headers(trailers)).unwrap();
    }

    /// A head that is also the end.
    pub fn refuse(&mut self, mut head: Response<()>, trailers: &[(&'static str, &str)]) {
        head.headers_mut().extend(headers(trailers));
        self.respond.send_response(head, true).unwrap();
    }

    pub async fn reset(&mut self) -> Reason {
        poll_fn(|cx| self.respond.poll_reset(cx)).await.unwrap()
    }
}

pub fn grpc(status: u16) -> Response<()> {
    Response::builder().status(status).header("content-type", "application/grpc").body(()).unwrap()
}

pub fn html(status: u16) -> Response<()> {
    Response::builder().status(status).header("content-type", "text/html").body(()).unwrap()
}

pub fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

pub fn frame(message: &str) -> Bytes {
    let mut frame = vec![0];
    frame.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    frame.extend(message.as_bytes());
    frame.into()
}

pub const OK: &[(&str, &str)] = &[("grpc-status", "0")];

/// What a server says first: empty SETTINGS.
pub const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

/// GOAWAY(NO_ERROR), the last stream that was looked at being 0.
pub const GOAWAY: &[u8] = &[0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// Reads until the head of a call is there: the preface, the client's SETTINGS, and HEADERS.
pub async fn read_head(socket: &mut TcpStream) {
    let mut preface = [0; 24];
    socket.read_exact(&mut preface).await.unwrap();
    loop {
        let mut head = [0; 9];
        socket.read_exact(&mut head).await.unwrap();
        let len = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; usize::try_from(len).unwrap()];
        socket.read_exact(&mut payload).await.unwrap();
        if head[3] == 1 {
            return;
        }
    }
}

/// A server that sends these bytes once it has the head of a call, and then keeps the connection open.
pub async fn say(bytes: &'static [u8]) -> Channel {
    let (listener, target) = listen().await;
    tokio::spawn(async move {
        let mut open = Vec::new();
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            socket.write_all(SETTINGS).await.unwrap();
            read_head(&mut socket).await;
            socket.write_all(bytes).await.unwrap();
            open.push(socket);
        }
    });
    Channel::connect(&target).unwrap()
}
