//! Peers that do TLS well and do not agree on HTTP/2.

use crate::certificates::Authority;
use crate::support::{Served, ask, limited, quick};
use rsgrpc::Code;
use rsgrpc::tls::rustls::{self, ClientConfig, RootCertStore, ServerConfig};
use rsgrpc::tls::{ClientTls, ServerTls};
use std::sync::Arc;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn client_config(authority: &Authority) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().into()).unwrap();
    ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn server_config(authority: &Authority) -> ServerConfig {
    let issued = authority.issue(&["localhost"]);
    ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![issued.certificate.into()], issued.key.try_into().unwrap())
        .unwrap()
}

#[tokio::test]
async fn a_client_without_h2_is_refused() {
    let authority = Authority::new("ours");
    let served = Served::start(ServerTls::new(authority.issue(&["localhost"]).identity())).await;
    let cases: [&[&[u8]]; 3] = [&[], &[b"http/1.1"], &[b"http/1.1", b"h2"]];
    for protocols in cases {
        let mut config = client_config(&authority);
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let socket = TcpStream::connect(served.address).await.unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        let connected = limited(connector.connect("localhost".try_into().unwrap(), socket)).await;
        if protocols.contains(&&b"h2"[..]) {
            assert_eq!(connected.unwrap().get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        } else {
            let error = connected.unwrap_err().to_string();
            assert_eq!(error, "received fatal alert: NoApplicationProtocol");
            let failure = served.failure().await;
            assert_eq!(failure, "UNAVAILABLE: TLS: the client does not offer HTTP/2 (ALPN h2)");
        }
    }
}

#[tokio::test]
async fn a_server_without_h2_is_refused() {
    let authority = Authority::new("ours");
    let cases: [(&[&[u8]], &str); 2] = [
        (&[], "TLS: the server does not agree on HTTP/2 (ALPN h2)"),
        (&[b"http/1.1"], "TLS: received fatal alert: NoApplicationProtocol"),
    ];
    for (protocols, expected) in cases {
        let mut config = server_config(&authority);
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        let listener = TcpListener::bind("localhost:0").await.unwrap();
        let target = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let server = tokio::spawn(async move {
            let (socket, _) = listener.accept().await.unwrap();
            if let Ok(mut stream) = TlsAcceptor::from(Arc::new(config)).accept(socket).await {
                // Not a byte of HTTP/2 comes.
                assert_eq!(stream.read(&mut [0; 16]).await.unwrap_or(0), 0);
            }
        });
        let channel = quick().tls(ClientTls::new(authority.roots())).connect(&target).unwrap();
        let status = ask(&channel, "hello").await.unwrap_err();
        assert_eq!(status.code(), Code::Unavailable);
        assert!(status.message().contains(expected), "{status}");
        limited(server).await.unwrap();
    }
}

#[tokio::test]
async fn what_rustls_is_told() {
    let authority = Authority::new("ours");
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().into()).unwrap();
    let old = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let served = Served::start(ServerTls::from_rustls(server_config(&authority))).await;
    let channel = served.channel(ClientTls::from_rustls(old));
    assert!(ask(&channel, "session").await.unwrap().starts_with("TLSv1_2 "));
}
