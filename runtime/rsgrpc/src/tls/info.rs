//! What a handshake has told of the other side.

use super::name::common_name;
use rustls::ServerConnection;
use rustls::pki_types::CertificateDer;
use std::fmt;

/// The TLS of a connection, as a handler sees it through [`Peer::tls`](crate::Peer::tls).
#[derive(Debug)]
pub struct TlsInfo {
    server_name: Option<String>,
    protocol: &'static str,
    cipher_suite: &'static str,
    certificate: Option<PeerCertificate>,
}

impl TlsInfo {
    pub(super) fn new(connection: &ServerConnection) -> Self {
        let certificate =
            connection.peer_certificates().and_then(|chain| PeerCertificate::new(chain.to_vec()));
        Self {
            server_name: connection.server_name().map(str::to_owned),
            protocol: connection.protocol_version().and_then(|version| version.as_str()).unwrap_or_default(),
            cipher_suite: connection
                .negotiated_cipher_suite()
                .and_then(|suite| suite.suite().as_str())
                .unwrap_or_default(),
            certificate,
        }
    }

    /// The name that the client asked for (SNI, RFC 6066 §3), in lower case. A client that connects to an
    /// address asks for none.
    #[must_use]
    pub fn server_name(&self) -> Option<&str> {
        self.server_name.as_deref()
    }

    /// The version of the protocol, such as `TLSv1_3`.
    #[must_use]
    pub fn protocol(&self) -> &'static str {
        self.protocol
    }

    /// The cipher suite, such as `TLS13_AES_256_GCM_SHA384`.
    #[must_use]
    pub fn cipher_suite(&self) -> &'static str {
        self.cipher_suite
    }

    /// The client's certificate, if it has shown one. It has been verified: against the roots of
    /// [`ServerTls`](super::ServerTls), for validity in time, and that the client has the key.
    #[must_use]
    pub fn certificate(&self) -> Option<&PeerCertificate> {
        self.certificate.as_ref()
    }
}

/// A verified certificate: who the peer is.
pub struct PeerCertificate {
    /// Not empty.
    chain: Vec<CertificateDer<'static>>,
    dns_names: Vec<String>,
    uris: Vec<String>,
    common_name: Option<String>,
}

impl PeerCertificate {
    fn new(chain: Vec<CertificateDer<'static>>) -> Option<Self> {
        let first = webpki::EndEntityCert::try_from(chain.first()?).ok();
        let mut certificate =
            Self { chain: Vec::new(), dns_names: Vec::new(), uris: Vec::new(), common_name: None };
        // One that is not X.509 comes from a verifier of the application's own; it has no names here.
        if let Some(first) = first {
            certificate.dns_names = first.valid_dns_names().map(str::to_owned).collect();
            certificate.uris = first.valid_uri_names().map(str::to_owned).collect();
            certificate.common_name = common_name(first.subject()).map(str::to_owned);
        }
        certificate.chain = chain;
        Some(certificate)
    }

    /// The certificate in DER, and after it those that the peer sent along.
    pub fn chain(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.chain.iter().map(|certificate| certificate.as_ref())
    }

    /// The DNS names among the subject's alternative names.
    #[must_use]
    pub fn dns_names(&self) -> &[String] {
        &self.dns_names
    }

    /// The URIs among the subject's alternative names.
    #[must_use]
    pub fn uris(&self) -> &[String] {
        &self.uris
    }

    /// The workload that the certificate is for, such as `spiffe://example.com/billing`: its only URI, as
    /// SPIFFE's X509-SVID has it.
    #[must_use]
    pub fn spiffe_id(&self) -> Option<&str> {
        match &*self.uris {
            [uri] if uri.starts_with("spiffe://") => Some(uri),
            _ => None,
        }
    }

    /// The subject's common name. Authorities check it less than they do the alternative names, which are to
    /// be preferred.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.common_name.as_deref()
    }
}

impl fmt::Debug for PeerCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeerCertificate")
            .field("dns_names", &self.dns_names)
            .field("uris", &self.uris)
            .field("common_name", &self.common_name)
            .finish_non_exhaustive()
    }
}
