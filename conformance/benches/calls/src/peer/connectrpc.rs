//! connectrpc with buffa, speaking gRPC.

use std::sync::Arc;
use std::time::Duration;

use buffa::MessageField;
use connectrpc::client::{CallOptions, ClientConfig, Http2Connection, SharedHttp2Connection};
use connectrpc::{
    ConnectRpcService, Encodable, InboundStream, Protocol, RequestContext, Response, Server, ServiceRequest,
    ServiceResult, ServiceStream,
};
use futures_util::{StreamExt, stream};
use tokio::net::TcpListener;
use tokio::time::sleep;

use super::work;
use crate::call::{Call, METADATA, STREAM, TIMEOUT, TURNS};
use crate::ingest;
use crate::load::Client;
use crate::setup::Setup;
use crate::tls;

/// What connectrpc-build generated.
#[allow(clippy::all, dead_code, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/connectrpc/mod.rs"));
}
use generated::bench::echo::{Count, Echo, EchoClient, EchoServer, Ping, Sum};
use generated::bench::shapes::LogBatch;

pub const NAME: &str = "connectrpc";

struct Service;

impl Echo for Service {
    async fn unary<'a>(
        &'a self,
        _: RequestContext,
        request: ServiceRequest<'_, Ping>,
    ) -> ServiceResult<impl Encodable<Ping> + Send + use<'a>> {
        Response::ok(request.to_owned_message())
    }

    async fn work<'a>(
        &'a self,
        _: RequestContext,
        request: ServiceRequest<'_, Ping>,
    ) -> ServiceResult<impl Encodable<Ping> + Send + use<'a>> {
        work();
        Response::ok(request.to_owned_message())
    }

    async fn nap<'a>(
        &'a self,
        _: RequestContext,
        request: ServiceRequest<'_, Ping>,
    ) -> ServiceResult<impl Encodable<Ping> + Send + use<'a>> {
        let request = request.to_owned_message();
        if request.id > 0 {
            sleep(Duration::from_millis(request.id.cast_unsigned())).await;
        }
        Response::ok(request)
    }

    async fn ingest<'a>(
        &'a self,
        _: RequestContext,
        request: ServiceRequest<'_, LogBatch>,
    ) -> ServiceResult<impl Encodable<Sum> + Send + use<'a>> {
        let request = request.to_owned_message();
        Response::ok(Sum { value: ingest::sum!(&request, as_option), ..Sum::default() })
    }

    async fn ingest_view<'a>(
        &'a self,
        _: RequestContext,
        request: ServiceRequest<'_, LogBatch>,
    ) -> ServiceResult<impl Encodable<Sum> + Send + use<'a>> {
        Response::ok(Sum { value: ingest::sum!(&request, as_option), ..Sum::default() })
    }

    async fn repeat(
        &self,
        _: RequestContext,
        request: ServiceRequest<'_, Count>,
    ) -> ServiceResult<ServiceStream<impl Encodable<Ping> + Send + use<>>> {
        let Count { messages, ping, .. } = request.to_owned_message();
        let ping = ping.into_option().unwrap_or_default();
        Response::stream_ok(stream::iter(0..messages).map(move |_| Ok(ping.clone())))
    }

    async fn bidi(
        &self,
        _: RequestContext,
        requests: InboundStream<Ping>,
    ) -> ServiceResult<ServiceStream<impl Encodable<Ping> + Send + use<>>> {
        Response::stream_ok(requests.map(|request| request.map(|request| request.to_owned_message())))
    }
}

/// Compresses for clients that say that they read gzip, as it does by default.
pub async fn serve(listener: TcpListener, setup: Setup) {
    let service = ConnectRpcService::new(EchoServer::from_arc(Arc::new(Service)));
    let mut server = Server::from_listener(listener);
    if setup.tls {
        server = server.with_tls(tls::server());
    }
    server.serve_with_service(service).await.expect("the server goes on");
}

pub fn connect(uri: &str, setup: Setup) -> EchoClient<SharedHttp2Connection> {
    let uri: http::Uri = uri.parse().expect("an address");
    let connection = match setup.tls {
        true => Http2Connection::lazy_tls(uri.clone(), tls::client()),
        false => Http2Connection::lazy_plaintext(uri.clone()),
    };
    let mut config = ClientConfig::new(uri).with_protocol(Protocol::Grpc);
    if setup.gzip {
        config = config.compress_requests("gzip");
    }
    EchoClient::new(connection.shared(1024), config)
}

fn ping(call: Call, turn: usize) -> Ping {
    let (id, text, body) = call.ping(turn);
    Ping { id, text, body: vec![7; body], ..Ping::default() }
}

/// Deadline and metadata.
fn options() -> CallOptions {
    let options = CallOptions::default().with_timeout(TIMEOUT);
    METADATA.iter().fold(options, |options, (name, value)| options.with_header(*name, *value))
}

impl Client for EchoClient<SharedHttp2Connection> {
    async fn call(&self, call: Call, turn: usize) {
        match call {
            Call::Repeat => {
                let (messages, ping) = (STREAM.cast_signed(), MessageField::some(ping(call, turn)));
                let request = Count { messages, ping, ..Count::default() };
                let mut replies = self.repeat_with_options(request, options()).await.expect("repeat");
                let mut count = 0;
                while let Some(reply) = replies.message::<Ping>().await.expect("a reply") {
                    assert_eq!(reply.view().id, 1);
                    count += 1;
                }
                assert_eq!(count, STREAM);
            }
            Call::Bidi => {
                let mut stream = self.bidi_with_options(options()).await.expect("bidi");
                for _ in 0..TURNS {
                    stream.send(ping(call, turn)).await.expect("room");
                    assert!(stream.message::<Ping>().await.expect("a reply").is_some());
                }
                stream.close_send();
                assert!(stream.message::<Ping>().await.expect("the end").is_none());
            }
            _ => {
                let ping = ping(call, turn);
                let (text, body) = (ping.text.len(), ping.body.len());
                let reply = self.unary_with_options(ping, options()).await.expect("unary");
                assert_eq!((reply.view().text.len(), reply.view().body.len()), (text, body));
            }
        }
    }
}
