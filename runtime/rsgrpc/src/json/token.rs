//! Strings, numbers, and values that nobody wants.

use std::borrow::Cow;

use super::error::Cause;
use super::reader::Reader;
use super::{number, plain};
use crate::Str;
use crate::error::Fault;
use crate::wire::{quoted_len, set_start};

impl<'a> Reader<'a, '_> {
    /// A string; `what` says what it is for.
    pub(super) fn text(&mut self, what: &'static str) -> Result<Cow<'a, str>, Fault> {
        match self.plain() {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self.any_text(what).map(Cow::Owned),
        }
    }

    /// A string that stands here, if there are no escapes in it.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn plain(&mut self) -> Option<&'a str> {
        let (text, len) = self.quoted()?;
        text.get(..len)
    }

    /// The same as what follows its quote, and its length.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn quoted(&mut self) -> Option<(&'a str, usize)> {
        if self.peek() != b'"' {
            return None;
        }
        let start = self.at + 1;
        let text = self.input.get(start..)?;
        let len = quoted_len(text.as_bytes())?;
        self.at = start + len + 1;
        Some((text, len))
    }

    /// The same with white space before it and escapes in it.
    #[cold]
    #[inline(never)]
    fn any_text(&mut self, what: &'static str) -> Result<String, Fault> {
        self.expect(b'"', what)?;
        let mut text = String::new();
        self.unescape(&mut text)?;
        Ok(text)
    }

    /// The string at `at`, for errors.
    #[cold]
    pub(super) fn key(&mut self, at: usize) -> String {
        let (before, failure) = (std::mem::replace(&mut self.at, at), self.failure.take());
        let text = self.text("a name").map(Cow::into_owned).unwrap_or_default();
        (self.at, self.failure) = (before, failure);
        text
    }

    /// A string, in place of what `slot` holds.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn text_into(&mut self, slot: &mut String) -> Result<(), Fault> {
        match self.quoted() {
            Some((text, len)) => set_start(slot, text, len),
            None => *slot = self.any_text("a string")?,
        }
        Ok(())
    }

    /// The same for a string that may stand in place.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn text_into_inline(&mut self, slot: &mut Str) -> Result<(), Fault> {
        *slot = match self.quoted() {
            Some((text, len)) => Str::start_of(text, len),
            None => self.any_text("a string")?.into(),
        };
        Ok(())
    }

    /// The rest of a string behind its first quote.
    fn unescape(&mut self, text: &mut String) -> Result<(), Fault> {
        loop {
            let start = self.at;
            self.at += plain::len(self.rest().as_bytes());
            text.push_str(self.input.get(start..self.at).unwrap_or_default());
            match self.input.as_bytes().get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => {
                    let problem = "a control character in a string is to be escaped";
                    return Err(self.fault(Cause::Syntax, self.at, problem));
                }
                None => return Err(self.fault(Cause::Syntax, self.at, "the input ends inside a string")),
            }
        }
    }

    /// An escape sequence.
    fn escape(&mut self) -> Result<char, Fault> {
        let start = self.at;
        let letter = self.input.as_bytes().get(self.at + 1).copied();
        let character = match letter {
            Some(b'"' | b'\\' | b'/') => letter.map_or('/', char::from),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => return Err(self.fault(Cause::Syntax, start, "there is no such escape")),
        };
        self.at += 2;
        Ok(character)
    }

    /// `\u` and four digits, twice for a character beyond `\uffff`.
    fn unicode(&mut self, start: usize) -> Result<char, Fault> {
        let first = self.hex(start)?;
        let code = match first {
            0xd800..0xdc00 if self.rest().starts_with("\\u") => {
                let second = self.hex(start)?;
                match second {
                    0xdc00..0xe000 => 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00),
                    _ => first,
                }
            }
            _ => first,
        };
        // What is left of surrogates is no character.
        char::from_u32(code).ok_or_else(|| self.fault(Cause::Utf8, start, "half of a surrogate pair"))
    }

    fn hex(&mut self, start: usize) -> Result<u32, Fault> {
        let digits = self.input.get(self.at + 2..self.at + 6).unwrap_or_default();
        let hex = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u32::from_str_radix(digits, 16) {
            Ok(code) if hex => {
                self.at += 6;
                Ok(code)
            }
            _ => Err(self.fault(Cause::Syntax, start, "expected four hexadecimal digits")),
        }
    }

    /// A number, perhaps in quotes; for `special`, also the name of what is no
    /// number.
    #[inline]
    pub(super) fn number(&mut self, special: bool) -> Result<Cow<'a, str>, Fault> {
        let quoted = self.peek() == b'"';
        let start = self.at;
        if quoted {
            let text = self.text("a number")?;
            let named = special && matches!(&*text, "NaN" | "Infinity" | "-Infinity");
            if named || number::len(text.as_bytes()) == Some(text.len()) {
                return Ok(text);
            }
            return Err(self.fault(Cause::Type, start, "the string holds no number"));
        }
        match number::len(self.rest().as_bytes()) {
            Some(len) => {
                self.at += len;
                Ok(Cow::Borrowed(self.input.get(start..self.at).unwrap_or_default()))
            }
            None if matches!(self.peek(), b'-' | b'0'..=b'9') => {
                Err(self.fault(Cause::Syntax, start, "malformed number"))
            }
            None => Err(self.unexpected("a number")),
        }
    }

    /// Steps over a value that nobody wants.
    pub(super) fn skip(&mut self) -> Result<(), Fault> {
        match self.peek() {
            b'{' => {
                self.enter()?;
                self.at += 1;
                let mut more = !self.take(b'}');
                while more {
                    self.text("a name")?;
                    self.expect(b':', "`:`")?;
                    self.skip()?;
                    more = self.comma(b'}')?;
                }
                self.leave();
            }
            b'[' => {
                self.enter()?;
                self.at += 1;
                let mut more = !self.take(b']');
                while more {
                    self.skip()?;
                    more = self.comma(b']')?;
                }
                self.leave();
            }
            b'"' => drop(self.text("a string")?),
            b'-' | b'0'..=b'9' => drop(self.number(false)?),
            _ if self.word("null") || self.word("true") || self.word("false") => {}
            _ => return Err(self.unexpected("a value")),
        }
        Ok(())
    }
}
