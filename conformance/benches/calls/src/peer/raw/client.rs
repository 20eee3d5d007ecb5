//! The client: requests are clones of the same frames.

use std::sync::Arc;

use bytes::Bytes;
use h2::RecvStream;
use h2::client::{Builder, ResponseFuture, SendRequest};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{Exchanges, STREAM_WINDOW, WINDOW};
use crate::call::{Call, TURNS};
use crate::load::Client;
use crate::setup::Setup;
use crate::tls;

/// A connection and what to send on it.
#[derive(Clone)]
pub struct Raw {
    connection: SendRequest<Bytes>,
    exchanges: Arc<Exchanges>,
}

pub async fn connect(exchanges: &Arc<Exchanges>, setup: Setup) -> Raw {
    let socket = TcpStream::connect(("127.0.0.1", exchanges.port)).await.expect("the server listens");
    socket.set_nodelay(true).expect("an option of TCP");
    let connection = if setup.tls {
        let name = ServerName::try_from("127.0.0.1").expect("a name");
        handshake(TlsConnector::from(tls::client()).connect(name, socket).await.expect("TLS")).await
    } else {
        handshake(socket).await
    };
    Raw { connection, exchanges: exchanges.clone() }
}

async fn handshake(socket: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> SendRequest<Bytes> {
    let mut builder = Builder::new();
    builder.initial_window_size(STREAM_WINDOW).initial_connection_window_size(WINDOW);
    let (connection, driver) = builder.max_frame_size(1 << 16).handshake(socket).await.expect("a handshake");
    tokio::spawn(driver);
    connection
}

impl Raw {
    async fn begin(&self, call: Call) -> (ResponseFuture, h2::SendStream<Bytes>) {
        let mut connection = self.connection.clone().ready().await.expect("a stream");
        let head = self.exchanges.of(call).head.clone();
        connection.send_request(head, false).expect("a request")
    }

    /// A message there; gives back what came.
    async fn exchange(&self, call: Call, turn: usize) {
        let exchange = self.exchanges.of(call);
        let (response, mut body) = self.begin(call).await;
        body.send_data(exchange.request(turn).clone(), true).expect("a body");
        let mut reply = response.await.expect("a response").into_body();
        let mut pieces = Vec::with_capacity(1);
        while let Some(data) = next(&mut reply).await {
            pieces.push(data);
        }
        exchange.check(turn, &pieces);
        end(&mut reply).await;
    }

    async fn ping_pong(&self) {
        let exchange = self.exchanges.of(Call::Bidi);
        let (response, mut body) = self.begin(Call::Bidi).await;
        body.send_data(exchange.request(0).clone(), false).expect("a body");
        let mut reply = response.await.expect("a response").into_body();
        for sent in 1..=TURNS {
            exchange.check(0, &[message(&mut reply, exchange.request(0).len()).await]);
            if sent < TURNS {
                body.send_data(exchange.request(0).clone(), false).expect("a body");
            }
        }
        body.send_data(Bytes::new(), true).expect("the end");
        while let Some(data) = next(&mut reply).await {
            assert!(data.is_empty());
        }
        end(&mut reply).await;
    }
}

/// The next `len` bytes, which seldom come in more than one piece.
async fn message(body: &mut RecvStream, len: usize) -> Bytes {
    let mut whole = next(body).await.expect("a reply");
    while whole.len() < len {
        whole = [whole, next(body).await.expect("a reply")].concat().into();
    }
    whole
}

/// The next part of a body.
pub(super) async fn next(body: &mut RecvStream) -> Option<Bytes> {
    let data = body.data().await?.expect("a body that is not cut off");
    body.flow_control().release_capacity(data.len()).expect("as much as came");
    Some(data)
}

async fn end(reply: &mut RecvStream) {
    let trailers = reply.trailers().await.expect("no error").expect("trailers");
    assert_eq!(trailers["grpc-status"], "0");
}

impl Client for Raw {
    async fn call(&self, call: Call, turn: usize) {
        match call {
            Call::Bidi => self.ping_pong().await,
            _ => self.exchange(call, turn).await,
        }
    }

    /// A stream both ways has had a message back; of other calls nothing is read.
    async fn open(&self, call: Call) -> Box<dyn Send> {
        let exchange = self.exchanges.of(call);
        let (response, mut body) = self.begin(call).await;
        let both_ways = call == Call::Bidi;
        body.send_data(exchange.request(0).clone(), !both_ways).expect("a body");
        if !both_ways {
            return Box::new((response, body));
        }
        let mut reply = response.await.expect("a response").into_body();
        exchange.check(0, &[message(&mut reply, exchange.request(0).len()).await]);
        Box::new((reply, body))
    }
}
