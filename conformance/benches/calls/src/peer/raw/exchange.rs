//! What is sent and what has to come back, made once.

use std::io::{Read, Write};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use http::Request;
use prost::Message;

use super::{frame, prefixed};
use crate::call::{Call, METADATA, STREAM, TIMEOUT};
use crate::ingest;
use crate::peer::tonic::generated::bench::echo::{Count, Ping, Sum};
use crate::setup::Setup;

/// The head of a request, its messages and the replies to them.
pub struct Exchange {
    pub head: Request<()>,
    /// Taken in turn.
    pub requests: Vec<Bytes>,
    /// To all requests, which may differ only in what does not come back.
    reply: Reply,
}

enum Reply {
    /// What was sent.
    Same,
    /// This frame, so many times.
    Frames(Bytes, usize),
    /// This message, by whatever the server compresses with; it may leave small
    /// ones as they are.
    Compressed { message: Vec<u8>, always: bool },
}

impl Exchange {
    fn new(call: Call, port: u16, gzip: bool) -> Self {
        let ping = |turn| {
            let (id, text, body) = call.ping(turn);
            Ping { id, text, body: vec![7; body] }
        };
        let (requests, reply) = match call {
            Call::Ingest | Call::IngestView => {
                let (batch, value) = ingest::encoded();
                (vec![prefixed(0, &batch)], Reply::Frames(frame(&Sum { value }), 1))
            }
            Call::Repeat => {
                let count = Count { messages: STREAM.cast_signed(), ping: Some(ping(0)) };
                (vec![frame(&count)], Reply::Frames(frame(&ping(0)), STREAM as usize))
            }
            Call::Flood => {
                let count = Count { messages: i32::MAX, ping: Some(ping(0)) };
                (vec![frame(&count)], Reply::Same)
            }
            _ if gzip => {
                let message = ping(0).encode_to_vec();
                let request = prefixed(1, &compressed(&message));
                (vec![request], Reply::Compressed { message, always: call == Call::Text })
            }
            Call::Nap => ((0..10).map(|turn| frame(&ping(turn))).collect(), Reply::Same),
            _ => (vec![frame(&ping(0))], Reply::Same),
        };
        let head = Request::post(format!("http://127.0.0.1:{port}/bench.echo.Echo/{}", call.method()))
            .header("te", "trailers")
            .header("content-type", "application/grpc")
            .header("user-agent", "bench")
            .header("grpc-timeout", format!("{}S", TIMEOUT.as_secs()));
        let head = METADATA.iter().fold(head, |head, (name, value)| head.header(*name, *value));
        let head = match gzip {
            true => head.header("grpc-encoding", "gzip").header("grpc-accept-encoding", "gzip"),
            false => head,
        };
        Self { head: head.body(()).expect("a request"), requests, reply }
    }

    /// The `turn`th request.
    pub fn request(&self, turn: usize) -> &Bytes {
        &self.requests[turn % self.requests.len()]
    }

    /// Checks what came back to the `turn`th request, in the pieces that it came in.
    pub fn check(&self, turn: usize, pieces: &[Bytes]) {
        match &self.reply {
            Reply::Same => check(self.request(turn), 1, pieces),
            Reply::Frames(frame, times) => check(frame, *times, pieces),
            Reply::Compressed { message, always } => {
                let reply = pieces.concat();
                let (prefix, reply) = reply.split_at(5);
                let reply = match prefix[0] {
                    0 if !always => reply.to_vec(),
                    flag => {
                        assert_eq!(flag, 1, "a compressed message");
                        decompressed(reply)
                    }
                };
                assert!(reply == *message, "another message came back");
            }
        }
    }
}

/// The pieces have to be the frame, so many times.
fn check(frame: &Bytes, times: usize, pieces: &[Bytes]) {
    let mut at = 0;
    for mut piece in pieces.iter().map(Bytes::as_ref) {
        while !piece.is_empty() {
            let place = at % frame.len();
            let (part, rest) = piece.split_at(piece.len().min(frame.len() - place));
            assert!(*part == frame[place..place + part.len()], "another message came back");
            at += part.len();
            piece = rest;
        }
    }
    assert_eq!(at, frame.len() * times, "the length of all replies");
}

fn compressed(message: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(message).and_then(|()| encoder.finish()).expect("memory does not fail")
}

fn decompressed(bytes: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut message).expect("gzip");
    message
}

/// Exchanges of all kinds with one server, each made when it is needed.
pub struct Exchanges {
    pub port: u16,
    gzip: bool,
    all: [OnceLock<Exchange>; 16],
}

impl Exchanges {
    pub fn new(port: u16, setup: Setup) -> Arc<Self> {
        Arc::new(Self { port, gzip: setup.gzip, all: [const { OnceLock::new() }; 16] })
    }

    pub fn of(&self, call: Call) -> &Exchange {
        self.all[call as usize].get_or_init(|| Exchange::new(call, self.port, self.gzip))
    }
}
