//! A channel's connection as a service, and layers around it.

use super::Body;
use crate::client::{Around, AroundRequest, AroundResponse, ChannelBuilder};
use crate::status::Status;
use crate::transport::foreign::{self, BoxError};
use crate::transport::{self, Side};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

impl ChannelBuilder {
    /// Puts a layer of tower's kind around the calls of the channel, which are HTTP requests there. The first layer
    /// that is added sees a request first and its response last; interceptors and credentials come before all of
    /// them.
    ///
    /// Several layers at once, with changes of types between them, are a `tower::ServiceBuilder`. A service that
    /// cannot be cloned needs tower's `Buffer` around it.
    ///
    /// Calls of such a channel run in tasks of their own, and a call with many requests is ready at once, whether or
    /// not there is a connection.
    ///
    /// ```
    /// use rsgrpc::tower::{Body, Transport};
    /// use std::task::{Context, Poll};
    /// use tower_service::Service;
    ///
    /// /// Sends calls to another path.
    /// #[derive(Clone)]
    /// struct Below(&'static str, Transport);
    ///
    /// impl Service<http::Request<Body>> for Below {
    ///     type Response = http::Response<Body>;
    ///     type Error = rsgrpc::Status;
    ///     type Future = <Transport as Service<http::Request<Body>>>::Future;
    ///
    ///     fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
    ///         self.1.poll_ready(cx)
    ///     }
    ///
    ///     fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
    ///         let uri = request.uri();
    ///         let path = format!("{}{}", self.0, uri.path());
    ///         let mut parts = uri.clone().into_parts();
    ///         parts.path_and_query = path.parse().ok();
    ///         *request.uri_mut() = http::Uri::from_parts(parts).unwrap_or_default();
    ///         self.1.call(request)
    ///     }
    /// }
    ///
    /// let below = tower_layer::layer_fn(|transport| Below("/api", transport));
    /// let channel = rsgrpc::ChannelBuilder::new().layer(below).connect("http://127.0.0.1:50051")?;
    /// # Ok::<(), rsgrpc::ChannelError>(())
    /// ```
    #[must_use]
    pub fn layer<L, B>(self, layer: L) -> Self
    where
        L: Layer<Transport> + Send + Sync + 'static,
        L::Service: Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + 'static,
        <L::Service as Service<http::Request<Body>>>::Error: Into<BoxError>,
        <L::Service as Service<http::Request<Body>>>::Future: Send,
        B: http_body::Body + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.around(Box::new(move |below| Arc::new(Layered(Mutex::new(layer.layer(Transport(below)))))))
    }
}

/// What a layer of a channel stands around: the layers that were added after it, then the connection. Always ready.
#[derive(Clone)]
pub struct Transport(Arc<dyn Around>);

impl Service<http::Request<Body>> for Transport {
    type Response = http::Response<Body>;
    type Error = Status;
    type Future = TransportFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> TransportFuture {
        TransportFuture(self.0.call(request.map(Body::into_inner)))
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

/// A response under way. Dropped before it is ready it cancels the call.
#[must_use = "a request is sent while its response is awaited"]
pub struct TransportFuture(AroundResponse);

impl Future for TransportFuture {
    type Output = Result<http::Response<Body>, Status>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(cx).map_ok(|response| response.map(Body::from))
    }
}

impl fmt::Debug for TransportFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportFuture").finish_non_exhaustive()
    }
}

/// A layer's service. The lock is held to clone it.
struct Layered<S>(Mutex<S>);

impl<S, B> Around for Layered<S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: http_body::Body + Send + 'static,
    B::Error: Into<BoxError>,
{
    fn call(&self, request: AroundRequest) -> AroundResponse {
        let mut service = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            let failed = |error: S::Error| foreign::status(error.into(), Side::Client);
            poll_fn(|cx| service.poll_ready(cx)).await.map_err(failed)?;
            let response = service.call(request.map(Body::from)).await.map_err(failed)?;
            Ok(response.map(|body| transport::Body::Foreign(foreign::Body::new(body, Side::Client))))
        })
    }
}
