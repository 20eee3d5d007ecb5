//! How a channel is set up.

use super::backoff::Backoff;
use super::channel::{Channel, Settings};
use super::connector::{Connect, Network};
use super::interceptor::{ClientInterceptor, Erased};
use super::subchannel::Subchannel;
use super::target::{ChannelError, Target};
use crate::compression::Compression;
use crate::frame;
use crate::transport::Local;
use http::HeaderValue;
use http::uri::Authority;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

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
    interceptors: Vec<Box<dyn Erased>>,
}

/// How long one attempt to connect may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// The size of header lists and trailers that are accepted.
const HEADER_LIMIT: u32 = 16 * 1024;

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

    /// Adds an interceptor, which sees each call after those added before it.
    #[must_use]
    pub fn interceptor(mut self, interceptor: impl ClientInterceptor) -> Self {
        self.interceptors.push(Box::new(interceptor));
        self
    }

    /// A channel to a target, which is `http://host:port`, `host:port`, `dns:///host:port`,
    /// `ipv4:1.2.3.4:5`, `ipv6:[::1]:5`, or a Unix socket as `unix:path`. A name that has several addresses,
    /// or a list of them as in `ipv4:1.2.3.4:5,6.7.8.9:10`, is tried in order for each connection.
    ///
    /// The channel connects when the first call is made.
    ///
    /// # Errors
    /// The target cannot be understood.
    pub fn connect(self, target: &str) -> Result<Channel, ChannelError> {
        let parsed = Target::parse(target)?;
        let authority = Authority::try_from(parsed.authority.as_str());
        let authority = authority.map_err(|_| ChannelError::authority(target))?;
        let header_limit = self.header_limit.unwrap_or(HEADER_LIMIT);
        let compression = Some(Arc::new(self.compression.clone()));
        Ok(self.build(authority, Network { target: parsed, header_limit }, compression))
    }

    /// A channel to a server in this process, which the server itself gives. It compresses nothing.
    #[must_use]
    pub fn local(self, server: &Local) -> Channel {
        self.build(Authority::from_static("local"), server.clone(), None)
    }

    fn build(
        self,
        authority: Authority,
        connector: impl Connect + 'static,
        compression: Option<Arc<Compression>>,
    ) -> Channel {
        let timeout = self.connect_timeout.unwrap_or(CONNECT_TIMEOUT);
        let user_agent = user_agent(self.user_agent.as_deref().unwrap_or_default());
        Channel::new(Settings {
            subchannel: Subchannel::new(connector, self.backoff, timeout),
            receive_limit: self.receive_limit.unwrap_or(frame::RECEIVE_LIMIT),
            compression,
            interceptors: (!self.interceptors.is_empty()).then(|| self.interceptors.into()),
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
    if !name.is_empty() {
        name.push(' ');
    }
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
            .field("interceptors", &self.interceptors.len())
            .finish()
    }
}
