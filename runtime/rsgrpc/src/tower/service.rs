//! A server as a service.

use super::Body;
use crate::server::{Mounted, Server};
use crate::status::Status;
use crate::transport::foreign::{self, BoxError};
use crate::transport::{self, Accepted, Outgoing, Peer, RequestHead, ResponseHead, Side, memory};
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

impl Server {
    /// The server as a tower service, to be mounted in an HTTP stack that accepts connections in its stead.
    ///
    /// What belongs to connections is up to that stack then: TLS, limits, shutdown. It has to speak HTTP/2, which
    /// gRPC needs. Each call runs in a task of its own, and ends when its request is given up.
    ///
    /// A [`Peer`] among a request's extensions is what handlers see as
    /// [`Context::peer`](crate::Context::peer).
    ///
    /// ```
    /// # fn router(greeter: impl rsgrpc::Service) {
    /// let grpc = rsgrpc::Server::new().add(greeter).into_service();
    /// // axum::Router::new().route("/", get(page)).fallback_service(grpc)
    /// # }
    /// ```
    pub fn into_service(self) -> GrpcService {
        GrpcService(Mounted::new(self))
    }
}

/// A server as a tower service. Clones are the same one.
///
/// It is always ready and never fails: errors are responses.
#[derive(Clone)]
pub struct GrpcService(Mounted);

impl GrpcService {
    /// The full names of the services, such as `library.v1.Library`: their calls have paths below
    /// `/library.v1.Library/`.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.services()
    }
}

impl<B> tower_service::Service<http::Request<B>> for GrpcService
where
    B: http_body::Body + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> ResponseFuture {
        let (mut head, body) = request.into_parts();
        let peer = head.extensions.remove().unwrap_or(Peer::unnamed());
        let (outgoing, reply) = memory::answer();
        self.0.accept(Accepted {
            head: RequestHead::from(head),
            body: transport::Body::Foreign(foreign::Body::new(body, Side::Server)),
            outgoing: Outgoing::Memory(outgoing),
            peer,
        });
        ResponseFuture(reply)
    }
}

impl fmt::Debug for GrpcService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

/// A response under way. Dropped before it is ready it cancels the call.
#[must_use = "a call is answered while this is awaited"]
pub struct ResponseFuture(memory::Reply);

impl Future for ResponseFuture {
    type Output = Result<http::Response<Body>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let (head, body) = match ready!(self.0.poll_head(cx)) {
            Ok((head, body)) => (head, transport::Body::Memory(body)),
            Err(status) => refusal(&status),
        };
        Poll::Ready(Ok(head.into_response(Body::from(body))))
    }
}

/// The answer of a call that ended before it had one, because of a panic for instance.
#[cold]
fn refusal(status: &Status) -> (ResponseHead, transport::Body) {
    let mut head = ResponseHead::grpc();
    status.write_trailers(&mut head.headers);
    (head, transport::Body::Foreign(foreign::Body::empty()))
}

impl fmt::Debug for ResponseFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
