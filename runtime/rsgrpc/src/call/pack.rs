//! Messages that have not left yet, packed.

use crate::Writer;
use crate::codec::Coding;
use crate::compression::Encoder;
use crate::frame;
use crate::status::Status;
use crate::transport::Outgoing;
use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;
use std::task::{Context, Poll, ready};

/// A packed buffer of this size is full.
const FULL: usize = 32 * 1024;

/// Small buffers go to the transport without asking for room, which costs h2 two locks, up to this many bytes
/// between two answers. What the peer's window does not admit waits in the transport, so this also bounds
/// what a peer that does not read can pile up there.
const UNCONFIRMED: usize = 16 * 1024;

/// Framed messages in order: `queue`, then `open`, then the last one.
#[derive(Default)]
pub(super) struct Pack {
    queue: VecDeque<Bytes>,
    /// The bytes in `queue`.
    queued: usize,
    /// The buffer that small messages are copied into.
    open: BytesMut,
    /// Each message is written here, back to front, and appended to `open` when something follows: what is read as soon as
    /// it is written, in pieces of another size, is waited for.
    scratch: Writer,
    /// How many bytes of `scratch` are a whole message that is not in `open`.
    last: usize,
    /// Bytes given to the transport since it last answered how much room there is.
    unconfirmed: usize,
}

impl Pack {
    /// Adds a message.
    pub(super) fn put<T>(
        &mut self,
        coding: &Coding<T>,
        message: &T,
        encoder: Option<&Encoder>,
    ) -> Result<(), Status> {
        self.settle();
        frame::write(coding, message, encoder, &mut self.scratch)?;
        if !self.scratch.has_segments() && self.scratch.len() < FULL {
            self.last = self.scratch.len();
            return Ok(());
        }
        self.seal();
        for segment in self.scratch.take() {
            self.queued += segment.len();
            self.queue.push_back(segment);
        }
        Ok(())
    }

    /// Adds what has been packed apart, behind what is here.
    pub(super) fn add(&mut self, apart: Self) {
        self.seal();
        self.queue.extend(apart.queue);
        self.queued += apart.queued;
        (self.open, self.scratch, self.last) = (apart.open, apart.scratch, apart.last);
        self.unconfirmed += apart.unconfirmed;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.open.is_empty() && self.last == 0
    }

    /// Whether it is time to push, and to wait until there is room.
    pub(super) fn is_full(&self) -> bool {
        self.queued + self.open.len() + self.last >= FULL
    }

    /// Hands over as much as there is room for; ready when nothing is left. Without `cx` nobody is woken.
    pub(super) fn poll_push(
        &mut self,
        outgoing: &mut Outgoing,
        mut cx: Option<&mut Context<'_>>,
    ) -> Poll<Result<(), Status>> {
        while let Some(segment) = self.queue.front_mut() {
            let room = ready!(room(outgoing, segment.len(), cx.as_deref_mut()))?;
            let part = segment.split_to(room.min(segment.len()));
            self.queued -= part.len();
            if segment.is_empty() {
                self.queue.pop_front();
            }
            outgoing.send_data(part, false)?;
        }
        while self.last > 0 || !self.open.is_empty() {
            let len = self.open.len() + self.last;
            let room = if self.unconfirmed + len <= UNCONFIRMED {
                len
            } else {
                let room = ready!(room(outgoing, len, cx.as_deref_mut()))?;
                self.unconfirmed = 0;
                room.min(len)
            };
            self.unconfirmed += room;
            outgoing.send_data(self.split(room), false)?;
        }
        Poll::Ready(Ok(()))
    }

    /// Hands over what is left, whether there is room or not: at most a full buffer and the last large
    /// message.
    pub(super) fn flush(&mut self, outgoing: &mut Outgoing) -> Result<(), Status> {
        self.seal();
        self.queued = 0;
        self.queue.drain(..).try_for_each(|segment| outgoing.send_data(segment, false))
    }

    /// Appends the last message to the open buffer.
    fn settle(&mut self) {
        if std::mem::take(&mut self.last) > 0 {
            self.open.extend_from_slice(self.scratch.written());
        }
    }

    /// Moves the open buffer to the queue, so that something can follow it.
    fn seal(&mut self) {
        self.settle();
        if !self.open.is_empty() {
            self.queued += self.open.len();
            self.queue.push_back(self.open.split().freeze());
        }
    }

    /// The first bytes of the open buffer and the last message. What leaves keeps its memory, so a full buffer makes way
    /// for a fresh one of its size, while one that was pushed early is followed by one that grows.
    fn split(&mut self, len: usize) -> Bytes {
        if self.open.is_empty() && len == self.last {
            self.last = 0;
            return Bytes::copy_from_slice(self.scratch.written());
        }
        self.settle();
        if len < self.open.len() {
            return self.open.split_to(len).freeze();
        }
        let next = if len >= FULL { FULL + FULL / 4 } else { 0 };
        std::mem::replace(&mut self.open, BytesMut::with_capacity(next)).freeze()
    }
}

fn room(outgoing: &mut Outgoing, want: usize, cx: Option<&mut Context<'_>>) -> Poll<Result<usize, Status>> {
    match cx {
        Some(cx) => outgoing.poll_capacity(want, cx),
        None => match outgoing.capacity(want) {
            0 => Poll::Pending,
            room => Poll::Ready(Ok(room)),
        },
    }
}
