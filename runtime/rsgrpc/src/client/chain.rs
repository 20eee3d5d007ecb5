//! Calls that go through interceptors.
//!
//! The interceptors of a call are one future, nested as they are chained, with the sending of the call at its
//! core. For a unary call all of it runs before the caller has anything. For streams the core hands them over
//! when they are there, and waits; the caller goes on polling the interceptors together with the responses,
//! tells the core how they ended, and then learns what the interceptors make of that.

use super::answer::Answer;
use super::attempt::Begun;
use super::channel::Channel;
use super::interceptor::{ClientCall, ClientInterceptor, ClientNext, ClientOutcome};
use super::options::CallOptions;
use super::response::Response;
use crate::call::{Decoder, Held, Sender, Streaming, Take};
use crate::frame;
use crate::metadata::Metadata;
use crate::method::Method;
use crate::status::Status;
use crate::transport::Peer;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// The interceptors of a channel, first one first. Absent where there are none, so that those calls pay nothing.
pub(super) type Interceptors = Option<Arc<[Box<dyn Erased>]>>;

/// A call on its way through the interceptors.
type Run<'a> = Pin<Box<dyn Future<Output = ClientOutcome> + Send + 'a>>;

/// [`ClientInterceptor`] as an object.
pub(super) trait Erased: Send + Sync {
    fn intercept<'a>(&'a self, call: &'a mut ClientCall, next: ClientNext<'a>) -> Run<'a>;
}

impl<T: ClientInterceptor> Erased for T {
    fn intercept<'a>(&'a self, call: &'a mut ClientCall, next: ClientNext<'a>) -> Run<'a> {
        Box::pin(ClientInterceptor::intercept(self, call, next))
    }
}

/// What follows the last interceptor.
pub(super) trait Core: Send + Sync {
    fn run<'a>(&'a self, call: &'a mut ClientCall) -> Run<'a>;
}

/// The interceptors of one call, under way.
pub(super) struct Chain {
    run: Run<'static>,
    given_up: Arc<AtomicBool>,
    done: bool,
}

impl Chain {
    fn new<Req: Send + 'static, Res>(
        interceptors: Arc<[Box<dyn Erased>]>,
        core: impl Core + 'static,
        method: &'static Method<Req, Res>,
        mut options: CallOptions,
        request: Option<Req>,
    ) -> Result<Self, Status> {
        options.check()?;
        let now = Instant::now();
        let bounds = options.bounds(now);
        if let Some(passed) = bounds.passed(now) {
            return Err(passed);
        }
        // Interceptors may look it up.
        options.metadata_mut();
        let given_up = Arc::new(AtomicBool::new(false));
        let mut call = ClientCall {
            path: method.path(),
            kind: method.kind(),
            bounds,
            options,
            request: request.map(|request| Held::new(request, method.request())),
            response: method.response(),
            hooks: Default::default(),
            committed: false,
            given_up: given_up.clone(),
        };
        let run = async move { ClientNext { rest: &interceptors, core: &core }.run(&mut call).await };
        Ok(Self { run: Box::pin(run), given_up, done: false })
    }

    /// Ready with what the interceptors have made of the call; not to be asked again then.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<ClientOutcome> {
        let polled = self.run.as_mut().poll(cx);
        self.done |= polled.is_ready();
        polled
    }

    /// Polls until the core has left something in `slot`.
    async fn handed<T>(mut self, slot: &Slot<T>) -> Result<(Self, T), ClientOutcome> {
        let handed = poll_fn(|cx| match self.poll(cx) {
            Poll::Ready(outcome) => Poll::Ready(Err(outcome)),
            Poll::Pending => match slot.take() {
                Some(handed) => Poll::Ready(Ok(handed)),
                None => Poll::Pending,
            },
        });
        let handed = handed.await?;
        Ok((self, handed))
    }
}

impl Drop for Chain {
    /// A call that is dropped ends as cancelled, and its interceptors see that.
    fn drop(&mut self) {
        // After a panic there is nothing that could be polled.
        if !self.done && !std::thread::panicking() {
            self.given_up.store(true, Ordering::Relaxed);
            let poll = || self.run.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            // A panic in a destructor would end the process if another is under way.
            drop(catch_unwind(AssertUnwindSafe(poll)));
        }
    }
}

/// How the streams of a call ended.
pub(super) struct End {
    pub(super) status: Result<(), Status>,
    pub(super) peer: Option<Peer>,
    pub(super) metadata: Metadata,
    pub(super) trailers: Metadata,
}

