//! A cursor over JSON, and what holds for a whole read.

use std::borrow::Cow;

use super::Parser;
use super::error::{Cause, Failure};
use crate::error::Fault;
use crate::registry::{ExtensionType, Known};

/// JSON that is being read, in one pass.
pub(crate) struct Reader<'a, 'o> {
    pub(super) input: &'a str,
    /// Invariant: a boundary between characters of `input`.
    pub(super) at: usize,
    pub(super) options: &'o Parser<'o>,
    /// Where types are found.
    pub(super) known: Known<'a>,
    /// How many more messages may be entered.
    depth: u32,
    /// How many more bytes may be allocated for elements.
    memory: usize,
    /// A value that does not stand in the input, for the next one asked for.
    given: Given<'a>,
    pub(super) entries: Entries,
    /// Where the key of the last entry stands.
    pub(super) key_at: usize,
    /// The key of a map is read, which stands between quotes.
    pub(super) in_key: bool,
    /// The fault is none: the value is left out.
    pub(super) left_out: bool,
    pub(super) failure: Option<Failure>,
}

/// A value that does not stand in the input.
#[derive(Debug, Default)]
pub(super) enum Given<'a> {
    #[default]
    Nothing,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
    Paths(Vec<String>),
    /// A value of this extension stands in the input.
    Extension(&'a ExtensionType),
}

/// A place to come back to, and what was left to take there.
pub(super) struct Mark {
    at: usize,
    depth: u32,
    memory: usize,
}

/// Where the reader is in the map that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entries {
    /// Not in a map, or before its brace.
    Before,
    /// An entry follows, whose key stands here.
    More,
    /// Behind the map.
    Done,
}

impl<'a, 'o> Reader<'a, 'o> {
    pub(super) fn new(input: &'a str, options: &'o Parser<'o>) -> Self
    where
        'o: 'a,
    {
        Self {
            input,
            at: 0,
            options,
            known: Known::of(options.registry),
            depth: options.limits.levels(),
            memory: options.limits.budget(input.len()),
            given: Given::Nothing,
            entries: Entries::Before,
            key_at: 0,
            in_key: false,
            left_out: false,
            failure: None,
        }
    }

    /// What went wrong.
    pub(super) fn into_failure(self) -> Failure {
        self.failure.unwrap_or_else(|| Failure::new(Cause::Syntax, self.at, "not JSON"))
    }

    /// Notes a failure at `at`.
    #[cold]
    pub(super) fn fault(&mut self, cause: Cause, at: usize, detail: impl Into<Cow<'static, str>>) -> Fault {
        self.failure = Some(Failure::new(cause, at, detail));
        // What it is, the failure says.
        Fault::new(crate::Cause::Truncated)
    }

    /// Notes where in a message the failure is.
    #[cold]
    pub(super) fn trace(&mut self, step: impl FnOnce(&mut Failure)) {
        self.failure.as_mut().map(step);
    }

    /// Where the reader is, to come back to.
    pub(super) fn mark(&self) -> Mark {
        Mark { at: self.at, depth: self.depth, memory: self.memory }
    }

    /// Goes back, and forgets what failed.
    pub(super) fn rewind(&mut self, mark: Mark) {
        (self.at, self.depth, self.memory) = (mark.at, mark.depth, mark.memory);
        self.failure = None;
        self.left_out = false;
    }

    pub(super) fn give(&mut self, given: Given<'a>) {
        self.given = given;
    }

    /// What does not stand in the input.
    #[inline]
    pub(super) fn given(&mut self) -> Option<Given<'a>> {
        match self.given {
            Given::Nothing => None,
            _ => Some(std::mem::take(&mut self.given)),
        }
    }

    /// Whether the next value does not stand in the input.
    #[inline]
    pub(super) fn has_given(&self) -> bool {
        !matches!(self.given, Given::Nothing)
    }

