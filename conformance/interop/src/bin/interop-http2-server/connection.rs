//! A connection: calls come in, frames go out within the client's windows.

use std::collections::HashMap;

use http2_peer::Peer;
use http2_peer::frames::{self, ACK, END_STREAM, Frame};
use rsgrpc::Message;
use rsgrpc_interop::proto::{SimpleRequest, SimpleResponse};
use rsgrpc_interop::zeros;
use tokio::net::TcpStream;

/// What RFC 9113 §6.9.2 begins with.
const WINDOW: i64 = 65_535;
/// What a client may send: more than a request.
const OFFERED: u32 = 1 << 20;

pub(crate) struct Connection {
    peer: Peer,
    /// What a new stream may be sent at first.
    initial: i64,
    /// What the connection, as stream 0, and each stream may still be sent.
    windows: HashMap<u32, i64>,
    /// PINGs that are not answered yet.
    pings: usize,
    /// The stream of the call that is being served.
    open: Option<u32>,
    one_at_a_time: bool,
}

/// A call that has come.
pub(crate) struct Call {
    pub(crate) stream: u32,
    request: SimpleRequest,
}

impl Call {
    /// The response that the request asks for, as it is sent.
    pub(crate) fn response(&self) -> Vec<u8> {
        let size = usize::try_from(self.request.response_size).unwrap_or_default();
        let response = SimpleResponse { payload: Some(zeros(size)), ..Default::default() };
        frames::prefixed(response.encode())
    }
}

impl Connection {
    pub(crate) async fn new(socket: TcpStream) -> Self {
        let mut peer = Peer::server(socket, &[(frames::INITIAL_WINDOW_SIZE, OFFERED)]).await;
        peer.send(frames::window_update(0, OFFERED)).await;
        let windows = HashMap::from([(0, WINDOW)]);
        Self { peer, initial: WINDOW, windows, pings: 0, open: None, one_at_a_time: false }
    }

    /// The next call with its request; none at the end of the connection.
    pub(crate) async fn call(&mut self) -> Option<Call> {
        let mut body = Vec::new();
        loop {
            let frame = self.next().await?;
            if frame.kind == frames::DATA {
                body.extend(&frame.payload);
                self.peer.send(frames::window_update(0, OFFERED)).await;
            }
            if frame.kind == frames::DATA && frame.flags & END_STREAM != 0 {
                let message = body.get(5..).unwrap_or_default();
                let request = SimpleRequest::decode(message).expect("a SimpleRequest");
                println!("call");
                return Some(Call { stream: frame.stream, request });
            }
        }
    }

    /// Sends any frame.
    pub(crate) async fn send(&mut self, frame: Frame) {
        self.peer.send(frame).await;
    }

    /// Sends part of a body in frames of so many bytes, each with so much padding.
    pub(crate) async fn body(&mut self, stream: u32, body: &[u8], size: usize, padding: u8) {
        for part in body.chunks(size) {
            let frame = match padding {
                0 => frames::data(stream, part),
                padding => frames::data(stream, part).padded(padding),
            };
            // Padding and its length count as well.
            let cost = i64::try_from(frame.payload.len()).expect("a frame's length");
            while self.window(0) < cost || self.window(stream) < cost {
                self.next().await.expect("the client to read");
            }
            *self.windows.entry(0).or_default() -= cost;
            *self.windows.entry(stream).or_default() -= cost;
            self.send(frame).await;
        }
    }

    /// Ends a call that went well.
    pub(crate) async fn ok(&mut self, stream: u32) {
        self.send(frames::trailers(stream, &[("grpc-status", "0")])).await;
        self.open = None;
    }

    /// From now on the client may have one call at a time.
    pub(crate) async fn limit_calls(&mut self) {
        self.send(frames::settings(&[(frames::MAX_CONCURRENT_STREAMS, 1)])).await;
        // The answer tells that the client knows.
        while !self.next().await.is_none_or(|frame| frame.kind == frames::SETTINGS && frame.flags & ACK != 0)
        {
        }
        self.one_at_a_time = true;
    }

    pub(crate) async fn ping(&mut self) {
        self.pings += 1;
        self.send(frames::ping(*b"are you?")).await;
    }

    /// Waits until all PINGs are answered.
    pub(crate) async fn pongs(&mut self) {
        while self.pings > 0 {
            self.next().await.expect("answers to all PINGs");
        }
    }

    fn window(&mut self, stream: u32) -> i64 {
        *self.windows.entry(stream).or_insert(self.initial)
    }

    /// The next frame, with its meaning for the connection.
    async fn next(&mut self) -> Option<Frame> {
        let frame = self.peer.next().await?;
        match frame.kind {
            frames::HEADERS => {
                assert!(self.open.is_none() || !self.one_at_a_time, "two calls at a time: {frame:?}");
                self.open = Some(frame.stream);
            }
            frames::WINDOW_UPDATE => {
                let increment = i64::from(number(&frame.payload));
                *self.windows.entry(frame.stream).or_insert(self.initial) += increment;
            }
            frames::SETTINGS if frame.flags & ACK == 0 => self.set(&frame.payload),
            frames::PING if frame.flags & ACK != 0 => self.pings -= 1,
            frames::PING => self.peer.send(Frame { flags: ACK, ..frame.clone() }).await,
            _ => {}
        }
        Some(frame)
    }

    /// Takes over what the client's SETTINGS say of windows, also of those that are open.
    fn set(&mut self, payload: &[u8]) {
        for parameter in payload.chunks_exact(6) {
            let (id, value) = parameter.split_at(2);
            if id == frames::INITIAL_WINDOW_SIZE.to_be_bytes() {
                let value = i64::from(number(value));
                for (_, window) in self.windows.iter_mut().filter(|(stream, _)| **stream != 0) {
                    *window += value - self.initial;
                }
                self.initial = value;
            }
        }
    }
}

fn number(bytes: &[u8]) -> u32 {
    u32::from_be_bytes(bytes.try_into().expect("four bytes"))
}
