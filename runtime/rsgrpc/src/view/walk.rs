//! A way through the values of a list that was checked before.

use super::pieces::Pieces;
use crate::error::Fault;
use crate::wire::packed::Varints;
use crate::wire::wire_type::{LEN, VARINT};
use crate::wire::{Context, Reader, Span, skip};

/// Where the values of a repeated field are. Other fields may lie between.
///
/// The message that they belong to may itself have come in pieces, which the
/// format merges; the list then goes on in another piece.
//
// Invariant: `values` lies in `input`; it starts behind the tag `tag` and ends
// with the message, or the innermost that is not a group.
#[derive(Clone, Copy)]
pub struct RawList<'a> {
    input: Span<'a>,
    values: Span<'a>,
    len: usize,
    tag: u32,
    /// `input` starts with a length, not with the fields of a message.
    prefixed: bool,
    /// The values are known to lie in pieces. Those of a group are found to
    /// only when the first piece ends.
    split: bool,
}

impl<'a> RawList<'a> {
    pub(super) const EMPTY: Self =
        Self { input: Span::EMPTY, values: Span::EMPTY, len: 0, tag: 0, prefixed: false, split: false };

    /// Takes in `count` more values, from the start of `before`, behind a tag. A
    /// list of another input is forgotten.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn add(&mut self, tag: u32, count: usize, before: Span<'a>, cx: &Context<'a>) {
        let input = cx.input();
        let goes_on = self.len > 0 && self.input.is(input);
        let (values, tag, len) = if goes_on { (self.values, self.tag, self.len) } else { (before, tag, 0) };
        let split = goes_on & (self.split | !self.values.ends_with(before));
        *self = Self { input, values, len: len + count, tag, prefixed: cx.prefixed, split };
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Hands out the values, of a kind that is never packed. Not generic, so that there is one for all types of messages.
    #[inline(never)]
    pub(super) fn each(self, wire: u32, values: &mut dyn Take<'a>) {
        let mut walk = self.walk();
        for _ in 0..self.len {
            if walk.at_tag && walk.step(wire, false).is_none() {
                return;
            }
            let mut reader = Reader::new(walk.rest, &mut walk.cx);
            if values.take(self.tag >> 3, &mut reader).is_err() {
                return;
            }
            walk.rest = reader.rest();
            walk.at_tag = true;
        }
    }

    pub(super) fn walk(self) -> Walk<'a> {
        Walk {
            list: self,
            rest: self.values,
            tag: self.tag,
            run: Span::EMPTY,
            varints: Varints::new(&[]),
            left: self.len,
            at_tag: false,
            pieces: None,
            cx: context(self.input),
        }
    }
}

/// Takes in one value after the other.
pub(super) trait Take<'a> {
    /// Reads the value of the field `number` that is before `reader`.
    fn take(&mut self, number: u32, reader: &mut Reader<'_, 'a>) -> Result<(), Fault>;
}

/// A way through a list. All of it was read before: it ends early only where a
/// hand-written `Decode` does not do the same thing twice.
#[derive(Clone)]
pub(super) struct Walk<'a> {
    list: RawList<'a>,
    rest: Span<'a>,
    /// The tag of the value at the start of `rest`, or of the last one.
    tag: u32,
    /// What is left of a packed run …
    run: Span<'a>,
    /// … of varints.
    varints: Varints<'a>,
    left: usize,
    /// Whether `rest` starts before a tag, not behind one.
    at_tag: bool,
    /// The way on, once the first piece is done.
    pieces: Option<Box<Pieces<'a>>>,
    /// What holds for reading a value. Of messages it is made anew each time.
    cx: Context<'a>,
}

impl<'a> Walk<'a> {
    /// The number of the field.
    pub(super) fn number(&self) -> u32 {
        self.tag >> 3
    }

