//! The text that is written: its punctuation, strings and numbers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Printer;
use super::error::{Cause, Failure};
use super::plain;
use crate::label::FieldLabel;
use crate::registry::Known;
use crate::wire::{append, append_between_quotes, append_padded, append_quoted, append_room, decimal};

/// JSON in the making. Its bytes are UTF-8.
pub(crate) struct Out<'o> {
    pub(super) bytes: Vec<u8>,
    pub(super) options: &'o Printer<'o>,
    /// Where types are found.
    pub(super) known: Known<'o>,
    /// How many messages are open.
    pub(super) depth: u32,
    /// How many braces and brackets are open.
    open: usize,
    /// Members are written as the label has them: no option says otherwise, and
    /// nothing has failed.
    simple: bool,
    /// Why the message cannot be written. Nothing more is written then.
    pub(super) failure: Option<Failure>,
}

impl<'o> Out<'o> {
    pub(super) fn new(options: &'o Printer<'o>, bytes: Vec<u8>) -> Self {
        let simple = !(options.pretty || options.proto_names || options.redact);
        Self { bytes, options, known: Known::of(options.registry), depth: 0, open: 0, simple, failure: None }
    }

    #[cold]
    pub(super) fn fail(&mut self, cause: Cause, detail: impl Into<std::borrow::Cow<'static, str>>) {
        self.simple = false;
        if self.failure.is_none() {
            self.failure = Some(Failure::new(cause, 0, detail));
        }
    }

    /// Opens an object or a list.
    #[inline]
    pub(super) fn open(&mut self, bracket: u8) {
        self.bytes.push(bracket);
        self.open += 1;
    }

    /// Closes it.
    #[inline]
    pub(super) fn close(&mut self, bracket: u8) {
        self.open -= 1;
        if self.options.pretty && !self.is_first() {
            self.line();
        }
        self.bytes.push(bracket);
    }

    /// Begins a member or an element: a comma, unless it is the first.
    #[inline]
    pub(super) fn part(&mut self) {
        if !self.is_first() {
            self.bytes.push(b',');
        }
        if self.options.pretty {
            self.line();
        }
    }

    /// Begins a member with its name, if that takes no more than copying it.
    #[inline(never)]
    pub(super) fn simple_field(&mut self, label: &FieldLabel<'_>) -> bool {
        if !self.simple {
            return false;
        }
        let Some((key, len)) = label.key_padded(self.is_first()) else { return false };
        append_padded(&mut self.bytes, key, len);
        true
    }

    /// Begins a member with its name.
    pub(super) fn field(&mut self, label: &FieldLabel<'_>) {
        self.part();
        match if self.options.proto_names { Err(label.name) } else { label.key() } {
            Ok(key) => {
                self.bytes.extend_from_slice(key);
                if self.options.pretty {
                    self.bytes.push(b' ');
                }
            }
            Err(name) => {
                self.string(name);
                self.colon();
            }
        }
    }

    /// Ends the name of a member.
    #[inline]
    pub(super) fn colon(&mut self) {
        self.bytes.push(b':');
        if self.options.pretty {
            self.bytes.push(b' ');
        }
    }

    /// What stands for a value that is not to be shown.
    pub(super) fn redacted(&mut self) {
        self.bytes.extend_from_slice(b"\"[REDACTED]\"");
    }

    /// Writes an integer, between quotes where asked for.
    #[inline]
    pub(super) fn integer(&mut self, value: impl Into<i128>, quoted: bool) {
        let value = value.into();
        // None has more than 64 bits and a sign.
        self.signed(value < 0, value.unsigned_abs() as u64, quoted);
    }

    #[inline(never)]
    fn signed(&mut self, negative: bool, magnitude: u64, quoted: bool) {
        append_room(&mut self.bytes, |room: &mut [u8; decimal::ROOM]| {
            let [first, sign, ..] = room;
            *first = if quoted { b'"' } else { b'-' };
            *sign = b'-';
            let end = decimal::write(magnitude, room, usize::from(quoted) + usize::from(negative));
            if let Some(last) = room.get_mut(end) {
                *last = b'"';
            }
            end + usize::from(quoted)
        });
    }

    /// Writes the shortest number that is read back as this one.
    pub(super) fn float(&mut self, value: impl Float) {
        match value.special() {
            None => {
                let mut buffer = zmij::Buffer::new();
                let text = buffer.format_finite(value);
                append(&mut self.bytes, text.strip_suffix(".0").unwrap_or(text).as_bytes());
            }
            Some(name) => self.quoted(name.as_bytes()),
        }
    }

