//! TLS for all: one certificate, which clients trust as it is.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

/// For 127.0.0.1; the build script made it.
pub const CERTIFICATE: &str = include_str!(concat!(env!("OUT_DIR"), "/certificate.pem"));
pub const KEY: &str = include_str!(concat!(env!("OUT_DIR"), "/key.pem"));

fn certificate() -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(CERTIFICATE.as_bytes()).expect("a certificate")
}

pub fn client() -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate()).expect("a certificate");
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(config)
}

pub fn server() -> Arc<ServerConfig> {
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).expect("a key");
    let config = ServerConfig::builder().with_no_client_auth();
    let mut config = config.with_single_cert(vec![certificate()], key).expect("they belong together");
    config.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(config)
}