    /// No more values than these follow.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// Reads the next value with `read`, a packed varint with `of_varint`; both
    /// give none for a value that the list leaves out. Unpacked values have the
    /// wire type `wire`; `nested` says that they hold messages.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn next<T>(
        &mut self,
        wire: u32,
        packable: bool,
        nested: bool,
        mut read: impl FnMut(&mut Reader<'_, 'a>) -> Result<Option<T>, Fault>,
        of_varint: impl Fn(u64) -> Option<T>,
    ) -> Option<T> {
        while self.left > 0 {
            if wire == VARINT && !self.varints.is_empty() {
                let value = of_varint(self.varints.next()?);
                if value.is_some() {
                    self.left -= 1;
                    return value;
                }
                continue;
            }
            let in_run = packable && !self.run.is_empty();
            if !in_run && self.at_tag {
                self.step(wire, packable)?;
            }
            let span = if in_run { self.run } else { self.rest };
            if nested {
                // The lists in this value have no business before it.
                self.cx = context(span.within(self.list.input));
                self.cx.prefixed = wire == LEN;
            }
            let mut reader = Reader::new(span, &mut self.cx);
            if !in_run && packable && self.tag & 7 == LEN {
                let run = reader.delimited().ok()?;
                self.rest = reader.rest();
                self.at_tag = true;
                match wire {
                    VARINT => self.varints = Varints::new(run.as_slice()),
                    _ => self.run = run,
                }
                continue;
            }
            let value = read(&mut reader).ok()?;
            if in_run {
                self.run = reader.rest();
            } else {
                self.rest = reader.rest();
                self.at_tag = true;
            }
            if value.is_some() {
                self.left -= 1;
                return value;
            }
        }
        None
    }

    /// Goes behind the tag of the list's next value.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn step(&mut self, wire: u32, packable: bool) -> Option<()> {
        let mut cx = context(self.list.input);
        let mut reader = Reader::new(self.rest, &mut cx);
        if !self.list.split && reader.next_is(self.tag) {
            self.rest = reader.rest();
        } else {
            let unpacked = self.tag >> 3 << 3 | wire;
            let wanted = Wanted { unpacked, packable };
            (self.rest, self.tag, self.pieces) = find(wanted, self.list, self.rest, self.pieces.take())?;
        }
        self.at_tag = false;
        Some(())
    }
}

/// For what was checked before, depth and memory included.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn context(input: Span<'_>) -> Context<'_> {
    let mut cx = Context::new(input, None, u32::MAX, usize::MAX);
    cx.checked = true;
    cx
}

/// The tags that a list's values may have.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    unpacked: u32,
    packable: bool,
}

impl Wanted {
    pub(super) fn is(self, tag: u32) -> bool {
        tag == self.unpacked || self.packable && tag == self.unpacked >> 3 << 3 | LEN
    }
}

type Found<'a> = (Span<'a>, u32, Option<Box<Pieces<'a>>>);

/// Finds the next value of the list, or a packed run of them, behind other
/// fields or in another piece. By value, so that the walk's address does not
/// escape.
#[cold]
#[inline(never)]
fn find<'a>(
    wanted: Wanted,
    list: RawList<'a>,
    mut rest: Span<'a>,
    pieces: Option<Box<Pieces<'a>>>,
) -> Option<Found<'a>> {
    let mut cx = context(list.input);
    while !list.split && pieces.is_none() {
        let mut reader = Reader::new(rest, &mut cx);
        if !reader.more() {
            return None;
        }
        let next = reader.tag();
        let value = reader.rest();
        if wanted.is(next) {
            return Some((value, next, None));
        }
        match skip(value, &mut cx, next) {
            Ok(after) => rest = after,
            // The end of a group.
            Err(_) => break,
        }
    }
    let mut pieces = match pieces {
        Some(pieces) => pieces,
        None => Box::new(Pieces::around(list.values, list.input, list.prefixed)?),
    };
    loop {
        let (value, tag) = pieces.next(wanted)?;
        if value.starts_behind(rest) {
            return Some((value, tag, Some(pieces)));
        }
    }
}
