//! Text to tokens, one at a time, as asked for.

use super::error::{NOTED, Problem};
use crate::error::Fault;

/// A cursor over text. What it returns starts at the next token: white space
/// and comments go.
#[derive(Debug)]
pub(super) struct Lexer<'a> {
    text: &'a str,
    /// Invariant: a character begins here, or the text ends.
    at: usize,
    problem: Option<Problem>,
}

/// A number without its sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number<'a> {
    /// Decimal digits.
    Decimal(&'a str),
    /// Octal digits, without the leading zero.
    Octal(&'a str),
    /// Hexadecimal digits, without `0x`.
    Hex(&'a str),
    /// With a point, an exponent or the suffix `f`, which is not included.
    Float(&'a str),
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, problem: None }
    }

    /// The first byte of the next token.
    pub(super) fn next(&mut self) -> Option<u8> {
        loop {
            match self.byte(0)? {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'#' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                byte => return Some(byte),
            }
        }
    }

    /// Where the next token begins.
    pub(super) fn start(&mut self) -> usize {
        self.next();
        self.at
    }

    /// Where the last token ended, or later.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Steps over `sign`, an ASCII character, if it comes next.
    pub(super) fn take(&mut self, sign: u8) -> bool {
        let comes = self.next() == Some(sign);
        if comes {
            self.at += 1;
        }
        comes
    }

    /// An identifier, if one comes next.
    pub(super) fn word(&mut self) -> Option<&'a str> {
        self.next().filter(|byte| is_letter(*byte))?;
        Some(self.while_is(|byte| is_letter(byte) || byte.is_ascii_digit()))
    }

    /// A number, if one comes next.
    pub(super) fn number(&mut self) -> Result<Option<Number<'a>>, Fault> {
        let number = match (self.next(), self.byte(1)) {
            (Some(b'0'), Some(b'x' | b'X')) => {
                self.at += 2;
                let digits = self.while_is(|byte| byte.is_ascii_hexdigit());
                if digits.is_empty() {
                    return Err(self.fail("expected hexadecimal digits"));
                }
                Number::Hex(digits)
            }
            (Some(b'0'), Some(b'0'..=b'9')) => {
                self.at += 1;
                Number::Octal(self.while_is(|byte| matches!(byte, b'0'..=b'7')))
            }
            (Some(b'0'..=b'9'), _) | (Some(b'.'), Some(b'0'..=b'9')) => self.decimal(),
            _ => return Ok(None),
        };
        match self.byte(0) {
            Some(byte) if is_letter(byte) || byte.is_ascii_digit() => {
                Err(self.fail("a number ends in the middle of a word"))
            }
            _ => Ok(Some(number)),
        }
    }

    fn decimal(&mut self) -> Number<'a> {
        let from = self.at;
        let mut float = false;
        self.while_is(|byte| byte.is_ascii_digit());
        if self.byte(0) == Some(b'.') {
            float = true;
            self.at += 1;
            self.while_is(|byte| byte.is_ascii_digit());
        }
        if let Some(b'e' | b'E') = self.byte(0) {
            let sign = usize::from(matches!(self.byte(1), Some(b'+' | b'-')));
            if self.byte(1 + sign).is_some_and(|byte| byte.is_ascii_digit()) {
                float = true;
                self.at += 1 + sign;
                self.while_is(|byte| byte.is_ascii_digit());
            }
        }
        let digits = self.text.get(from..self.at).unwrap_or_default();
        if let Some(b'f' | b'F') = self.byte(0) {
            float = true;
            self.at += 1;
        }
        if float { Number::Float(digits) } else { Number::Decimal(digits) }
    }

    /// What stands between the quotes of a string, if one comes next: escapes
    /// are as they are written.
    pub(super) fn quoted(&mut self) -> Result<Option<&'a str>, Fault> {
        let Some(quote @ (b'"' | b'\'')) = self.next() else { return Ok(None) };
        self.at += 1;
        let from = self.at;
        let mut escaped = false;
        let text = self.text;
        for (at, byte) in text.bytes().enumerate().skip(from) {
            match byte {
                b'\n' | 0 => {
                    self.at = at;
                    return Err(self.fail("a string may hold neither a line feed nor a NUL"));
                }
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                byte if byte == quote => {
                    self.at = at + 1;
                    return Ok(text.get(from..at));
                }
                _ => {}
            }
        }
        self.at = text.len();
        Err(self.fail("a string does not end"))
    }

    /// Notes that the text is wrong here.
    #[cold]
    pub(super) fn fail(&mut self, text: impl Into<String>) -> Fault {
        self.fail_at(self.at, text)
    }

    /// Notes that the text is wrong there.
    #[cold]
    pub(super) fn fail_at(&mut self, at: usize, text: impl Into<String>) -> Fault {
        self.problem.get_or_insert_with(|| Problem { at, text: text.into(), path: Vec::new() });
        NOTED
    }

    /// Notes that something else was to come next.
    #[cold]
    pub(super) fn expected(&mut self, what: &str) -> Fault {
        let start = self.start();
        let found = match self.next() {
            None => "the end".to_owned(),
            Some(byte) if is_letter(byte) => format!("`{}`", self.word().unwrap_or_default()),
            Some(_) => format!("`{}`", self.rest().chars().next().unwrap_or_default().escape_debug()),
        };
        self.fail_at(start, format!("expected {what}, found {found}"))
    }

    /// Adds the field in which the problem is.
    #[cold]
    pub(super) fn blame(&mut self, fault: Fault, field: &str) {
        if self.problem.is_none() {
            self.fail(fault.cause().to_string());
        }
        if let Some(problem) = &mut self.problem {
            problem.path.push(field.to_owned());
        }
    }

    /// What was noted.
    #[cold]
    pub(super) fn problem(mut self, fault: Fault) -> Problem {
        self.problem.take().unwrap_or_else(|| Problem {
            at: self.at,
            text: fault.cause().to_string(),
            path: Vec::new(),
        })
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Steps over ASCII characters while they are such.
    fn while_is(&mut self, such: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.rest();
        let len = rest.bytes().position(|byte| !such(byte)).unwrap_or(rest.len());
        self.at += len;
        rest.get(..len).unwrap_or_default()
    }
}

pub(super) fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}
