//! Compressed messages, over raw HTTP/2.

use crate::support::{BOTH, Client, Raw, Served, Test, UNARY, answer, framed, limited, text};
use http::{HeaderMap, Request};
use rsgrpc::compression::{Compression, Compressor, Decompressed, Encoding};
use rsgrpc::{
    Bytes, Call, CallFuture, Channel, Context, Kind, Method, Sender, Server, Service, Status, Streaming,
};
use std::io::{self, Write};
use std::time::Duration;

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

static STREAM: Method<Bytes, Bytes> = Method::new::<Raw>(Kind::Bidi, "/test.Echo/Stream");
static ECHO: Method<Bytes, Bytes> = Method::new::<Raw>(Kind::Unary, "/test.Echo/Echo");

/// Echoes, and does what requests say of compression.
struct Echo;

impl Echo {
    async fn echo(ctx: &Context, request: Bytes) -> Result<Bytes, Status> {
        match &*request {
            b"was" => return Ok(ctx.request_was_compressed().to_string().into()),
            b"wwwwwwww" => return Ok(ctx.request_was_compressed().to_string().into()),
            b"fail" => return Err(Status::aborted("told so")),
            _ if request.starts_with(b"plain") => ctx.compress(None),
            _ if request.starts_with(b"runs") => ctx.compress(runs()),
            _ => {}
        }
        Ok(request)
    }

    /// Messages that begin with a dash are answered uncompressed; every answer ends in how its request came.
    async fn stream(mut requests: Streaming<Bytes>, responses: Sender<Bytes>) -> Result<(), Status> {
        while let Some(request) = requests.message().await? {
            let came = if requests.was_compressed() { b"c" } else { b"p" };
            let response = Bytes::from([&request[..], came].concat());
            match request.first() {
                Some(b'-') => responses.send_uncompressed(response).await?,
                _ => responses.send(response).await?,
            }
        }
        Ok(())
    }
}

impl Service for Echo {
    fn name(&self) -> &'static str {
        "test.Echo"
    }

    fn call(&self, call: Call) -> CallFuture<'_> {
        match call.method() {
            "Echo" => call.unary(&ECHO, |ctx, request| async move { Self::echo(&ctx, request).await }),
            "Stream" => call.bidi(&STREAM, |_, requests, responses| Self::stream(requests, responses)),
            _ => call.unimplemented(),
        }
    }
}

/// A server that reads `runs`, and its client.
async fn serve(compression: Compression) -> (Served, Client) {
    let setup = |server: Server| server.add(Echo).compression(compression.accept([runs()]).min_size(8));
    let served = Served::with(setup, Duration::ZERO).await;
    let client = served.connect().await;
    (served, client)
}

fn compressed(runs: &[u8]) -> Bytes {
    let len = u32::try_from(runs.len()).unwrap().to_be_bytes();
    [&[1], &len[..], runs].concat().into()
}

fn with(mut head: Request<()>, headers: &[(&'static str, &'static str)]) -> Request<()> {
    for (name, value) in headers {
        head.headers_mut().append(*name, value.parse().unwrap());
    }
    head
}

fn encodings(headers: &HeaderMap) -> (&str, &str) {
    (text(headers, "grpc-encoding"), text(headers, "grpc-accept-encoding"))
}

#[tokio::test]
async fn a_compressed_request_is_read() {
    let (_served, mut client) = serve(Compression::new()).await;
    let head = with(client.head("/test.Echo/Echo"), &[("grpc-encoding", "runs")]);
    let answer = client.send(head.clone(), compressed(b"\x08w")).await;
    assert_eq!((&answer.body[..], answer.status()), (&framed(b"true")[..], ("0", "")));
    assert_eq!(encodings(&answer.headers), ("", "identity,runs"));

    let answer = client.send(head, framed(b"was")).await;
    assert_eq!(answer.body, framed(b"false"));
    let answer = client.call("/test.Echo/Echo", framed(b"was")).await;
    assert_eq!(answer.body, framed(b"false"));
    assert_eq!(encodings(&answer.headers), ("", ""));
}

