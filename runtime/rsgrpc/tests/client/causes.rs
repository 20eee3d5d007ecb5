//! What a status says of the cause, for each class of causes: in its message, and as its source.

use crate::raw::*;
use h2::Reason;
use rsgrpc::{Backoff, Channel, ChannelBuilder, Code, Status};
use std::error::Error;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

/// What a status says, and what the errors behind it say, one after the other.
#[derive(Debug, PartialEq)]
struct Told {
    code: Code,
    from_peer: bool,
    messages: Vec<String>,
}

/// The errors behind a status, one after the other.
fn behind(status: &Status) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(status.source(), |error| (*error).source())
}

async fn failure(channel: &Channel) -> Status {
    limit(channel.unary(&UNARY, "hello".into())).await.unwrap_err()
}

fn told(status: &Status) -> Told {
    let messages = std::iter::once(status.message().to_owned());
    let messages = messages.chain(behind(status).map(ToString::to_string));
    Told { code: status.code(), from_peer: status.is_from_peer(), messages: messages.collect() }
}

#[track_caller]
fn tells(status: &Status, code: Code, from_peer: bool, messages: &[&str]) {
    let messages = messages.iter().map(|message| (*message).to_owned()).collect();
    assert_eq!(told(status), Told { code, from_peer, messages });
}

/// The socket's or the resolver's error at the end of the chain.
#[track_caller]
fn io_kind(status: &Status) -> io::ErrorKind {
    let error = behind(status).last().and_then(|error| error.downcast_ref::<io::Error>());
    error.unwrap_or_else(|| panic!("no io::Error behind {status:?}")).kind()
}

/// The status of a call that the server ends by this reset.
async fn reset(reason: Reason) -> Status {
    let channel = serve(move |mut call| async move { call.respond.send_reset(reason) }).await;
    failure(&channel).await
}

#[tokio::test]
async fn nobody_listens() {
    let (listener, target) = listen().await;
    let address = listener.local_addr().unwrap();
    drop(listener);
    let status = failure(&Channel::connect(&target).unwrap()).await;
    let refused = io::Error::from_raw_os_error(111).to_string();
    let message = format!("connect to {address}: {refused}");
    if cfg!(target_os = "linux") {
        tells(&status, Code::Unavailable, false, &[&message, &refused]);
    }
    assert_eq!(io_kind(&status), io::ErrorKind::ConnectionRefused);
}

#[cfg(unix)]
#[tokio::test]
async fn the_socket_is_not_there() {
    let status = failure(&Channel::connect("unix:/no/such/socket").unwrap()).await;
    assert!(status.message().starts_with("connect to unix:/no/such/socket: No such file"), "{status}");
    assert_eq!((status.code(), io_kind(&status)), (Code::Unavailable, io::ErrorKind::NotFound));
}

#[tokio::test]
async fn the_name_is_unknown() {
    // There is no such name, and this is none.
    for host in ["no-such-host.invalid", &"long".repeat(30)] {
        let status = failure(&Channel::connect(&format!("{host}:1")).unwrap()).await;
        let Told { code, from_peer, messages } = told(&status);
        assert_eq!((code, from_peer, messages.len()), (Code::Unavailable, false, 2));
        assert_eq!(messages[0], format!("connect to {host}:1: cannot resolve the name: {}", messages[1]));
        io_kind(&status);
    }
}

#[tokio::test]
async fn an_own_connector_fails() {
    let connect = || async { Err::<tokio::net::TcpStream, _>(io::Error::other("the tunnel is closed")) };
    let channel = ChannelBuilder::new().connect_with("tunnel", connect).unwrap();
    let message = "connect to tunnel: the tunnel is closed";
    tells(&failure(&channel).await, Code::Unavailable, false, &[message, "the tunnel is closed"]);
}

