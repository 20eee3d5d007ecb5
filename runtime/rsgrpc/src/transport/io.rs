//! A socket whose writes wait for the end of a turn.
//!
//! h2 writes and flushes whenever it is polled. The connection's task knows better when there is something
//! worth a system call, so [`Io`] collects what h2 writes and takes h2's flush as a hint; the task calls
//! [`Flusher::poll_flush`] once before it sleeps.
//!
//! All that is read and written passes by here, so this is also where frames are counted, where one is added
//! that h2 cannot write, and where a connection fails that is found dead.

use super::http2::frames::{Seen, Tally};
use std::io::{self, IoSlice};
use std::iter;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Collected output beyond this goes to the socket without waiting for the end of the turn.
const COLLECT: usize = 128 * 1024;

/// What h2 writes at once beyond this goes to the socket as it is, behind what has been collected. To copy it would cost
/// more than a system call does. Larger than the frames of most peers, which have 16 KiB.
const DIRECT: usize = 48 * 1024;

/// What is collected at most where the socket takes no more, and h2 reads no more before it has answered.
///
/// If such an answer waited for the peer to read, and the peer's for this end, neither would ever read again.
const OVERDRAFT: usize = 2 * COLLECT;

/// What an idle connection's buffer may keep.
const KEEP: usize = 4 * 1024;

/// A byte stream both ways: TCP, TLS, a Unix socket, a pipe in memory.
pub(crate) trait Socket: AsyncRead + AsyncWrite + Send {}
impl<T: AsyncRead + AsyncWrite + Send> Socket for T {}

/// The half that h2 owns.
pub(super) struct Io(Arc<Mutex<Wire>>);

/// The half that the connection's task keeps. Both are used by that task alone; the lock is never contended.
pub(super) struct Flusher(Arc<Mutex<Wire>>);

struct Wire {
    socket: Pin<Box<dyn Socket>>,
    out: Vec<u8>,
    /// How much of `out` has left. Invariant: `sent <= out.len()`, and 0 where `out` is empty.
    sent: usize,
    /// The socket may hold what it has taken until it is flushed: TLS collects, too.
    unflushed: bool,
    reading: Reading,
    tally: Tally,
    /// A frame of our own, which waits for the end of the one that h2 is writing.
    between: Vec<u8>,
    /// Why nothing is read and written any more.
    dead: Option<Dead>,
}

/// What may be read.
#[derive(Clone, Copy)]
enum Reading {
    /// Whatever there is: there are no turns yet.
    Free,
    /// So many bytes in this turn.
    Left(usize),
    /// Nothing more in this turn, and the task will be woken for what there is.
    Done,
}

/// Why a connection is dead, so that it can be told several times. h2 repeats to each call what an error says,
/// but of an error of the system's only its kind, so all errors go to it in words.
#[derive(Clone, Debug)]
struct Dead {
    kind: io::ErrorKind,
    words: String,
}

pub(super) fn pair(socket: Pin<Box<dyn Socket>>, tally: Tally) -> (Io, Flusher) {
    let (out, between) = Default::default();
    let wire = Arc::new(Mutex::new(Wire {
        socket,
        out,
        sent: 0,
        unflushed: false,
        reading: Reading::Free,
        tally,
        between,
        dead: None,
    }));
    (Io(wire.clone()), Flusher(wire))
}

impl Flusher {
    /// A turn begins, in which about so many bytes may be read.
    ///
    /// h2 reads on as long as there is something, into fresh memory each time, and hands out what it has read after
    /// that. Where whoever takes it gets his turn earlier, the same memory serves again, while it is in the cache.
    pub(super) fn begin(&mut self, bytes: usize) {
        lock(&self.0).reading = Reading::Left(bytes);
    }

    /// Writes what has been collected. `Pending` has registered the task for writability.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut wire = lock(&self.0);
        wire.check()?;
        ready!(wire.poll_drain(cx))?;
        if wire.unflushed {
            ready!(wire.socket.as_mut().poll_flush(cx)).map_err(|error| wire.die(&error))?;
            wire.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// What has passed since the last time.
    pub(super) fn seen(&self) -> Seen {
        lock(&self.0).tally.take()
    }

    /// Whether the peer has said goodbye because of too many pings.
    pub(super) fn pinged_too_often(&self) -> bool {
        lock(&self.0).tally.pinged_too_often()
    }

    /// Writes a frame behind the last one of h2's.
    pub(super) fn insert(&mut self, frame: &[u8]) {
        let mut wire = lock(&self.0);
        wire.between.extend_from_slice(frame);
        wire.insert();
    }

    /// h2 has been told to write a PING or SETTINGS, which must not wait for the peer to read.
    pub(super) fn owe(&mut self) {
        lock(&self.0).tally.owe();
    }

    /// The connection is dead, and this is why: h2 meets it as an error when it next reads or writes.
    pub(super) fn fail(&mut self, cause: String) {
        lock(&self.0).dead = Some(Dead { kind: io::ErrorKind::TimedOut, words: cause });
    }

    /// Whether there is memory to give back.
    pub(super) fn can_rest(&self) -> bool {
        let wire = lock(&self.0);
        wire.out.is_empty() && wire.out.capacity() > KEEP
    }

    /// Gives memory back: the connection is idle.
    pub(super) fn rest(&mut self) {
        let mut wire = lock(&self.0);
        if wire.out.is_empty() {
            wire.out = Vec::new();
        }
    }

    /// Reads and forgets; ready at the end. A connection that is closed while unread bytes wait is reset by
    /// the kernel, and the peer may lose the GOAWAY that says why.
    pub(super) fn poll_drain_input(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut wire = lock(&self.0);
        let mut memory = [0; 4096];
        loop {
            let mut buf = ReadBuf::new(&mut memory);
            match ready!(wire.socket.as_mut().poll_read(cx, &mut buf)) {
                Ok(()) if !buf.filled().is_empty() => {}
                _ => return Poll::Ready(()),
            }
        }
    }
}

impl Wire {
    fn check(&self) -> io::Result<()> {
        match &self.dead {
            None => Ok(()),
            Some(dead) => Err(dead.into()),
        }
    }

