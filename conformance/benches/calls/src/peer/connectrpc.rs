//! connectrpc with buffa, speaking gRPC.

use std::sync::Arc;

use buffa::MessageField;
use connectrpc::client::{ClientConfig, Http2Connection, SharedHttp2Connection};
use connectrpc::{
    ConnectRpcService, Encodable, InboundStream, Protocol, RequestContext, Response, Server, ServiceRequest,
    ServiceResult, ServiceStream,
};
use futures_util::{StreamExt, stream};
use tokio::net::TcpListener;

use crate::load::Client;
use crate::workload::{Kind, LARGE, STREAM, TEXT};

/// What connectrpc-build generated.
#[allow(clippy::all, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/connectrpc/mod.rs"));
}
use generated::bench::echo::{Count, Echo, EchoClient, EchoServer, Ping};

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

pub async fn serve(listener: TcpListener) {
    let service = ConnectRpcService::new(EchoServer::from_arc(Arc::new(Service)));
    Server::from_listener(listener).serve_with_service(service).await.expect("the server goes on");
}

pub fn connect(uri: &str) -> EchoClient<SharedHttp2Connection> {
    let uri: http::Uri = uri.parse().expect("an address");
    let connection = Http2Connection::lazy_plaintext(uri.clone()).shared(1024);
    EchoClient::new(connection, ClientConfig::new(uri).with_protocol(Protocol::Grpc))
}

fn small() -> Ping {
    Ping { id: 1, text: TEXT.to_owned(), ..Ping::default() }
}

impl Client for EchoClient<SharedHttp2Connection> {
    async fn call(&self, kind: Kind) {
        match kind {
            Kind::Unary => {
                let reply = self.unary(small()).await.expect("unary");
                assert_eq!(reply.view().text, TEXT);
            }
            Kind::Large => {
                let request = Ping { body: vec![7; LARGE], ..Ping::default() };
                let reply = self.unary(request).await.expect("large");
                assert_eq!(reply.view().body.len(), LARGE);
            }
            Kind::Repeat => {
                let ping = MessageField::some(small());
                let request = Count { messages: STREAM.cast_signed(), ping, ..Count::default() };
                let mut replies = self.repeat(request).await.expect("repeat");
                let mut count = 0;
                while replies.message::<Ping>().await.expect("a reply").is_some() {
                    count += 1;
                }
                assert_eq!(count, STREAM);
            }
            Kind::Bidi => {
                let mut stream = self.bidi().await.expect("bidi");
                for _ in 0..STREAM {
                    stream.send(small()).await.expect("room");
                    assert!(stream.message::<Ping>().await.expect("a reply").is_some());
                }
                stream.close_send();
                assert!(stream.message::<Ping>().await.expect("the end").is_none());
            }
        }
    }
}
