//! A cursor over the bytes of one message.
//!
//! [`Reader`] is built from arguments that travel in registers ([`Span`],
//! [`Context`]), its methods are inlined, and their slow halves take and return
//! plain values. Its address therefore never escapes, and a decode loop keeps
//! the cursor in registers.

use std::marker::PhantomData;
use std::ops::Range;
use std::ptr;

use bytes::Bytes;

use super::inline::Str;
use super::later::Later;
use super::{text, varint};
use crate::error::{Cause, Fault};

/// A part of the input. Invariant: `at <= end`, both in one allocation that
/// lives for `'a`, or both null.
#[derive(Clone, Copy)]
pub(crate) struct Span<'a> {
    pub(super) at: *const u8,
    pub(super) end: *const u8,
    pub(super) input: PhantomData<&'a [u8]>,
}

// SAFETY: a span is a `&'a [u8]` in two pointers.
unsafe impl Send for Span<'_> {}
// SAFETY: the same.
unsafe impl Sync for Span<'_> {}

impl<'a> Span<'a> {
    pub(crate) const EMPTY: Self = Self { at: ptr::null(), end: ptr::null(), input: PhantomData };

    /// All of `bytes`.
    #[inline]
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let range = bytes.as_ptr_range();
        Self { at: range.start, end: range.end, input: PhantomData }
    }

    /// The bytes between the start of this span and that of `rest`, which must
    /// have been cut off its front; none where it was not.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn before(self, rest: Self) -> &'a [u8] {
        if self.at.is_null() || rest.end != self.end || rest.at < self.at {
            return &[];
        }
        // SAFETY: both spans end at the same place, so `rest.at` lies between
        // `self.at` and `self.end`, in an allocation that lives for `'a`.
        unsafe { std::slice::from_raw_parts(self.at, rest.at.offset_from_unsigned(self.at)) }
    }

    /// Its bytes.
    #[inline]
    pub(crate) fn as_slice(self) -> &'a [u8] {
        self.before(Self { at: self.end, ..self })
    }

    /// These of its bytes, if it has them. Not by way of a slice, of which no read
    /// may cross the end; one of the input may cross that of a part.
    pub(super) fn part(self, range: Range<usize>) -> Option<Self> {
        let inside = range.start <= range.end && range.end <= self.as_slice().len();
        let [at, end] = [range.start, range.end].map(|place| self.at.wrapping_add(place));
        inside.then_some(Self { at, end, ..self })
    }

    /// The same of the bytes of `slice`, which lie within; nothing where they do not.
    pub(crate) fn part_of(self, slice: &[u8]) -> Self {
        let start = slice.as_ptr().addr().wrapping_sub(self.at.addr());
        let part = self.part(start..start.wrapping_add(slice.len()));
        part.unwrap_or(Self { end: self.at, ..self })
    }

    /// Whether it holds nothing.
    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.at == self.end
    }

    /// Whether both end at the same place.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn ends_with(self, other: Self) -> bool {
        self.end == other.end
    }

    /// Whether it starts behind the start of `other`.
    pub(crate) fn starts_behind(self, other: Self) -> bool {
        self.at > other.at
    }

    /// From the start of this span to the end of `input`, if that is where it
    /// lies.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn within(self, input: Self) -> Self {
        let inside = input.at <= self.at && self.end <= input.end;
        if inside { Self { end: input.end, ..self } } else { input }
    }

    /// Whether both are the same bytes in the same place.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn is(self, other: Self) -> bool {
        self.at == other.at && self.end == other.end
    }
}

/// What holds for a whole decode.
#[derive(Clone)]
pub(crate) struct Context<'a> {
    /// No read crosses its end.
    input: Span<'a>,
    /// What the input is a part of, where it is shared.
    owner: Option<&'a Bytes>,
    /// How many more levels of messages may be entered.
    pub(crate) depth: u32,
    /// How many more bytes may be allocated for elements.
    memory: usize,
    /// Whether the input is a message behind its length, not the message alone.
    pub(crate) prefixed: bool,
    /// The input was checked before: what is in lists and maps is stepped over.
    /// Strings are checked whenever they are read, so a false claim is a bug and
    /// not unsound.
    pub(crate) checked: bool,
    pub(super) later: Later<'a>,
    /// The address where the first fault was found, and in which message.
    at: usize,
    pub(crate) message: &'a str,
}

impl<'a> Context<'a> {
    #[inline]
    pub(crate) fn new(input: Span<'a>, owner: Option<&'a Bytes>, depth: u32, memory: usize) -> Self {
        let later = Later::NEVER;
        Self { input, owner, depth, memory, prefixed: false, checked: false, later, at: 0, message: "" }
    }