/// What is left of the interceptors when the caller has got the streams of a call.
pub(super) struct Outer {
    pub(super) chain: Chain,
    /// Tells the core how the streams ended.
    end: Option<oneshot::Sender<End>>,
}

impl Outer {
    /// The streams have ended; said once.
    pub(super) fn tell(&mut self, end: impl FnOnce() -> End) {
        if let Some(tell) = self.end.take() {
            // An error says that an interceptor did not wait for the end.
            let _ = tell.send(end());
        }
    }
}

/// Where the core leaves streams for the caller.
struct Slot<T>(Arc<Mutex<Option<T>>>);

impl<T> Slot<T> {
    fn put(&self, value: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

/// A call with one request and one response.
pub(super) async fn unary<Req: Send, Res: Send>(
    channel: Channel,
    interceptors: Arc<[Box<dyn Erased>]>,
    method: &'static Method<Req, Res>,
    options: CallOptions,
    request: Req,
) -> Result<Response<Res>, Status> {
    let core = Single { channel, method };
    let mut chain = Chain::new(interceptors, core, method, options, Some(request))?;
    let ClientOutcome { status, metadata, trailers, responses, was_compressed, .. } =
        poll_fn(|cx| chain.poll(cx)).await;
    status?;
    let message = only(responses)?;
    Ok(Response { message, metadata, trailers, was_compressed })
}

/// A call with one request and many responses.
pub(super) async fn download<Req: Send, Res: Send>(
    channel: Channel,
    interceptors: Arc<[Box<dyn Erased>]>,
    method: &'static Method<Req, Res>,
    options: CallOptions,
    request: Req,
) -> Result<Streaming<Res>, Status> {
    let slot = Slot::default();
    let core = Download { channel, method, slot: slot.clone() };
    let chain = Chain::new(interceptors, core, method, options, Some(request))?;
    let (answer, decoder, ahead) = match chain.handed(&slot).await {
        Ok((chain, Handed { mut answer, decoder, end, .. })) => {
            answer.intercept(Outer { chain, end: Some(end) });
            (answer, decoder, VecDeque::new())
        }
        Err(outcome) => given(outcome, method)?,
    };
    Ok(Streaming::responses(Box::new(answer), decoder, ahead))
}

/// A call with many requests, and what comes of it: responses that interceptors have given, then the answer.
pub(super) struct Opened<Req, Res> {
    pub(super) sender: Sender<Req>,
    pub(super) answer: Answer,
    pub(super) decoder: Decoder<Res>,
    pub(super) ahead: VecDeque<Res>,
}

/// A call with many requests.
pub(super) async fn open<Req: Send, Res: Send>(
    channel: Channel,
    interceptors: Arc<[Box<dyn Erased>]>,
    method: &'static Method<Req, Res>,
    options: CallOptions,
) -> Result<Opened<Req, Res>, Status> {
    let slot = Slot::default();
    let core = Open { channel, method, slot: slot.clone() };
    let chain = Chain::new(interceptors, core, method, options, None)?;
    match chain.handed(&slot).await {
        Ok((chain, Handed { streams: sender, mut answer, decoder, end })) => {
            answer.intercept(Outer { chain, end: Some(end) });
            Ok(Opened { sender, answer, decoder, ahead: VecDeque::new() })
        }
        Err(outcome) => {
            let (answer, decoder, ahead) = given(outcome, method)?;
            Ok(Opened { sender: Sender::to(Arc::new(Answered)), answer, decoder, ahead })
        }
    }
}

/// An answer that interceptors have given in place of a server.
fn given<Req, Res: Send>(
    outcome: ClientOutcome,
    method: &'static Method<Req, Res>,
) -> Result<(Answer, Decoder<Res>, VecDeque<Res>), Status> {
    let ClientOutcome { status, metadata, trailers, responses, .. } = outcome;
    status?;
    let ahead = match method.kind().streams_responses() {
        true => responses.into_iter().filter_map(Held::take).collect(),
        false => VecDeque::from([only(responses)?]),
    };
    Ok((Answer::given(metadata, trailers), Decoder::new(method.response(), None), ahead))
}

/// The response of an outcome that succeeded, where one is due.
fn only<Res: 'static>(mut responses: VecDeque<Held>) -> Result<Res, Status> {
    let response = responses.pop_front().filter(|_| responses.is_empty());
    response.and_then(Held::take).ok_or_else(|| {
        Status::internal("an interceptor made a success of a call without one response, where one is due")
    })
}

/// Where requests go when interceptors have answered.
struct Answered;

impl<T> Take<T> for Answered {
    fn take(&self, _: T) -> Result<(), Status> {
        Err(Status::cancelled("an interceptor has answered already"))
    }
}

/// What the core hands to the caller: `streams` beside the answer.
struct Handed<S, Res> {
    streams: S,
    answer: Answer,
    decoder: Decoder<Res>,
    end: oneshot::Sender<End>,
}

struct Single<Req: 'static, Res: 'static> {
    channel: Channel,
    method: &'static Method<Req, Res>,
}

impl<Req: Send, Res: Send> Core for Single<Req, Res> {
    fn run<'a>(&'a self, call: &'a mut ClientCall) -> Run<'a> {
        Box::pin(async move { self.call(call).await.unwrap_or_else(ClientOutcome::failed) })
    }
}

impl<Req: Send, Res: Send> Single<Req, Res> {
    async fn call(&self, call: &mut ClientCall) -> Result<ClientOutcome, Status> {
        let mut answer = send(&self.channel, self.method, call).await?;
        let mut decoder = Decoder::new(self.method.response(), None);
        let peer = answer.peer().cloned();
        let mut response = Held::new(answer.single(&mut decoder).await?, self.method.response());
        call.hooks.response(response.message())?;
        let Response { message, metadata, trailers, was_compressed } = answer.respond(response);
        let responses = VecDeque::from([message]);
        Ok(ClientOutcome { status: Ok(()), peer, metadata, trailers, responses, was_compressed })
    }
}

struct Download<Req: 'static, Res: 'static> {
    channel: Channel,
    method: &'static Method<Req, Res>,
    slot: Slot<Handed<(), Res>>,
}

impl<Req: Send, Res: Send> Core for Download<Req, Res> {
    fn run<'a>(&'a self, call: &'a mut ClientCall) -> Run<'a> {
        Box::pin(async move {
            let answer = match send(&self.channel, self.method, call).await {
                Ok(answer) => answer,
                Err(status) => return ClientOutcome::failed(status),
            };
            hand_over(&self.slot, call, self.method, (), answer).await
        })
    }
}

struct Open<Req: 'static, Res: 'static> {
    channel: Channel,
    method: &'static Method<Req, Res>,
    slot: Slot<Handed<Sender<Req>, Res>>,
}

impl<Req: Send, Res: Send> Core for Open<Req, Res> {
    fn run<'a>(&'a self, call: &'a mut ClientCall) -> Run<'a> {
        Box::pin(async move {
            if call.committed {
                return ClientOutcome::failed(repeated());
            }
            let tap = call.hooks.take_requests(self.method.request());
            let begun = Begun::new(&self.channel, self.method, &call.options, call.bounds.clone());
            match begun.stream(tap).await {
                Ok((sender, answer)) => hand_over(&self.slot, call, self.method, sender, answer).await,
                Err(status) => ClientOutcome::failed(status),
            }
        })
    }
}

/// Sends the one request of a call and waits for the head of the answer.
async fn send<Req: Send, Res: Send>(
    channel: &Channel,
    method: &'static Method<Req, Res>,
    call: &mut ClientCall,
) -> Result<Answer, Status> {
    if call.committed {
        return Err(repeated());
    }
    let begun = Begun::new(channel, method, &call.options, call.bounds.clone());
    let request = call.request.as_mut().ok_or_else(repeated)?;
    call.hooks.request(request.message())?;
    let message = request.message();
    let message: &Req = message.downcast_ref().ok_or_else(repeated)?;
    let message = frame::encode(*method.request(), message, begun.encoder().as_ref())?;
    begun.exchange(&mut || Ok(message.clone())).await
}

/// Leaves the streams of a call for the caller, and waits until they have ended.
async fn hand_over<S: Send, Req, Res: Send>(
    slot: &Slot<Handed<S, Res>>,
    call: &mut ClientCall,
    method: &'static Method<Req, Res>,
    streams: S,
    answer: Answer,
) -> ClientOutcome {
    call.committed = true;
    let decoder = Decoder::new(method.response(), call.hooks.take_responses(method.response()));
    let (end, ended) = oneshot::channel();
    slot.put(Handed { streams, answer, decoder, end });
    match ended.await {
        Ok(End { status, peer, metadata, trailers }) => {
            ClientOutcome { peer, metadata, trailers, ..ClientOutcome::new(status) }
        }
        Err(_) => ClientOutcome::dropped(),
    }
}

#[cold]
fn repeated() -> Status {
    Status::internal("an interceptor sent a call again whose streams the caller has already")
}
