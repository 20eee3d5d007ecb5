//! What stands around every call of a channel.

use super::chain::{Core, Erased};
use super::options::CallOptions;
use crate::call::{AnyCoding, AnyMessage, Bounds, Held, Hooks, Timer};
use crate::deadline::Deadline;
use crate::metadata::Metadata;
use crate::method::Kind;
use crate::status::{Code, Status};
use crate::transport::Peer;
use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use tokio::time::Instant;

/// Stands around every call of a channel: for credentials, caches, measurements, logs.
///
/// An interceptor runs once for each call, whatever its kind, and [`ClientNext::run`] is ready when the call has
/// ended: for streams that is when the caller has read them to their end or dropped them. An interceptor may
/// change what is sent, answer without sending, send again, look at the outcome and change it.
///
/// The first interceptor that is added to a channel sees a call first and its outcome last. When the deadline
/// passes or the caller drops the call, whatever an interceptor waits for is dropped, and those around it see
/// the outcome; what they then do without waiting is done.
///
/// ```
/// use rsgrpc::{ChannelBuilder, ClientCall, ClientInterceptor, ClientNext, ClientOutcome, Code};
/// # struct Tokens;
/// # impl Tokens { async fn current(&self) -> String { String::new() } async fn refresh(&self) {} }
///
/// /// Sends a token along, and a fresh one when it is refused.
/// struct Bearer(Tokens);
///
/// impl ClientInterceptor for Bearer {
///     async fn intercept(&self, call: &mut ClientCall, next: ClientNext<'_>) -> ClientOutcome {
///         let mut refreshed = false;
///         loop {
///             let token = format!("Bearer {}", self.0.current().await);
///             if let Err(invalid) = call.metadata_mut().insert("authorization", &token) {
///                 return call.refuse(invalid);
///             }
///             let outcome = next.run(call).await;
///             if outcome.code() != Code::Unauthenticated || refreshed || !call.can_repeat() {
///                 return outcome;
///             }
///             self.0.refresh().await;
///             refreshed = true;
///         }
///     }
/// }
///
/// let channel = ChannelBuilder::new().interceptor(Bearer(Tokens)).connect("http://127.0.0.1:50051")?;
/// # Ok::<(), rsgrpc::ChannelError>(())
/// ```
pub trait ClientInterceptor: Send + Sync + 'static {
    /// Runs a call, usually with [`ClientNext::run`].
    fn intercept(
        &self,
        call: &mut ClientCall,
        next: ClientNext<'_>,
    ) -> impl Future<Output = ClientOutcome> + Send;
}

/// A call that is about to be sent.
pub struct ClientCall {
    pub(super) path: &'static str,
    pub(super) kind: Kind,
    pub(super) bounds: Bounds,
    /// What the caller has said beside the deadline.
    pub(super) options: CallOptions,
    /// The request of a method that takes one.
    pub(super) request: Option<Held>,
    pub(super) response: &'static dyn AnyCoding,
    pub(super) hooks: Hooks,
    /// The caller has got streams of the call.
    pub(super) committed: bool,
    /// The caller has dropped the call.
    pub(super) given_up: Arc<AtomicBool>,
}

impl ClientCall {
    /// The method's path, such as `/library.v1.Library/GetBook`.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The full name of the service, such as `library.v1.Library`.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.split().0
    }

    /// The name of the method, such as `GetBook`.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.split().1
    }

    /// Which side streams.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// When the call has to be done.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        self.bounds.deadline
    }

    /// Has the call done by then, if its deadline is not sooner anyway.
    pub fn shorten(&mut self, deadline: Deadline) {
        let sooner = self.bounds.deadline.map_or(deadline, |known| known.min(deadline));
        self.bounds.deadline = Some(sooner);
    }

    /// The metadata that the call will carry, so far.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        static NONE: std::sync::LazyLock<Metadata> = std::sync::LazyLock::new(Metadata::new);
        self.options.metadata().unwrap_or(&NONE)
    }

    /// The metadata that the call will carry, to be changed. What an interceptor further in has changed is still
    /// so when the call is sent again.
    pub fn metadata_mut(&mut self) -> &mut Metadata {
        self.options.metadata_mut()
    }

    /// The request, of a method that takes one; it may be changed.
    #[must_use]
    pub fn request(&mut self) -> Option<AnyMessage<'_>> {
        self.request.as_mut().map(Held::message)
    }

    /// Has each request shown to `hook` before it is sent: the one of a unary call, or all of a stream. The hook may
    /// change it; an error is what `send` fails with, or the call where there is one request. Interceptors see
    /// a request in their order.
    pub fn on_request(
        &mut self,
        hook: impl FnMut(&mut AnyMessage<'_>) -> Result<(), Status> + Send + 'static,
    ) {
        self.hooks.on_request(Box::new(hook));
    }

    /// Has each response shown to `hook` before the caller gets it: the one of a unary call, or all of a stream. The
    /// hook may change it; an error ends the call. Interceptors see a response in the reverse of their order.
    pub fn on_response(
        &mut self,
        hook: impl FnMut(&mut AnyMessage<'_>) -> Result<(), Status> + Send + 'static,
    ) {
        self.hooks.on_response(Box::new(hook));
    }

    /// Whether the call can be sent again: a call with one request, as long as the caller has not got a stream of
    /// responses.
    #[must_use]
    pub fn can_repeat(&self) -> bool {
        !self.committed && !self.kind.streams_requests()
    }

    /// An outcome without sending: the call fails.
    pub fn refuse(&self, status: impl Into<Status>) -> ClientOutcome {
        ClientOutcome::failed(status.into())
    }

    /// An outcome without sending: the call succeeds with this response, which the hooks of interceptors see. It
    /// fails as INTERNAL where that is not of the method's type.
    pub fn respond<T: Send + 'static>(&mut self, response: T) -> ClientOutcome {
        self.respond_all([response])
    }

    /// As [`respond`](Self::respond), with any number of responses, for a method that streams them.
    pub fn respond_all<T: Send + 'static>(
        &mut self,
        responses: impl IntoIterator<Item = T>,
    ) -> ClientOutcome {
        let held = responses.into_iter().map(|response| {
            let mut held = Held::checked(response, self.response)?;
            self.hooks.response(held.message())?;
            Ok(held)
        });
        match held.collect() {
            Ok(responses) => ClientOutcome { responses, ..ClientOutcome::new(Ok(())) },
            Err(status) => ClientOutcome::failed(status),
        }
    }

    /// How the call has ended that nobody waits for any more: nothing is sent for it.
    fn over(&self) -> Option<ClientOutcome> {
        if self.given_up.load(Ordering::Relaxed) {
            return Some(ClientOutcome::dropped());
        }
        self.bounds.passed(Instant::now()).map(ClientOutcome::failed)
    }

    fn split(&self) -> (&'static str, &'static str) {
        self.path.strip_prefix('/').and_then(|path| path.rsplit_once('/')).unwrap_or((self.path, ""))
    }
}

