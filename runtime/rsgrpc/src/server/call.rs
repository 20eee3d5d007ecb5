//! A call that has arrived, and how a handler is run on it.

use super::guard::Guard;
use super::linger::Linger;
use super::reply::Reply;
use super::{CallFuture, Outcome};
use crate::call::{AnyMessage, Context, Decoder, Hooks, Outbox, Owned, Reader, Requests, Sender, Streaming};
use crate::codec::Coding;
use crate::deadline::Deadline;
use crate::frame::{self, Deframer, Framed};
use crate::metadata::Metadata;
use crate::method::Method;
use crate::status::Status;
use crate::transport::{Body, Outgoing, Peer};
use bytes::Bytes;
use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, ready};

/// A call that has arrived and that no handler has seen yet.
///
/// A service hands it to one of four methods, one per kind of call: these decode the requests, run the
/// handler, drop it when the client is gone or the deadline has passed, and encode the responses.
#[must_use = "a call that is dropped ends as cancelled"]
pub struct Call {
    context: Owned,
    body: Body,
    reply: Reply,
    receive_limit: usize,
    linger: Option<Linger>,
    /// What interceptors want to see of messages.
    hooks: Option<Box<Hooks>>,
}

impl Call {
    pub(super) fn new(context: Owned, body: Body, outgoing: Outgoing, receive_limit: usize) -> Self {
        Self { context, body, reply: Reply::new(outgoing), receive_limit, linger: None, hooks: None }
    }

    /// Lets the handler go on when the call is over before it.
    pub(super) fn lingering(mut self, linger: Option<Linger>) -> Self {
        self.linger = linger;
        self
    }

    /// What is called, such as `/library.v1.Library/GetBook`.
    #[must_use]
    pub fn path(&self) -> &str {
        self.context.path()
    }

    /// The full name of the service, such as `library.v1.Library`.
    #[must_use]
    pub fn service(&self) -> &str {
        self.context.service()
    }

