//! What a handler knows of its call, and what it adds to the answer.

use super::{Cancellation, Protocol};
use crate::compression::{Encoder, Encoding, GRPC_ACCEPT_ENCODING, GRPC_ENCODING, Received, Terms};
use crate::deadline::Deadline;
use crate::metadata::Metadata;
use crate::transport::{Peer, RequestHead, ResponseHead};
use std::any::Any;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// A call as its handler sees it.
///
/// Everything works through `&Context`, so that concurrent parts of a handler can share it.
///
/// ```
/// # use rsgrpc::{Context, Status};
/// async fn greet(ctx: &Context, name: String) -> Result<String, Status> {
///     let language = ctx.metadata().get("accept-language").unwrap_or("en");
///     ctx.trailers().insert("served-by", "greeter-1")?;
///     Ok(match language {
///         "de" => format!("Hallo, {name}"),
///         _ => format!("Hello, {name}"),
///     })
/// }
/// ```
pub struct Context(Arc<Inner>);

struct Inner {
    opening: Opening,
    /// What interceptors left for the handler.
    values: OnceLock<Box<Value>>,
    /// Made when the handler adds metadata.
    response: OnceLock<Box<Mutex<Response>>>,
    /// Made when somebody wants to know.
    cancellation: OnceLock<Cancellation>,
    over: AtomicBool,
    /// The handler wants the head of the response to leave.
    head_due: AtomicBool,
    was_compressed: AtomicBool,
}

/// A list to which one can add while others read it.
struct Value {
    value: Box<dyn Any + Send + Sync>,
    next: OnceLock<Box<Value>>,
}

/// What is known of a call when it begins.
pub(crate) struct Opening {
    pub(crate) head: RequestHead,
    pub(crate) peer: Peer,
    pub(crate) deadline: Option<Deadline>,
    pub(crate) protocol: Protocol,
    pub(crate) compression: Terms,
}

#[derive(Default)]
struct Response {
    initial: Metadata,
    trailers: Metadata,
    /// The handler's choice.
    encoding: Option<Option<Encoding>>,
    /// The head has left before the first message, and with it the encoding is settled.
    begun: bool,
}

impl Context {
    pub(crate) fn new(opening: Opening) -> Self {
        Self(Arc::new(Inner {
            opening,
            values: OnceLock::new(),
            response: OnceLock::new(),
            cancellation: OnceLock::new(),
            over: AtomicBool::new(false),
            head_due: AtomicBool::new(false),
            was_compressed: AtomicBool::new(false),
        }))
    }

    /// What is known of the call, to be changed as long as nobody has seen it.
    pub(crate) fn opening_mut(&mut self) -> Option<&mut Opening> {
        Arc::get_mut(&mut self.0).map(|inner| &mut inner.opening)
    }

    /// For the call around the handler.
    pub(crate) fn share(&self) -> Self {
        Self(self.0.clone())
    }