#[tokio::test]
async fn responses_are_compressed_for_clients_that_read_it() {
    let (_served, mut client) = serve(Compression::new().send(runs())).await;
    let reads = with(client.head("/test.Echo/Echo"), &[("grpc-accept-encoding", "identity,runs")]);
    let other = with(client.head("/test.Echo/Echo"), &[("grpc-accept-encoding", "identity,gzip")]);

    let answer = client.send(reads.clone(), framed(b"aaaaaaaaaa")).await;
    assert_eq!((answer.body, encodings(&answer.headers)), (compressed(b"\x0aa").to_vec(), ("runs", "")));
    // Too small; not made smaller; not to be compressed; not read by the client; an error.
    for request in [&b"aaaaaaa"[..], b"abcdefghij", b"plain aaaaaaaaaa"] {
        let answer = client.send(reads.clone(), framed(request)).await;
        assert_eq!((answer.body, encodings(&answer.headers)), (framed(request).to_vec(), ("", "")));
    }
    let answer = client.send(other, framed(b"aaaaaaaaaa")).await;
    assert_eq!((answer.body, encodings(&answer.headers)), (framed(b"aaaaaaaaaa").to_vec(), ("", "")));
    let answer = client.send(reads, framed(b"fail")).await;
    assert_eq!((answer.refusal(), encodings(&answer.headers)), ((200, "10", "told so"), ("", "")));
}

#[tokio::test]
async fn a_handler_may_choose_to_compress() {
    let (_served, mut client) = serve(Compression::new()).await;
    let head = with(client.head("/test.Echo/Echo"), &[("grpc-accept-encoding", "runs")]);
    let answer = client.send(head, framed(b"runsaaaaaaaaaaaa")).await;
    assert_eq!(answer.body, compressed(b"\x01r\x01u\x01n\x01s\x0ca"));
    assert_eq!(text(&answer.headers, "grpc-encoding"), "runs");
    let answer = client.call("/test.Echo/Echo", framed(b"runsaaaaaaaaaaaa")).await;
    assert_eq!((answer.body, encodings(&answer.headers)), (framed(b"runsaaaaaaaaaaaa").to_vec(), ("", "")));
}

#[tokio::test]
async fn messages_of_a_stream_are_compressed_one_by_one() {
    let (_served, mut client) = serve(Compression::new().send(runs())).await;
    let headers = [("grpc-encoding", "runs"), ("grpc-accept-encoding", "runs")];
    let head = with(client.head("/test.Echo/Stream"), &headers);
    let requests = [compressed(b"\x09a"), framed(b"aaaaaaaaa"), framed(b"---------"), compressed(b"\x02a")];
    let answer = client.send(head, requests.concat()).await;
    assert_eq!(answer.status(), ("0", ""));
    assert_eq!(encodings(&answer.headers), ("runs", "identity,runs"));
    let expected =
        [compressed(b"\x09a\x01c"), compressed(b"\x09a\x01p"), framed(b"---------p"), framed(b"aac")];
    assert_eq!(answer.body, expected.concat());
}

#[tokio::test]
async fn an_encoding_that_is_not_accepted_is_unimplemented() {
    let (_served, mut client) = serve(Compression::new()).await;
    let message = "messages are compressed with \"snappy\"; supported: identity,runs";
    for path in ["/test.Echo/Echo", "/test.Echo/Stream", "/test.Test/Up", "/test.Test/Down"] {
        let head = with(client.head(path), &[("grpc-encoding", "snappy")]);
        let answer = client.send(head, compressed(b"\x08w")).await;
        assert_eq!(answer.refusal(), (200, "12", message), "{path}");
        assert_eq!(encodings(&answer.headers), ("", "identity,runs"));
    }
    // What is not compressed is read all the same.
    let head = with(client.head("/test.Echo/Echo"), &[("grpc-encoding", "snappy")]);
    let answer = client.send(head, framed(b"hello")).await;
    assert_eq!(
        (&answer.body[..], encodings(&answer.headers)),
        (&framed(b"hello")[..], ("", "identity,runs"))
    );
}

#[tokio::test]
async fn nothing_may_be_accepted_at_all() {
    let setup = |server: Server| server.compression(Compression::new().accept([]));
    let served = Served::with(setup, Duration::ZERO).await;
    let mut client = served.connect().await;
    let head = with(client.head("/test.Test/Unary"), &[("grpc-encoding", "gzip")]);
    let answer = client.send(head, compressed(b"")).await;
    let message = "messages are compressed with \"gzip\"; supported: identity";
    assert_eq!(answer.refusal(), (200, "12", message));
    assert_eq!(encodings(&answer.headers), ("", "identity"));
}

