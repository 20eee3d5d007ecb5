//! Compressed messages, from and to servers that do what a test says.

use crate::raw::*;
use bytes::Bytes;
use rsgrpc::compression::{Compression, Compressor, Decompressed, Encoding};
use rsgrpc::{Channel, ChannelBuilder, Code, Status};
use std::io::{self, Write};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Runs of bytes: how many, and which.
struct Runs;

impl Compressor for Runs {
    fn compress(&self, message: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        for run in message.chunk_by(|a, b| a == b).flat_map(|run| run.chunks(255)) {
            out.extend([u8::try_from(run.len()).unwrap(), run[0]]);
        }
        Ok(())
    }

    fn decompress(&self, compressed: &[u8], out: &mut Decompressed) -> io::Result<()> {
        let (runs, rest) = compressed.as_chunks::<2>();
        for [count, byte] in runs {
            out.write_all(&vec![*byte; usize::from(*count)])?;
        }
        if rest.is_empty() { Ok(()) } else { Err(io::Error::other("half a run")) }
    }
}

fn runs() -> Encoding {
    Encoding::new("runs", Runs)
}

fn settings() -> Compression {
    Compression::new().accept([runs()]).min_size(8)
}

fn compressed(runs: &[u8]) -> Bytes {
    let len = u32::try_from(runs.len()).unwrap().to_be_bytes();
    [&[1], &len[..], runs].concat().into()
}

/// `grpc-encoding` and `grpc-accept-encoding` of a request, and its body.
type Seen = (Option<String>, Option<String>, Vec<u8>);

/// A server that answers each call with `ok`, and what it sees of the requests.
async fn observe(compression: Compression) -> (Channel, mpsc::UnboundedReceiver<Seen>) {
    let (seen, requests) = mpsc::unbounded_channel();
    let (listener, target) = listen().await;
    let handle = move |mut call: Call| {
        let seen = seen.clone();
        async move {
            let header = |name| call.header(name).map(str::to_owned);
            let (encoding, accepted) = (header("grpc-encoding"), header("grpc-accept-encoding"));
            let body = call.request().await.unwrap();
            seen.send((encoding, accepted, body)).unwrap();
            call.answer("ok", OK);
        }
    };
    tokio::spawn(accept(listener, h2::server::Builder::new(), Arc::new(handle)));
    let channel = ChannelBuilder::new().compression(compression).connect(&target).unwrap();
    (channel, requests)
}

/// A channel to a server that answers with these headers and this body.
async fn answering(headers: &'static [(&'static str, &'static str)], body: Bytes) -> Channel {
    let (listener, target) = listen().await;
    let handle = move |mut call: Call| {
        let body = body.clone();
        async move {
            call.request().await.unwrap();
            let mut head = grpc(200);
            head.headers_mut().extend(crate::raw::headers(headers));
            let mut stream = call.begin_with(head);
            stream.send_data(body, false).unwrap();
            stream.send_trailers(crate::raw::headers(OK)).unwrap();
        }
    };
    tokio::spawn(accept(listener, h2::server::Builder::new(), Arc::new(handle)));
    ChannelBuilder::new().compression(settings()).receive_limit(1000).connect(&target).unwrap()
}

fn seen(encoding: Option<&str>, accepted: &str, body: impl AsRef<[u8]>) -> Seen {
    (encoding.map(str::to_owned), Some(accepted.to_owned()), body.as_ref().to_vec())
}

#[tokio::test]
async fn requests_are_compressed_where_the_application_says_so() {
    let long = "a".repeat(20);
    for (compression, choice, expected) in [
        (settings(), None, None),
        (settings(), Some(Some(runs())), Some("runs")),
        (settings().send(runs()), None, Some("runs")),
        (settings().send(runs()), Some(None), None),
    ] {
        let (channel, mut requests) = observe(compression).await;
        let mut call = channel.unary(&UNARY, long.clone());
        if let Some(choice) = choice {
            call = call.compress(choice);
        }
        limit(call).await.unwrap();
        let body = if expected.is_some() { compressed(b"\x14a") } else { frame(&long) };
        assert_eq!(requests.recv().await.unwrap(), seen(expected, "identity,runs", body));
    }
}

#[tokio::test]
async fn a_request_that_is_not_compressed_names_no_encoding() {
    let (channel, mut requests) = observe(settings().send(runs())).await;
    for message in ["aaaaaaa", "abcdefghijk", ""] {
        limit(channel.unary(&UNARY, message.into())).await.unwrap();
        assert_eq!(requests.recv().await.unwrap(), seen(None, "identity,runs", frame(message)));
    }
}

