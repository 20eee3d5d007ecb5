//! This project.

use rsgrpc::{Bytes, Channel, Context, Sender, Server, Status, Streaming};
use tokio::net::TcpListener;

use crate::load::Client;
use crate::workload::{Kind, LARGE, STREAM, TEXT};

/// What protoc-gen-rsgrpc generated.
mod generated {
    include!(concat!(env!("OUT_DIR"), "/rsgrpc/mod.rs"));
}
use generated::bench::echo::{Count, Echo, EchoClient, EchoServer, Ping};

pub const NAME: &str = "rsgrpc";

struct Service;

impl Echo for Service {
    async fn unary(&self, _: &Context, request: Ping) -> Result<Ping, Status> {
        Ok(request)
    }

    async fn repeat(&self, _: &Context, request: Count, responses: Sender<Ping>) -> Result<(), Status> {
        for _ in 0..request.messages {
            responses.send(request.ping().clone()).await?;
        }
        Ok(())
    }

    async fn bidi(
        &self,
        _: &Context,
        mut requests: Streaming<Ping>,
        responses: Sender<Ping>,
    ) -> Result<(), Status> {
        while let Some(request) = requests.message().await? {
            responses.send(request).await?;
        }
        Ok(())
    }
}

pub async fn serve(listener: TcpListener) {
    Server::new().add(EchoServer::new(Service)).serve(listener).await.expect("the server goes on");
}

pub fn connect(uri: &str) -> EchoClient {
    EchoClient::new(Channel::connect(uri).expect("an address"))
}

fn small() -> Ping {
    Ping { id: 1, text: TEXT.to_owned(), ..Ping::default() }
}

impl Client for EchoClient {
    async fn call(&self, kind: Kind) {
        match kind {
            Kind::Unary => {
                let reply = self.unary(small()).await.expect("unary");
                assert_eq!(reply.text, TEXT);
            }
            Kind::Large => {
                let request = Ping { body: Bytes::from(vec![7; LARGE]), ..Ping::default() };
                let reply = self.unary(request).await.expect("large");
                assert_eq!(reply.body.len(), LARGE);
            }
            Kind::Repeat => {
                let request =
                    Count { messages: STREAM.cast_signed(), ping: Some(small()), ..Count::default() };
                let mut replies = self.repeat(request).await.expect("repeat");
                let mut count = 0;
                while replies.message().await.expect("a reply").is_some() {
                    count += 1;
                }
                assert_eq!(count, STREAM);
            }
            Kind::Bidi => {
                let (requests, mut replies) = self.bidi().await.expect("bidi");
                for _ in 0..STREAM {
                    requests.send(small()).await.expect("room");
                    assert!(replies.message().await.expect("a reply").is_some());
                }
                requests.close();
                assert!(replies.message().await.expect("the end").is_none());
            }
        }
    }
}