    /// The name of the method, such as `GetBook`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.context.method()
    }

    /// The metadata of the request.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        self.context.metadata()
    }

    /// When the client stops waiting.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        self.context.deadline()
    }

    /// Who calls.
    #[must_use]
    pub fn peer(&self) -> &Peer {
        self.context.peer()
    }

    /// The call as its handler will see it.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Leaves a value for the handler, which gets it with [`Context::get`]: who the caller is, for instance.
    pub fn insert<T: Send + Sync + 'static>(&mut self, value: T) {
        self.context.insert(value);
    }

    /// Has each request shown to `hook` before the handler gets it: the one of a unary call, or all of a stream.
    /// The hook may change it; an error takes its place, and ends the call unless the handler makes something else
    /// of it. Interceptors see a request in their order.
    ///
    /// ```
    /// use rsgrpc::{Call, Interceptor, Next, Outcome, Status};
    ///
    /// /// Counts messages.
    /// struct Counting;
    ///
    /// impl Interceptor for Counting {
    ///     async fn intercept(&self, mut call: Call, next: Next<'_>) -> Outcome {
    ///         let path = call.path().to_owned();
    ///         let mut count = 0;
    ///         call.on_request(move |message| {
    ///             count += 1;
    ///             println!("{path}: request {count} is {message:?}");
    ///             Ok(())
    ///         });
    ///         next.run(call).await
    ///     }
    /// }
    /// ```
    pub fn on_request(
        &mut self,
        hook: impl FnMut(&mut AnyMessage<'_>) -> Result<(), Status> + Send + 'static,
    ) {
        self.hooks.get_or_insert_default().on_request(Box::new(hook));
    }

    /// As [`on_request`](Self::on_request), for responses, before they are sent. Interceptors see a response in
    /// the reverse of their order.
    pub fn on_response(
        &mut self,
        hook: impl FnMut(&mut AnyMessage<'_>) -> Result<(), Status> + Send + 'static,
    ) {
        self.hooks.get_or_insert_default().on_response(Box::new(hook));
    }

    /// Waits for something that the call depends on: who the caller is, for instance. Unlike a plain `.await`
    /// in an interceptor this ends early when the client is gone or the deadline has passed.
    ///
    /// # Errors
    /// Nobody waits for the call any more; [`refuse`](Self::refuse) it with this status.
    pub async fn wait<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Status> {
        let mut guard = Guard::new(&self.context);
        let mut work = pin!(Some(async { Ok(work.await) }));
        guard.answer(&self.context, &mut self.reply, work.as_mut()).await
    }

    /// Runs a handler that takes one request and gives one response.
    pub fn unary<'a, Req, Res, Fut>(
        self,
        method: &'static Method<Req, Res>,
        handler: impl FnOnce(Context, Req) -> Fut + Send + 'a,
    ) -> CallFuture<'a>
    where
        Req: Send + 'static,
        Res: Send + 'static,
        Fut: Future<Output = Result<Res, Status>> + Send + 'a,
    {
        let mut open = self.open();
        Box::pin(async move {
            let response = {
                let mut work = pin!(Some(async {
                    let decoder = open.hooks.decoder(method.request());
                    let request = only(&open.context, &mut open.requests, decoder).await?;
                    let response = handler(open.context.share(), request).await?;
                    open.hooks.encode(method.response(), response, &open.context)
                }));
                open.guard.answer(&open.context, &mut open.reply, work.as_mut()).await
            };
            open.single(response)
        })
    }

    /// Runs a handler that takes one request and sends any number of responses.
    pub fn server_streaming<'a, Req, Res, Fut>(
        self,
        method: &'static Method<Req, Res>,
        handler: impl FnOnce(Context, Req, Sender<Res>) -> Fut + Send + 'a,
    ) -> CallFuture<'a>
    where
        Req: Send + 'static,
        Res: Send + 'static,
        Fut: Future<Output = Result<(), Status>> + Send + 'a,
    {
        let mut open = self.open();
        Box::pin(async move {
            let request = {
                let decoder = open.hooks.decoder(method.request());
                let mut work = pin!(Some(only(&open.context, &mut open.requests, decoder)));
                open.guard.answer(&open.context, &mut open.reply, work.as_mut()).await
            };
            let request = match request {
                Ok(request) => request,
                Err(status) => return open.single(Err(status)),
            };
            let (responses, outbox) = open.hooks.sender(&open.context, open.reply, method.response());
            let status = {
                let mut work = pin!(Some(handler(open.context.share(), request, responses)));
                open.guard.stream(&open.context, &outbox, work.as_mut()).await
            };
            Outcome::stream(open.context, outbox, status)
        })
    }

    /// Runs a handler that takes any number of requests and gives one response.
    pub fn client_streaming<'a, Req, Res, Fut>(
        self,
        method: &'static Method<Req, Res>,
        handler: impl FnOnce(Context, Streaming<Req>) -> Fut + Send + 'a,
    ) -> CallFuture<'a>
    where
        Req: Send + 'static,
        Res: Send + 'static,
        Fut: Future<Output = Result<Res, Status>> + Send + 'a,
    {
        let mut open = self.open();
        Box::pin(async move {
            let requests = Requests::new(open.requests, open.context.share());
            let requests = Streaming::requests(requests, open.hooks.decoder(method.request()));
            let response = {
                let mut work = pin!(Some(async {
                    let response = handler(open.context.share(), requests).await?;
                    open.hooks.encode(method.response(), response, &open.context)
                }));
                open.guard.answer(&open.context, &mut open.reply, work.as_mut()).await
            };
            Outcome::single(open.context, open.reply, response)
        })
    }

    /// Runs a handler that takes any number of requests and sends any number of responses.
    pub fn bidi<'a, Req, Res, Fut>(
        self,
        method: &'static Method<Req, Res>,
        handler: impl FnOnce(Context, Streaming<Req>, Sender<Res>) -> Fut + Send + 'a,
    ) -> CallFuture<'a>
    where
        Req: Send + 'static,
        Res: Send + 'static,
        Fut: Future<Output = Result<(), Status>> + Send + 'a,
    {
        let mut open = self.open();
        Box::pin(async move {
            let requests = Requests::new(open.requests, open.context.share());
            let requests = Streaming::requests(requests, open.hooks.decoder(method.request()));
            let (responses, outbox) = open.hooks.sender(&open.context, open.reply, method.response());
            let status = {
                let mut work = pin!(Some(handler(open.context.share(), requests, responses)));
                open.guard.stream(&open.context, &outbox, work.as_mut()).await
            };
            Outcome::stream(open.context, outbox, status)
        })
    }

    /// Answers without running a handler: what an interceptor does with a call that it does not let through.
    pub fn refuse(self, status: Status) -> Outcome {
        Outcome::single(self.context, self.reply, Err(status))
    }

    /// Answers with a response without running a handler: with one that is known already, for instance. The hooks
    /// of interceptors see it.
    ///
    /// ```
    /// # use rsgrpc::{Kind, Method, Protobuf, wkt::{Duration, Timestamp}};
    /// # static AFTER: Method<Duration, Timestamp> = Method::new::<Protobuf>(Kind::Unary, "/clock.v1.Clock/After");
    /// use rsgrpc::{Call, Interceptor, Next, Outcome};
    ///
    /// /// A clock that stands still.
    /// struct Still(Timestamp);
    ///
    /// impl Interceptor for Still {
    ///     async fn intercept(&self, call: Call, next: Next<'_>) -> Outcome {
    ///         match call.path() == AFTER.path() {
    ///             true => call.respond(&AFTER, self.0.clone()),
    ///             false => next.run(call).await,
    ///         }
    ///     }
    /// }
    /// ```
    pub fn respond<Req, Res: Send + 'static>(
        self,
        method: &'static Method<Req, Res>,
        response: Res,
    ) -> Outcome {
        let mut open = self.open();
        let response = open.hooks.encode(method.response(), response, &open.context);
        open.single(response)
    }

    /// Answers that the service has no such method.
    pub fn unimplemented<'a>(self) -> CallFuture<'a> {
        let message = format!("the service {} has no method {:?}", self.service(), self.method());
        Box::pin(std::future::ready(self.refuse(Status::unimplemented(message))))
    }

    /// Answers that the server has no such service.
    pub(super) fn unknown_service<'a>(self) -> CallFuture<'a> {
        let message = match self.method() {
            "" => format!("the path {:?} is not /service/method", self.path()),
            _ => format!("the server has no service {:?}", self.service()),
        };
        Box::pin(std::future::ready(self.refuse(Status::unimplemented(message))))
    }

    fn open(self) -> Open {
        let Self { context, body, reply, receive_limit, linger, hooks } = self;
        let deframer = Deframer::new(receive_limit, context.received());
        let guard = Guard::new(&context).lingering(linger);
        Open { context, requests: Reader::new(body, deframer), reply, guard, hooks: Tapped(hooks) }
    }
}