    /// Writes bytes as standard base64.
    pub(super) fn blob(&mut self, value: &[u8]) {
        self.bytes.push(b'"');
        let start = self.bytes.len();
        self.bytes.resize(start + value.len().div_ceil(3) * 4, 0);
        let room = self.bytes.get_mut(start..).unwrap_or_default();
        let len = STANDARD.encode_slice(value, room).unwrap_or(0);
        self.bytes.truncate(start + len);
        self.bytes.push(b'"');
    }

    /// Writes text between quotes, escaped where JSON asks for it.
    #[inline]
    pub(super) fn string(&mut self, value: &str) {
        if !append_quoted(&mut self.bytes, value.as_bytes()) {
            self.escaped(value.as_bytes());
        }
    }

    /// Writes what needs no escapes between quotes.
    #[inline]
    pub(super) fn quoted(&mut self, text: &[u8]) {
        append_between_quotes(&mut self.bytes, text);
    }

    #[cold]
    fn escaped(&mut self, mut text: &[u8]) {
        self.bytes.push(b'"');
        while let Some(at) = text.iter().position(|byte| plain::is_escaped(*byte)) {
            let (before, rest) = text.split_at(at);
            self.bytes.extend_from_slice(before);
            let Some((byte, rest)) = rest.split_first() else { break };
            let short = match byte {
                0x08 => b'b',
                b'\t' => b't',
                b'\n' => b'n',
                0x0c => b'f',
                b'\r' => b'r',
                b'"' | b'\\' => *byte,
                _ => b'u',
            };
            self.bytes.extend_from_slice(&[b'\\', short]);
            if short == b'u' {
                let low = byte & 15;
                let digit = if low < 10 { b'0' + low } else { b'a' + low - 10 };
                self.bytes.extend_from_slice(&[b'0', b'0', b'0' + (byte >> 4), digit]);
            }
            text = rest;
        }
        self.bytes.extend_from_slice(text);
        self.bytes.push(b'"');
    }

    /// Whether nothing has been written since the last bracket was opened.
    #[inline]
    fn is_first(&self) -> bool {
        matches!(self.bytes.last(), Some(b'{' | b'['))
    }

    fn line(&mut self) {
        self.bytes.push(b'\n');
        let len = self.bytes.len() + self.open * 2;
        self.bytes.resize(len, b' ');
    }
}

/// `f32` and `f64`.
pub(super) trait Float: zmij::Float {
    /// What JSON has no number for.
    fn special(self) -> Option<&'static str>;
}

macro_rules! floats {
    ($($type:ty)*) => {$(
        impl Float for $type {
            #[inline]
            fn special(self) -> Option<&'static str> {
                match () {
                    () if self.is_finite() => None,
                    () if self.is_nan() => Some("NaN"),
                    () if self > 0.0 => Some("Infinity"),
                    () => Some("-Infinity"),
                }
            }
        }
    )*};
}
floats!(f32 f64);

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Out<'_>)) -> String {
        let options = Printer::new();
        let mut out = Out::new(&options, Vec::new());
        write(&mut out);
        String::from_utf8(out.bytes).unwrap()
    }

    #[test]
    fn strings() {
        for (text, json) in [
            ("", r#""""#),
            ("plain é 谷", r#""plain é 谷""#),
            ("a\"b\\c/", r#""a\"b\\c/""#),
            ("\u{8}\t\n\u{c}\r\0\u{1f}\u{7f}", "\"\\b\\t\\n\\f\\r\\u0000\\u001f\u{7f}\""),
        ] {
            assert_eq!(written(|out| out.string(text)), json);
        }
    }

    #[test]
    fn numbers() {
        assert_eq!(written(|out| out.integer(-5_i64, true)), "\"-5\"");
        for (value, json) in [
            (1.0, "1"),
            (-0.0, "-0"),
            (1.5, "1.5"),
            (f64::NAN, "\"NaN\""),
            (f64::INFINITY, "\"Infinity\""),
            (f64::NEG_INFINITY, "\"-Infinity\""),
        ] {
            assert_eq!(written(|out| out.float(value)), json);
        }
        for value in [f64::MAX, f64::MIN_POSITIVE, 1e300, 1e-7, 123_456_789.125] {
            assert_eq!(written(|out| out.float(value)).parse(), Ok(value));
        }
        assert_eq!(written(|out| out.float(0.1_f32)), "0.1");
    }

    #[test]
    fn bytes() {
        for (value, json) in [("", r#""""#), ("a", r#""YQ==""#), ("ab", r#""YWI=""#), ("abc", r#""YWJj""#)] {
            assert_eq!(written(|out| out.blob(value.as_bytes())), json);
        }
        assert_eq!(written(|out| out.blob(&[0xfb, 0xff])), r#""+/8=""#);
    }
}
