//! tonic with prost.

use std::pin::Pin;

use futures_util::{Stream, StreamExt, stream};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status, Streaming};

use crate::load::Client;
use crate::workload::{Kind, LARGE, STREAM, TEXT};

/// What tonic-build generated.
mod echo {
    include!(concat!(env!("OUT_DIR"), "/tonic/bench.echo.rs"));
}
use echo::echo_client::EchoClient;
use echo::echo_server::{Echo, EchoServer};
use echo::{Count, Ping};

pub const NAME: &str = "tonic";

struct Service;

type Pings = Pin<Box<dyn Stream<Item = Result<Ping, Status>> + Send>>;

#[tonic::async_trait]
impl Echo for Service {
    async fn unary(&self, request: Request<Ping>) -> Result<Response<Ping>, Status> {
        Ok(Response::new(request.into_inner()))
    }

    type RepeatStream = Pings;

    async fn repeat(&self, request: Request<Count>) -> Result<Response<Pings>, Status> {
        let Count { messages, ping } = request.into_inner();
        let ping = ping.unwrap_or_default();
        Ok(Response::new(Box::pin(stream::iter(0..messages).map(move |_| Ok(ping.clone())))))
    }

    type BidiStream = Streaming<Ping>;

    async fn bidi(&self, request: Request<Streaming<Ping>>) -> Result<Response<Streaming<Ping>>, Status> {
        Ok(Response::new(request.into_inner()))
    }
}

pub async fn serve(listener: TcpListener) {
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let server = Server::builder().add_service(EchoServer::new(Service));
    server.serve_with_incoming(incoming).await.expect("the server goes on");
}

pub async fn connect(uri: String) -> EchoClient<Channel> {
    EchoClient::connect(uri).await.expect("the server listens")
}

fn small() -> Ping {
    Ping { id: 1, text: TEXT.to_owned(), body: Vec::new() }
}

impl Client for EchoClient<Channel> {
    async fn call(&self, kind: Kind) {
        let mut client = self.clone();
        match kind {
            Kind::Unary => {
                let reply = client.unary(small()).await.expect("unary").into_inner();
                assert_eq!(reply.text, TEXT);
            }
            Kind::Large => {
                let request = Ping { body: vec![7; LARGE], ..Ping::default() };
                let reply = client.unary(request).await.expect("large").into_inner();
                assert_eq!(reply.body.len(), LARGE);
            }
            Kind::Repeat => {
                let request = Count { messages: STREAM.cast_signed(), ping: Some(small()) };
                let mut replies = client.repeat(request).await.expect("repeat").into_inner();
                let mut count = 0;
                while replies.message().await.expect("a reply").is_some() {
                    count += 1;
                }
                assert_eq!(count, STREAM);
            }
            Kind::Bidi => {
                let (sender, receiver) = mpsc::channel(1);
                let request = client.bidi(ReceiverStream::new(receiver));
                sender.send(small()).await.expect("room");
                let mut replies = request.await.expect("bidi").into_inner();
                for _ in 1..STREAM {
                    assert!(replies.message().await.expect("a reply").is_some());
                    sender.send(small()).await.expect("room");
                }
                assert!(replies.message().await.expect("a reply").is_some());
                drop(sender);
                assert!(replies.message().await.expect("the end").is_none());
            }
        }
    }
}