/// A call that goes to its handler. The future of a call keeps it in this one place, and lends its parts: each move
/// across an await would be another copy in the future, and those of more than 1 KiB cost malloc dearly.
struct Open {
    hooks: Tapped,
    guard: Guard,
    reply: Reply,
    requests: Reader,
    context: Owned,
}

impl Open {
    /// The call has been answered, or has failed, as a whole.
    fn single(self, response: Result<Framed, Status>) -> Outcome {
        Outcome::single(self.context, self.reply, response)
    }
}

/// The hooks of a call, if there are any, on its messages.
struct Tapped(Option<Box<Hooks>>);

impl Tapped {
    fn decoder<T: Send + 'static>(&mut self, coding: &'static Coding<T>) -> Decoder<T> {
        Decoder::new(coding, self.0.as_mut().and_then(|hooks| hooks.take_requests(coding)))
    }

    fn encode<T: Send + 'static>(
        &mut self,
        coding: &'static Coding<T>,
        mut response: T,
        call: &Context,
    ) -> Result<Framed, Status> {
        if let Some(hooks) = &mut self.0 {
            hooks.response(AnyMessage::new(&mut response, coding))?;
        }
        frame::encode(*coding, &response, call.encoder().as_ref())
    }

    fn sender<T: Send + 'static>(
        &mut self,
        call: &Context,
        reply: Reply,
        coding: &'static Coding<T>,
    ) -> (Sender<T>, Arc<Outbox>) {
        let tap = self.0.as_mut().and_then(|hooks| hooks.take_responses(coding));
        let (outgoing, due) = reply.into_outgoing();
        Sender::responses(outgoing, due.then(|| call.share()), coding, tap)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(self.context()).finish()
    }
}

/// The request of a method that takes one. Fewer or more are UNIMPLEMENTED (`statuscodes.md`, "Request
/// cardinality violation").
async fn only<T>(call: &Context, requests: &mut Reader, mut decoder: Decoder<T>) -> Result<T, Status> {
    let mut only = None;
    let frame = poll_fn(|cx| {
        loop {
            // A handler that has no request yet does not go on after the call.
            call.check()?;
            let Some(frame) = ready!(requests.poll_frame(cx))? else { return Poll::Ready(Ok(only.take())) };
            if only.replace(frame).is_some() {
                let several = "the method takes one request, not several";
                return Poll::Ready(Err(Status::unimplemented(several)));
            }
        }
    });
    let frame: Option<Bytes> = frame.await?;
    let frame = frame.ok_or_else(|| Status::unimplemented("the method takes one request, not none"))?;
    if requests.was_compressed() {
        call.set_compressed();
    }
    decoder.decode(frame)
}
