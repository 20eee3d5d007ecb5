//! Runs of elements, and those that are left for later.
//!
//! glibc's `malloc` answers a request beyond 1 KiB only after it has merged all
//! small pieces of memory that were freed before, so that each small one has to
//! be cut out anew. A message that was dropped leaves hundreds of them, which
//! the next one could take as they are. So the elements of the outermost
//! message that need such a vector are read when everything else has been.

use std::ops::ControlFlow;

use super::reader::{Context, Reader, Span, varint_long};
use super::skip;
use crate::error::Fault;

/// A vector of more bytes is large.
const LARGE: usize = 1000;

/// The elements that are left for later: those of one field.
#[derive(Clone, Copy)]
pub(super) struct Later<'a> {
    /// How deep what may be left for later is; no message is as deep as
    /// `u32::MAX`.
    depth: u32,
    /// The tag of the elements, once there are some.
    tag: u32,
    /// From the tag of the first one to the end of the last one. Invariant: a
    /// part of the input.
    span: Span<'a>,
    /// What was found while some were left: what they hide may come first.
    fault: Option<Fault>,
}

impl Later<'_> {
    pub(super) const NEVER: Self = Self { depth: u32::MAX, tag: 0, span: Span::EMPTY, fault: None };
}

/// Elements behind the same tag that follow each other.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    /// How many there are. They end before one that is malformed.
    pub(crate) count: usize,
    /// How many bytes they take, without the tag of the first one; none where
    /// one of them is malformed.
    len: usize,
}

impl Run {
    /// The length-delimited values behind the one-byte `tag`, from the start of
    /// the first one.
    #[inline(never)]
    pub(crate) fn new(first: Span<'_>, tag: u32, input: Span<'_>) -> Self {
        let (mut at, end) = (first.at, first.end);
        let mut count = 1;
        // SAFETY: `at < end <= input.end` where it is read; `varint_long` keeps
        // within `input.end`.
        unsafe {
            while at < end {
                let mut len = u64::from(*at);
                at = at.add(1);
                if len >= 0x80 {
                    (at, len) = varint_long(at.sub(1), input.end);
                    if at.is_null() || at > end {
                        break;
                    }
                }
                let left = end.offset_from_unsigned(at) as u64;
                if len > left {
                    break;
                }
                at = at.add(len as usize);
                if len == left || u32::from(*at) != tag {
                    return Self { count, len: at.addr() - first.at.addr() };
                }
                at = at.add(1);
                count += 1;
            }
        }
        Self { count, len: 0 }
    }
}

impl<'a> Context<'a> {
    /// Some elements of the outermost message, which is entered next, may be left for later.
    #[inline]
    pub(crate) fn begin(&mut self) {
        self.later.depth = self.depth.saturating_sub(1);
    }

    /// Leaves the elements of `run`, each of `size` bytes, for later, if that is
    /// possible and of use; says how many bytes that leaves out. The field must
    /// have no elements yet.
    #[inline]
    pub(crate) fn put_off(&mut self, first: Span<'a>, tag: u32, run: Run, size: usize) -> usize {
        // What comes behind elements that were left has to wait, too.
        let waits = self.later.tag == tag;
        let large = self.later.tag == 0 && run.count.saturating_mul(size) > LARGE;
        if (waits || large) && self.depth == self.later.depth { put_off(self, first, tag, run) } else { 0 }
    }

    /// Whether elements were left for later.
    #[inline]
    pub(crate) fn has_left(&self) -> bool {
        self.later.tag != 0
    }

    /// What to read after what came to this `result`: some of the elements that
    /// were left for later, with their tags. Or what came of all.
    pub(crate) fn go_on(&mut self, result: Result<(), Fault>) -> ControlFlow<Result<(), Fault>, Span<'a>> {
        let Later { depth, tag, span, fault } = std::mem::replace(&mut self.later, Later::NEVER);
        let first = depth != Later::NEVER.depth;
        match result {
            // All in order, for the fault that comes first. There is one in any case.
            Err(fault) if first => {
                self.later = Later { tag, fault: Some(fault), ..Later::NEVER };
                self.depth = depth.saturating_add(1);
                self.message = "";
                ControlFlow::Continue(self.input())
            }
            Ok(()) if fault.is_none() => match next_left(self, tag, span) {
                Some(left) => ControlFlow::Continue(left),
                None => ControlFlow::Break(Ok(())),
            },
            _ => ControlFlow::Break(result.and(fault.map_or(Ok(()), Err))),
        }
    }
}

