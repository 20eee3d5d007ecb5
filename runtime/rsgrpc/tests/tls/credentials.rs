//! Credentials: over TLS, in other private ways, and never in plaintext.

use crate::certificates::Authority;
use crate::support::{ASK, Served, Who, ask, limited, quick};
use rsgrpc::tls::{ClientTls, ServerTls};
use rsgrpc::{
    AccessToken, BearerToken, CallCredentials, CallTarget, Channel, ChannelBuilder, Code, Deadline, Metadata,
    Server, Status,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn token(text: &str) -> BearerToken {
    BearerToken::new(text).unwrap()
}

/// Says what it is for.
struct Audience;

impl CallCredentials for Audience {
    async fn attach(&self, call: &CallTarget<'_>, metadata: &mut Metadata) -> Result<(), Status> {
        metadata.append("authorization", &format!("{} {}", call.service_url(), call.path()))?;
        Ok(())
    }
}

/// Fails with a code.
struct Refusing(Code);

impl CallCredentials for Refusing {
    async fn attach(&self, _: &CallTarget<'_>, _: &mut Metadata) -> Result<(), Status> {
        Err(Status::new(self.0, "no"))
    }
}

struct Never;

impl CallCredentials for Never {
    async fn attach(&self, _: &CallTarget<'_>, _: &mut Metadata) -> Result<(), Status> {
        std::future::pending().await
    }
}

async fn served() -> (Served, ClientTls) {
    let authority = Authority::new("ours");
    let served = Served::start(ServerTls::new(authority.issue(&["localhost"]).identity())).await;
    (served, ClientTls::new(authority.roots()))
}

fn with(served: &Served, tls: ClientTls, setup: impl FnOnce(ChannelBuilder) -> ChannelBuilder) -> Channel {
    let builder = setup(quick().tls(tls).authority("localhost"));
    builder.connect(&format!("https://{}", served.address)).unwrap()
}

async fn ask_with(channel: &Channel, credentials: impl CallCredentials) -> Result<String, Status> {
    limited(channel.unary(&ASK, "authorization".to_owned()).credentials(credentials)).await
}

#[tokio::test]
async fn those_of_the_channel_come_before_those_of_the_call() {
    let (served, tls) = served().await;
    let channel = with(&served, tls, |builder| builder.credentials(token("one")).credentials(Audience));
    assert_eq!(
        ask(&channel, "authorization").await.unwrap(),
        "Bearer one, https://localhost/test.Who /test.Who/Ask"
    );
    let seen = ask_with(&channel, token("two")).await.unwrap();
    assert_eq!(seen, "Bearer one, https://localhost/test.Who /test.Who/Ask, Bearer two");
    let call = channel.unary(&ASK, "authorization".to_owned());
    let seen = limited(call.metadata("authorization", "zero").credentials(token("two"))).await.unwrap();
    assert!(seen.starts_with("zero, Bearer one"), "{seen}");
}

#[tokio::test]
async fn a_token_is_fetched_once() {
    let (served, tls) = served().await;
    let count = Arc::new(AtomicUsize::new(0));
    let fetched = count.clone();
    let token = BearerToken::refreshed(move || {
        let number = fetched.fetch_add(1, Ordering::Relaxed);
        async move { Ok::<_, Status>(AccessToken::new(format!("token-{number}"))) }
    });
    let channel = with(&served, tls, |builder| builder.credentials(token));
    for _ in 0..3 {
        assert_eq!(ask(&channel, "authorization").await.unwrap(), "Bearer token-0");
    }
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn credentials_that_fail() {
    let (served, tls) = served().await;
    let channel = served.channel(tls);
    for (code, expected) in [
        (Code::Unauthenticated, "UNAUTHENTICATED: no"),
        (Code::Unavailable, "UNAVAILABLE: no"),
        (Code::NotFound, "INTERNAL: the credentials failed with NOT_FOUND: no"),
        (Code::DeadlineExceeded, "DEADLINE_EXCEEDED: no"),
    ] {
        assert_eq!(ask_with(&channel, Refusing(code)).await.unwrap_err().to_string(), expected);
    }
    let call = channel.unary(&ASK, "hello".to_owned()).credentials(Never);
    let status = limited(call.deadline(Deadline::after(Duration::from_millis(20)))).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    // A token that is no header is the application's fault.
    let broken = BearerToken::refreshed(|| async { Ok::<_, Status>(AccessToken::new("a\nb")) });
    assert_eq!(ask_with(&channel, broken).await.unwrap_err().code(), Code::Internal);
    BearerToken::new("a\nb").unwrap_err();
    assert!(!format!("{:?} {:?}", token("secret"), AccessToken::new("secret")).contains("secret"));
}

#[tokio::test]
async fn not_in_plaintext() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(Server::new().add(Who).serve(listener));

    let error = quick().credentials(token("secret")).connect(&target).unwrap_err();
    let expected =
        format!("target {target:?}: credentials are not sent in plaintext; write https, or use TLS");
    assert_eq!(error.to_string(), expected);
    let channel = quick().connect(&target).unwrap();
    let status = ask_with(&channel, token("secret")).await.unwrap_err();
    assert_eq!(
        status.to_string(),
        "UNAUTHENTICATED: credentials are not sent in plaintext: the channel has no TLS"
    );
    // Unless somebody insists.
    let channel = quick().credentials_in_plaintext().credentials(token("public")).connect(&target).unwrap();
    assert_eq!(ask(&channel, "authorization").await.unwrap(), "Bearer public");
    serving.abort();
}

#[tokio::test]
async fn where_nobody_can_listen() {
    let local = Server::new().add(Who).local();
    assert_eq!(ask_with(&Channel::local(&local), token("secret")).await.unwrap(), "Bearer secret");
    let channel = ChannelBuilder::new().credentials(token("secret")).local(&local);
    assert_eq!(ask(&channel, "authorization").await.unwrap(), "Bearer secret");
}

#[cfg(unix)]
#[tokio::test]
async fn unix_sockets_are_private() {
    use rsgrpc::Listen;
    let path = std::env::temp_dir().join(format!("rsgrpc-private-{}", std::process::id()));
    let address = format!("unix:{}", path.display());
    let serving = tokio::spawn(Server::new().add(Who).serve(address.as_str().listen().await.unwrap()));
    let channel = quick().credentials(token("secret")).connect(&address).unwrap();
    assert_eq!(ask(&channel, "authorization").await.unwrap(), "Bearer secret");
    serving.abort();
    let _ = limited(serving).await;
}
