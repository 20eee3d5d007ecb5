//! Memory for messages that arrive in several chunks.
//!
//! Two things are odd about it. A prefix is a claim of the peer: it may announce megabytes and never send them, so
//! memory grows with what has arrived. And the memory of large messages is worth keeping: an allocator gives it back
//! to the operating system, which clears it again for the next message, page by page, and that costs as much as all
//! the rest of such a message.

use bytes::Bytes;
use std::ops::Deref;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a message gets at first, in bytes.
pub(super) const FIRST: usize = 256 * 1024;

/// Memory of fewer bytes is left to the allocator, which keeps it at hand.
const LARGE: usize = 128 * 1024;

/// What is kept at most for the whole process, in bytes: two messages of the largest size that is accepted by default.
const KEPT: usize = 8 << 20;

static KEEP: Mutex<Keep> = Mutex::new(Keep { rooms: Vec::new(), bytes: 0 });

/// Memory that no message has at the moment.
//
// Invariant: `bytes` is the sum of the capacities of `rooms`, and at most `KEPT`. What has been kept longest is first.
struct Keep {
    rooms: Vec<Vec<u8>>,
    bytes: usize,
}

/// Memory with what has arrived of a message. Large memory is kept when it is dropped.
#[derive(Default)]
pub(super) struct Room(Vec<u8>);

impl Room {
    /// Adds bytes of a message that is said to have `len` bytes, these included.
    pub(super) fn extend(&mut self, bytes: &[u8], len: usize) {
        let filled = self.0.len() + bytes.len();
        if self.0.capacity() < filled {
            // Memory that is there already may be had on a mere claim.
            let small = self.0.capacity() < LARGE && len >= LARGE;
            match small.then(|| lock().take(len)).flatten() {
                Some(mut kept) => {
                    kept.extend_from_slice(&self.0);
                    self.0 = kept;
                }
                // Four times as much as has arrived, but not more than the message needs.
                None => {
                    let room = len.min(filled.saturating_mul(4).max(FIRST));
                    self.0.reserve_exact(room.max(filled) - self.0.len());
                }
            }
        }
        self.0.extend_from_slice(bytes);
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

impl Keep {
    /// Memory of at least `len` bytes, and not of many times as much: the message may live for long.
    fn take(&mut self, len: usize) -> Option<Vec<u8>> {
        let fits = |room: &Vec<u8>| (len..=len.saturating_mul(2)).contains(&room.capacity());
        let room = self.rooms.remove(self.rooms.iter().rposition(fits)?);
        self.bytes -= room.capacity();
        Some(room)
    }

    /// Keeps memory, and forgets what has been kept longest where that becomes too much.
    fn put(&mut self, mut room: Vec<u8>) {
        if !(LARGE..=KEPT).contains(&room.capacity()) {
            return;
        }
        while self.bytes + room.capacity() > KEPT {
            self.bytes -= self.rooms.remove(0).capacity();
        }
        room.clear();
        self.bytes += room.capacity();
        self.rooms.push(room);
    }
}

/// No part of what happens under the lock panics, so a poisoned one is whole.
fn lock() -> MutexGuard<'static, Keep> {
    KEEP.lock().unwrap_or_else(PoisonError::into_inner)
}

impl From<Room> for Bytes {
    fn from(mut room: Room) -> Self {
        match room.0.capacity() >= LARGE {
            true => Self::from_owner(room),
            false => std::mem::take(&mut room.0).into(),
        }
    }
}

impl Deref for Room {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Room {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if self.0.capacity() >= LARGE {
            lock().put(std::mem::take(&mut self.0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_grows_with_what_arrives() {
        let end = 100 << 20;
        let mut room = Room::default();
        for _ in 0..1000 {
            room.extend(&[7; 10_000], end);
            assert!(room.capacity() <= FIRST.max(4 * room.len()));
        }
        let mut room = Room::default();
        room.extend(&[7; 3], 20);
        assert_eq!(room.capacity(), 20);
        room.extend(&[7; 17], 20);
        assert_eq!(Bytes::from(room), [7; 20][..]);
    }

    #[test]
    fn what_is_kept_is_bounded_and_fits() {
        let mut keep = Keep { rooms: Vec::new(), bytes: 0 };
        for size in [LARGE - 1, KEPT + 1] {
            keep.put(Vec::with_capacity(size));
        }
        assert!(keep.take(LARGE).is_none());
        for round in 1..=20 {
            keep.put(Vec::with_capacity(LARGE * round));
            let bytes: usize = keep.rooms.iter().map(Vec::capacity).sum();
            assert!(keep.bytes == bytes && bytes <= KEPT);
        }
        assert!(
            keep.take(LARGE).is_none(),
            "the first ones have been forgotten, the others are far too large"
        );
        let room = keep.take(LARGE * 10).unwrap();
        assert!(room.is_empty() && (10..=20).contains(&(room.capacity() / LARGE)));
        assert!(keep.take(KEPT).is_none());
    }

    #[test]
    fn a_large_message_leaves_its_memory() {
        // A size that no other test has.
        let len = 7_777_777;
        let mut room = Room::default();
        room.extend(&vec![7; len], len);
        let message = Bytes::from(room);
        let (place, part) = (message.as_ptr(), message.slice(10..20));
        drop(message);
        assert!(lock().take(len).is_none(), "a part of it is still there");
        assert_eq!(part, [7; 10][..]);
        drop(part);
        let kept = lock().take(len).unwrap();
        assert_eq!((kept.as_ptr(), kept.len()), (place, 0));
    }
}
