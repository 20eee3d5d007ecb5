//! What calls are made on.

#[cfg(feature = "tower")]
use super::around::{self, Around};
use super::builder::ChannelBuilder;
use super::chain::{Erased, Interceptors};
use super::credentials::Credentials;
use super::heads::Heads;
use super::options::CallOptions;
use super::subchannel::{Connectivity, Opened, Subchannel};
use super::target::ChannelError;
use super::{BidiCall, ClientStreamingCall, ServerStreamingCall, UnaryCall};
use crate::compression::{Compression, Encoding, GRPC_ACCEPT_ENCODING, GRPC_ENCODING};
use crate::deadline;
use crate::metadata::Metadata;
use crate::method::Method;
use crate::status::Status;
use crate::transport::{Local, Outgoing, Reply, RequestHead};
use http::header::{self, HeaderValue};
use http::uri::{Authority, PathAndQuery, Scheme};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A way to reach a service: connects when the first call is made, and again whenever a connection is lost.
///
/// Cheap to clone; clones share the connection, and calls take `&self`. Dropping the last clone closes the
/// connection once the calls on it have ended.
///
/// While a connection is being made calls wait for it. When it cannot be made they fail with
/// [`Code::Unavailable`](crate::Code::Unavailable) and say why, unless they
/// [wait for ready](UnaryCall::wait_for_ready).
///
/// ```
/// use rsgrpc::Channel;
///
/// let channel = Channel::connect("http://127.0.0.1:50051")?;
/// # Ok::<(), rsgrpc::ChannelError>(())
/// ```
#[derive(Clone)]
pub struct Channel(Arc<Inner>);

struct Inner {
    settings: Settings,
    heads: Heads,
}

/// What a builder decides.
pub(super) struct Settings {
    pub(super) subchannel: Subchannel,
    /// The layers around the subchannel, where there are any.
    #[cfg(feature = "tower")]
    pub(super) around: Option<Arc<dyn Around>>,
    pub(super) receive_limit: usize,
    /// None where nothing is compressed.
    pub(super) compression: Option<Arc<Compression>>,
    pub(super) interceptors: Interceptors,
    pub(super) credentials: Vec<Credentials>,
    /// Whether nobody can listen to what is sent.
    pub(super) private: bool,
    pub(super) scheme: Scheme,
    pub(super) authority: Authority,
    pub(super) user_agent: HeaderValue,
}

impl Channel {
    /// A channel to a target such as `http://127.0.0.1:50051`, with default settings.
    ///
    /// # Errors
    /// The target cannot be understood; see [`ChannelBuilder::connect`].
    pub fn connect(target: &str) -> Result<Self, ChannelError> {
        ChannelBuilder::new().connect(target)
    }

    /// A channel to a server in this process, which the server itself gives. Calls take no detour through
    /// sockets.
    #[must_use]
    pub fn local(server: &Local) -> Self {
        ChannelBuilder::new().local(server)
    }

    /// Begins a call with one request and one response.
    pub fn unary<Req, Res>(&self, method: &'static Method<Req, Res>, request: Req) -> UnaryCall<Req, Res> {
        UnaryCall::new(self.clone(), method, request)
    }

    /// Begins a call with one request and many responses.
    pub fn server_streaming<Req, Res>(
        &self,
        method: &'static Method<Req, Res>,
        request: Req,
    ) -> ServerStreamingCall<Req, Res> {
        ServerStreamingCall::new(self.clone(), method, request)
    }

    /// Begins a call with many requests and one response.
    pub fn client_streaming<Req, Res>(
        &self,
        method: &'static Method<Req, Res>,
    ) -> ClientStreamingCall<Req, Res> {
        ClientStreamingCall::new(self.clone(), method)
    }

    /// Begins a call with many requests and many responses.
    pub fn bidi<Req, Res>(&self, method: &'static Method<Req, Res>) -> BidiCall<Req, Res> {
        BidiCall::new(self.clone(), method)
    }

    /// Whether the channel is connected.
    #[must_use]
    pub fn connectivity(&self) -> Connectivity {
        self.0.settings.subchannel.connectivity()
    }

