//! The text that is written: its punctuation, strings and numbers.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Printer;
use super::error::{Cause, Failure};
use super::plain;
use super::scalar::{Float, Integer};
use crate::label::FieldLabel;
use crate::registry::Known;
use crate::wire::{
    append, append_between_quotes, append_padded, append_padded_and_room, append_quoted, append_room, decimal,
};

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
    /// Nothing has been written since the last bracket was opened. Not looked for
    /// in the bytes: what follows would wait for what was written last.
    first: bool,
    /// Members are written as the label has them: no option says otherwise, and
    /// nothing has failed.
    simple: bool,
    /// Why the message cannot be written. Nothing more is written then.
    pub(super) failure: Option<Failure>,
}

impl<'o> Out<'o> {
    pub(super) fn new(options: &'o Printer<'o>, bytes: Vec<u8>) -> Self {
        let simple = !(options.pretty || options.proto_names || options.redact);
        Self {
            bytes,
            options,
            known: Known::of(options.registry),
            depth: 0,
            open: 0,
            first: true,
            simple,
            failure: None,
        }
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
        self.first = true;
    }

    /// Closes it.
    #[inline]
    pub(super) fn close(&mut self, bracket: u8) {
        self.open -= 1;
        if !self.take_first() && self.options.pretty {
            self.line();
        }
        self.bytes.push(bracket);
    }

    /// Begins a member or an element: a comma, unless it is the first.
    #[inline]
    pub(super) fn part(&mut self) {
        if !self.take_first() {
            self.bytes.push(b',');
        }
        if self.options.pretty {
            self.line();
        }
    }

    /// Whether this is the first since the last bracket was opened. The next is not.
    #[inline]
    fn take_first(&mut self) -> bool {
        std::mem::replace(&mut self.first, false)
    }

    /// Begins a member with its name, if that takes no more than copying it.
    #[inline(never)]
    pub(super) fn simple_field(&mut self, label: &FieldLabel<'_>) -> bool {
        if !self.simple {
            return false;
        }
        let Some((key, len)) = label.key_padded(self.first) else { return false };
        self.first = false;
        append_padded(&mut self.bytes, key, len);
        true
    }

    /// Whether members are written as their labels have them.
    #[inline]
    pub(super) fn is_simple(&self) -> bool {
        self.simple
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
    pub(super) fn integer(&mut self, value: impl Into<Integer>, quoted: bool) {
        self.number(value.into(), quoted, false);
    }

    /// Writes an element of a list, and a comma.
    #[inline]
    pub(super) fn integer_element(&mut self, value: impl Into<Integer>, quoted: bool) {
        self.number(value.into(), quoted, true);
    }

    #[inline(never)]
    fn number(&mut self, value: Integer, quoted: bool, comma: bool) {
        append_room(&mut self.bytes, |room| value.write(room, quoted, comma));
    }

    /// Writes an integer with the name of its member.
    #[inline(never)]
    pub(super) fn integer_member(&mut self, label: &FieldLabel<'_>, value: Integer, quoted: bool) {
        match label.key_padded(self.first) {
            Some(key) if self.simple => {
                self.first = false;
                append_padded_and_room(&mut self.bytes, key, |room| value.write(room, quoted, false));
            }
            _ => {
                self.field(label);
                self.number(value, quoted, false);
            }
        }
    }

    /// Writes the shortest number that is read back as this one.
    #[inline]
    pub(super) fn float<F: Float>(&mut self, value: F) {
        self.real(value, false);
    }

    /// Writes an element of a list, and a comma.
    #[inline]
    pub(super) fn float_element<F: Float>(&mut self, value: F) {
        self.real(value, true);
    }

    #[inline(never)]
    fn real<F: Float>(&mut self, value: F, comma: bool) {
        let Some((negative, thousandths)) = value.thousandths() else {
            self.any_float(value);
            if comma {
                self.bytes.push(b',');
            }
            return;
        };
        append_room(&mut self.bytes, |room: &mut [u8; decimal::ROOM]| {
            let [sign, ..] = room;
            *sign = b'-';
            let end = decimal::write_thousandths(thousandths, room, usize::from(negative));
            if let Some(last) = room.get_mut(end) {
                *last = b',';
            }
            end + usize::from(comma)
        });
    }

    #[inline(never)]
    fn any_float<F: Float>(&mut self, value: F) {
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

    fn line(&mut self) {
        self.bytes.push(b'\n');
        let len = self.bytes.len() + self.open * 2;
        self.bytes.resize(len, b' ');
    }
}

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
    fn few_digits_are_the_shortest() {
        let mut buffer = zmij::Buffer::new();
        for value in
            (0..2_000_000_u32).map(|i| i.wrapping_mul(i) as f32 / [1.0, 1000.0, 3.0, -4096.0][i as usize % 4])
        {
            let text = buffer.format(value).trim_end_matches(".0").to_owned();
            assert_eq!(written(|out| out.float(value)), text);
            let text = buffer.format(f64::from(value)).trim_end_matches(".0").to_owned();
            assert_eq!(written(|out| out.float(f64::from(value))), text);
        }
    }

    #[test]
    fn bytes() {
        for (value, json) in [("", r#""""#), ("a", r#""YQ==""#), ("ab", r#""YWI=""#), ("abc", r#""YWJj""#)] {
            assert_eq!(written(|out| out.blob(value.as_bytes())), json);
        }
        assert_eq!(written(|out| out.blob(&[0xfb, 0xff])), r#""+/8=""#);
    }
}
