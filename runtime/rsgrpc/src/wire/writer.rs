//! A buffer filled from its end.
//!
//! A message written back to front needs no size pass: when its first byte is
//! in place, its length is the distance to where it began.

use std::mem::MaybeUninit;

use bytes::Bytes;

use super::varint;

/// The longest tag and the longest varint, rounded up.
const HEAD: usize = 16;

/// So many bytes are copied in place, without a call.
const SHORT: usize = 64;

/// `Bytes` of this size become segments of their own instead of being copied: a
/// segment costs about as much as copying so many bytes once or twice.
const SEGMENT: usize = 16 * 1024;

/// A buffer filled from its end: what is written last comes first.
///
/// Large [`Bytes`] are not copied. They are set aside as segments, until
/// [`take`](Self::take) hands all out in order.
///
/// ```
/// use rsgrpc::Writer;
///
/// let mut writer = Writer::with_capacity(64);
/// writer.prepend(b"world");
/// writer.prepend(b"hello ");
/// assert_eq!(writer.written(), b"hello world");
/// assert_eq!(writer.len(), 11);
/// ```
//
// Invariant: `at <= room.len() <= end`, and the bytes from `at` on are written.
pub struct Writer {
    room: Box<[MaybeUninit<u8>]>,
    at: usize,
    /// What is not copied, last first, each with the number of copied bytes
    /// that follow it.
    segments: Vec<(usize, Bytes)>,
    /// `room.len()` and the length of all segments.
    end: usize,
    /// `Bytes` of this size become segments.
    segment: usize,
}