    /// The metadata of the request.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        self.0.opening.head.metadata()
    }

    /// When the client stops waiting. The handler is dropped then, unless [`OnCancel`](crate::OnCancel) says
    /// otherwise; it need not look at this itself, and calls that it awaits inherit it.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        self.0.opening.deadline
    }

    /// Who calls.
    #[must_use]
    pub fn peer(&self) -> &Peer {
        &self.0.opening.peer
    }

    /// The host that the client addressed.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.0.opening.head.authority()
    }

    /// What is called, such as `/library.v1.Library/GetBook`.
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.opening.head.path()
    }

    /// The full name of the service, such as `library.v1.Library`.
    #[must_use]
    pub fn service(&self) -> &str {
        self.split().0
    }

    /// The name of the method, such as `GetBook`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.split().1
    }

    /// Metadata that the client gets before the first message. It leaves with that message, or when
    /// [`send_initial_metadata`](Self::send_initial_metadata) says so; what is added later is lost.
    ///
    /// Not to be held across an `.await`.
    pub fn initial_metadata(&self) -> ResponseMetadata<'_> {
        ResponseMetadata { response: self.response(), part: Part::Initial }
    }

    /// Metadata that the client gets after the last message, together with the status.
    ///
    /// Not to be held across an `.await`.
    pub fn trailers(&self) -> ResponseMetadata<'_> {
        ResponseMetadata { response: self.response(), part: Part::Trailers }
    }

    /// Has the initial metadata leave before the first message: as soon as the handler waits for anything. A
    /// client that waits for it would otherwise wait for the message, or for the status where there is none.
    pub fn send_initial_metadata(&self) {
        self.0.head_due.store(true, Ordering::Relaxed);
    }

    /// Ready when the call is over before the handler is: cancelled by the client, past its deadline, or lost
    /// with its connection. By default the handler is dropped then and sees nothing of it; this is for handlers
    /// that an [`OnCancel`](crate::OnCancel) lets go on, and to be awaited beside their work.
    pub async fn cancelled(&self) {
        self.cancellation().cancelled().await;
    }

    /// Compresses the responses with this encoding, or with none, instead of the server's
    /// [choice](crate::compression::Compression::send). A client that does not read it gets them as they are.
    ///
    /// To be called before the head of the response leaves; after that it does nothing.
    pub fn compress(&self, encoding: impl Into<Option<Encoding>>) {
        let mut response = self.response();
        if !response.begun {
            response.encoding = Some(encoding.into());
        }
    }

    /// Whether the request arrived compressed, of a method that takes one. Of a stream of requests
    /// [`Streaming::was_compressed`](crate::Streaming::was_compressed) tells of each.
    #[must_use]
    pub fn request_was_compressed(&self) -> bool {
        self.0.was_compressed.load(Ordering::Relaxed)
    }

    /// The value of this type that an interceptor has left for the handler, with
    /// [`Call::insert`](crate::Call::insert): the first, if there are several.
    #[must_use]
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        std::iter::successors(self.0.values.get(), |entry| entry.next.get())
            .find_map(|entry| entry.value.downcast_ref())
    }

    /// A handle that outlives the handler: for tasks that work on behalf of the call and have no reason to go
    /// on without it.
    #[must_use]
    pub fn cancellation(&self) -> Cancellation {
        let cancellation = self.0.cancellation.get_or_init(|| Cancellation::new(self.deadline()));
        // Whichever comes second, this or `end`, sees what the other has left.
        fence(Ordering::SeqCst);
        if self.0.over.load(Ordering::Relaxed) {
            cancellation.end();
        }
        cancellation.clone()
    }

    pub(crate) fn insert<T: Send + Sync + 'static>(&self, value: T) {
        let mut entry = Box::new(Value { value: Box::new(value), next: OnceLock::new() });
        let mut place = &self.0.values;
        while let Err(back) = place.set(entry) {
            entry = back;
            // `set` fails only where there is an entry already.
            let Some(taken) = place.get() else { return };
            place = &taken.next;
        }
    }

    pub(crate) fn protocol(&self) -> Protocol {
        self.0.opening.protocol
    }

    /// What compressed requests are.
    pub(crate) fn received(&self) -> Received {
        self.0.opening.compression.received()
    }

    /// The one request was compressed.
    pub(crate) fn set_compressed(&self) {
        self.0.was_compressed.store(true, Ordering::Relaxed);
    }

    /// What the responses are compressed with, as far as the handler has decided it.
    pub(crate) fn encoder(&self) -> Option<Encoder> {
        let choice = self.0.response.get().and_then(|response| lock(response).encoding.clone());
        self.0.opening.compression.encoder(choice, self.metadata().headers())
    }

    /// The head of a response in this encoding, with what the handler has added so far.
    pub(crate) fn response_head(&self, encoding: Option<&Encoding>) -> ResponseHead {
        let mut head = match self.0.response.get() {
            None => self.protocol().head(None),
            Some(response) => self.protocol().head(Some(&lock(response).initial)),
        };
        if let Some(encoding) = encoding {
            head.headers.insert(GRPC_ENCODING.clone(), encoding.header().clone());
        }
        if let Some(accepted) = self.0.opening.compression.accepted() {
            head.headers.insert(GRPC_ACCEPT_ENCODING.clone(), accepted.clone());
        }
        head
    }

    /// The head of a response that leaves before the first message.
    pub(crate) fn early_head(&self) -> ResponseHead {
        self.response().begun = true;
        self.response_head(self.encoder().as_ref().map(Encoder::encoding))
    }

    /// Runs `write` with the trailers that the handler has added.
    pub(crate) fn with_trailers<T>(&self, write: impl FnOnce(Option<&Metadata>) -> T) -> T {
        match self.0.response.get() {
            None => write(None),
            Some(response) => write(Some(&lock(response).trailers)),
        }
    }

    /// Tells this call from all others that there are.
    pub(super) fn id(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    /// Whether the head of the response is to leave now; says so once.
    pub(crate) fn take_head_due(&self) -> bool {
        self.0.head_due.load(Ordering::Relaxed) && self.0.head_due.swap(false, Ordering::Relaxed)
    }

    /// Whether the call is over, for whatever reason.
    pub(crate) fn is_over(&self) -> bool {
        self.0.over.load(Ordering::Acquire)
    }

    /// The call is over, for whatever reason.
    pub(crate) fn end(&self) {
        self.0.over.store(true, Ordering::Release);
        // Whoever else has the call may make a `cancellation` now; one that is gone has made it before.
        let alone = Arc::strong_count(&self.0) == 1;
        fence(if alone { Ordering::Acquire } else { Ordering::SeqCst });
        if let Some(cancellation) = self.0.cancellation.get() {
            cancellation.end();
        }
    }

    fn response(&self) -> MutexGuard<'_, Response> {
        lock(self.0.response.get_or_init(Box::default))
    }

    fn split<'a>(&'a self) -> (&'a str, &'a str) {
        let path = self.path();
        let split = |path: &'a str| {
            // `rsplit_once` searches words at a time, which takes three times as long for paths.
            let slash = path.bytes().rposition(|byte| byte == b'/')?;
            Some((path.get(..slash)?, path.get(slash + 1..)?))
        };
        path.strip_prefix('/').and_then(split).unwrap_or((path, ""))
    }
}

