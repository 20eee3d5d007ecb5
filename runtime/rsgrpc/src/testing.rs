//! Helpers for tests of services and of what calls them.
//!
//! A handler is a method of a trait, so a test may simply call it: [`TestContext`] is its context, [`stream`] its
//! requests, and [`recorder`] takes its responses.
//!
//! ```
//! use rsgrpc::testing::{TestContext, recorder, stream};
//! use rsgrpc::{Context, Sender, Status, Streaming};
//!
//! struct Greeter;
//!
//! impl Greeter {
//!     async fn greet(
//!         &self,
//!         ctx: &Context,
//!         mut names: Streaming<String>,
//!         greetings: Sender<String>,
//!     ) -> Result<(), Status> {
//!         let hello = if ctx.metadata().get("accept-language") == Some("de") { "Hallo" } else { "Hello" };
//!         while let Some(name) = names.message().await? {
//!             greetings.send(format!("{hello}, {name}")).await?;
//!         }
//!         Ok(())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Status> {
//! let ctx = TestContext::new().with_metadata("accept-language", "de");
//! let names = stream(["Ada".to_owned(), "Grace".to_owned()]);
//! let (greetings, recorded) = recorder();
//! Greeter.greet(&ctx, names, greetings).await?;
//! assert_eq!(recorded.all().await, ["Hallo, Ada", "Hallo, Grace"]);
//! # Ok(())
//! # }
//! ```
//!
//! What lies between, from metadata to interceptors, takes part when a client calls a server: [`channel`] has both in
//! one line, without sockets.

mod context;
mod recorder;

pub use context::TestContext;
pub use recorder::{Recorded, recorder};

use crate::call::Streaming;
use crate::client::Channel;
use crate::server::{Server, Service};
use crate::status::Status;

/// A channel to a service that runs in this process; it ends with the channel's last clone.
///
/// [`Server::local`] and [`Channel::local`] do the same in two steps, for servers with interceptors, limits or
/// several services.
///
/// # Panics
/// There is no tokio runtime around.
///
/// ```
/// # use rsgrpc::{Bytes, Call, CallFuture, Service};
/// # struct Greeter;
/// # impl Service for Greeter {
/// #     fn name(&self) -> &'static str { "test.Greeter" }
/// #     fn call(&self, call: Call) -> CallFuture<'_> { call.unimplemented() }
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let channel = rsgrpc::testing::channel(Greeter);
/// # }
/// ```
#[must_use = "the service ends when this is dropped"]
pub fn channel(service: impl Service) -> Channel {
    Channel::local(&Server::new().add(service).local())
}

/// A stream of these messages, which is complete after the last.
pub fn stream<T>(messages: impl IntoIterator<Item = T>) -> Streaming<T> {
    Streaming::of(messages.into_iter().collect(), Ok(()))
}

/// A stream of these messages, which fails after the last.
pub fn failing_stream<T>(messages: impl IntoIterator<Item = T>, status: Status) -> Streaming<T> {
    Streaming::of(messages.into_iter().collect(), Err(status))
}

#[cfg(test)]
mod tests;