    /// Waits until the connectivity is another than `seen`, and returns it.
    pub async fn connectivity_changed(&self, seen: Connectivity) -> Connectivity {
        self.0.settings.subchannel.changed(seen).await
    }

    /// Begins to connect, if the channel is idle, without waiting for a call.
    pub fn wake(&self) {
        self.0.settings.subchannel.connect();
    }

    pub(super) fn new(settings: Settings) -> Self {
        let mut fixed = vec![
            (header::TE, HeaderValue::from_static("trailers")),
            (header::CONTENT_TYPE, HeaderValue::from_static("application/grpc")),
            (header::USER_AGENT, settings.user_agent.clone()),
        ];
        if let Some(compression) = &settings.compression
            && compression.accepts_any()
        {
            fixed.push((GRPC_ACCEPT_ENCODING.clone(), compression.header().clone()));
        }
        Self(Arc::new(Inner { settings, heads: Heads::new(fixed) }))
    }

    pub(super) fn receive_limit(&self) -> usize {
        self.0.settings.receive_limit
    }

    pub(super) fn compression(&self) -> Option<&Arc<Compression>> {
        self.0.settings.compression.as_ref()
    }

    pub(super) fn credentials(&self) -> &[Credentials] {
        &self.0.settings.credentials
    }

    /// Whether nobody can listen to what is sent.
    pub(super) fn is_private(&self) -> bool {
        self.0.settings.private
    }

    pub(super) fn authority(&self) -> &str {
        self.0.settings.authority.as_str()
    }

    pub(super) fn interceptors(&self) -> Option<&Arc<[Box<dyn Erased>]>> {
        self.0.settings.interceptors.as_ref()
    }

    /// Sends the head of a call, where nothing has to be waited for, as mostly.
    pub(super) fn open_now(&self, head: impl FnOnce() -> RequestHead) -> Opened {
        #[cfg(feature = "tower")]
        if self.0.settings.around.is_some() {
            return Opened::Not;
        }
        self.0.settings.subchannel.open_now(head)
    }

    /// Sends the head of a call; `begun` is what [`open_now`](Self::open_now) has come to.
    pub(super) async fn open(
        &self,
        options: &CallOptions,
        head: impl Fn() -> RequestHead,
        begun: Opened,
    ) -> Result<(Outgoing, Reply), Status> {
        #[cfg(feature = "tower")]
        if let Some(around) = &self.0.settings.around {
            return Ok(around::open(around, head(), options.wait_for_ready));
        }
        self.0.settings.subchannel.open(options.wait_for_ready, head, begun).await
    }

    /// The status of a call whose deadline passed before it was sent.
    #[cold]
    pub(super) fn late(&self) -> Status {
        if self.connectivity() == Connectivity::Ready {
            // It waited for its turn among the calls that the server takes at a time, or for credentials.
            return Status::deadline_exceeded("the deadline passed before the call was sent");
        }
        let message = "the deadline passed before there was a connection";
        match self.0.settings.subchannel.failure() {
            Some(failure) => {
                let message = format!("{message}: {}", failure.message());
                Status::deadline_exceeded(message).with_source(failure)
            }
            None => Status::deadline_exceeded(message),
        }
    }

    /// The head of a call, with what credentials have added.
    pub(super) fn head(
        &self,
        path: &PathAndQuery,
        options: &CallOptions,
        credentials: Option<&Metadata>,
        encoding: Option<&Encoding>,
        timeout: Option<Duration>,
    ) -> RequestHead {
        let timeout = timeout.map(deadline::format_timeout);
        let mut headers = self.0.heads.headers(timeout, &options.draft);
        if let Some(encoding) = encoding {
            headers.insert(GRPC_ENCODING.clone(), encoding.header().clone());
        }
        for metadata in options.metadata().into_iter().chain(credentials) {
            metadata.write(&mut headers);
        }
        let (scheme, authority) = (self.0.settings.scheme.clone(), self.0.settings.authority.clone());
        RequestHead::new(scheme, authority, path.clone(), headers)
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (authority, connectivity) = (self.0.settings.authority.as_str(), self.connectivity());
        f.debug_struct("Channel").field("authority", &authority).field("connectivity", &connectivity).finish()
    }
}
