//! The server's side.

use super::live::Version;
use super::{BUFFER, Cached, H2, Identity, Live, Roots, TlsError, TlsInfo, provider};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::server::{
    Acceptor, ClientHello, NoServerSessionStorage, ResolvesServerCert, WebPkiClientVerifier,
};
use rustls::sign::CertifiedKey;
use std::collections::HashMap;
use std::sync::Arc;
use std::{fmt, io};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

/// How a server does TLS; see [`Server::tls`](crate::Server::tls). Cheap to clone.
#[derive(Clone)]
pub struct ServerTls(Source);

#[derive(Clone)]
enum Source {
    Parts { parts: Parts, config: Arc<Cached<ServerConfig>> },
    Rustls(Arc<ServerConfig>),
}

#[derive(Clone, Debug)]
struct Parts {
    identity: Live<Identity>,
    names: Vec<(String, Live<Identity>)>,
    clients: Clients,
}

/// The certificates of clients.
#[derive(Clone, Debug)]
enum Clients {
    Ignored,
    Optional(Live<Roots>),
    Required(Live<Roots>),
}

impl ServerTls {
    /// A server with this identity: an [`Identity`] that stays, or a [`Live`] one.
    pub fn new(identity: impl Into<Live<Identity>>) -> Self {
        let parts = Parts { identity: identity.into(), names: Vec::new(), clients: Clients::Ignored };
        Self(Source::Parts { parts, config: Arc::default() })
    }

    /// A server with this identity; see [`Identity::from_pem`].
    ///
    /// # Errors
    /// As `Identity::from_pem`.
    pub fn from_pem(chain: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Result<Self, TlsError> {
        Identity::from_pem(chain, key).map(Self::new)
    }

    /// A server that does what rustls is told, for all that there is no method for. Its ALPN protocols
    /// become `h2`. The other methods change nothing then.
    #[must_use]
    pub fn from_rustls(mut config: ServerConfig) -> Self {
        config.alpn_protocols = vec![H2.to_vec()];
        Self(Source::Rustls(Arc::new(config)))
    }

    /// Another identity for clients that ask for this name (SNI). `*.example.com` stands for all names that
    /// have one label more than `example.com`. The first identity serves those that ask for a name that is
    /// not given, or for none.
    #[must_use]
    pub fn name(self, name: &str, identity: impl Into<Live<Identity>>) -> Self {
        self.with(|parts| parts.names.push((name.to_ascii_lowercase(), identity.into())))
    }

    /// Refuses clients that have no certificate of these authorities. Handlers see the certificate through
    /// [`Peer::tls`](crate::Peer::tls).
    #[must_use]
    pub fn require_client_certificate(self, roots: impl Into<Live<Roots>>) -> Self {
        self.with(|parts| parts.clients = Clients::Required(roots.into()))
    }

    /// Asks clients for a certificate of these authorities, and lets those through that have none. One that
    /// is wrong is refused.
    #[must_use]
    pub fn request_client_certificate(self, roots: impl Into<Live<Roots>>) -> Self {
        self.with(|parts| parts.clients = Clients::Optional(roots.into()))
    }

    fn with(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        if let Source::Parts { parts, config } = &mut self.0 {
            change(parts);
            *config = Arc::default();
        }
        self
    }

    /// Shakes hands with a client. A client that does not speak HTTP/2 is refused before anything secret is
    /// computed for it.
    pub(crate) async fn accept<S>(&self, socket: S) -> io::Result<(TlsStream<S>, TlsInfo)>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let config = self.config()?;
        let mut hello = LazyConfigAcceptor::new(Acceptor::default(), socket).await?;
        // rustls itself refuses those that offer other protocols, but not those that offer none.
        if !hello.client_hello().alpn().is_some_and(|mut offered| offered.any(|name| name == H2)) {
            let _ = hello.io.write_all(&NO_APPLICATION_PROTOCOL).await;
            let _ = hello.io.shutdown().await;
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the client does not offer HTTP/2 (ALPN h2)",
            ));
        }
        let stream =
            hello.into_stream_with(config, |connection| connection.set_buffer_limit(Some(BUFFER))).await?;
        let info = TlsInfo::new(stream.get_ref().1);
        Ok((stream, info))
    }

    /// What handshakes go by now.
    pub(crate) fn config(&self) -> Result<Arc<ServerConfig>, TlsError> {
        match &self.0 {
            Source::Parts { parts, config } => config.get(parts.versions(), || parts.config()),
            Source::Rustls(config) => Ok(config.clone()),
        }
    }
}

/// A fatal alert of that name (RFC 7301 §3.2), in a record of its own, not encrypted.
const NO_APPLICATION_PROTOCOL: [u8; 7] = [21, 3, 3, 0, 2, 2, 120];

impl Parts {
    fn versions(&self) -> Vec<Version> {
        let identities = self.names.iter().map(|(_, identity)| identity).chain([&self.identity]);
        identities.map(Live::version).chain(self.clients.roots().map(Live::version)).collect()
    }

    fn config(&self) -> Result<ServerConfig, TlsError> {
        let provider = provider()?;
        let verifier = self.clients.verifier(&provider)?;
        let names = self.names.iter().map(|(name, identity)| (name.clone(), identity.get().key()));
        let identities = Identities { default: self.identity.get().key(), names: names.collect() };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| TlsError::caused("the versions of TLS", error))?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(identities));
        config.alpn_protocols = vec![H2.to_vec()];
        if self.clients.roots().is_some() {
            // A session that is resumed shows no certificate: one that has expired would still be good.
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
        }
        Ok(config)
    }
}

impl Clients {
    fn roots(&self) -> Option<&Live<Roots>> {
        match self {
            Self::Ignored => None,
            Self::Optional(roots) | Self::Required(roots) => Some(roots),
        }
    }

    fn verifier(
        &self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn rustls::server::danger::ClientCertVerifier>, TlsError> {
        let Some(roots) = self.roots() else { return Ok(WebPkiClientVerifier::no_client_auth()) };
        let builder = WebPkiClientVerifier::builder_with_provider(roots.get().rustls(), provider.clone());
        let builder = match self {
            Self::Optional(_) => builder.allow_unauthenticated(),
            _ => builder,
        };
        builder.build().map_err(|error| TlsError::caused("the roots of clients", error))
    }
}

/// Chooses by SNI.
#[derive(Debug)]
struct Identities {
    default: Arc<CertifiedKey>,
    names: HashMap<String, Arc<CertifiedKey>>,
}

impl ResolvesServerCert for Identities {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let named = hello.server_name().and_then(|name| {
            let wildcard = || {
                let (_, parent) = name.split_once('.')?;
                self.names.get(&format!("*.{parent}"))
            };
            self.names.get(name).or_else(wildcard)
        });
        Some(named.unwrap_or(&self.default).clone())
    }
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Parts { parts, .. } => f.debug_tuple("ServerTls").field(parts).finish(),
            Source::Rustls(config) => f.debug_tuple("ServerTls").field(config).finish(),
        }
    }
}
