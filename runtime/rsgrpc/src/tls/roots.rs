//! Whom this side trusts.

use super::error::{self, TlsError};
use super::identity::certificates;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Certificates of authorities, at least one: whom they vouch for is trusted. Cheap to clone.
#[derive(Clone)]
pub struct Roots(Arc<RootCertStore>);

impl Roots {
    /// From certificates in PEM.
    ///
    /// # Errors
    /// There is none, or one is malformed.
    pub fn from_pem(pem: impl AsRef<[u8]>) -> Result<Self, TlsError> {
        Self::new(certificates(pem.as_ref())?)
    }

    /// From a file of certificates in PEM.
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem); or the file cannot be read.
    pub fn from_file(file: impl AsRef<Path>) -> Result<Self, TlsError> {
        let file = file.as_ref();
        Self::from_pem(error::read(file)?).map_err(|error| error.within(file))
    }

    /// From certificates in DER.
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem).
    pub fn from_der(certificates: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Result<Self, TlsError> {
        Self::new(certificates.into_iter().map(|certificate| CertificateDer::from(certificate.into())))
    }

    /// The authorities that Mozilla trusts, as of the version of the crate `webpki-roots`.
    #[cfg(feature = "webpki-roots")]
    #[must_use]
    pub fn webpki() -> Self {
        Self::store(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
    }

    /// The authorities that the platform trusts, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
    /// What the platform has and rustls cannot read is left out.
    ///
    /// # Errors
    /// There is none.
    #[cfg(feature = "native-roots")]
    pub fn native() -> Result<Self, TlsError> {
        let mut loaded = rustls_native_certs::load_native_certs();
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(loaded.certs);
        match (store.is_empty(), loaded.errors.pop()) {
            (false, _) => Ok(Self::store(store)),
            (true, Some(error)) => Err(TlsError::caused("the platform's certificates", error)),
            (true, None) => Err(TlsError::new("the platform trusts no certificate")),
        }
    }

    /// These and others.
    #[must_use]
    pub fn and(self, others: &Self) -> Self {
        let mut store = RootCertStore::clone(&self.0);
        store.roots.extend(others.0.roots.iter().cloned());
        Self::store(store)
    }

    fn new(certificates: impl IntoIterator<Item = CertificateDer<'static>>) -> Result<Self, TlsError> {
        let mut store = RootCertStore::empty();
        for certificate in certificates {
            store.add(certificate).map_err(|error| TlsError::caused("a root certificate", error))?;
        }
        if store.is_empty() {
            return Err(TlsError::new("there is no root certificate"));
        }
        Ok(Self::store(store))
    }

    fn store(store: RootCertStore) -> Self {
        Self(Arc::new(store))
    }

    pub(super) fn rustls(&self) -> Arc<RootCertStore> {
        self.0.clone()
    }
}

impl PartialEq for Roots {
    fn eq(&self, other: &Self) -> bool {
        self.0.roots == other.0.roots
    }
}

impl Eq for Roots {}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roots").field("certificates", &self.0.len()).finish_non_exhaustive()
    }
}
