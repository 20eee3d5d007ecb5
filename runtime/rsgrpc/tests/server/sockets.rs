//! Connections over other things than TCP, and listeners that fail.

use crate::support::{Test, UNARY, limited};
use rsgrpc::{Bytes, Channel, ChannelBuilder, Code, Listen, Listener, Peer, Server, Status};
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;
use tokio::io::DuplexStream;
use tokio::time::{Duration, Instant};

/// How the server calls the peer.
async fn peer(channel: &Channel) -> Result<String, Status> {
    let answer = limited(channel.unary(&UNARY, Bytes::from("peer"))).await?;
    Ok(String::from_utf8(answer.to_vec()).unwrap())
}

fn server() -> Server {
    Server::new().add(Test::default())
}

/// A path for a socket, free at first and in the end.
struct Path(PathBuf);

impl Path {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("rsgrpc-{name}-{}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        Self(path)
    }

    fn address(&self) -> String {
        format!("unix:{}", self.0.display())
    }
}

impl Drop for Path {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn unix_sockets_tell_the_process() {
    let path = Path::new("told");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let listener = path.address().listen().await.unwrap();
    let stopped = async { drop(stopped.await) };
    let serving = tokio::spawn(server().serve_with_shutdown(listener, stopped, Duration::ZERO));

    let channel = Channel::connect(&path.address()).unwrap();
    let told = peer(&channel).await.unwrap();
    assert!(told.starts_with(&format!("unix:pid={},uid=", std::process::id())), "{told}");

    drop(stop);
    limited(serving).await.unwrap().unwrap();
    assert!(!path.0.exists(), "the socket is removed");
}

#[cfg(unix)]
#[tokio::test]
async fn a_socket_that_was_left_is_taken_over() {
    let path = Path::new("left");
    drop(std::os::unix::net::UnixListener::bind(&path.0).unwrap());
    let listener = path.address().listen().await.unwrap();
    // That one is in use.
    let error = path.address().listen().await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    let serving = tokio::spawn(server().serve(listener));
    peer(&Channel::connect(&path.address()).unwrap()).await.unwrap();
    serving.abort();
    // What is no socket is left alone.
    let file = Path::new("file");
    std::fs::write(&file.0, "precious").unwrap();
    assert_eq!(file.address().listen().await.unwrap_err().kind(), io::ErrorKind::AddrInUse);
    assert_eq!(std::fs::read(&file.0).unwrap(), b"precious");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn abstract_sockets() {
    let address = format!("unix-abstract:rsgrpc-{}", std::process::id());
    let status = peer(&Channel::connect(&address).unwrap()).await.unwrap_err();
    assert!(status.message().starts_with(&format!("connect to {address}: Connection refused")), "{status}");
    let serving = tokio::spawn(server().serve(address.as_str().listen().await.unwrap()));
    let told = peer(&Channel::connect(&address).unwrap()).await.unwrap();
    assert!(told.starts_with("unix:pid="), "{told}");
    serving.abort();
}

#[tokio::test]
async fn what_cannot_be_listened_on() {
    for (address, problem) in [
        ("unix:", "the socket is missing; write unix:path or unix:///path"),
        ("vsock:here:1", "write vsock:cid:port, in numbers"),
    ] {
        assert_eq!(server().serve(address).await.unwrap_err().to_string(), problem);
    }
    if cfg!(not(feature = "vsock")) {
        let told = "vsock needs Linux, and the feature vsock";
        assert_eq!(server().serve("vsock:1:1").await.unwrap_err().to_string(), told);
        let status = peer(&Channel::connect("vsock:1:1").unwrap()).await.unwrap_err();
        assert_eq!(status.message(), format!("connect to vsock:1:1: {told}"));
    }
}

#[tokio::test]
async fn anything_that_carries_bytes() {
    let (near, far) = tokio::io::duplex(1 << 16);
    let serving = tokio::spawn(server().serve_connection(near, Peer::unnamed()));
    let far = Mutex::new(Some(far));
    let connect = move || {
        let far = far.lock().unwrap().take();
        async { far.ok_or_else(|| io::Error::other("there was one only")) }
    };
    let channel = ChannelBuilder::new().connect_with("pipe", connect).unwrap();
    assert_eq!(peer(&channel).await.unwrap(), "unnamed");
    drop(channel);
    limited(serving).await.unwrap().unwrap();

    let failing = || async { Err::<DuplexStream, _>(io::Error::other("no pipe")) };
    let channel = ChannelBuilder::new().connect_with("pipe", failing).unwrap();
    assert_eq!(peer(&channel).await.unwrap_err().message(), "connect to pipe: no pipe");
}

#[tokio::test]
async fn a_single_connection_that_does_not_speak_http2() {
    let (near, mut far) = tokio::io::duplex(1 << 16);
    tokio::io::AsyncWriteExt::write_all(&mut far, b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    let status = limited(server().serve_connection(near, Peer::unnamed())).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status}");
}

/// Fails so often in this way, then gives one connection.
struct Failing(usize, fn() -> io::Error, Option<DuplexStream>);

impl Listener for Failing {
    type Socket = DuplexStream;

    async fn accept(&mut self) -> io::Result<(DuplexStream, Peer)> {
        if self.0 > 0 {
            self.0 -= 1;
            return Err((self.1)());
        }
        match self.2.take() {
            Some(socket) => Ok((socket, Peer::unnamed())),
            None => std::future::pending().await,
        }
    }
}

#[tokio::test(start_paused = true)]
async fn errors_of_one_connection_delay_no_other() {
    let aborted: fn() -> io::Error = || io::ErrorKind::ConnectionAborted.into();
    let exhausted: fn() -> io::Error = || io::Error::from_raw_os_error(24);
    for (error, count, delay) in [(aborted, 1000, 0), (exhausted, 10, 200)] {
        let (near, far) = tokio::io::duplex(1 << 16);
        let begun = Instant::now();
        let serving = tokio::spawn(server().serve(Failing(count, error, Some(near))));
        let far = Mutex::new(Some(far));
        let connect = move || {
            let far = far.lock().unwrap().take();
            async { far.ok_or_else(|| io::Error::other("there was one only")) }
        };
        let channel = ChannelBuilder::new().connect_with("pipe", connect).unwrap();
        peer(&channel).await.unwrap();
        // The clock stands still but for what is waited for; timers count whole milliseconds.
        let waited = begun.elapsed().as_millis();
        assert!((delay..delay + 20).contains(&waited), "{waited} ms after {}", error());
        serving.abort();
    }
}
