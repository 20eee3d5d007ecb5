//! tonic with prost.

use std::pin::Pin;
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_stream::wrappers::ReceiverStream;
use tonic::codec::CompressionEncoding::Gzip;
use tonic::metadata::MetadataValue;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint, Identity, Server, ServerTlsConfig};
use tonic::{Request, Response, Status, Streaming};

use super::work;
use crate::call::{Call, METADATA, STREAM, TIMEOUT, TURNS};
use crate::ingest;
use crate::load::Client;
use crate::setup::Setup;
use crate::tls;

/// What tonic-build generated.
#[allow(clippy::all, dead_code, reason = "generated")]
pub mod generated {
    include!(concat!(env!("OUT_DIR"), "/tonic/mod.rs"));
}
use generated::bench::echo::echo_client::EchoClient;
use generated::bench::echo::echo_server::{Echo, EchoServer};
use generated::bench::echo::{Count, Ping, Sum};
use generated::bench::shapes::LogBatch;

pub const NAME: &str = "tonic";

struct Service;

type Pings = Pin<Box<dyn Stream<Item = Result<Ping, Status>> + Send>>;

#[tonic::async_trait]
impl Echo for Service {
    async fn unary(&self, request: Request<Ping>) -> Result<Response<Ping>, Status> {
        Ok(Response::new(request.into_inner()))
    }

    async fn work(&self, request: Request<Ping>) -> Result<Response<Ping>, Status> {
        work();
        Ok(Response::new(request.into_inner()))
    }

    async fn nap(&self, request: Request<Ping>) -> Result<Response<Ping>, Status> {
        let request = request.into_inner();
        if request.id > 0 {
            sleep(Duration::from_millis(request.id.cast_unsigned())).await;
        }
        Ok(Response::new(request))
    }

    async fn ingest(&self, request: Request<LogBatch>) -> Result<Response<Sum>, Status> {
        Ok(Response::new(Sum { value: ingest::sum!(request.get_ref(), as_ref) }))
    }

    /// It has no views.
    async fn ingest_view(&self, request: Request<LogBatch>) -> Result<Response<Sum>, Status> {
        self.ingest(request).await
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

pub async fn serve(listener: TcpListener, setup: Setup) {
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let mut service = EchoServer::new(Service);
    if setup.gzip {
        service = service.accept_compressed(Gzip).send_compressed(Gzip);
    }
    let mut server = Server::builder();
    if setup.tls {
        let tls = ServerTlsConfig::new().identity(Identity::from_pem(tls::CERTIFICATE, tls::KEY));
        server = server.tls_config(tls).expect("a certificate");
    }
    server.add_service(service).serve_with_incoming(incoming).await.expect("the server goes on");
}

pub async fn connect(uri: &str, setup: Setup) -> EchoClient<Channel> {
    let mut endpoint = Endpoint::from_shared(uri.to_owned()).expect("an address");
    if setup.tls {
        let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(tls::CERTIFICATE));
        endpoint = endpoint.tls_config(tls).expect("a certificate");
    }
    let client = EchoClient::new(endpoint.connect().await.expect("the server listens"));
    if setup.gzip { client.accept_compressed(Gzip).send_compressed(Gzip) } else { client }
}

fn ping(call: Call, turn: usize) -> Ping {
    let (id, text, body) = call.ping(turn);
    Ping { id, text, body: vec![7; body] }
}

/// With deadline and metadata.
fn request<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(TIMEOUT);
    for (name, value) in METADATA {
        request.metadata_mut().insert(name, MetadataValue::from_static(value));
    }
    request
}

impl Client for EchoClient<Channel> {
    async fn call(&self, call: Call, turn: usize) {
        let mut client = self.clone();
        match call {
            Call::Repeat => {
                let count = Count { messages: STREAM.cast_signed(), ping: Some(ping(call, turn)) };
                let mut replies = client.repeat(request(count)).await.expect("repeat").into_inner();
                let mut count = 0;
                while let Some(reply) = replies.message().await.expect("a reply") {
                    assert_eq!(reply.id, 1);
                    count += 1;
                }
                assert_eq!(count, STREAM);
            }
            Call::Bidi => {
                let (sender, receiver) = mpsc::channel(1);
                let replies = client.bidi(request(ReceiverStream::new(receiver)));
                sender.send(ping(call, turn)).await.expect("room");
                let mut replies = replies.await.expect("bidi").into_inner();
                for _ in 1..TURNS {
                    assert!(replies.message().await.expect("a reply").is_some());
                    sender.send(ping(call, turn)).await.expect("room");
                }
                assert!(replies.message().await.expect("a reply").is_some());
                drop(sender);
                assert!(replies.message().await.expect("the end").is_none());
            }
            _ => {
                let ping = ping(call, turn);
                let (text, body) = (ping.text.len(), ping.body.len());
                let reply = client.unary(request(ping)).await.expect("unary").into_inner();
                assert_eq!((reply.text.len(), reply.body.len()), (text, body));
            }
        }
    }
}