#[tokio::test]
async fn a_flag_without_an_encoding_is_internal() {
    let (_served, mut client) = serve(Compression::new()).await;
    let message = "a message is marked as compressed, but no encoding was named";
    for headers in [&[][..], &[("grpc-encoding", "identity")]] {
        for body in [compressed(b""), compressed(b"\x08w")] {
            for path in ["/test.Echo/Echo", "/test.Echo/Stream"] {
                let answer = client.send(with(client.head(path), headers), body.clone()).await;
                assert_eq!(answer.refusal(), (200, "13", message));
            }
        }
    }
}

#[tokio::test]
async fn what_cannot_be_decompressed_is_internal() {
    let (_served, mut client) = serve(Compression::new()).await;
    let message = "the message cannot be decompressed with runs: half a run";
    for path in ["/test.Echo/Echo", "/test.Echo/Stream"] {
        let head = with(client.head(path), &[("grpc-encoding", "runs")]);
        let answer = client.send(head, compressed(b"\x08w\x01")).await;
        assert_eq!(answer.refusal(), (200, "13", message));
    }
}

#[tokio::test]
async fn a_bomb_is_refused() {
    let setup = |server: Server| {
        server.add(Echo).receive_limit(1000).compression(Compression::new().accept([runs()]))
    };
    let served = Served::with(setup, Duration::ZERO).await;
    let mut client = served.connect().await;
    let head = with(client.head("/test.Echo/Echo"), &[("grpc-encoding", "runs")]);
    let answer = client.send(head.clone(), compressed(b"\xfaa\xfaa\xfaa\xfaa")).await;
    assert_eq!((answer.status(), answer.body.len()), (("0", ""), 1005));
    let answer = client.send(head, compressed(b"\xfaa\xfaa\xfaa\xfaa\x01a")).await;
    let message = "a message of 10 bytes, compressed with runs, is larger than the limit of 1000 bytes";
    assert_eq!(answer.refusal(), (200, "8", message));
}

#[tokio::test]
async fn the_head_of_a_stream_names_the_encoding_even_before_its_first_message() {
    let setup = |server: Server| server.compression(Compression::new().send(runs()));
    let served = Served::with(setup, Duration::ZERO).await;
    let mut client = served.connect().await;
    let head = with(client.head("/test.Test/Down"), &[("grpc-accept-encoding", "runs")]);
    let (response, mut stream) = client.open(head, false).await;
    stream.send_data(framed(b"head"), true).unwrap();
    let response = limited(response).await.unwrap();
    assert_eq!(text(response.headers(), "grpc-encoding"), "runs");
    let head = with(client.head("/test.Test/Down"), &[("grpc-accept-encoding", "runs")]);
    let (response, mut stream) = client.open(head, false).await;
    stream.send_data(framed(b"1 2000"), true).unwrap();
    let answer = answer(response).await.unwrap();
    assert_eq!(answer.body, compressed(&[&[255, 7].repeat(7)[..], &[215, 7]].concat()));
}

#[tokio::test]
async fn nothing_is_compressed_within_a_process() {
    let compression = Compression::new().accept([runs()]).send(runs()).min_size(0);
    let local = Server::new().add(Echo).add(Test::default()).compression(compression.clone()).local();
    let channel = rsgrpc::ChannelBuilder::new().compression(compression).local(&local);
    let message = || Bytes::from_static(b"wwwwwwww");
    let response = limited(channel.unary(&ECHO, message()).compress(runs()).response()).await.unwrap();
    assert_eq!((&response.message[..], response.was_compressed), (&b"false"[..], false));
    let response = limited(channel.unary(&UNARY, message()).response()).await.unwrap();
    assert!(!response.was_compressed);
    stream_locally(&channel).await;
}

async fn stream_locally(channel: &Channel) {
    let (requests, mut responses) = limited(channel.bidi(&BOTH)).await.unwrap();
    limited(requests.send(Bytes::from_static(b"wwwwwwww"))).await.unwrap();
    requests.close();
    assert_eq!(limited(responses.message()).await.unwrap().unwrap(), "wwwwwwww");
    assert!(!responses.was_compressed());
}