impl Writer {
    /// A writer with room for `capacity` bytes; it grows where that is too few.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let room = Box::new_uninit_slice(capacity);
        Self { room, at: capacity, segments: Vec::new(), end: capacity, segment: SEGMENT }
    }

    /// A writer for [`to_vec`](Self::to_vec), which copies segments but once.
    pub(crate) fn for_vec() -> Self {
        Self { segment: 1024, ..Self::with_capacity(1024) }
    }

    /// How many bytes there is memory for, segments aside.
    pub(crate) fn capacity(&self) -> usize {
        self.room.len()
    }

    /// Forgets what was written; keeps the memory.
    #[inline]
    pub fn clear(&mut self) {
        self.at = self.room.len();
        self.segments.clear();
        self.end = self.at;
    }

    /// How many bytes are written, segments included.
    #[cfg_attr(not(debug_assertions), inline(always))]
    #[must_use]
    pub fn len(&self) -> usize {
        self.end - self.at
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn copied_len(&self) -> usize {
        self.room.len() - self.at
    }

    /// Whether nothing is written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes before the first segment: all of them, unless
    /// [`has_segments`](Self::has_segments).
    #[inline]
    #[must_use]
    pub fn written(&self) -> &[u8] {
        let after = self.segments.last().map_or(0, |segment| segment.0);
        // SAFETY: the invariant.
        let copied = unsafe { copied(&self.room, self.at) };
        copied.get(..copied.len().saturating_sub(after)).unwrap_or_default()
    }

    /// Whether large [`Bytes`] were set aside.
    #[must_use]
    pub fn has_segments(&self) -> bool {
        !self.segments.is_empty()
    }

    /// Hands out all that is written, in order, without a copy; the writer is
    /// empty afterwards and its memory gone.
    pub fn take(&mut self) -> Vec<Bytes> {
        let copied = Bytes::from_owner(Copied { room: std::mem::take(&mut self.room), at: self.at });
        self.at = 0;
        self.end = 0;
        let mut out = Vec::with_capacity(2 * self.segments.len() + 1);
        let mut from = 0;
        for (after, segment) in self.segments.drain(..).rev() {
            let to = copied.len().saturating_sub(after);
            out.push(copied.slice(from..to));
            out.push(segment);
            from = to;
        }
        out.push(copied.slice(from..));
        out.retain(|part| !part.is_empty());
        out
    }

    /// All that is written, in one piece.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.len());
        // SAFETY: the invariant.
        let mut rest = unsafe { copied(&self.room, self.at) };
        for (after, segment) in self.segments.iter().rev() {
            let (before, behind) =
                rest.split_at_checked(rest.len().saturating_sub(*after)).unwrap_or_default();
            out.extend_from_slice(before);
            out.extend_from_slice(segment);
            rest = behind;
        }
        out.extend_from_slice(rest);
        out
    }

    /// Puts bytes before what is written.
    #[inline]
    pub fn prepend(&mut self, bytes: &[u8]) {
        self.reserve(bytes.len());
        // SAFETY: there is room for the bytes, which lie elsewhere.
        unsafe { self.put_slice(bytes) }
    }

    /// Puts shared bytes before what is written; large ones without a copy.
    #[inline]
    pub fn prepend_shared(&mut self, bytes: &Bytes) {
        if bytes.len() < self.segment {
            return self.prepend(bytes);
        }
        self.end += bytes.len();
        self.segments.push((self.copied_len(), bytes.clone()));
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn reserve(&mut self, additional: usize) {
        if self.at < additional {
            self.grow(additional);
        }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, additional: usize) {
        let len = self.copied_len();
        let capacity = (self.room.len() * 2).max(len + additional + 64);
        let mut room = Box::new_uninit_slice(capacity);
        if let (Some(to), Some(from)) = (room.get_mut(capacity - len..), self.room.get(self.at..)) {
            to.copy_from_slice(from);
        }
        self.end += capacity - self.room.len();
        self.room = room;
        self.at = capacity - len;
    }

    /// # Safety
    /// `N` bytes of room must be left.
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put<const N: usize>(&mut self, bytes: [u8; N]) {
        self.at -= N;
        // SAFETY: the caller's promise.
        unsafe { self.room.as_mut_ptr().add(self.at).cast::<[u8; N]>().write(bytes) }
    }

    /// # Safety
    /// As much room as `bytes` has must be left.
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put_slice(&mut self, bytes: &[u8]) {
        self.at -= bytes.len();
        // SAFETY: the caller's promise; a shared slice cannot lie in `room`.
        unsafe { copy(bytes.as_ptr(), self.room.as_mut_ptr().add(self.at).cast(), bytes.len()) }
    }

    /// # Safety
    /// Ten bytes of room must be left; fewer where the varint has no more.
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put_varint(&mut self, mut value: u64) {
        // SAFETY: the caller's promise: a varint has ten bytes at most.
        unsafe {
            if value < 0x80 {
                return self.put([value as u8]);
            }
            self.at -= varint::len(value);
            let mut to = self.room.as_mut_ptr().add(self.at).cast::<u8>();
            while value >= 0x80 {
                *to = value as u8 | 0x80;
                to = to.add(1);
                value >>= 7;
            }
            *to = value as u8;
        }
    }

    /// The same without a branch for the length, which few of many can predict.
    ///
    /// # Safety
    /// Ten bytes of room must be left.
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put_word(&mut self, value: u64) {
        let len = varint::len(value);
        if len > 8 {
            // SAFETY: the caller's promise.
            return unsafe { self.put_varint(value) };
        }
        let word = (varint::spread(value) << (64 - 8 * len)) & (u64::MAX >> 1);
        // SAFETY: the caller's promise. What stands before the varint is written
        // later, or never.
        unsafe {
            self.put(word.to_le_bytes());
        }
        self.at += 8 - len;
    }

    /// # Safety
    /// Five bytes of room must be left.
    #[cfg_attr(not(debug_assertions), inline(always))]
    unsafe fn put_tag(&mut self, tag: u32) {
        // SAFETY: the caller's promise; a tag has five bytes at most.
        unsafe {
            match tag {
                0 => {}
                1..0x80 => self.put([tag as u8]),
                0x80..0x4000 => self.put([tag as u8 | 0x80, (tag >> 7) as u8]),
                _ => self.put_varint(tag.into()),
            }
        }
    }

    /// A varint with its tag before it; no tag where that is 0.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn varint(&mut self, tag: u32, value: u64) {
        self.reserve(HEAD);
        // SAFETY: there is room for both.
        unsafe {
            if tag == 0 {
                // One of many.
                self.put_word(value);
            } else {
                self.put_varint(value);
                self.put_tag(tag);
            }
        }
    }

    /// A value of fixed size with its tag before it; no tag where that is 0.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn fixed<const N: usize>(&mut self, tag: u32, value: [u8; N]) {
        const { assert!(N <= 8) };
        self.reserve(HEAD);
        // SAFETY: there is room for both.
        unsafe {
            self.put(value);
            self.put_tag(tag);
        }
    }

    /// A length-delimited field.
    #[inline(never)]
    pub(crate) fn bytes(&mut self, tag: u32, bytes: &[u8]) {
        let len = bytes.len();
        // Most are short: no call in here, so no registers to save.
        if len > SHORT || tag >= 0x80 || self.at < SHORT + HEAD {
            return self.bytes_long(tag, bytes);
        }
        // SAFETY: there is room for the bytes, their length and a tag; a shared
        // slice cannot lie in `room`.
        unsafe {
            self.at -= len;
            copy_short(bytes.as_ptr(), self.room.as_mut_ptr().add(self.at).cast(), len);
            self.put([tag as u8, len as u8]);
        }
    }

    #[inline(never)]
    fn bytes_long(&mut self, tag: u32, bytes: &[u8]) {
        self.reserve(bytes.len() + HEAD);
        // SAFETY: there is room for the bytes, their length and a tag.
        unsafe {
            self.put_slice(bytes);
            self.put_varint(bytes.len() as u64);
            self.put_tag(tag);
        }
    }

    /// A length-delimited field whose content may be shared.
    #[inline]
    pub(crate) fn shared(&mut self, tag: u32, bytes: &Bytes) {
        if bytes.len() < self.segment {
            return self.bytes(tag, bytes);
        }
        self.prepend_shared(bytes);
        self.varint(tag, bytes.len() as u64);
    }

    /// Closes a length-delimited field whose content was written since the
    /// writer had `mark` bytes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn close(&mut self, tag: u32, mark: usize) {
        let len = self.len() - mark;
        self.varint(tag, len as u64);
    }
}

