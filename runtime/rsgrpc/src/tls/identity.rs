//! Who this side is.

use super::error::{self, TlsError};
use super::provider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A certificate with the chain that leads to its root, and its private key. Cheap to clone.
#[derive(Clone)]
pub struct Identity(Arc<CertifiedKey>);

impl Identity {
    /// From PEM: the certificate and those that lead to its root, in this order; and the key, as PKCS #8,
    /// PKCS #1 or SEC 1. Both may be in one file, which is then given twice.
    ///
    /// # Errors
    /// A certificate or the key is missing, malformed or of an unknown kind, or the key is not the
    /// certificate's.
    pub fn from_pem(chain: impl AsRef<[u8]>, key: impl AsRef<[u8]>) -> Result<Self, TlsError> {
        let chain = certificates(chain.as_ref())?;
        let key = PrivateKeyDer::from_pem_slice(key.as_ref()).map_err(|error| match error {
            pem::Error::NoItemsFound => TlsError::new("there is no private key"),
            error => TlsError::caused("the private key", error),
        })?;
        Self::new(chain, key)
    }

    /// From PEM in two files; see [`from_pem`](Self::from_pem).
    ///
    /// # Errors
    /// As `from_pem`; or a file cannot be read.
    pub fn from_files(chain: impl AsRef<Path>, key: impl AsRef<Path>) -> Result<Self, TlsError> {
        let (chain, key) = (chain.as_ref(), key.as_ref());
        Self::from_pem(error::read(chain)?, error::read(key)?).map_err(|error| error.within(chain))
    }

    /// From DER: the certificate and those that lead to its root, and the key as PKCS #8, PKCS #1 or SEC 1.
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem).
    pub fn from_der(
        chain: impl IntoIterator<Item = impl Into<Vec<u8>>>,
        key: impl Into<Vec<u8>>,
    ) -> Result<Self, TlsError> {
        let chain = chain.into_iter().map(|certificate| CertificateDer::from(certificate.into())).collect();
        let key = PrivateKeyDer::try_from(key.into())
            .map_err(|error| TlsError::new(format!("the private key: {error}")))?;
        Self::new(chain, key)
    }

    /// From what rustls signs with: for keys that are held elsewhere, in hardware for instance.
    #[must_use]
    pub fn from_rustls(key: CertifiedKey) -> Self {
        Self(Arc::new(key))
    }

    fn new(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<Self, TlsError> {
        if chain.is_empty() {
            return Err(TlsError::new("there is no certificate"));
        }
        let provider = provider()?;
        let key = CertifiedKey::from_der(chain, key, &provider)
            .map_err(|error| TlsError::caused("the certificate and its key", error))?;
        Ok(Self(Arc::new(key)))
    }

    pub(super) fn key(&self) -> Arc<CertifiedKey> {
        self.0.clone()
    }
}

/// The certificates of a PEM file, other items left out.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let read: Result<_, _> = CertificateDer::pem_slice_iter(pem).collect();
    read.map_err(|error: pem::Error| TlsError::caused("the certificates", error))
}

/// The same chain: it names the key that belongs to it.
impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        self.0.cert == other.0.cert
    }
}

impl Eq for Identity {}

/// Shows nothing of the key.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("certificates", &self.0.cert.len()).finish_non_exhaustive()
    }
}
