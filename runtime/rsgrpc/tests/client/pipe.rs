//! A channel through pipes in memory, so that tests can run on paused time, to a server that is frames.

use crate::raw::UNARY;
use http2_peer::{Frame, Peer, frames};
use rsgrpc::{Channel, ChannelBuilder, Status};
use std::time::Duration;
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// The other end of a channel.
pub struct Server {
    pub channel: Channel,
    pipes: mpsc::UnboundedReceiver<DuplexStream>,
}

impl Server {
    pub fn new() -> Self {
        Self::with(|builder| builder)
    }

    pub fn with(setup: impl FnOnce(ChannelBuilder) -> ChannelBuilder) -> Self {
        let (sender, pipes) = mpsc::unbounded_channel();
        let connect = move || {
            let (near, far) = duplex(1 << 20);
            sender.send(far).unwrap();
            std::future::ready(Ok(near))
        };
        let channel = setup(ChannelBuilder::new()).connect_with("test", connect).unwrap();
        Self { channel, pipes }
    }

    /// The next connection, with the settings of the server.
    pub async fn accept_with(&mut self, settings: &[(u16, u32)]) -> Peer {
        let pipe = tokio::time::timeout(Duration::from_secs(1000), self.pipes.recv());
        let mut peer = Peer::server(pipe.await.expect("a connection").unwrap(), settings).await;
        peer.patience = Duration::from_secs(1_000_000);
        peer
    }

    pub async fn accept(&mut self) -> Peer {
        self.accept_with(&[]).await
    }

    /// Whether there is no other connection.
    pub fn is_unwanted(&mut self) -> bool {
        self.pipes.try_recv().is_err()
    }

    /// Begins a unary call.
    pub fn call(&self) -> JoinHandle<Result<String, Status>> {
        tokio::spawn(self.channel.unary(&UNARY, "hello".into()).into_future())
    }
}

/// A whole answer.
pub fn answer(stream: u32) -> Vec<Frame> {
    vec![
        frames::response(stream),
        frames::message(stream, "echo"),
        frames::trailers(stream, &[("grpc-status", "0")]),
    ]
}

/// Takes a unary call and answers it.
pub async fn serve(peer: &mut Peer, stream: u32) {
    peer.expect_headers(stream).await;
    peer.expect(frames::message(stream, "hello").end()).await;
    peer.send(answer(stream)).await;
}
