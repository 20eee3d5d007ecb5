//! What sees every call of a channel.

use crate::deadline::Deadline;
use crate::metadata::Metadata;
use crate::method::Kind;
use crate::status::Status;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Sees every call of a channel, before it is sent and after it has ended: for logs, measurements,
/// credentials.
///
/// ```
/// use rsgrpc::{CallEnd, CallStart, ChannelBuilder, ClientInterceptor, Status};
///
/// /// Names the caller, and logs what failed.
/// struct Caller(&'static str);
///
/// impl ClientInterceptor for Caller {
///     async fn start(&self, call: &mut CallStart<'_>) -> Result<(), Status> {
///         call.metadata().insert("caller", self.0)?;
///         Ok(())
///     }
///
///     fn end(&self, call: &CallEnd<'_>) {
///         if let Err(status) = call.outcome() {
///             eprintln!("{} failed after {:?}: {status}", call.path(), call.duration());
///         }
///     }
/// }
///
/// let channel = ChannelBuilder::new().interceptor(Caller("billing")).connect("http://127.0.0.1:50051")?;
/// # Ok::<(), rsgrpc::ChannelError>(())
/// ```
pub trait ClientInterceptor: Send + Sync + 'static {
    /// Before the call is sent. An error ends the call, which then is not sent.
    fn start(&self, call: &mut CallStart<'_>) -> impl Future<Output = Result<(), Status>> + Send {
        let _ = call;
        async { Ok(()) }
    }

    /// After the call has ended, for every call that [`start`](Self::start) let pass. A call that is dropped
    /// ends as cancelled.
    fn end(&self, call: &CallEnd<'_>) {
        let _ = call;
    }
}

/// A call that is about to be sent.
#[derive(Debug)]
pub struct CallStart<'a> {
    pub(super) path: &'static str,
    pub(super) kind: Kind,
    pub(super) deadline: Option<Deadline>,
    pub(super) metadata: &'a mut Option<Box<Metadata>>,
}

impl CallStart<'_> {
    /// The method's path, such as `/library.v1.Library/GetBook`.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// Which side streams.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// When the call has to be done.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        self.deadline
    }

    /// The metadata that the call will carry.
    pub fn metadata(&mut self) -> &mut Metadata {
        self.metadata.get_or_insert_default()
    }
}

/// A call that has ended.
#[derive(Debug)]
pub struct CallEnd<'a> {
    path: &'static str,
    kind: Kind,
    begun: Instant,
    outcome: Result<(), &'a Status>,
}

impl<'a> CallEnd<'a> {
    /// The method's path, such as `/library.v1.Library/GetBook`.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// Which side streams.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How the call ended.
    ///
    /// # Errors
    /// The status of a call that failed.
    pub fn outcome(&self) -> Result<(), &'a Status> {
        self.outcome
    }

    /// How long the call took, connecting included.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.begun.elapsed()
    }
}

/// The interceptors of a channel, first one first. Absent where there are none, so that those calls pay
/// nothing.
pub(super) type Interceptors = Option<Arc<[Box<dyn Erased>]>>;

/// [`ClientInterceptor`] as an object.
pub(super) trait Erased: Send + Sync {
    fn start<'a>(
        &'a self,
        call: &'a mut CallStart<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'a>>;
    fn end(&self, call: &CallEnd<'_>);
}

impl<T: ClientInterceptor> Erased for T {
    fn start<'a>(
        &'a self,
        call: &'a mut CallStart<'_>,
    ) -> Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'a>> {
        Box::pin(ClientInterceptor::start(self, call))
    }

    fn end(&self, call: &CallEnd<'_>) {
        ClientInterceptor::end(self, call);
    }
}

/// Tells the interceptors once how a call ended: cancelled, unless it is told otherwise before it is dropped.
pub(super) struct Watch {
    interceptors: Arc<[Box<dyn Erased>]>,
    /// How many of them have seen the start.
    started: usize,
    path: &'static str,
    kind: Kind,
    begun: Instant,
}

impl Watch {
    /// Shows the start of a call to all interceptors; none where there are none.
    pub(super) async fn start(
        interceptors: &Interceptors,
        mut call: CallStart<'_>,
    ) -> Result<Option<Self>, Status> {
        let Some(interceptors) = interceptors.clone() else { return Ok(None) };
        let (path, kind) = (call.path, call.kind);
        let mut watch =
            Self { interceptors: interceptors.clone(), started: 0, path, kind, begun: Instant::now() };
        for interceptor in interceptors.iter() {
            if let Err(status) = interceptor.start(&mut call).await {
                watch.end(Err(&status));
                return Err(status);
            }
            watch.started += 1;
        }
        Ok(Some(watch))
    }

    pub(super) fn end(mut self, outcome: Result<(), &Status>) {
        self.tell(outcome);
    }

    fn tell(&mut self, outcome: Result<(), &Status>) {
        let Self { started, path, kind, begun, .. } = *self;
        let call = CallEnd { path, kind, begun, outcome };
        // As with nested functions, the last to start is the first to see the end.
        self.interceptors.iter().take(started).rev().for_each(|interceptor| interceptor.end(&call));
        self.started = 0;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.started > 0 {
            self.tell(Err(&Status::cancelled("the call was dropped")));
        }
    }
}
