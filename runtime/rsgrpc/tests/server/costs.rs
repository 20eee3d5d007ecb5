//! What calls cost, in what can be counted: system calls and memory. No clock is looked at.

use crate::support::{Probe, Test, UNARY, limited};
use http2_peer::{Peer, frames};
use rsgrpc::{Bytes, Call, CallFuture, Channel, Server, Service};
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};

/// Counts what would be system calls.
struct Counting {
    socket: DuplexStream,
    writes: Arc<AtomicUsize>,
}

impl AsyncRead for Counting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, buf)
    }
}

impl AsyncWrite for Counting {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        Pin::new(&mut self.socket).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// A task for each call would be a write for almost each answer: the one that is done wakes the connection's, which on the
/// multi-thread runtime runs next. Of several workers others would take some of the tasks, now more, now fewer.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn requests_that_arrive_together_are_answered_together() {
    const CALLS: u32 = 64;
    let writes = Arc::new(AtomicUsize::new(0));
    let (client, socket) = duplex(1 << 20);
    let server = Server::new().add(Test(Probe::default()));
    let socket = Counting { socket, writes: writes.clone() };
    let serving = tokio::spawn(server.serve_connection(socket, rsgrpc::Peer::unnamed()));
    let mut peer = Peer::client(client).await;
    // The connection is at rest when the requests come.
    peer.send(vec![frames::ping([1; 8])]).await;
    while peer.next().await.unwrap() != frames::pong([1; 8]) {}
    let before = writes.load(Ordering::Relaxed);
    let requests = (0..CALLS)
        .map(|call| 2 * call + 1)
        .flat_map(|stream| [frames::request(stream, UNARY.path()), frames::message(stream, "hello").end()]);
    peer.send(requests.collect::<Vec<_>>()).await;
    let mut answered = 0;
    while answered < CALLS {
        let frame = limited(peer.next()).await.unwrap();
        if frame.kind == frames::HEADERS {
            let ended = frame.flags & frames::END_STREAM != 0;
            let fields = peer.headers(frame).await;
            assert!(!ended || fields.contains(&("grpc-status".into(), "0".into())), "{fields:?}");
            answered += u32::from(ended);
        }
    }
    let writes = writes.load(Ordering::Relaxed) - before;
    assert!(writes <= 8, "{writes} writes for {CALLS} calls");
    serving.abort();
}

/// Notes the size of each call's future.
struct Sized<S>(S, Arc<Mutex<Vec<usize>>>);

impl<S: Service> Service for Sized<S> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn call(&self, call: Call) -> CallFuture<'_> {
        let future = self.0.call(call);
        self.1.lock().unwrap().push(size_of_val(&*future));
        future
    }
}

/// There is one allocation for each, and malloc is quick up to 1 KiB: glibc keeps no larger ones at hand.
#[tokio::test]
async fn the_future_of_a_call_is_small() {
    let sizes = Arc::default();
    let server = Server::new().add(Sized(Test(Probe::default()), Arc::clone(&sizes)));
    let channel = Channel::local(&server.local());
    limited(channel.unary(&UNARY, Bytes::from("hello"))).await.unwrap();
    let sizes = sizes.lock().unwrap();
    assert!(matches!(**sizes, [..=1024]), "{sizes:?}");
}