#[tokio::test]
async fn the_server_does_not_speak_http2() {
    let (listener, target) = listen().await;
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            socket.write_all(b"SSH-2.0-OpenSSH_9.2 and some more, which is no frame\r\n").await.unwrap();
            tokio::spawn(async move { tokio::io::copy(&mut socket, &mut tokio::io::sink()).await });
        }
    });
    let status = failure(&Channel::connect(&target).unwrap()).await;
    let broke = "the connection was closed because the server broke HTTP/2: FRAME_SIZE_ERROR";
    let Told { code, from_peer, messages } = told(&status);
    assert_eq!((code, from_peer), (Code::Unavailable, false));
    let expected = [&format!("connect to {address}: {broke}"), &format!("UNAVAILABLE: {broke}")];
    assert_eq!([&messages[0], &messages[1]], expected);
    assert_eq!(messages[2..], ["connection error detected: frame with invalid size"]);
}

#[tokio::test]
async fn the_server_says_nothing() {
    let (_listener, target) = listen().await;
    let channel = ChannelBuilder::new().connect_timeout(Duration::from_millis(50)).connect(&target).unwrap();
    let status = failure(&channel).await;
    assert!(status.message().ends_with(": no connection within 50ms"), "{status}");
    assert_eq!((status.code(), io_kind(&status)), (Code::Unavailable, io::ErrorKind::TimedOut));
}

#[tokio::test]
async fn the_deadline_passes_before_there_is_a_connection() {
    let (listener, target) = listen().await;
    drop(listener);
    let initial = Duration::from_millis(10);
    let backoff = Backoff { initial, max: initial, ..Backoff::default() };
    let channel = ChannelBuilder::new().backoff(backoff).connect(&target).unwrap();
    let call = channel.unary(&UNARY, "hello".into()).wait_for_ready().timeout(Duration::from_millis(200));
    let status = limit(call).await.unwrap_err();
    assert_eq!(status.code(), Code::DeadlineExceeded);
    assert!(status.message().starts_with("the deadline passed before there was a connection: connect to"));
    assert_eq!(io_kind(&status), io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn the_server_breaks_http2() {
    // DATA on stream 0.
    let status = failure(&say(b"\0\0\x01\0\0\0\0\0\0x").await).await;
    let message = "the connection was closed because the server broke HTTP/2: PROTOCOL_ERROR";
    let source = "connection error detected: unspecific protocol error detected";
    tells(&status, Code::Unavailable, false, &[message, source]);
}

#[tokio::test]
async fn the_server_says_goodbye() {
    // Before the call.
    let goaway = b"\0\0\x16\x07\0\0\0\0\0\0\0\0\0\0\0\0\x0btoo_many_pings";
    let status = failure(&say(goaway).await).await;
    let message = "the server closed the connection: ENHANCE_YOUR_CALM (too_many_pings)";
    let Told { code, from_peer, messages } = told(&status);
    assert_eq!((code, from_peer, &messages[0][..], messages.len()), (Code::Unavailable, true, message, 2));
    assert!(messages[1].contains("too_many_pings"), "{messages:?}");
}

#[tokio::test]
async fn the_server_says_goodbye_and_goes() {
    let (listener, target) = listen().await;
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.write_all(SETTINGS).await.unwrap();
        read_head(&mut socket).await;
        // After the call.
        let goaway = b"\0\0\x16\x07\0\0\0\0\0\0\0\0\x01\0\0\0\x0btoo_many_pings";
        socket.write_all(goaway).await.unwrap();
        socket.shutdown().await.unwrap();
        tokio::io::copy(&mut socket, &mut tokio::io::sink()).await.ok();
    });
    let status = failure(&Channel::connect(&target).unwrap()).await;
    let goodbye = "the peer said goodbye: ENHANCE_YOUR_CALM, \"too_many_pings\"";
    tells(&status, Code::Unavailable, false, &[&format!("the connection was lost: {goodbye}"), goodbye]);
}

