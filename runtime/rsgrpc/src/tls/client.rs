//! The client's side.

use super::live::Version;
use super::{BUFFER, Cached, H2, Identity, Live, Roots, TlsError, provider};
use rustls::client::ResolvesClientCert;
use rustls::pki_types::ServerName;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, SignatureScheme};
use std::sync::Arc;
use std::{fmt, io};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// How a channel does TLS; see [`ChannelBuilder::tls`](crate::ChannelBuilder::tls). Cheap to clone.
///
/// The server's certificate has to be valid for the host of the target, or for what
/// [`ChannelBuilder::authority`](crate::ChannelBuilder::authority) says instead.
#[derive(Clone)]
pub struct ClientTls(Source);

#[derive(Clone)]
enum Source {
    Parts { parts: Parts, config: Arc<Cached<ClientConfig>> },
    Rustls(Arc<ClientConfig>),
}

#[derive(Clone, Debug)]
struct Parts {
    roots: Live<Roots>,
    identity: Option<Live<Identity>>,
}

impl ClientTls {
    /// A client that trusts servers of these authorities: [`Roots`] that stay, or [`Live`] ones.
    pub fn new(roots: impl Into<Live<Roots>>) -> Self {
        Self(Source::Parts { parts: Parts { roots: roots.into(), identity: None }, config: Arc::default() })
    }

    /// A client that trusts whom `Roots::native` does, or without the feature `native-roots`
    /// `Roots::webpki`. A target of `https` takes this where nothing else is configured.
    ///
    /// # Errors
    /// As `Roots::native`.
    #[cfg(any(feature = "native-roots", feature = "webpki-roots"))]
    pub fn with_default_roots() -> Result<Self, TlsError> {
        #[cfg(feature = "native-roots")]
        let roots = Roots::native()?;
        #[cfg(not(feature = "native-roots"))]
        let roots = Roots::webpki();
        Ok(Self::new(roots))
    }

    /// A client that does what rustls is told, for all that there is no method for. Its ALPN protocols
    /// become `h2`. The other methods change nothing then.
    #[must_use]
    pub fn from_rustls(mut config: ClientConfig) -> Self {
        config.alpn_protocols = vec![H2.to_vec()];
        Self(Source::Rustls(Arc::new(config)))
    }

    /// Shows this certificate to servers that ask for one.
    #[must_use]
    pub fn identity(mut self, identity: impl Into<Live<Identity>>) -> Self {
        if let Source::Parts { parts, config } = &mut self.0 {
            parts.identity = Some(identity.into());
            *config = Arc::default();
        }
        self
    }

    /// Shakes hands with the server of this name, which is a host or an address.
    pub(crate) async fn connect<S>(&self, name: &str, socket: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let config = match &self.0 {
            Source::Parts { parts, config } => config.get(parts.versions(), || parts.config())?,
            Source::Rustls(config) => config.clone(),
        };
        let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
        let limit = |connection: &mut rustls::ClientConnection| connection.set_buffer_limit(Some(BUFFER));
        let stream = TlsConnector::from(config).connect_with(name, socket, limit).await?;
        // Servers that do not know ALPN answer as if nothing had been asked.
        if stream.get_ref().1.alpn_protocol() != Some(H2) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the server does not agree on HTTP/2 (ALPN h2)",
            ));
        }
        Ok(stream)
    }
}

impl Parts {
    fn versions(&self) -> Vec<Version> {
        self.identity.iter().map(Live::version).chain([self.roots.version()]).collect()
    }

    fn config(&self) -> Result<ClientConfig, TlsError> {
        let builder = ClientConfig::builder_with_provider(provider()?)
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError::caused("the versions of TLS", error))?
            .with_root_certificates(self.roots.get().rustls());
        let mut config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some(identity) => builder.with_client_cert_resolver(Arc::new(Shown(identity.get().key()))),
        };
        config.alpn_protocols = vec![H2.to_vec()];
        Ok(config)
    }
}

/// The one certificate that there is.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.key.choose_scheme(schemes).map(|_| self.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Parts { parts, .. } => f.debug_tuple("ClientTls").field(parts).finish(),
            Source::Rustls(config) => f.debug_tuple("ClientTls").field(config).finish(),
        }
    }
}
