//! This project.

use std::time::Duration;

use rsgrpc::compression::{Compression, Encoding};
use rsgrpc::tls::{ClientTls, Roots, ServerTls};
use rsgrpc::{Bytes, ChannelBuilder, Context, Encoded, Sender, Server, Status, Streaming};
use tokio::net::TcpListener;
use tokio::time::sleep;

use super::work;
use crate::call::{Call, METADATA, STREAM, TIMEOUT, TURNS};
use crate::ingest::{self, Field};
use crate::load::Client;
use crate::setup::Setup;
use crate::tls;

/// What protoc-gen-rsgrpc generated.
#[allow(clippy::module_inception, reason = "the package and its service have one name")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/rsgrpc/mod.rs"));
}
use generated::bench::echo::{Count, Echo, EchoClient, EchoServer, Ping, Sum};
use generated::bench::shapes::{LogBatch, Severity};

pub const NAME: &str = "rsgrpc";

struct Service;

impl Field for Severity {
    fn sum(&self) -> u64 {
        i32::from(*self).sum()
    }
}

impl Echo for Service {
    async fn unary(&self, _: &Context, request: Ping) -> Result<Ping, Status> {
        Ok(request)
    }

    async fn work(&self, _: &Context, request: Ping) -> Result<Ping, Status> {
        work();
        Ok(request)
    }

    async fn nap(&self, _: &Context, request: Ping) -> Result<Ping, Status> {
        if request.id > 0 {
            sleep(Duration::from_millis(request.id.cast_unsigned())).await;
        }
        Ok(request)
    }

    async fn ingest(&self, _: &Context, request: LogBatch) -> Result<Sum, Status> {
        Ok(Sum { value: ingest::sum!(&request, as_ref), ..Sum::default() })
    }

    async fn ingest_view(&self, _: &Context, request: Encoded<LogBatch>) -> Result<Sum, Status> {
        Ok(Sum { value: ingest::sum!(request.view()?, as_ref), ..Sum::default() })
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

pub async fn serve(listener: TcpListener, setup: Setup) {
    let mut server = Server::new().add(EchoServer::new(Service));
    if setup.tls {
        server = server.tls(ServerTls::from_pem(tls::CERTIFICATE, tls::KEY).expect("a certificate"));
    }
    if setup.gzip {
        server = server.compression(Compression::new().send(Encoding::gzip()));
    }
    server.serve(listener).await.expect("the server goes on");
}

pub fn connect(uri: &str, setup: Setup) -> EchoClient {
    let mut builder = ChannelBuilder::new();
    if setup.tls {
        builder = builder.tls(ClientTls::new(Roots::from_pem(tls::CERTIFICATE).expect("a certificate")));
    }
    if setup.gzip {
        builder = builder.compression(Compression::new().send(Encoding::gzip()));
    }
    EchoClient::new(builder.connect(uri).expect("an address"))
}

fn ping(call: Call, turn: usize) -> Ping {
    let (id, text, body) = call.ping(turn);
    Ping { id, text, body: Bytes::from(vec![7; body]), ..Ping::default() }
}

/// With deadline and metadata.
macro_rules! dressed {
    ($call:expr) => {{
        let [first, second] = METADATA;
        $call.timeout(TIMEOUT).metadata(first.0, first.1).metadata(second.0, second.1)
    }};
}

impl Client for EchoClient {
    async fn call(&self, call: Call, turn: usize) {
        match call {
            Call::Repeat => {
                let messages = STREAM.cast_signed();
                let request = Count { messages, ping: Some(ping(call, turn)), ..Count::default() };
                let mut replies = dressed!(self.repeat(request)).await.expect("repeat");
                let mut count = 0;
                while let Some(reply) = replies.message().await.expect("a reply") {
                    assert_eq!(reply.id, 1);
                    count += 1;
                }
                assert_eq!(count, STREAM);
            }
            Call::Bidi => {
                let (requests, mut replies) = dressed!(self.bidi()).await.expect("bidi");
                for _ in 0..TURNS {
                    requests.send(ping(call, turn)).await.expect("room");
                    assert!(replies.message().await.expect("a reply").is_some());
                }
                requests.close();
                assert!(replies.message().await.expect("the end").is_none());
            }
            _ => {
                let ping = ping(call, turn);
                let (text, body) = (ping.text.len(), ping.body.len());
                let reply = dressed!(self.unary(ping)).await.expect("unary");
                assert_eq!((reply.text.len(), reply.body.len()), (text, body));
            }
        }
    }
}
