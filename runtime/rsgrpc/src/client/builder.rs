//! How a channel is set up.

#[cfg(feature = "tower")]
use super::around;
use super::backoff::Backoff;
use super::chain::Erased;
use super::channel::{self, Channel};
use super::connector::{Connect, Custom, Dial, Network, Security};
use super::credentials::{CallCredentials, Credentials};
use super::interceptor::ClientInterceptor;
use super::subchannel::Subchannel;
use super::target::{ChannelError, Endpoint, Problem, Target};
use crate::compression::Compression;
use crate::frame;
#[cfg(feature = "_tls")]
use crate::tls::ClientTls;
use crate::transport::http2::client::Settings;
use crate::transport::http2::{Pace, Windows};
use crate::transport::{Keepalive, Local};
use http::HeaderValue;
use http::uri::{Authority, Scheme};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};
use tokio::io::{AsyncRead, AsyncWrite};

/// Sets up a [`Channel`].
///
/// ```
/// use rsgrpc::ChannelBuilder;
/// use std::time::Duration;
///
/// let channel = ChannelBuilder::new()
///     .user_agent("shop/1.4")
///     .connect_timeout(Duration::from_secs(3))
///     .receive_limit(16 << 20)
///     .connect("http://127.0.0.1:50051")?;
/// # Ok::<(), rsgrpc::ChannelError>(())
/// ```
#[derive(Default)]
pub struct ChannelBuilder {
    user_agent: Option<String>,
    connect_timeout: Option<Duration>,
    backoff: Backoff,
    receive_limit: Option<usize>,
    compression: Compression,
    header_limit: Option<u32>,
    windows: Windows,
    keepalive: Option<Keepalive>,
    idle_timeout: Option<Duration>,
    interceptors: Vec<Box<dyn Erased>>,
    #[cfg(feature = "tower")]
    layers: Vec<around::Layer>,
    credentials: Vec<Credentials>,
    exposed: bool,
    authority: Option<String>,
    #[cfg(feature = "_tls")]
    tls: Option<ClientTls>,
}

/// How long one attempt to connect may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// The size of header lists and trailers that are accepted.
const HEADER_LIMIT: u32 = 16 * 1024;

/// The idle time after which a channel gives its connection up.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30 * 60);