#[tokio::test]
async fn requests_of_a_stream_are_compressed_one_by_one() {
    let (channel, mut requests) = observe(settings()).await;
    let long = "a".repeat(20);
    let bodies = [compressed(b"\x14a"), frame(&long), frame("short")].concat();
    let expected = seen(Some("runs"), "identity,runs", bodies);

    let mut upload = limit(channel.client_streaming(&UPLOAD).compress(runs())).await.unwrap();
    limit(upload.send(long.clone())).await.unwrap();
    limit(upload.send_uncompressed(long.clone())).await.unwrap();
    limit(upload.send("short".into())).await.unwrap();
    let response = limit(upload.response()).await.unwrap();
    assert_eq!((&response.message[..], response.was_compressed), ("ok", false));
    assert_eq!(requests.recv().await.unwrap(), expected);

    let (sender, mut responses) = limit(channel.bidi(&CHAT).compress(runs())).await.unwrap();
    limit(sender.send(long.clone())).await.unwrap();
    limit(sender.send_uncompressed(long)).await.unwrap();
    limit(sender.send("short".into())).await.unwrap();
    sender.close();
    assert_eq!(limit(responses.message()).await.unwrap().unwrap(), "ok");
    assert_eq!(requests.recv().await.unwrap(), expected);
}

#[tokio::test]
async fn a_channel_that_accepts_nothing_says_nothing() {
    let (channel, mut requests) = observe(Compression::new().accept([])).await;
    limit(channel.unary(&UNARY, "hello".into())).await.unwrap();
    assert_eq!(requests.recv().await.unwrap(), (None, None, frame("hello").to_vec()));
}

#[tokio::test]
async fn compressed_responses_are_read() {
    let channel = answering(&[("grpc-encoding", "runs")], compressed(b"\x05a\x05b")).await;
    let response = limit(channel.unary(&UNARY, "hello".into()).response()).await.unwrap();
    assert_eq!((&response.message[..], response.was_compressed), ("aaaaabbbbb", true));
    assert!(response.metadata.is_empty(), "{response:?}");

    let body = [compressed(b"\x03a"), frame("b"), compressed(b"")].concat();
    let channel = answering(&[("grpc-encoding", "runs")], body.into()).await;
    let mut responses = limit(channel.server_streaming(&LIST, "hello".into())).await.unwrap();
    let mut found = Vec::new();
    while let Some(message) = limit(responses.message()).await.unwrap() {
        found.push((message, responses.was_compressed()));
    }
    assert_eq!(found, [("aaa", true), ("b", false), ("", true)].map(|(text, was)| (text.to_owned(), was)));
}

/// How a unary call and one with many responses fail, which is the same.
async fn failure(headers: &'static [(&'static str, &'static str)], body: Bytes) -> Status {
    let channel = answering(headers, body).await;
    let status = limit(channel.unary(&UNARY, "hello".into())).await.unwrap_err();
    let mut responses = limit(channel.server_streaming(&LIST, "hello".into())).await.unwrap();
    let streamed = limit(responses.message()).await.unwrap_err();
    assert_eq!((streamed.code(), streamed.message()), (status.code(), status.message()));
    status
}

#[tokio::test]
async fn responses_that_cannot_be_read_fail() {
    let status = failure(&[("grpc-encoding", "gzip")], compressed(b"\x05a")).await;
    let message = "messages are compressed with \"gzip\"; supported: identity,runs";
    assert_eq!((status.code(), status.message()), (Code::Internal, message));

    let message = "a message is marked as compressed, but no encoding was named";
    for headers in [&[][..], &[("grpc-encoding", "identity")]] {
        for body in [compressed(b"\x05a"), compressed(b"")] {
            let status = failure(headers, body).await;
            assert_eq!((status.code(), status.message()), (Code::Internal, message));
        }
    }

    let status = failure(&[("grpc-encoding", "runs")], compressed(b"\x05a\x05")).await;
    let message = "the message cannot be decompressed with runs: half a run";
    assert_eq!((status.code(), status.message()), (Code::Internal, message));

    let status = failure(&[("grpc-encoding", "runs")], compressed(&b"\xffa".repeat(4))).await;
    let message = "a message of 8 bytes, compressed with runs, is larger than the limit of 1000 bytes";
    assert_eq!((status.code(), status.message()), (Code::ResourceExhausted, message));
}

#[tokio::test]
async fn a_response_in_another_encoding_is_read_where_it_is_not_compressed() {
    let channel = answering(&[("grpc-encoding", "gzip")], frame("plain")).await;
    assert_eq!(limit(channel.unary(&UNARY, "hello".into())).await.unwrap(), "plain");
}
