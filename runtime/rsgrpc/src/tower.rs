//! Servers and channels among [tower](https://docs.rs/tower)'s services and layers, in the types of
//! [http](https://docs.rs/http).
//!
//! [`Server::into_service`](crate::Server::into_service) makes a service of a server, which can be mounted in axum or
//! hyper beside ordinary routes, on one port. [`ChannelBuilder::layer`](crate::ChannelBuilder::layer) puts layers around
//! the calls of a channel.
//!
//! What is measured, logged or authenticated for gRPC alone is simpler with an
//! [`Interceptor`](crate::Interceptor), which knows methods, messages and statuses; for layers all of that is bytes.

mod body;
mod service;
mod transport;

pub use body::Body;
pub use service::{GrpcService, ResponseFuture};
pub use transport::{Transport, TransportFuture};