impl ChannelBuilder {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the application to servers: goes before this crate's own name in `user-agent`. What is not
    /// printable ASCII is left out.
    #[must_use]
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = Some(name.into());
        self
    }

    /// The longest that one attempt to connect may take, name resolution included; 20 s by default.
    #[must_use]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = Some(limit);
        self
    }

    /// The pauses between failed attempts to connect.
    #[must_use]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// The largest message that is accepted, decompressed, in bytes; 4 MiB by default. A larger one ends its
    /// call with RESOURCE_EXHAUSTED.
    #[must_use]
    pub fn receive_limit(mut self, bytes: usize) -> Self {
        self.receive_limit = Some(bytes);
        self
    }

    /// How requests are compressed, and in which encodings responses may be: by default in all that are
    /// compiled in, while requests are not compressed. See [`compression`](crate::compression).
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// The largest header list that is accepted, in bytes as HTTP/2 counts them; 16 KiB by default.
    #[must_use]
    pub fn header_limit(mut self, bytes: u32) -> Self {
        self.header_limit = Some(bytes);
        self
    }

    /// Looks whether the server still lives when it is silent; off by default.
    #[must_use]
    pub fn keepalive(mut self, keepalive: Keepalive) -> Self {
        self.keepalive = Some(keepalive);
        self
    }

    /// How long the channel keeps a connection without calls; 30 minutes by default, [`Duration::MAX`] for ever.
    /// Then it is [idle](crate::Connectivity::Idle) until the next call.
    #[must_use]
    pub fn idle_timeout(mut self, idle: Duration) -> Self {
        self.idle_timeout = Some(idle);
        self
    }

    /// Fixes what a server may send on one call, and on all calls of a connection together, before it is read,
    /// in bytes; at most 2^31 - 1. By default a call's begins with 1 MiB and grows up to 16 MiB where a fast
    /// and distant server needs it; a connection's is 64 MiB.
    #[must_use]
    pub fn windows(mut self, stream: u32, connection: u32) -> Self {
        self.windows = Windows::fixed(stream, connection);
        self
    }

    /// Adds an interceptor, which sees each call after those added before it, and its outcome before them.
    #[must_use]
    pub fn interceptor(mut self, interceptor: impl ClientInterceptor) -> Self {
        self.interceptors.push(Box::new(interceptor));
        self
    }

    /// Adds credentials to each call, after those added before. They need TLS, or another way in which nobody can
    /// listen: a server in this process, a Unix socket, a vsock.
    #[must_use]
    pub fn credentials(mut self, credentials: impl CallCredentials) -> Self {
        self.credentials.push(Credentials::new(credentials));
        self
    }

    /// Sends credentials without TLS, too, to whoever can listen: for connections that are protected in some
    /// other way.
    #[must_use]
    pub fn credentials_in_plaintext(mut self) -> Self {
        self.exposed = true;
        self
    }

    /// The host that calls are addressed to instead of the target's, with or without a port: what
    /// `:authority` says, and with TLS the name for which the server's certificate has to be valid.
    #[must_use]
    pub fn authority(mut self, authority: impl Into<String>) -> Self {
        self.authority = Some(authority.into());
        self
    }

    /// Does TLS, whatever the target is.
    #[cfg(feature = "_tls")]
    #[must_use]
    pub fn tls(mut self, tls: ClientTls) -> Self {
        self.tls = Some(tls);
        self
    }

    #[cfg(feature = "tower")]
    pub(crate) fn around(mut self, layer: around::Layer) -> Self {
        self.layers.push(layer);
        self
    }

    /// A channel to a target, which is `https://host:port`, `http://host:port`, `host:port`,
    /// `dns:///host:port`, `ipv4:1.2.3.4:5`, `ipv6:[::1]:5`, a Unix socket as `unix:path` or, on Linux,
    /// `unix-abstract:name`, or on Linux with the feature `vsock` `vsock:cid:port`. A name that has several
    /// addresses, or a list of them as in `ipv4:1.2.3.4:5,6.7.8.9:10`, is tried in order for each connection.
    ///
    /// `https` does TLS, if nothing else is configured as `ClientTls::with_default_roots` has it; the port is
    /// 443 where there is none. All others are plaintext unless TLS is configured, and `http` always is.
    ///
    /// The channel connects when the first call is made.
    ///
    /// # Errors
    /// The target or the authority cannot be understood, the target and TLS contradict each other, or there are
    /// credentials and no TLS.
    pub fn connect(self, target: &str) -> Result<Channel, ChannelError> {
        let parsed = Target::parse(target)?;
        let error = |problem| ChannelError::new(target, problem);
        let authority = self.authority_or(&parsed.authority).map_err(error)?;
        let security = self.security(parsed.tls, &authority).map_err(error)?;
        let private =
            self.privacy(&security, matches!(parsed.endpoint, Endpoint::Machine(_))).map_err(error)?;
        let name = parsed.name.clone();
        let settings = self.settings();
        Ok(self.build(authority, private, Network { dial: parsed, name, security, settings }))
    }

    /// A channel over anything that carries bytes both ways: `connect` makes each connection. Calls are
    /// addressed to the host `authority`.
    ///
    /// ```
    /// # use rsgrpc::{Channel, ChannelBuilder, ChannelError};
    /// # fn example() -> Result<Channel, ChannelError> {
    /// let proxy = || tokio::net::TcpStream::connect("127.0.0.1:1080");
    /// let channel = ChannelBuilder::new().connect_with("shop.example.com", proxy)?;
    /// # Ok(channel)
    /// # }
    /// ```
    ///
    /// # Errors
    /// The authority cannot be understood, or there are credentials and no TLS.
    pub fn connect_with<F, Fut, S>(self, authority: &str, connect: F) -> Result<Channel, ChannelError>
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = io::Result<S>> + Send,
        S: AsyncRead + AsyncWrite + Send + 'static,
    {
        let name = authority.to_owned();
        let error = |problem| ChannelError::new(&name, problem);
        let authority = self.authority_or(authority).map_err(error)?;
        let security = self.security(None, &authority).map_err(error)?;
        let private = self.privacy(&security, false).map_err(error)?;
        let settings = self.settings();
        let dial = Custom { connect, name: name.clone() };
        Ok(self.build(authority, private, Network { dial, name, security, settings }))
    }

    /// A channel to a server in this process, which the server itself gives. It compresses nothing.
    #[must_use]
    pub fn local(self, server: &Local) -> Channel {
        self.channel(Scheme::HTTP, Authority::from_static("local"), true, server.clone(), None)
    }

    fn authority_or(&self, default: &str) -> Result<Authority, Problem> {
        let authority = self.authority.as_deref().unwrap_or(default);
        match Authority::try_from(authority) {
            Ok(parsed) if !authority.contains('@') => Ok(parsed),
            _ => Err(Problem::Authority(authority.to_owned())),
        }
    }

    /// What there is to be between HTTP/2 and the socket; `wanted` is what the target says of TLS.
    #[cfg(feature = "_tls")]
    fn security(&self, wanted: Option<bool>, authority: &Authority) -> Result<Security, Problem> {
        let tls = match (&self.tls, wanted) {
            (Some(_), Some(false)) => return Err(Problem::NotTls),
            (Some(tls), _) => tls.clone(),
            #[cfg(any(feature = "native-roots", feature = "webpki-roots"))]
            (None, Some(true)) => {
                ClientTls::with_default_roots().map_err(|error| Problem::Roots(error.to_string()))?
            }
            #[cfg(not(any(feature = "native-roots", feature = "webpki-roots")))]
            (None, Some(true)) => return Err(Problem::NoTls),
            (None, _) => return Ok(Security::Plaintext),
        };
        let host = authority.host();
        // An address of IPv6 is in brackets here, but not in certificates.
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        Ok(Security::Tls(tls, host.to_owned()))
    }

    #[cfg(not(feature = "_tls"))]
    fn security(&self, wanted: Option<bool>, _: &Authority) -> Result<Security, Problem> {
        match wanted {
            Some(true) => Err(Problem::NoTls),
            _ => Ok(Security::Plaintext),
        }
    }

    fn settings(&self) -> Settings {
        Settings {
            header_limit: self.header_limit.unwrap_or(HEADER_LIMIT),
            windows: self.windows,
            keepalive: self.keepalive.map(|keepalive| Arc::new(Pace::new(keepalive))),
            idle_timeout: Some(self.idle_timeout.unwrap_or(IDLE_TIMEOUT)),
        }
    }

    /// Whether nobody can listen to what is sent.
    fn privacy(&self, security: &Security, within_machine: bool) -> Result<bool, Problem> {
        match security {
            Security::Plaintext if within_machine || self.exposed => Ok(true),
            Security::Plaintext if !self.credentials.is_empty() => Err(Problem::Exposed),
            Security::Plaintext => Ok(false),
            #[cfg(feature = "_tls")]
            Security::Tls(..) => Ok(true),
        }
    }

    fn build<D: Dial + 'static>(self, authority: Authority, private: bool, network: Network<D>) -> Channel {
        let scheme = match network.security {
            Security::Plaintext => Scheme::HTTP,
            #[cfg(feature = "_tls")]
            Security::Tls(..) => Scheme::HTTPS,
        };
        let compression = Some(Arc::new(self.compression.clone()));
        self.channel(scheme, authority, private, network, compression)
    }

    fn channel(
        self,
        scheme: Scheme,
        authority: Authority,
        private: bool,
        connector: impl Connect + 'static,
        compression: Option<Arc<Compression>>,
    ) -> Channel {
        let timeout = self.connect_timeout.unwrap_or(CONNECT_TIMEOUT);
        let user_agent = user_agent(self.user_agent.as_deref().unwrap_or_default());
        let subchannel = Subchannel::new(connector, self.backoff, timeout);
        Channel::new(channel::Settings {
            #[cfg(feature = "tower")]
            around: around::stack(self.layers, &subchannel),
            subchannel,
            receive_limit: self.receive_limit.unwrap_or(frame::RECEIVE_LIMIT),
            compression,
            interceptors: (!self.interceptors.is_empty()).then(|| self.interceptors.into()),
            credentials: self.credentials,
            private,
            scheme,
            authority,
            user_agent,
        })
    }
}