    /// The whole input.
    pub(crate) fn input(&self) -> Span<'a> {
        self.input
    }

    /// Where the fault was found, in bytes from the start of the input.
    pub(crate) fn offset(&self) -> usize {
        self.at.saturating_sub(self.input.at.addr())
    }

    /// Books memory for elements, which stand at the start of `at`.
    #[inline]
    pub(crate) fn charge(&mut self, bytes: usize, at: Span<'a>) -> Result<(), Fault> {
        match self.memory.checked_sub(bytes) {
            Some(left) => self.memory = left,
            None => return Err(fail(self, at.at, Cause::Memory)),
        }
        Ok(())
    }

    /// Gives back a part of the input for longer than it is borrowed: a large
    /// one shares it, a small one is copied, so that it does not pin the input.
    #[inline]
    pub(crate) fn share(&self, part: &'a [u8]) -> Bytes {
        match self.owner {
            Some(owner) if part.len() >= SHARE => owner.slice_ref(part),
            _ => Bytes::copy_from_slice(part),
        }
    }
}

/// `bytes` fields of this size are slices of the received frame.
const SHARE: usize = 4096;

/// Notes where a decode fails. Out of line, and by value.
#[cold]
#[inline(never)]
pub(super) fn fail(cx: &mut Context<'_>, at: *const u8, cause: Cause) -> Fault {
    cx.at = at.addr();
    Fault::new(cause)
}

/// A cursor over the bytes of one message in protobuf's binary format.
//
// Invariant: `at <= end <= cx.input.end`, all three inside one allocation that
// lives for `'a`, or all null.
pub struct Reader<'r, 'a> {
    at: *const u8,
    end: *const u8,
    pub(crate) cx: &'r mut Context<'a>,
}

impl<'r, 'a> Reader<'r, 'a> {
    /// A cursor at the start of `span`, which must come from `cx`'s input.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn new(span: Span<'a>, cx: &'r mut Context<'a>) -> Self {
        debug_assert!(span.end <= cx.input.end && span.at >= cx.input.at);
        Self { at: span.at, end: span.end, cx }
    }

    /// What is left of the message.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn rest(&self) -> Span<'a> {
        Span { at: self.at, end: self.end, input: PhantomData }
    }

    /// Whether the message goes on.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn more(&self) -> bool {
        self.at < self.end
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn fault(&mut self, cause: Cause) -> Fault {
        fail(self.cx, self.at, cause)
    }

    /// The next tag, where there is more. A malformed one is 0, which no field
    /// takes: `skip` reports it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn tag(&mut self) -> u32 {
        assert!(self.more());
        // SAFETY: `at < end` where it is read; `tag_long` returns a pointer
        // between the two.
        unsafe {
            let mut tag = u32::from(*self.at);
            let mut at = self.at.add(1);
            if tag >= 0x80 {
                if at < self.end && *at < 0x80 {
                    tag = (tag & 0x7f) | u32::from(*at) << 7;
                    at = at.add(1);
                } else {
                    (at, tag) = tag_long(self.at, self.end);
                }
            }
            self.at = at;
            tag
        }
    }

    /// Steps over the one-byte `tag` if it comes next.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn next_is(&mut self, tag: u32) -> bool {
        // SAFETY: `at < end` where it is read.
        unsafe {
            if tag < 0x80 && self.at < self.end && u32::from(*self.at) == tag {
                self.at = self.at.add(1);
                return true;
            }
        }
        false
    }

    /// A variable-length integer.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn varint(&mut self) -> Result<u64, Fault> {
        // SAFETY: `at < end` where it is read. `varint_long` returns a pointer
        // to the end of the input at most, or null; past `end` it is not taken.
        unsafe {
            if self.at < self.end {
                let byte = *self.at;
                if byte < 0x80 {
                    self.at = self.at.add(1);
                    return Ok(u64::from(byte));
                }
            }
            let (at, value) = varint_long(self.at, self.cx.input.end);
            if at.is_null() || at > self.end {
                return Err(self.fault(if at.is_null() { Cause::Varint } else { Cause::Truncated }));
            }
            self.at = at;
            Ok(value)
        }
    }

    /// `N` bytes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        if self.left() < N {
            return Err(self.fault(Cause::Truncated));
        }
        // SAFETY: as many bytes are left, and an array of bytes has no alignment.
        unsafe {
            let bytes = self.at.cast::<[u8; N]>().read();
            self.at = self.at.add(N);
            Ok(bytes)
        }
    }

    /// A length that reaches no further than the message.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn length(&mut self) -> Result<usize, Fault> {
        let len = self.varint()?;
        if len > self.left() as u64 {
            return Err(self.fault(Cause::Truncated));
        }
        Ok(len as usize)
    }

    /// How many bytes of the message are left.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn left(&self) -> usize {
        self.end.addr() - self.at.addr()
    }

    /// The bytes that a length announces, as a span.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn delimited(&mut self) -> Result<Span<'a>, Fault> {
        let len = self.length()?;
        let at = self.at;
        // SAFETY: `length` keeps within `end`.
        self.at = unsafe { at.add(len) };
        Ok(Span { at, end: self.at, input: PhantomData })
    }

    /// The bytes that a length announces.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn slice(&mut self) -> Result<&'a [u8], Fault> {
        Ok(self.delimited()?.as_slice())
    }

    /// A string, borrowed.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn borrowed_str(&mut self) -> Result<&'a str, Fault> {
        let len = self.length()?;
        let at = self.at;
        if len == 0 {
            return Ok("");
        }
        // SAFETY: `length` keeps the string within `end`, and `room` is what
        // the input holds from there. UTF-8 is checked before it is a `str`.
        unsafe {
            let room = self.cx.input.end.offset_from_unsigned(at);
            if !text::is_utf8(at, len, room) {
                return Err(self.fault(Cause::Utf8));
            }
            self.at = at.add(len);
            Ok(std::str::from_utf8_unchecked(std::slice::from_raw_parts(at, len)))
        }
    }

    /// A string, copied to `slot`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn owned_str(&mut self, slot: &mut String) -> Result<(), Fault> {
        let len = self.length()?;
        let at = self.at;
        // SAFETY: as in `borrowed_str`; where `len` is 0, nothing is read.
        unsafe {
            let room = self.cx.input.end.addr() - at.addr();
            if !text::fill(slot, at, len, room) {
                return Err(self.fault(Cause::Utf8));
            }
            self.at = at.add(len);
        }
        Ok(())
    }

    /// A string, copied to `slot`, where it may stand in place.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn inline_str(&mut self, slot: &mut Str) -> Result<(), Fault> {
        let len = self.length()?;
        let at = self.at;
        if len == 0 {
            *slot = Str::new();
            return Ok(());
        }
        // SAFETY: as in `borrowed_str`.
        unsafe {
            let room = self.cx.input.end.offset_from_unsigned(at);
            if !text::fill_inline(slot, at, len, room) {
                return Err(self.fault(Cause::Utf8));
            }
            self.at = at.add(len);
        }
        Ok(())
    }

    /// Goes on behind so many bytes, which must not be more than are left.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn leave(&mut self, bytes: usize) {
        if bytes > self.left() {
            foreign();
        }
        // SAFETY: as many are left.
        self.at = unsafe { self.at.add(bytes) };
    }

    /// Goes on from `rest`, which must be what a part of this reader left over.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn resume(&mut self, rest: Span<'a>) {
        if rest.end != self.end || rest.at < self.at {
            foreign();
        }
        self.at = rest.at;
    }
}

