//! Lists and maps: what stands between their elements.

use super::object::shortened;
use super::reader::{Entries, Given, Reader};
use crate::error::Fault;
use crate::kind::Read;
use crate::wire::{BLOCK, commas};

/// A list that is read.
pub(super) struct Values {
    pub(super) more: bool,
    index: usize,
    /// They do not stand in the input.
    given: Option<std::vec::IntoIter<String>>,
}

/// Looks for commas ahead of the reader, many bytes at a time.
pub(super) struct Commas {
    /// Where the bytes stand that were looked at.
    block: usize,
    /// A bit for each of them that is a comma and was not handed out.
    found: u64,
}

impl Commas {
    /// Behind `at`.
    #[inline]
    pub(super) fn from(at: usize) -> Self {
        Self { block: at.wrapping_sub(BLOCK), found: 0 }
    }

    /// The place of the next comma, if it is near.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn next(&mut self, text: &[u8]) -> Option<usize> {
        if self.found == 0 {
            let block = self.block.wrapping_add(BLOCK);
            self.found = commas(text.get(block..)?.first_chunk()?);
            self.block = block;
            if self.found == 0 {
                return None;
            }
        }
        let place = self.found.trailing_zeros() as usize;
        self.found &= self.found - 1;
        Some(self.block + place)
    }
}

impl Reader<'_, '_> {
    /// Opens a list.
    pub(super) fn values(&mut self) -> Result<Values, Fault> {
        if let Some(Given::Paths(paths)) = self.given() {
            let mut given = paths.into_iter();
            let more = self.give_next(&mut given);
            return Ok(Values { more, index: 0, given: Some(given) });
        }
        self.expect(b'[', "a list")?;
        Ok(Values { more: !self.take(b']'), index: 0, given: None })
    }

    /// Reads numbers for as long as they are plain, a comma stands right behind
    /// each, and the next comma is near: where one ends is known before it is
    /// read, so that many are read at the same time.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn plain_values<'a, K: Read<'a, T>, T: Default>(
        &mut self,
        kind: K,
        slot: &mut Vec<T>,
        values: &mut Values,
    ) -> Result<(), Fault> {
        let input = self.input.as_bytes();
        let mut at = self.at;
        if input.get(at).is_none_or(|byte| *byte <= b' ') {
            return Ok(());
        }
        let mut commas = Commas::from(at);
        while let Some(comma) = commas.next(input) {
            let text = input.get(at..).unwrap_or_default();
            let Some(value) = kind.of_json(text, comma.saturating_sub(at)) else { break };
            if slot.len() == slot.capacity() {
                self.grow(slot)?;
            }
            slot.push(value);
            values.index += 1;
            at = comma + 1;
        }
        self.at = at;
        Ok(())
    }

    fn give_next(&mut self, given: &mut std::vec::IntoIter<String>) -> bool {
        let next = given.next();
        let more = next.is_some();
        if let Some(text) = next {
            self.give(Given::Text(text));
        }
        more
    }

    /// Goes on behind an element.
    #[inline]
    pub(super) fn after_value(&mut self, values: &mut Values, read: Result<(), Fault>) -> Result<(), Fault> {
        if read.is_ok() && values.given.is_none() && self.input.as_bytes().get(self.at) == Some(&b',') {
            self.at += 1;
            values.index += 1;
            return Ok(());
        }
        self.after_any(values, read)
    }

    #[inline(never)]
    fn after_any(&mut self, values: &mut Values, read: Result<(), Fault>) -> Result<(), Fault> {
        if let Err(fault) = read
            && !std::mem::take(&mut self.left_out)
        {
            self.trace(|failure| failure.index(values.index));
            return Err(fault);
        }
        values.index += 1;
        values.more = match &mut values.given {
            None => self.comma(b']')?,
            Some(given) => self.give_next(given),
        };
        Ok(())
    }

    /// Makes room for one more element at least.
    #[cold]
    pub(super) fn grow<T>(&mut self, slot: &mut Vec<T>) -> Result<(), Fault> {
        let additional = slot.len().max(4);
        self.book(additional.saturating_mul(size_of::<T>()))?;
        slot.reserve_exact(additional);
        Ok(())
    }

    /// Stands before the next key of a map, and says where. Behind the last one
    /// nothing is read.
    pub(super) fn before_key(&mut self) -> Result<usize, Fault> {
        if self.entries != Entries::More {
            self.expect(b'{', "an object")?;
            if self.take(b'}') {
                self.entries = Entries::Done;
                self.left_out = true;
                return Err(Fault::new(crate::Cause::Truncated));
            }
        }
        let at = self.place();
        if self.peek() != b'"' {
            return Err(self.unexpected("a name"));
        }
        self.in_key = true;
        Ok(at)
    }

    pub(super) fn after_key(&mut self, at: usize, read: Result<(), Fault>) -> Result<(), Fault> {
        self.in_key = false;
        if let Err(fault) = read {
            self.trace_key(at);
            return Err(fault);
        }
        self.expect(b':', "`:`")
    }

    /// Goes on behind an entry.
    pub(super) fn after_entry(&mut self, at: usize, read: Result<(), Fault>) -> Result<(), Fault> {
        let left_out = std::mem::take(&mut self.left_out);
        if read.is_err() && !left_out {
            self.trace_key(at);
            return read;
        }
        self.key_at = at;
        self.entries = if self.comma(b'}')? { Entries::More } else { Entries::Done };
        self.left_out = left_out;
        read
    }

    /// Notes the key at `at`.
    #[cold]
    fn trace_key(&mut self, at: usize) {
        let key = self.key(at);
        self.trace(|failure| failure.key(shortened(&key)));
    }
}