#[tokio::test]
async fn the_server_resets_the_stream() {
    for (reason, code, name, text) in [
        (Reason::INTERNAL_ERROR, Code::Internal, "INTERNAL_ERROR", "unexpected internal error encountered"),
        (Reason::CANCEL, Code::Cancelled, "CANCEL", "stream no longer needed"),
        (
            Reason::INADEQUATE_SECURITY,
            Code::PermissionDenied,
            "INADEQUATE_SECURITY",
            "security properties do not meet minimum requirements",
        ),
    ] {
        let message = format!("the server reset the stream: {name}");
        let source = format!("stream error received: {text}");
        tells(&reset(reason).await, code, true, &[&message, &source]);
    }
}

#[tokio::test]
async fn the_connection_ends() {
    let (listener, target) = listen().await;
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.write_all(SETTINGS).await.unwrap();
        read_head(&mut socket).await;
        socket.shutdown().await.unwrap();
        tokio::io::copy(&mut socket, &mut tokio::io::sink()).await.ok();
    });
    let status = failure(&Channel::connect(&target).unwrap()).await;
    let Told { code, from_peer, messages } = told(&status);
    assert_eq!((code, from_peer, messages.len()), (Code::Unavailable, false, 2));
    assert_eq!(messages[0], format!("the connection was lost: {}", messages[1]));
    assert_eq!(io_kind(&status), io::ErrorKind::BrokenPipe);
}

#[tokio::test]
async fn the_connection_is_reset() {
    let (listener, target) = listen().await;
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.write_all(SETTINGS).await.unwrap();
        read_head(&mut socket).await;
        // Closing sends a reset instead of an orderly end.
        socket.set_zero_linger().unwrap();
    });
    let status = failure(&Channel::connect(&target).unwrap()).await;
    assert_eq!(io_kind(&status), io::ErrorKind::ConnectionReset);
    if cfg!(target_os = "linux") {
        let reset = io::Error::from_raw_os_error(104).to_string();
        let message = format!("the connection was lost: {reset}");
        tells(&status, Code::Unavailable, false, &[&message, &reset]);
    }
}

/// A socket that hands over what there is to read, and fails to write once it is told to.
struct Broken {
    socket: tokio::net::TcpStream,
    broken: Arc<AtomicBool>,
}

impl AsyncRead for Broken {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_read(cx, buf)
    }
}

impl AsyncWrite for Broken {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.broken.load(Ordering::Relaxed) {
            true => Poll::Ready(Err(io::Error::other("the cable is cut"))),
            false => Pin::new(&mut self.socket).poll_write(cx, buf),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[tokio::test]
async fn the_socket_cannot_be_written_to() {
    let (listener, _) = listen().await;
    let address = listener.local_addr().unwrap();
    tokio::spawn(accept(listener, h2::server::Builder::new(), Arc::new(|call| async move { drop(call) })));
    let broken = Arc::new(AtomicBool::new(false));
    let cable = broken.clone();
    let connect = move || {
        let broken = cable.clone();
        async move { Ok(Broken { socket: tokio::net::TcpStream::connect(address).await?, broken }) }
    };
    let channel = ChannelBuilder::new().connect_with("cable", connect).unwrap();
    let (sender, mut responses) = limit(channel.bidi(&CHAT)).await.unwrap();
    broken.store(true, Ordering::Relaxed);
    // Whether this or the answer is the first to learn of it is a matter of time.
    drop(limit(sender.send("hello".into())).await);
    let status = limit(responses.message()).await.unwrap_err();
    tells(
        &status,
        Code::Unavailable,
        false,
        &["the connection was lost: the cable is cut", "the cable is cut"],
    );
}

#[tokio::test]
async fn a_proxy_answers() {
    let channel = serve(|mut call| async move { call.refuse(html(502), &[]) }).await;
    let message = "HTTP status 502 without grpc-status";
    tells(&failure(&channel).await, Code::Unavailable, true, &[message]);
}
