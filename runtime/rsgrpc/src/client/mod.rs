//! Calling services: the channel and what is called on it.
//!
//! A call goes down through these: a builder such as [`UnaryCall`] collects options; `chain` takes it through the
//! interceptors, if there are any, with `attempt` at its core, which watches the deadline; `channel` makes the head with
//! `heads` and asks for a connection, which `subchannel` makes with the help of `connector` and, after failures, `backoff`;
//! then `answer` reads what comes back, and by `link` ends the requests. Resolvers that follow a name, and balancers that
//! pick among several subchannels, go between `channel` and `subchannel`.

mod answer;
#[cfg(feature = "tower")]
mod around;
mod attempt;
mod backoff;
mod bidi;
mod builder;
mod chain;
mod channel;
mod client_streaming;
mod connector;
mod credentials;
mod heads;
mod interceptor;
mod link;
mod options;
mod response;
mod server_streaming;
mod subchannel;
mod target;
mod unary;

#[cfg(feature = "tower")]
pub(crate) use around::{Around, Request as AroundRequest, Response as AroundResponse};
pub use backoff::Backoff;
pub use bidi::BidiCall;
pub use builder::ChannelBuilder;
pub use channel::Channel;
pub use client_streaming::{ClientStreamingCall, Upload};
pub use credentials::{AccessToken, BearerToken, CallCredentials, CallTarget};
pub use interceptor::{ClientCall, ClientInterceptor, ClientNext, ClientOutcome};
pub use response::{Response, ResponseFuture};
pub use server_streaming::ServerStreamingCall;
pub use subchannel::Connectivity;
pub use target::ChannelError;
pub use unary::UnaryCall;
