//! A service that tells what it knows of its callers, and a server around it.

use rsgrpc::tls::{ClientTls, ServerTls};
use rsgrpc::{
    Backoff, Bytes, Call, CallFuture, Channel, ChannelBuilder, Codec, Kind, Method, Peer, Server, Service,
    Status, Writer,
};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// No test waits longer than this for anything.
pub async fn limited<T>(work: impl IntoFuture<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work.into_future()).await.expect("took too long")
}

/// Messages are text as it is.
struct Text;

impl Codec<String> for Text {
    fn encode(item: &String, out: &mut Writer) -> Result<(), Status> {
        out.prepend(item.as_bytes());
        Ok(())
    }

    fn decode(frame: Bytes) -> Result<String, Status> {
        String::from_utf8(frame.into()).map_err(|_| Status::internal("not UTF-8"))
    }
}

pub static ASK: Method<String, String> = Method::new::<Text>(Kind::Unary, "/test.Who/Ask");

/// Answers questions about the peer; anything else comes back.
pub struct Who;

impl Service for Who {
    fn name(&self) -> &'static str {
        "test.Who"
    }

    fn call(&self, call: Call) -> CallFuture<'_> {
        call.unary(&ASK, |ctx, question: String| async move {
            let tls = ctx.peer().tls();
            let certificate = tls.and_then(|tls| tls.certificate());
            Ok(match &*question {
                "server name" => format!("{:?}", tls.and_then(|tls| tls.server_name())),
                "session" => tls.map(|tls| format!("{} {}", tls.protocol(), tls.cipher_suite())).unwrap(),
                "certificate" => match certificate {
                    None => "none".to_owned(),
                    Some(it) => format!(
                        "{} {:?} {:?} {:?} {:?}",
                        it.chain().len(),
                        it.dns_names(),
                        it.uris(),
                        it.spiffe_id(),
                        it.common_name()
                    ),
                },
                "authorization" => ctx.metadata().get_all("authorization").collect::<Vec<_>>().join(", "),
                "authority" => ctx.authority().unwrap().to_owned(),
                "addresses" => format!("{:?} {:?}", ctx.peer().address(), ctx.peer().local_address()),
                _ => question,
            })
        })
    }
}

pub async fn ask(channel: &Channel, question: &str) -> Result<String, Status> {
    limited(channel.unary(&ASK, question.to_owned())).await
}

/// A server that runs until it is dropped.
pub struct Served {
    pub address: SocketAddr,
    failures: Arc<Mutex<Vec<String>>>,
    told: Arc<tokio::sync::Notify>,
    task: JoinHandle<std::io::Result<()>>,
}

impl Served {
    pub async fn start(tls: ServerTls) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (failures, told) = (Arc::new(Mutex::new(Vec::new())), Arc::new(tokio::sync::Notify::new()));
        let tell = {
            let (failures, told) = (failures.clone(), told.clone());
            move |_: &Peer, status: &Status| {
                failures.lock().unwrap().push(status.to_string());
                told.notify_one();
            }
        };
        let server = Server::new().add(Who).tls(tls).on_failed_handshake(tell);
        Self { address, failures, told, task: tokio::spawn(server.serve(listener)) }
    }

    /// Waits for the next connection that does not come about; says why.
    pub async fn failure(&self) -> String {
        limited(async {
            loop {
                if let Some(failure) = self.failures.lock().unwrap().pop() {
                    return failure;
                }
                self.told.notified().await;
            }
        })
        .await
    }

    /// A channel to `localhost`.
    pub fn channel(&self, tls: ClientTls) -> Channel {
        self.channel_to("localhost", tls)
    }

    /// A channel to this server, under another name.
    pub fn channel_to(&self, name: &str, tls: ClientTls) -> Channel {
        let builder = quick().tls(tls).authority(name);
        builder.connect(&format!("https://{}", self.address)).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A backoff that tests need not wait for.
pub fn quick() -> ChannelBuilder {
    let initial = Duration::from_millis(10);
    ChannelBuilder::new().backoff(Backoff { initial, max: initial, ..Backoff::default() })
}