    /// Enters a message.
    #[inline]
    pub(super) fn enter(&mut self) -> Result<(), Fault> {
        match self.depth.checked_sub(1) {
            Some(left) => self.depth = left,
            None => return Err(self.fault(Cause::Depth, self.at, "messages are nested too deeply")),
        }
        Ok(())
    }

    /// Leaves it.
    #[inline]
    pub(super) fn leave(&mut self) {
        self.depth += 1;
    }

    /// Books memory for elements.
    #[inline]
    pub(super) fn book(&mut self, bytes: usize) -> Result<(), Fault> {
        match self.memory.checked_sub(bytes) {
            Some(left) => self.memory = left,
            None => {
                return Err(self.fault(Cause::Memory, self.at, "the elements would take too much memory"));
            }
        }
        Ok(())
    }

    /// How many more bytes may be booked.
    pub(super) fn memory(&self) -> usize {
        self.memory
    }

    /// Books memory beside all that was booked since `before` was left, and
    /// which then goes.
    pub(super) fn book_in_place(&mut self, before: usize, bytes: usize) -> Result<(), Fault> {
        self.book(bytes)?;
        self.memory = before.saturating_sub(bytes);
        Ok(())
    }

    /// The offset of the next value, in bytes.
    #[inline]
    pub(super) fn place(&mut self) -> usize {
        self.peek();
        self.at
    }

    /// The next byte that is not white space; 0 at the end.
    #[inline]
    pub(super) fn peek(&mut self) -> u8 {
        match self.input.as_bytes().get(self.at) {
            Some(byte) if *byte > b' ' => *byte,
            _ => self.peek_behind(),
        }
    }

    /// The same where white space or the end comes first.
    #[inline(never)]
    fn peek_behind(&mut self) -> u8 {
        loop {
            match self.input.as_bytes().get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                Some(byte) => return *byte,
                None => return 0,
            }
        }
    }

    /// Steps over `byte`, if it comes next.
    #[inline]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    /// Steps over `byte`, which must come next.
    #[inline]
    pub(super) fn expect(&mut self, byte: u8, what: &'static str) -> Result<(), Fault> {
        if self.take(byte) { Ok(()) } else { Err(self.unexpected(what)) }
    }

    /// Steps over what stands between elements. False behind the last.
    #[inline]
    pub(super) fn comma(&mut self, end: u8) -> Result<bool, Fault> {
        if self.take(b',') {
            return Ok(true);
        }
        let what = if end == b'}' { "`,` or `}`" } else { "`,` or `]`" };
        self.expect(end, what)?;
        Ok(false)
    }

    /// Something else than `what` comes next.
    #[cold]
    pub(super) fn unexpected(&mut self, what: &'static str) -> Fault {
        let found = match self.peek() {
            0 if self.at >= self.input.len() => "the end",
            b'"' => "a string",
            b'{' => "an object",
            b'[' => "a list",
            b'0'..=b'9' | b'-' => "a number",
            _ if self.rest().starts_with("null") => "null",
            _ if self.rest().starts_with("true") || self.rest().starts_with("false") => "a bool",
            b',' | b':' | b'}' | b']' => "punctuation",
            _ => "what is not JSON",
        };
        let cause = match found {
            "the end" | "punctuation" | "what is not JSON" => Cause::Syntax,
            _ if matches!(what, "a name" | "the end") || what.starts_with('`') => Cause::Syntax,
            _ => Cause::Type,
        };
        self.fault(cause, self.at, format!("expected {what}, found {found}"))
    }

    pub(super) fn rest(&self) -> &'a str {
        self.input.get(self.at..).unwrap_or_default()
    }

    /// Steps over a word such as `null`, if it comes next.
    #[inline]
    pub(super) fn word(&mut self, word: &str) -> bool {
        self.peek();
        let rest = self.input.as_bytes().get(self.at..).unwrap_or_default();
        let found = rest.starts_with(word.as_bytes());
        if found {
            self.at += word.len();
        }
        found
    }

    /// Nothing may follow.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        if self.peek() == 0 && self.at == self.input.len() { Ok(()) } else { Err(self.unexpected("the end")) }
    }
}
