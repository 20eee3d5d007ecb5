//! Certificates that are accepted, and each kind that is not.

use crate::certificates::Authority;
use crate::support::{Served, ask, quick};
use rsgrpc::tls::{ClientTls, ServerTls, rustls};
use rsgrpc::{Channel, Code};
use std::error::Error;

/// A channel that cannot connect, because of this.
async fn refused(channel: &Channel, message: &str) {
    let status = ask(channel, "hello").await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status}");
    assert!(status.message().ends_with(message), "{status}");
}

#[tokio::test]
async fn a_server_proves_its_name() {
    let authority = Authority::new("ours");
    let served = Served::start(ServerTls::new(authority.issue(&["localhost", "127.0.0.1"]).identity())).await;
    let tls = ClientTls::new(authority.roots());

    let channel = served.channel(tls.clone());
    assert_eq!(ask(&channel, "server name").await.unwrap(), "Some(\"localhost\")");
    assert_eq!(ask(&channel, "authority").await.unwrap(), "localhost");
    assert_eq!(ask(&channel, "certificate").await.unwrap(), "none");
    assert_eq!(ask(&channel, "session").await.unwrap(), "TLSv1_3 TLS13_AES_256_GCM_SHA384");
    let addresses = ask(&channel, "addresses").await.unwrap();
    assert!(addresses.ends_with(&format!(" Some({})", served.address)), "{addresses}");

    // An address is proven, too, and no name is asked for.
    let target = format!("https://{}", served.address);
    let channel = quick().tls(tls.clone()).connect(&target).unwrap();
    assert_eq!(ask(&channel, "server name").await.unwrap(), "None");
    // A target that does not mention TLS does it as well.
    let channel = quick().tls(tls).connect(&format!("localhost:{}", served.address.port())).unwrap();
    assert_eq!(ask(&channel, "server name").await.unwrap(), "Some(\"localhost\")");
}

#[tokio::test]
async fn large_messages_arrive() {
    let authority = Authority::new("ours");
    let served = Served::start(ServerTls::new(authority.issue(&["localhost"]).identity())).await;
    let channel = served.channel(ClientTls::new(authority.roots()));
    let message = "0123456789abcdef".repeat(200_000);
    assert!(ask(&channel, &message).await.unwrap() == message);
}

#[tokio::test]
async fn an_unknown_authority() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let served = Served::start(ServerTls::new(theirs.issue(&["localhost"]).identity())).await;
    let channel = served.channel(ClientTls::new(ours.roots()));
    refused(&channel, "invalid peer certificate: UnknownIssuer").await;
    let status = ask(&channel, "hello").await.unwrap_err();
    let expected = format!("connect to {}: TLS: invalid peer certificate: UnknownIssuer", served.address);
    assert_eq!(status.message(), expected);
    let unknown = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
    assert_eq!(status.source().unwrap().downcast_ref(), Some(&unknown));
    assert_eq!(served.failure().await, "UNAVAILABLE: TLS: received fatal alert: UnknownCA");

    // Both are trusted.
    let channel = served.channel(ClientTls::new(ours.roots().and(&theirs.roots())));
    ask(&channel, "hello").await.unwrap();
}

#[tokio::test]
async fn another_name() {
    let authority = Authority::new("ours");
    let served = Served::start(ServerTls::new(authority.issue(&["other.example"]).identity())).await;
    let channel = served.channel(ClientTls::new(authority.roots()));
    let status = ask(&channel, "hello").await.unwrap_err();
    assert!(status.message().contains("certificate not valid for name \"localhost\""), "{status}");
    let channel = served.channel_to("other.example:443", ClientTls::new(authority.roots()));
    assert_eq!(ask(&channel, "authority").await.unwrap(), "other.example:443");
}

#[tokio::test]
async fn an_expired_certificate() {
    let authority = Authority::new("ours");
    let served = Served::start(ServerTls::new(authority.expired("localhost").identity())).await;
    let channel = served.channel(ClientTls::new(authority.roots()));
    let status = ask(&channel, "hello").await.unwrap_err();
    assert!(status.message().contains("invalid peer certificate: certificate expired"), "{status}");
    let failure = served.failure().await;
    assert_eq!(failure, "UNAVAILABLE: TLS: received fatal alert: CertificateExpired");
}