    /// The socket has failed. Where the peer has said goodbye, that is why.
    #[cold]
    fn die(&mut self, error: &io::Error) -> io::Error {
        let dead = match self.tally.farewell() {
            Some(farewell) => Dead { kind: io::ErrorKind::ConnectionAborted, words: farewell },
            None => Dead { kind: error.kind(), words: error.to_string() },
        };
        (&*self.dead.insert(dead)).into()
    }

    fn insert(&mut self) {
        if !self.between.is_empty() && self.tally.is_between_frames() {
            self.out.append(&mut self.between);
        }
    }

    /// Notes that so much of `bufs` has been taken over, and takes it over.
    fn wrote(&mut self, bufs: &[IoSlice<'_>], mut written: usize, take: impl Fn(&mut Vec<u8>, &[u8])) {
        for buf in bufs {
            let part = buf.get(..written).unwrap_or(buf);
            self.tally.wrote(part);
            take(&mut self.out, part);
            written -= part.len();
        }
        self.insert();
    }

    /// Writes what has been collected and, without taking it over, `bufs`; ready with how much of these has left.
    fn poll_through(&mut self, cx: &mut Context<'_>, bufs: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        loop {
            let rest = self.out.get(self.sent..).unwrap_or_default();
            let waiting = rest.len();
            let all: Vec<_> = iter::once(IoSlice::new(rest)).chain(bufs.iter().copied()).collect();
            match ready!(self.socket.as_mut().poll_write_vectored(cx, &all)) {
                Ok(0) => return Poll::Ready(Err(self.die(&io::ErrorKind::WriteZero.into()))),
                Ok(written) => {
                    self.unflushed = true;
                    if written > waiting || waiting == 0 {
                        self.out.clear();
                        self.sent = 0;
                        return Poll::Ready(Ok(written - waiting));
                    }
                    self.sent += written;
                }
                Err(error) => return Poll::Ready(Err(self.die(&error))),
            }
        }
    }

    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest @ [_, ..]) = self.out.get(self.sent..) {
            match ready!(self.socket.as_mut().poll_write(cx, rest)) {
                Ok(0) => return Poll::Ready(Err(self.die(&io::ErrorKind::WriteZero.into()))),
                Ok(written) => {
                    self.sent += written;
                    self.unflushed = true;
                }
                Err(error) => return Poll::Ready(Err(self.die(&error))),
            }
        }
        self.out.clear();
        self.sent = 0;
        Poll::Ready(Ok(()))
    }
}

/// Nothing between lock and unlock leaves a wire half changed, so a panic elsewhere does not spoil it.
fn lock(wire: &Mutex<Wire>) -> MutexGuard<'_, Wire> {
    wire.lock().unwrap_or_else(PoisonError::into_inner)
}

impl AsyncRead for Io {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut wire = lock(&self.0);
        wire.check()?;
        let left = match wire.reading {
            Reading::Free => usize::MAX,
            Reading::Left(0) => {
                wire.reading = Reading::Done;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Reading::Left(left) => left,
            Reading::Done => return Poll::Pending,
        };
        let before = buf.filled().len();
        match wire.socket.as_mut().poll_read(cx, buf) {
            Poll::Ready(Ok(())) => {}
            Poll::Ready(Err(error)) => return Poll::Ready(Err(wire.die(&error))),
            Poll::Pending => {
                if let Reading::Left(_) = wire.reading {
                    wire.reading = Reading::Done;
                }
                return Poll::Pending;
            }
        }
        match buf.filled().get(before..) {
            Some(new @ [_, ..]) => {
                if let Reading::Left(_) = wire.reading {
                    wire.reading = Reading::Left(left.saturating_sub(new.len()));
                }
                wire.tally.read(new);
            }
            // The end, which to h2 would be all there is to tell.
            _ if wire.tally.farewell().is_some() => {
                return Poll::Ready(Err(wire.die(&io::ErrorKind::UnexpectedEof.into())));
            }
            _ => {}
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Io {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut guard = lock(&self.0);
        let wire = &mut *guard;
        wire.check()?;
        let total: usize = bufs.iter().map(|buf| buf.len()).sum();
        let at_once = if wire.socket.is_write_vectored() { DIRECT } else { COLLECT };
        let blocked = if total > at_once {
            if let Poll::Ready(written) = wire.poll_through(cx, bufs)? {
                wire.wrote(bufs, written, |_, _| {});
                return Poll::Ready(Ok(written));
            }
            true
        } else {
            wire.out.len() + total > COLLECT && wire.poll_drain(cx)?.is_pending()
        };
        let mut written = total;
        if blocked && wire.out.len() + total > COLLECT {
            written = total.min(OVERDRAFT.saturating_sub(wire.out.len()));
            if written == 0 || !wire.tally.owes() {
                return Poll::Pending;
            }
        }
        wire.out.reserve(written);
        wire.wrote(bufs, written, Vec::extend_from_slice);
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// h2's flush; the real one is [`Flusher::poll_flush`].
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut wire = lock(&self.0);
        ready!(wire.poll_drain(cx))?;
        wire.socket.as_mut().poll_shutdown(cx)
    }
}

impl From<&Dead> for io::Error {
    fn from(dead: &Dead) -> Self {
        Self::new(dead.kind, dead.words.clone())
    }
}

#[cfg(test)]
mod tests;
