//! The way through a list whose message came in pieces.
//!
//! `a { x: 1 } b { } a { x: 2 }` is how the format may say `a { x: [1, 2] }`.
//! Encoders do not write it so, and views make no provision for it: where the
//! values of a list lie is found out by going through the input once more.

use super::walk::{Wanted, context};
use crate::wire::wire_type::{END_GROUP, LEN, START_GROUP};
use crate::wire::{Reader, Span, skip};

/// A place in a message in a message …
#[derive(Clone)]
pub(super) struct Pieces<'a> {
    input: Span<'a>,
    /// The tags of the messages around the list, from the outermost.
    path: Vec<u32>,
    /// What is left of each of those that are open, from the outermost; before
    /// a tag. Invariant: one to `path.len() + 1`.
    open: Vec<Span<'a>>,
}

impl<'a> Pieces<'a> {
    /// The place before the list's first value, which is at the start of `first`.
    /// `input` is or, if `prefixed`, announces by its length the message that
    /// holds all pieces.
    pub(super) fn around(first: Span<'a>, input: Span<'a>, prefixed: bool) -> Option<Self> {
        let mut cx = context(input);
        let root = if prefixed { Reader::new(input, &mut cx).delimited().ok()? } else { input };
        let mut pieces = Self { input, path: Vec::new(), open: vec![root] };
        pieces.descend_to(first)?;
        Some(pieces)
    }

    /// Opens the messages around the value at the start of `first`, and goes
    /// before its tag.
    fn descend_to(&mut self, first: Span<'a>) -> Option<()> {
        loop {
            let (tag, before, value, after) = self.field()?;
            if !after.starts_behind(first) {
                continue;
            }
            if !first.starts_behind(value) {
                *self.open.last_mut()? = before;
                return Some(());
            }
            self.path.push(tag);
            self.enter(tag, value)?;
        }
    }

    /// Goes behind the list's next value; gives it with its tag.
    pub(super) fn next(&mut self, wanted: Wanted) -> Option<(Span<'a>, u32)> {
        loop {
            let Some((tag, _, value, _)) = self.field() else {
                self.leave()?;
                continue;
            };
            match self.path.get(self.open.len() - 1) {
                None if wanted.is(tag) => return Some((value, tag)),
                Some(step) if *step == tag => self.enter(tag, value)?,
                _ => {}
            }
        }
    }

    /// Goes behind the next field of the innermost open message: its tag, what
    /// was left before it, behind its tag and behind its value. None at the end.
    fn field(&mut self) -> Option<(u32, Span<'a>, Span<'a>, Span<'a>)> {
        let open = self.open.last_mut()?;
        let before = *open;
        let mut cx = context(self.input);
        let mut reader = Reader::new(before, &mut cx);
        if !reader.more() {
            return None;
        }
        let tag = reader.tag();
        let value = reader.rest();
        if tag & 7 == END_GROUP {
            return None;
        }
        *open = skip(value, &mut cx, tag).ok()?;
        Some((tag, before, value, *open))
    }

    fn enter(&mut self, tag: u32, value: Span<'a>) -> Option<()> {
        let mut cx = context(self.input);
        let inside = match tag & 7 {
            LEN => Reader::new(value, &mut cx).delimited().ok()?,
            START_GROUP => value,
            _ => return None,
        };
        self.open.push(inside);
        Some(())
    }

    /// Goes on behind the innermost open message; none behind the outermost.
    fn leave(&mut self) -> Option<()> {
        self.open.pop();
        (!self.open.is_empty()).then_some(())
    }
}
