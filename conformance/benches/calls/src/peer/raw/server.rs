//! The server: sends back what came, and decodes only the request that says how
//! often. Handlers are polled by their connection's task.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use h2::SendStream;
use h2::server::{Builder, Connection, SendResponse};
use http::{HeaderMap, HeaderValue, Request, Response};
use prost::Message;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::client::next;
use super::{STREAM_WINDOW, WINDOW, frame};
use crate::peer::tonic::generated::bench::echo::Count;
use crate::setup::Setup;
use crate::tls;

/// The size of DATA frames, about.
const PACKED: u32 = 1 << 14;

pub async fn serve(listener: TcpListener, setup: Setup) {
    let tls = TlsAcceptor::from(tls::server());
    loop {
        let (socket, _) = listener.accept().await.expect("a connection");
        socket.set_nodelay(true).expect("an option of TCP");
        let tls = tls.clone();
        tokio::spawn(async move {
            match setup.tls {
                true => connection(tls.accept(socket).await.expect("TLS")).await,
                false => connection(socket).await,
            }
        });
    }
}

async fn connection(socket: impl AsyncRead + AsyncWrite + Unpin) {
    let mut builder = Builder::new();
    builder.initial_window_size(STREAM_WINDOW).initial_connection_window_size(WINDOW);
    let connection =
        builder.max_frame_size(1 << 16).handshake::<_, Bytes>(socket).await.expect("a handshake");
    let mut turns = Turns { connection, calls: FuturesUnordered::new() };
    std::future::poll_fn(|cx| turns.poll(cx)).await;
}

type Handler = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Turns<S: AsyncRead + AsyncWrite + Unpin> {
    connection: Connection<S, Bytes>,
    /// Those that were not ready at once.
    calls: FuturesUnordered<Handler>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Turns<S> {
    /// Ready when the client is gone.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            // All that have come, before any is answered: to accept also flushes.
            let mut accepted = Vec::new();
            let open = loop {
                match self.connection.poll_accept(cx) {
                    Poll::Ready(Some(Ok(call))) => accepted.push(call),
                    Poll::Ready(_) => break false,
                    Poll::Pending => break true,
                }
            };
            let mut idle = accepted.is_empty();
            for (request, respond) in accepted {
                let mut handler: Handler = Box::pin(call(request, respond));
                if handler.as_mut().poll(cx).is_pending() {
                    self.calls.push(handler);
                }
            }
            while let Poll::Ready(Some(())) = self.calls.poll_next_unpin(cx) {
                idle = false;
            }
            match (open, idle) {
                (false, _) => return Poll::Ready(()),
                (true, true) => return Poll::Pending,
                (true, false) => {}
            }
        }
    }
}

async fn call(request: Request<h2::RecvStream>, mut respond: SendResponse<Bytes>) {
    let (head, mut requests) = request.into_parts();
    let headers = Response::builder().header("content-type", "application/grpc");
    let headers = headers.body(()).expect("a response");
    let mut responses = respond.send_response(headers, false).expect("a stream");
    match head.uri.path() {
        "/bench.echo.Echo/Bidi" => {
            while let Some(data) = next(&mut requests).await {
                send(&mut responses, data);
            }
        }
        "/bench.echo.Echo/Repeat" => {
            let mut body = collect(&mut requests).await;
            body.advance(5);
            let count = Count::decode(body).expect("a count");
            let (frame, mut left) = (frame(&count.ping.unwrap_or_default()), count.messages.cast_unsigned());
            // Many messages in a frame of HTTP/2, as servers do that have many at once.
            let many = PACKED / u32::try_from(frame.len()).expect("a small message").max(1);
            let packed = Bytes::from(frame.repeat(many as usize));
            while left > 0 {
                let messages = left.min(many);
                send(&mut responses, packed.slice(..messages as usize * frame.len()));
                left -= messages;
            }
        }
        _ => send(&mut responses, collect(&mut requests).await),
    }
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    responses.send_trailers(trailers).expect("a stream");
}

fn send(responses: &mut SendStream<Bytes>, data: Bytes) {
    if !data.is_empty() {
        responses.send_data(data, false).expect("a stream");
    }
}

async fn collect(requests: &mut h2::RecvStream) -> Bytes {
    let mut parts = Vec::with_capacity(1);
    while let Some(data) = next(requests).await {
        parts.push(data);
    }
    match parts.len() {
        1 => parts.remove(0),
        _ => parts.concat().into(),
    }
}