impl fmt::Debug for ClientCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCall")
            .field("path", &self.path)
            .field("kind", &self.kind)
            .field("deadline", &self.deadline())
            .field("metadata", self.metadata())
            .finish_non_exhaustive()
    }
}

/// What follows an interceptor: other interceptors, then the connection.
#[derive(Clone, Copy)]
pub struct ClientNext<'a> {
    pub(super) rest: &'a [Box<dyn Erased>],
    pub(super) core: &'a dyn Core,
}

impl ClientNext<'_> {
    /// Runs the call to its end. To run it again asks for [`ClientCall::can_repeat`]; otherwise it fails. So does a
    /// call that the caller has dropped, or whose deadline has passed: it is not sent again.
    pub async fn run(self, call: &mut ClientCall) -> ClientOutcome {
        if let Some(over) = call.over() {
            return over;
        }
        let (mark, given_up) = (call.hooks.mark(), call.given_up.clone());
        let mut timer = Timer::new(call.bounds.clone());
        let outcome = {
            let mut run = match self.rest.split_first() {
                Some((first, rest)) => first.intercept(call, ClientNext { rest, core: self.core }),
                None => self.core.run(call),
            };
            poll_fn(|cx| {
                if let Poll::Ready(outcome) = run.as_mut().poll(cx) {
                    return Poll::Ready(outcome);
                }
                if given_up.load(Ordering::Relaxed) {
                    return Poll::Ready(ClientOutcome::dropped());
                }
                timer.poll_expired(cx).map(ClientOutcome::failed)
            })
            .await
        };
        call.hooks.forget(mark);
        outcome
    }
}

impl fmt::Debug for ClientNext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientNext").field("interceptors", &self.rest.len()).finish_non_exhaustive()
    }
}

/// How a call ended, before the caller knows.
pub struct ClientOutcome {
    pub(super) status: Result<(), Status>,
    pub(super) peer: Option<Peer>,
    pub(super) metadata: Metadata,
    pub(super) trailers: Metadata,
    /// What the caller has not got as a stream.
    pub(super) responses: VecDeque<Held>,
    pub(super) was_compressed: bool,
}

impl ClientOutcome {
    pub(super) fn new(status: Result<(), Status>) -> Self {
        let (metadata, trailers) = Default::default();
        Self { status, peer: None, metadata, trailers, responses: VecDeque::new(), was_compressed: false }
    }

    pub(super) fn failed(status: Status) -> Self {
        Self::new(Err(status))
    }

    /// The outcome of a call that the caller has dropped.
    pub(super) fn dropped() -> Self {
        Self::failed(Status::cancelled("the call was dropped"))
    }

    /// The status that the caller gets.
    ///
    /// # Errors
    /// The call failed.
    pub fn status(&self) -> Result<(), &Status> {
        self.status.as_ref().copied()
    }

    /// The code that the caller gets.
    #[must_use]
    pub fn code(&self) -> Code {
        self.status.as_ref().map_or_else(Status::code, |()| Code::Ok)
    }

    /// Who has answered; none where the call has failed before its answer began, where an interceptor has answered,
    /// and where a layer of tower's kind stands before the connection.
    #[must_use]
    pub fn peer(&self) -> Option<&Peer> {
        self.peer.as_ref()
    }

    /// What the server sent before its first message.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// What the server sent after its last message, with the status.
    #[must_use]
    pub fn trailers(&self) -> &Metadata {
        match &self.status {
            Ok(()) => &self.trailers,
            Err(status) => status.metadata(),
        }
    }

    /// The response of a unary call that succeeded; it may be changed. Responses of other calls have gone to the
    /// caller; [`ClientCall::on_response`] shows them.
    #[must_use]
    pub fn response(&mut self) -> Option<AnyMessage<'_>> {
        self.responses.front_mut().map(Held::message)
    }

    /// Makes the call fail with another status.
    #[must_use]
    pub fn fail(mut self, status: Status) -> Self {
        self.status = Err(status);
        self
    }
}

impl fmt::Debug for ClientOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientOutcome").field("status", &self.status).finish_non_exhaustive()
    }
}
