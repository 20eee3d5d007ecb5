//! A connection in the hands of a test.

use crate::frames::{self, ACK, END_HEADERS, END_STREAM, Frame, PADDED};
use crate::hpack::{Decoder, Field};
use std::fmt::Debug;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, ToSocketAddrs, UnixStream};
use tokio::time::timeout;

/// What a client sends first (RFC 9113 §3.4).
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Socket for T {}

/// One end of a connection. It answers SETTINGS, and does nothing else by itself.
pub struct Peer {
    socket: Box<dyn Socket>,
    /// What has arrived and has not been looked at.
    input: Vec<u8>,
    decoder: Decoder,
    /// Whether SETTINGS are answered.
    polite: bool,
    /// How long to wait for what is expected.
    pub patience: Duration,
}

/// How a stream has ended, from where it is seen here.
#[derive(Debug, PartialEq, Eq)]
pub enum Ending {
    /// With END_STREAM.
    Answer(Answer),
    /// RST_STREAM, with this error code.
    Reset(u32),
    /// GOAWAY, with this error code; a graceful one counts once nothing else comes.
    GoAway(u32),
    /// The connection was closed without a word.
    Closed,
}

/// What was sent on a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The first header list.
    pub head: Vec<Field>,
    /// All DATA.
    pub body: Vec<u8>,
    /// The second header list.
    pub trailers: Vec<Field>,
}

impl Answer {
    /// The value of a header, in the trailers or else in the head; empty where there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        let mut fields = self.trailers.iter().chain(&self.head);
        fields.find(|field| field.0 == name).map_or("", |field| &field.1)
    }
}

impl Peer {
    /// A client, which has sent the preface and empty SETTINGS.
    pub async fn connect(address: impl ToSocketAddrs) -> Self {
        Self::client(TcpStream::connect(address).await.unwrap()).await
    }

    /// As [`connect`](Self::connect), through a Unix socket.
    pub async fn connect_unix(path: impl AsRef<Path>) -> Self {
        Self::client(UnixStream::connect(path).await.unwrap()).await
    }

    /// As [`connect`](Self::connect), over any socket.
    pub async fn client(socket: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        let mut peer = Self { polite: true, ..Self::silent(socket) };
        peer.send(PREFACE).await;
        peer.send(frames::settings(&[])).await;
        peer
    }

    /// A server, which has read the preface and sent SETTINGS.
    pub async fn server(
        socket: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        settings: &[(u16, u32)],
    ) -> Self {
        let mut peer = Self { polite: true, ..Self::silent(socket) };
        let preface = timeout(peer.patience, peer.take(PREFACE.len())).await.expect("in time");
        assert_eq!(preface.as_deref(), Some(PREFACE));
        peer.send(frames::settings(settings)).await;
        peer
    }

    /// One that has said nothing yet, and says nothing by itself.
    pub fn silent(socket: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        let (input, decoder) = Default::default();
        Self { socket: Box::new(socket), input, decoder, polite: false, patience: Duration::from_secs(20) }
    }

    /// Sends a frame, or any bytes. It is no failure if the other end is gone: what follows tells.
    pub async fn send(&mut self, what: impl Bytes) {
        let _ = timeout(self.patience, self.socket.write_all(&what.bytes())).await.expect("room to write");
    }

    /// The next frame; `None` at the end of the connection. SETTINGS have been answered.
    pub async fn next(&mut self) -> Option<Frame> {
        let frame = timeout(self.patience, self.read()).await.expect("the other end says nothing")?;
        if self.polite && frame.kind == frames::SETTINGS && frame.flags & ACK == 0 {
            self.send(frames::settings_ack()).await;
        }
        Some(frame)
    }

    /// Whether nothing but what every connection needs comes for so long.
    pub async fn is_quiet(&mut self, time: Duration) -> bool {
        timeout(time, self.telling()).await.is_err()
    }

    /// Waits for a frame, past SETTINGS and WINDOW_UPDATE; any other is a failure.
    pub async fn expect(&mut self, expected: Frame) {
        assert_eq!(self.telling().await, Some(expected));
    }

