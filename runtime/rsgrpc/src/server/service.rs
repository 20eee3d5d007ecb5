//! Services and how calls find them.

use super::connection::Orders;
use super::interceptor::{Erased, Next};
use super::lifetime::Lifespan;
use super::linger::{Handlers, Policies};
use super::load::Load;
use super::{Call, Outcome};
use crate::compression::Compression;
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use std::fmt;
use std::pin::Pin;
use tokio::sync::watch;

/// A call in progress on the server.
pub type CallFuture<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// A service that a [`Server`](crate::Server) can offer.
///
/// Generated code implements it: `GreeterServer<T>` for every `T: Greeter`. By hand it is a `match` on the
/// method:
///
/// ```
/// # use rsgrpc::{Bytes, Codec, Kind, Method, Status, Writer};
/// # struct Raw;
/// # impl Codec<Bytes> for Raw {
/// #     fn encode(item: &Bytes, out: &mut Writer) -> Result<(), Status> { out.prepend(item); Ok(()) }
/// #     fn decode(frame: Bytes) -> Result<Bytes, Status> { Ok(frame) }
/// # }
/// use rsgrpc::{Call, CallFuture, Service};
///
/// static ECHO: Method<Bytes, Bytes> = Method::new::<Raw>(Kind::Unary, "/example.Echo/Echo");
///
/// struct Echo;
///
/// impl Service for Echo {
///     fn name(&self) -> &'static str {
///         "example.Echo"
///     }
///
///     fn call(&self, call: Call) -> CallFuture<'_> {
///         match call.method() {
///             "Echo" => call.unary(&ECHO, |_ctx, request| async move { Ok(request) }),
///             _ => call.unimplemented(),
///         }
///     }
/// }
/// ```
pub trait Service: Send + Sync + 'static {
    /// The full name of the service, such as `library.v1.Library`.
    fn name(&self) -> &'static str;

    /// Runs a call of one of the service's methods.
    fn call(&self, call: Call) -> CallFuture<'_>;
}

/// All that a server offers.
#[derive(Default)]
pub(super) struct Services {
    by_name: HashMap<&'static str, Box<dyn Service>, RandomState>,
    interceptors: Vec<Box<dyn Erased>>,
}

impl Services {
    /// False where there is a service of that name already.
    pub(super) fn add(&mut self, service: impl Service) -> bool {
        self.by_name.insert(service.name(), Box::new(service)).is_none()
    }

    #[cfg(feature = "tower")]
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.by_name.keys().copied()
    }

    pub(super) fn intercept(&mut self, interceptor: Box<dyn Erased>) {
        self.interceptors.push(interceptor);
    }

    /// Runs a call through the interceptors to its service.
    pub(super) fn call(&self, call: Call) -> CallFuture<'_> {
        match self.interceptors.is_empty() {
            true => self.route(call),
            false => Next::new(&self.interceptors, self).run(call),
        }
    }

    /// Runs a call on its service.
    pub(super) fn route(&self, call: Call) -> CallFuture<'_> {
        match self.by_name.get(call.service()) {
            Some(service) => service.call(call),
            None => call.unknown_service(),
        }
    }
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.by_name.keys()).finish()
    }
}

/// What all connections of a server share.
pub(super) struct Shared {
    pub(super) services: Services,
    pub(super) load: Load,
    /// The largest message that is accepted, in bytes.
    pub(super) receive_limit: usize,
    pub(super) lifespan: Lifespan,
    pub(super) compression: Compression,
    pub(super) on_cancel: Policies,
    pub(super) handlers: Handlers,
    /// What the server wants of its connections.
    pub(super) orders: watch::Receiver<Orders>,
}
