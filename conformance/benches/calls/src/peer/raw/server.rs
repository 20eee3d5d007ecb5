//! The server: sends back what came, and decodes only the request that says how
//! often.

use bytes::{Buf, Bytes, BytesMut};
use h2::SendStream;
use h2::server::{Builder, SendResponse};
use http::{HeaderMap, HeaderValue, Request, Response};
use prost::Message;
use tokio::net::{TcpListener, TcpStream};

use super::client::next;
use super::{Count, WINDOW, frame};

pub async fn serve(listener: TcpListener) {
    loop {
        let (socket, _) = listener.accept().await.expect("a connection");
        socket.set_nodelay(true).expect("an option of TCP");
        tokio::spawn(connection(socket));
    }
}

async fn connection(socket: TcpStream) {
    let mut builder = Builder::new();
    builder.initial_window_size(WINDOW).initial_connection_window_size(WINDOW).max_frame_size(1 << 16);
    let mut connection = builder.handshake::<_, Bytes>(socket).await.expect("a handshake");
    // A client that goes away ends the loop.
    while let Some(Ok((request, respond))) = connection.accept().await {
        tokio::spawn(call(request, respond));
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
            let frame = frame(&count.ping.unwrap_or_default());
            (0..count.messages).for_each(|_| send(&mut responses, frame.clone()));
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
    let mut parts = Vec::new();
    while let Some(data) = next(requests).await {
        parts.push(data);
    }
    match parts.len() {
        1 => parts.remove(0),
        _ => parts
            .into_iter()
            .fold(BytesMut::new(), |mut whole, part| {
                whole.extend_from_slice(&part);
                whole
            })
            .freeze(),
    }
}