    /// Waits for a header list on a stream, past SETTINGS and WINDOW_UPDATE.
    pub async fn expect_headers(&mut self, stream: u32) -> Vec<Field> {
        let frame = self.telling().await.expect("HEADERS");
        assert!(
            frame.kind == frames::HEADERS && frame.stream == stream,
            "HEADERS on {stream}, not {frame:?}"
        );
        self.headers(frame).await
    }

    /// Waits for the end of the connection, past SETTINGS and WINDOW_UPDATE.
    pub async fn expect_end(&mut self) {
        assert_eq!(self.telling().await, None);
    }

    /// Reads all that comes on a stream; as a server, the request.
    pub async fn ending(&mut self, stream: u32) -> Ending {
        let mut answer = Answer::default();
        let mut goodbye = None;
        loop {
            let Some(frame) = self.next().await else {
                return goodbye.map_or(Ending::Closed, Ending::GoAway);
            };
            let ended = match frame.kind {
                frames::HEADERS => {
                    let (of, ended) = (frame.stream, frame.flags & END_STREAM != 0);
                    let list = self.headers(frame).await;
                    if of != stream {
                        continue;
                    }
                    if answer.head.is_empty() {
                        answer.head = list
                    } else {
                        answer.trailers = list
                    }
                    ended
                }
                frames::DATA if frame.stream == stream => {
                    answer.body.extend(&frame.payload);
                    frame.flags & END_STREAM != 0
                }
                frames::RST_STREAM if frame.stream == stream => return Ending::Reset(number(&frame.payload)),
                frames::GOAWAY => {
                    goodbye = Some(number(&frame.payload[4..]));
                    false
                }
                _ => false,
            };
            if ended {
                return Ending::Answer(answer);
            }
        }
    }

    /// Closes the sending side.
    pub async fn close(&mut self) {
        let _ = self.socket.shutdown().await;
    }

    /// The next frame but SETTINGS and WINDOW_UPDATE.
    pub async fn telling(&mut self) -> Option<Frame> {
        loop {
            match self.next().await {
                Some(frame) if matches!(frame.kind, frames::SETTINGS | frames::WINDOW_UPDATE) => {}
                other => return other,
            }
        }
    }

    /// The header list that begins with this frame. Header compression has a state, so none may be left out.
    pub async fn headers(&mut self, frame: Frame) -> Vec<Field> {
        assert_eq!(frame.flags & PADDED, 0);
        let (mut block, mut whole) = (frame.payload, frame.flags & END_HEADERS != 0);
        while !whole {
            let more = self.next().await.expect("CONTINUATION");
            assert_eq!((more.kind, more.stream), (frames::CONTINUATION, frame.stream));
            block.extend(more.payload);
            whole = more.flags & END_HEADERS != 0;
        }
        self.decoder.decode(&block)
    }

    async fn read(&mut self) -> Option<Frame> {
        let head = self.fill(9).await?;
        let length = usize::try_from(u32::from_be_bytes([0, head[0], head[1], head[2]])).unwrap();
        let mut frame = self.take(9 + length).await?;
        let payload = frame.split_off(9);
        let stream = u32::from_be_bytes(frame[5..].try_into().unwrap());
        Some(Frame { kind: frame[3], flags: frame[4], stream, payload })
    }

    /// The next bytes; `None` where the connection ends before.
    async fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        self.fill(count).await?;
        let rest = self.input.split_off(count);
        Some(std::mem::replace(&mut self.input, rest))
    }

    /// Looks at the next bytes. Nothing is lost when this is dropped.
    async fn fill(&mut self, count: usize) -> Option<&[u8]> {
        while self.input.len() < count {
            // A reset is an end, too.
            if self.socket.read_buf(&mut self.input).await.ok()? == 0 {
                return None;
            }
        }
        Some(&self.input[..count])
    }
}

fn number(payload: &[u8]) -> u32 {
    u32::from_be_bytes(payload[..4].try_into().unwrap())
}

/// What can be sent.
pub trait Bytes: Debug {
    /// As it is sent.
    fn bytes(&self) -> Vec<u8>;
}

impl Bytes for Frame {
    fn bytes(&self) -> Vec<u8> {
        self.encode()
    }
}

impl Bytes for Vec<Frame> {
    fn bytes(&self) -> Vec<u8> {
        self.iter().flat_map(Frame::encode).collect()
    }
}

impl Bytes for &[u8] {
    fn bytes(&self) -> Vec<u8> {
        self.to_vec()
    }
}