/// Cuts off the next of those behind `tag` that follow each other.
fn next_left<'a>(cx: &mut Context<'a>, tag: u32, mut span: Span<'a>) -> Option<Span<'a>> {
    while !span.is_empty() {
        let mut reader = Reader::new(span, cx);
        let found = reader.tag();
        let value = reader.rest();
        if found != tag {
            // Other fields, which were read before.
            span = skip(value, cx, found).ok()?;
            continue;
        }
        let run = Run::new(value, tag, cx.input());
        let (len, end) = (span.before(value).len() + run.len, span.as_slice().len());
        cx.later = Later { tag, span: span.part(len..end)?, ..Later::NEVER };
        return span.part(0..len);
    }
    None
}

#[cold]
#[inline(never)]
fn put_off<'a>(cx: &mut Context<'a>, first: Span<'a>, tag: u32, run: Run) -> usize {
    let input = cx.input();
    let place = |at: Span<'a>| input.before(at.within(input)).len();
    let start = if cx.later.tag == tag { place(cx.later.span) } else { place(first).saturating_sub(1) };
    match input.part(start..place(first) + run.len) {
        Some(left) if run.len > 0 => {
            cx.later.span = left;
            cx.later.tag = tag;
            run.len
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left over of a message, in the order in which it is read.
    fn order(message: &[u8], sizes: &[usize]) -> Vec<Vec<u8>> {
        let mut cx = Context::new(Span::new(message), None, 100, usize::MAX);
        let mut span = cx.input();
        cx.begin();
        cx.depth -= 1;
        let mut order = Vec::new();
        loop {
            while !span.is_empty() {
                let mut reader = Reader::new(span, &mut cx);
                let tag = reader.tag();
                let value = reader.rest();
                let run = Run::new(value, tag, cx.input());
                let end = if run.len > 0 { run.len } else { value.as_slice().len() };
                let (read, rest) = span.as_slice().split_at(span.before(value).len() + end);
                if cx.put_off(value, tag, run, sizes[(tag >> 3) as usize]) != run.len || run.len == 0 {
                    order.push(read.to_vec());
                }
                span = Span::new(rest);
            }
            match cx.go_on(Ok(())) {
                ControlFlow::Continue(left) => span = left,
                ControlFlow::Break(_) => return order,
            }
        }
    }

    const SMALL: &[u8] = &[0x0a, 1, b'a'];
    const LARGE: &[u8] = &[0x12, 1, b'b', 0x12, 2, b'c', b'd'];
    const OTHER: &[u8] = &[0x1a, 0];

    #[test]
    fn large_elements_come_last() {
        let sizes = [0, 10, 501, 2000];
        assert_eq!(order(&[LARGE, SMALL].concat(), &sizes), [SMALL, LARGE]);
        assert_eq!(order(&[LARGE, SMALL].concat(), &[0, 10, 500, 0]), [LARGE, SMALL]);
        // Only those of one field.
        assert_eq!(order(&[LARGE, OTHER, SMALL].concat(), &sizes), [OTHER, SMALL, LARGE]);
    }

    #[test]
    fn elements_of_one_field_stay_in_order() {
        let one = &LARGE[..3];
        let message = [LARGE, SMALL, one, OTHER, SMALL, one].concat();
        assert_eq!(order(&message, &[0, 10, 501, 2000]), [SMALL, OTHER, SMALL, LARGE, one, one]);
    }

    #[test]
    fn what_is_malformed_does_not_wait() {
        for cut in 1..LARGE.len() - 3 {
            let message = &LARGE[..LARGE.len() - cut];
            assert_eq!(order(message, &[0, 10, 2000, 0]), [message], "{cut}");
        }
    }
}