impl Default for Writer {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

/// What a writer copied, as the owner of its bytes. Invariant: the bytes from
/// `at` on are written.
struct Copied {
    room: Box<[MaybeUninit<u8>]>,
    at: usize,
}

impl AsRef<[u8]> for Copied {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: the invariant.
        unsafe { copied(&self.room, self.at) }
    }
}

/// The bytes from `at` on.
///
/// # Safety
/// They must be written.
#[inline]
unsafe fn copied(room: &[MaybeUninit<u8>], at: usize) -> &[u8] {
    let written = room.get(at..).unwrap_or_default();
    // SAFETY: the caller's promise.
    unsafe { &*(std::ptr::from_ref(written) as *const [u8]) }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({} bytes)", self.len())
    }
}

/// Copies `len` bytes, few of them without a call.
///
/// # Safety
/// They must be readable at `from` and writable at `to`, apart from each other.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) unsafe fn copy(from: *const u8, to: *mut u8, len: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        if len <= SHORT {
            copy_short(from, to, len);
        } else {
            std::ptr::copy_nonoverlapping(from, to, len);
        }
    }
}

/// Copies up to [`SHORT`] bytes.
///
/// # Safety
/// As for [`copy`], with `len <= SHORT`.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) unsafe fn copy_short(from: *const u8, to: *mut u8, len: usize) {
    // SAFETY: each pair of copies covers exactly the `len` bytes.
    unsafe {
        if len > 32 {
            copy_ends::<32>(from, to, len);
        } else if len >= 16 {
            copy_ends::<16>(from, to, len);
        } else if len >= 8 {
            copy_ends::<8>(from, to, len);
        } else if len >= 4 {
            copy_ends::<4>(from, to, len);
        } else if len > 0 {
            *to = *from;
            *to.add(len / 2) = *from.add(len / 2);
            *to.add(len - 1) = *from.add(len - 1);
        }
    }
}

/// Copies the first and the last `N` of `len` bytes, which may overlap.
///
/// # Safety
/// As for [`copy`], with `N <= len <= 2 * N`.
#[cfg_attr(not(debug_assertions), inline(always))]
unsafe fn copy_ends<const N: usize>(from: *const u8, to: *mut u8, len: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        let first = from.cast::<[u8; N]>().read();
        let last = from.add(len - N).cast::<[u8; N]>().read();
        to.cast::<[u8; N]>().write(first);
        to.add(len - N).cast::<[u8; N]>().write(last);
    }
}

#[cfg(test)]
mod tests;
