//! The client: requests are clones of the same frames.

use bytes::Bytes;
use h2::RecvStream;
use h2::client::{Builder, SendRequest};
use http::Request;
use tokio::net::TcpStream;

use super::{Count, Ping, WINDOW, frame};
use crate::load::Client;
use crate::workload::{Kind, LARGE, STREAM, TEXT};

/// A connection and the frames to send on it.
#[derive(Clone)]
pub struct Raw {
    connection: SendRequest<Bytes>,
    authority: String,
    small: Bytes,
    large: Bytes,
    count: Bytes,
}

pub async fn connect(port: &str) -> Raw {
    let authority = format!("127.0.0.1:{port}");
    let socket = TcpStream::connect(&authority).await.expect("the server listens");
    socket.set_nodelay(true).expect("an option of TCP");
    let mut builder = Builder::new();
    builder.initial_window_size(WINDOW).initial_connection_window_size(WINDOW).max_frame_size(1 << 16);
    let (connection, driver) = builder.handshake(socket).await.expect("a handshake");
    tokio::spawn(driver);
    let ping = Ping { id: 1, text: TEXT.to_owned(), body: Bytes::new() };
    Raw {
        connection,
        authority,
        small: frame(&ping),
        large: frame(&Ping { body: vec![7; LARGE].into(), ..Ping::default() }),
        count: frame(&Count { messages: STREAM.cast_signed(), ping: Some(ping) }),
    }
}

impl Raw {
    fn request(&self, method: &str) -> Request<()> {
        Request::post(format!("http://{}/bench.echo.Echo/{method}", self.authority))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(())
            .expect("a request")
    }

    /// One frame there; gives back how many bytes came.
    async fn exchange(&self, method: &str, frame: &Bytes) -> usize {
        let mut connection = self.connection.clone().ready().await.expect("a stream");
        let (response, mut body) = connection.send_request(self.request(method), false).expect("a request");
        body.send_data(frame.clone(), true).expect("a body");
        let mut reply = response.await.expect("a response").into_body();
        let mut len = 0;
        while let Some(data) = next(&mut reply).await {
            len += data.len();
        }
        end(&mut reply).await;
        len
    }

    async fn ping_pong(&self) {
        let mut connection = self.connection.clone().ready().await.expect("a stream");
        let (response, mut body) = connection.send_request(self.request("Bidi"), false).expect("a request");
        body.send_data(self.small.clone(), false).expect("a body");
        let mut reply = response.await.expect("a response").into_body();
        for sent in 1..=STREAM {
            let mut len = 0;
            while len < self.small.len() {
                len += next(&mut reply).await.expect("a reply").len();
            }
            assert_eq!(len, self.small.len());
            if sent < STREAM {
                body.send_data(self.small.clone(), false).expect("a body");
            }
        }
        body.send_data(Bytes::new(), true).expect("the end");
        while let Some(data) = next(&mut reply).await {
            assert!(data.is_empty());
        }
        end(&mut reply).await;
    }
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
    async fn call(&self, kind: Kind) {
        match kind {
            Kind::Unary => assert_eq!(self.exchange("Unary", &self.small).await, self.small.len()),
            Kind::Large => assert_eq!(self.exchange("Unary", &self.large).await, self.large.len()),
            Kind::Repeat => {
                let len = self.exchange("Repeat", &self.count).await;
                assert_eq!(len, self.small.len() * STREAM as usize);
            }
            Kind::Bidi => self.ping_pong().await,
        }
    }
}
