//! What stands between all calls and their services.

use super::service::Services;
use super::{Call, CallFuture, Outcome, panic};
use crate::call;
use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Sees every call of a server: before its handler runs, and with its outcome.
///
/// An interceptor runs once per call, whatever its kind. It may refuse the call, leave values for the handler,
/// look at the outcome and change it. Calls of unknown methods pass through as well. What it has to wait for
/// itself goes through [`Call::wait`], so that it ends with the call.
///
/// ```
/// use rsgrpc::{Call, Interceptor, Next, Outcome, Status};
///
/// /// Lets calls with the right token through.
/// struct Authentication {
///     token: String,
/// }
///
/// struct Caller(String);
///
/// impl Interceptor for Authentication {
///     async fn intercept(&self, mut call: Call, next: Next<'_>) -> Outcome {
///         if call.metadata().get("authorization") != Some(&self.token) {
///             return call.refuse(Status::unauthenticated("a token is needed"));
///         }
///         call.insert(Caller("alice".into()));
///         next.run(call).await
///     }
/// }
/// ```
pub trait Interceptor: Send + Sync + 'static {
    /// Runs a call, usually with [`Next::run`].
    fn intercept(&self, call: Call, next: Next<'_>) -> impl Future<Output = Outcome> + Send;
}

/// What follows an interceptor: other interceptors, then the service.
#[derive(Clone, Copy)]
pub struct Next<'a> {
    rest: &'a [Box<dyn Erased>],
    services: &'a Services,
}

impl<'a> Next<'a> {
    pub(super) fn new(interceptors: &'a [Box<dyn Erased>], services: &'a Services) -> Self {
        Self { rest: interceptors, services }
    }

    /// Runs the call.
    pub fn run(self, call: Call) -> CallFuture<'a> {
        match self.rest.split_first() {
            Some((first, rest)) => first.intercept(call, Self { rest, ..self }),
            None => self.services.route(call),
        }
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").field("interceptors", &self.rest.len()).finish_non_exhaustive()
    }
}

/// An [`Interceptor`] as a trait object.
pub(super) trait Erased: Send + Sync {
    fn intercept<'a>(&'a self, call: Call, next: Next<'a>) -> CallFuture<'a>;
}

impl<T: Interceptor> Erased for T {
    fn intercept<'a>(&'a self, call: Call, next: Next<'a>) -> CallFuture<'a> {
        let context = call.context().share();
        Box::pin(async move {
            let mut work = pin!(async { Interceptor::intercept(self, call, next).await });
            poll_fn(|cx| {
                let poll = || call::within(&context, || work.as_mut().poll(cx));
                // What the unwinding drops resets the call; the interceptors around still see the outcome.
                catch_unwind(AssertUnwindSafe(poll)).unwrap_or_else(|payload| {
                    Poll::Ready(Outcome::lost(context.share(), panic::status("an interceptor", payload)))
                })
            })
            .await
        })
    }
}