/// A reader goes on only within its own bytes. Out of line, and without an
/// argument, since it stands behind each call that a reader does not survive.
#[cold]
#[inline(never)]
fn foreign() -> ! {
    panic!("the rest of another reader");
}

/// A tag of more than two bytes; 0 where it is malformed.
///
/// # Safety
/// `at < end`, both in one allocation.
#[cold]
#[inline(never)]
unsafe fn tag_long(at: *const u8, end: *const u8) -> (*const u8, u32) {
    // SAFETY: the caller's promise.
    let (after, tag) = unsafe { varint_at_end(at, end) };
    match u32::try_from(tag) {
        // 32 bits need five bytes; upb refuses longer tags, too.
        Ok(tag) if !after.is_null() && after.addr() - at.addr() <= 5 => (after, tag),
        _ => (end, 0),
    }
}

/// A varint of more than one byte, in one load where ten bytes are readable.
/// Returns a null pointer where it is malformed.
///
/// # Safety
/// `at <= limit`, both in one allocation or both null.
#[inline(never)]
pub(super) unsafe fn varint_long(at: *const u8, limit: *const u8) -> (*const u8, u64) {
    // SAFETY: ten bytes are readable where they are read.
    unsafe {
        if limit.addr() - at.addr() < 10 {
            return varint_at_end(at, limit);
        }
        if *at.add(1) < 0x80 && *at >= 0x80 {
            return (at.add(2), u64::from(*at & 0x7f) | u64::from(*at.add(1)) << 7);
        }
        let word = u64::from_le_bytes(at.cast::<[u8; 8]>().read());
        let stop = !word & 0x8080_8080_8080_8080;
        if stop != 0 {
            let len = stop.trailing_zeros() as usize / 8 + 1;
            return (at.add(len), varint::fold(word & (stop ^ (stop - 1))));
        }
        let low = varint::fold(word);
        let (ninth, tenth) = (u64::from(*at.add(8)), u64::from(*at.add(9)));
        if ninth < 0x80 {
            (at.add(9), low | ninth << 56)
        } else if tenth > 1 {
            (ptr::null(), 0)
        } else {
            (at.add(10), low | (ninth & 0x7f) << 56 | tenth << 63)
        }
    }
}

/// A varint among the last nine bytes of the input; a null pointer where it is
/// malformed or cut off.
///
/// # Safety
/// As for [`varint_long`].
#[cold]
#[inline(never)]
unsafe fn varint_at_end(at: *const u8, limit: *const u8) -> (*const u8, u64) {
    if at >= limit {
        return (ptr::null(), 0);
    }
    // SAFETY: `at < limit`, so both are in one allocation.
    unsafe {
        match varint::read(std::slice::from_raw_parts(at, limit.offset_from_unsigned(at))) {
            Some((value, len)) => (at.add(len), value),
            None => (ptr::null(), 0),
        }
    }
}