/// Metadata is whole between any two operations, so a panic under the lock spoils nothing.
fn lock(response: &Mutex<Response>) -> MutexGuard<'_, Response> {
    response.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("path", &self.path())
            .field("peer", self.peer())
            .field("deadline", &self.deadline())
            .field("metadata", self.metadata())
            .finish_non_exhaustive()
    }
}

/// The context as the call itself holds it, from hand to hand: when this is dropped, the call is over. It was
/// answered then, given up, or lost with its connection.
#[derive(Debug)]
pub(crate) struct Owned(pub(crate) Context);

impl Deref for Owned {
    type Target = Context;

    fn deref(&self) -> &Context {
        &self.0
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Metadata of the response, to be read and changed like a [`Metadata`].
pub struct ResponseMetadata<'a> {
    response: MutexGuard<'a, Response>,
    part: Part,
}

#[derive(Clone, Copy)]
enum Part {
    Initial,
    Trailers,
}

impl Deref for ResponseMetadata<'_> {
    type Target = Metadata;

    fn deref(&self) -> &Metadata {
        match self.part {
            Part::Initial => &self.response.initial,
            Part::Trailers => &self.response.trailers,
        }
    }
}

impl DerefMut for ResponseMetadata<'_> {
    fn deref_mut(&mut self) -> &mut Metadata {
        match self.part {
            Part::Initial => &mut self.response.initial,
            Part::Trailers => &mut self.response.trailers,
        }
    }
}

impl fmt::Debug for ResponseMetadata<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