#[tokio::test]
async fn the_sides_disagree_whether_there_is_tls() {
    let authority = Authority::new("ours");
    let served = Served::start(ServerTls::new(authority.issue(&["localhost"]).identity())).await;
    let plaintext = quick().connect(&format!("http://{}", served.address)).unwrap();
    let status = ask(&plaintext, "hello").await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status}");
    assert_eq!(
        served.failure().await,
        "UNAVAILABLE: TLS: received corrupt message of type InvalidContentType"
    );

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("https://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(rsgrpc::Server::new().serve(listener));
    let channel = quick().tls(ClientTls::new(authority.roots())).connect(&target).unwrap();
    let status = ask(&channel, "hello").await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status}");
    assert!(status.message().contains("TLS: "), "{status}");
    server.abort();
}

#[tokio::test]
async fn clients_prove_who_they_are() {
    let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
    let tls = ServerTls::new(servers.issue(&["localhost"]).identity());
    let served = Served::start(tls.require_client_certificate(clients.roots())).await;
    let client = ClientTls::new(servers.roots());

    let billing = clients.workload("billing", "spiffe://example.com/billing").identity();
    let channel = served.channel(client.clone().identity(billing));
    assert_eq!(
        ask(&channel, "certificate").await.unwrap(),
        "1 [\"billing.internal\"] [\"spiffe://example.com/billing\"] \
         Some(\"spiffe://example.com/billing\") Some(\"billing\")"
    );

    refused(&served.channel(client.clone()), "received fatal alert: CertificateRequired").await;
    assert_eq!(served.failure().await, "UNAVAILABLE: TLS: peer sent no certificates");

    let stranger = Authority::new("others").issue(&["stranger"]).identity();
    refused(&served.channel(client.clone().identity(stranger)), "received fatal alert: UnknownCA").await;
    assert_eq!(served.failure().await, "UNAVAILABLE: TLS: invalid peer certificate: UnknownIssuer");

    let expired = clients.expired("billing").identity();
    let channel = served.channel(client.identity(expired));
    refused(&channel, "received fatal alert: CertificateExpired").await;
}

#[tokio::test]
async fn a_certificate_that_is_optional() {
    let authority = Authority::new("ours");
    let tls = ServerTls::new(authority.issue(&["localhost"]).identity());
    let served = Served::start(tls.request_client_certificate(authority.roots())).await;
    let client = ClientTls::new(authority.roots());
    assert_eq!(ask(&served.channel(client.clone()), "certificate").await.unwrap(), "none");

    let known = client.clone().identity(authority.issue(&["known"]).identity());
    let seen = ask(&served.channel(known), "certificate").await.unwrap();
    assert_eq!(seen, "1 [\"known\"] [] None Some(\"rcgen self signed cert\")");

    let stranger = client.identity(Authority::new("others").issue(&["stranger"]).identity());
    refused(&served.channel(stranger), "received fatal alert: UnknownCA").await;
}

#[tokio::test]
async fn the_certificate_is_chosen_by_name() {
    let (a, b, rest) = (Authority::new("a"), Authority::new("b"), Authority::new("rest"));
    let tls = ServerTls::new(rest.issue(&["localhost", "deep.a.b.example"]).identity())
        .name("A.example", a.issue(&["a.example"]).identity())
        .name("*.b.example", b.issue(&["*.b.example"]).identity());
    let served = Served::start(tls).await;
    for (name, signer) in [
        ("a.example", &a),
        ("one.b.example", &b),
        ("two.B.example", &b),
        ("localhost", &rest),
        ("deep.a.b.example", &rest),
    ] {
        let channel = served.channel_to(name, ClientTls::new(signer.roots()));
        ask(&channel, "hello").await.unwrap_or_else(|status| panic!("{name}: {status}"));
    }
}
