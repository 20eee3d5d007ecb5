//! TLS for servers and channels, with [rustls].
//!
//! ```
//! use rsgrpc::tls::{ClientTls, Identity, Roots, ServerTls, TlsError};
//! use rsgrpc::{Channel, ChannelBuilder, Server};
//!
//! fn server() -> Result<Server, TlsError> {
//!     let identity = Identity::from_files("server.crt", "server.key")?;
//!     let clients = Roots::from_file("clients.crt")?;
//!     Ok(Server::new().tls(ServerTls::new(identity).require_client_certificate(clients)))
//! }
//!
//! fn client() -> Result<Channel, Box<dyn std::error::Error>> {
//!     let tls = ClientTls::new(Roots::from_file("ca.crt")?)
//!         .identity(Identity::from_files("client.crt", "client.key")?);
//!     Ok(ChannelBuilder::new().tls(tls).connect("https://shop.example.com:50051")?)
//! }
//! ```
//!
//! Versions 1.2 and 1.3 are spoken. Both sides insist on HTTP/2 by ALPN (RFC 7301), as gRPC asks. Whatever is
//! configured here may be replaced while it is used: see [`Live`].
//!
//! The cryptography is that of the application's
//! [default provider](rustls::crypto::CryptoProvider::install_default), else aws-lc with the feature
//! `tls-aws-lc`, else ring with the feature `tls`.

mod client;
mod error;
mod identity;
mod info;
mod live;
mod name;
mod roots;
mod server;

pub use client::ClientTls;
pub use error::TlsError;
pub(crate) use error::cause;
pub use identity::Identity;
pub use info::{PeerCertificate, TlsInfo};
pub use live::Live;
pub use roots::Roots;
/// The version of rustls that [`ServerTls::from_rustls`] and [`ClientTls::from_rustls`] take.
pub use rustls;
pub use server::ServerTls;

use live::Version;
use rustls::crypto::CryptoProvider;
use std::sync::{Arc, Mutex, PoisonError};

/// What ALPN calls HTTP/2 over TLS.
const H2: &[u8] = b"h2";

/// What may wait in a connection, encrypted: all that its transport writes at a time leaves with one system
/// call.
const BUFFER: usize = 160 * 1024;

fn provider() -> Result<Arc<CryptoProvider>, TlsError> {
    #[cfg(feature = "tls-aws-lc")]
    let built_in = || Ok(Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    #[cfg(all(feature = "tls", not(feature = "tls-aws-lc")))]
    let built_in = || Ok(Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(not(any(feature = "tls", feature = "tls-aws-lc")))]
    let built_in =
        || Err(TlsError::new("there is no cryptography: it comes with the feature tls or tls-aws-lc"));
    CryptoProvider::get_default().cloned().map_or_else(built_in, Ok)
}

/// A rustls configuration, kept until what it was made of is replaced.
///
/// A new one forgets the sessions of the old one: none is resumed under roots that were not asked.
struct Cached<C>(Mutex<Option<(Vec<Version>, Arc<C>)>>);

impl<C> Cached<C> {
    fn get(
        &self,
        versions: Vec<Version>,
        make: impl FnOnce() -> Result<C, TlsError>,
    ) -> Result<Arc<C>, TlsError> {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*cached {
            Some((known, config)) if *known == versions => Ok(config.clone()),
            _ => {
                let config = Arc::new(make()?);
                *cached = Some((versions, config.clone()));
                Ok(config)
            }
        }
    }
}

impl<C> Default for Cached<C> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}