/// The application's name and this crate's.
fn user_agent(application: &str) -> HeaderValue {
    const OURS: &str = concat!("grpc-rust-rsgrpc/", env!("CARGO_PKG_VERSION"));
    let mut name = application.trim().to_owned();
    name.retain(|char| matches!(char, ' '..='~'));
    if name.is_empty() {
        // Copied for each call, which takes no counting where it is static.
        return HeaderValue::from_static(OURS);
    }
    name.push(' ');
    name.push_str(OURS);
    // Printable ASCII is always a header value, so the fallback is never taken.
    HeaderValue::try_from(name).unwrap_or(HeaderValue::from_static(OURS))
}

impl fmt::Debug for ChannelBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelBuilder")
            .field("user_agent", &self.user_agent)
            .field("connect_timeout", &self.connect_timeout)
            .field("backoff", &self.backoff)
            .field("receive_limit", &self.receive_limit)
            .field("compression", &self.compression)
            .field("header_limit", &self.header_limit)
            .field("windows", &self.windows)
            .field("keepalive", &self.keepalive)
            .field("idle_timeout", &self.idle_timeout)
            .field("interceptors", &self.interceptors.len())
            .field("credentials", &self.credentials.len())
            .field("authority", &self.authority)
            .finish_non_exhaustive()
    }
}
