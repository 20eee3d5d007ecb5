//! What numbers and strings mean.

use super::lexer::{Lexer, Number};
use crate::error::Fault;

impl Lexer<'_> {
    /// An integer with its sign.
    pub(super) fn integer(&mut self) -> Result<i128, Fault> {
        let start = self.start();
        let negative = self.take(b'-');
        let (digits, radix) = match self.number()? {
            Some(Number::Decimal(digits)) => (digits, 10),
            Some(Number::Octal(digits)) => (digits, 8),
            Some(Number::Hex(digits)) => (digits, 16),
            Some(Number::Float(_)) => return Err(self.fail_at(start, "expected an integer, found a float")),
            None => return Err(self.expected("an integer")),
        };
        let Ok(size) = u64::from_str_radix(digits, radix).map(i128::from) else {
            return Err(self.fail_at(start, "the number is too large"));
        };
        Ok(if negative { -size } else { size })
    }

    /// An integer that a `T` can hold.
    pub(super) fn signed<T: TryFrom<i128>>(&mut self) -> Result<T, Fault> {
        let start = self.start();
        let value = self.integer()?;
        T::try_from(value).map_err(|_| self.fail_at(start, "the number is out of range"))
    }

    /// An integer without a sign that a `T` can hold.
    pub(super) fn unsigned<T: TryFrom<i128>>(&mut self) -> Result<T, Fault> {
        if self.next() == Some(b'-') {
            return Err(self.expected("a number without a sign"));
        }
        self.signed()
    }

    /// A number with its sign, made by `parse` of a decimal one. Too large ones
    /// are infinite.
    pub(super) fn float<T: std::ops::Neg<Output = T> + From<f32>>(
        &mut self,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Fault> {
        let negative = self.take(b'-');
        let start = self.start();
        let value = if let Some(word) = self.word() {
            match word.to_ascii_lowercase().as_str() {
                "inf" | "infinity" => Some(f32::INFINITY.into()),
                "nan" => Some(f32::NAN.into()),
                _ => None,
            }
        } else {
            match self.number()? {
                Some(Number::Decimal(digits) | Number::Float(digits)) => parse(digits),
                Some(Number::Octal(_) | Number::Hex(_)) => None,
                None => return Err(self.expected("a number")),
            }
        };
        match value {
            Some(value) if negative => Ok(-value),
            Some(value) => Ok(value),
            None => Err(self.fail_at(start, "expected a decimal number, `inf` or `nan`")),
        }
    }

    /// `true`, `false` or another way to say so.
    pub(super) fn boolean(&mut self) -> Result<bool, Fault> {
        let start = self.start();
        let value = match self.word() {
            Some("true" | "True" | "t") => 1,
            Some("false" | "False" | "f") => 0,
            Some(_) => 2,
            None => self.unsigned::<u64>()?,
        };
        match value {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.fail_at(start, "expected `true` or `false`")),
        }
    }

    /// One or more strings in a row, as one, without escapes.
    pub(super) fn string(&mut self) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        let mut any = false;
        loop {
            let start = self.start();
            let Some(text) = self.quoted()? else { break };
            any = true;
            if let Err((at, what)) = unescape(text, &mut bytes) {
                // Behind the quote.
                return Err(self.fail_at(start + 1 + at, what));
            }
        }
        if any { Ok(bytes) } else { Err(self.expected("a string")) }
    }
}

/// Adds what `text` means; or says what is wrong, and where.
fn unescape(text: &str, bytes: &mut Vec<u8>) -> Result<(), (usize, &'static str)> {
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        bytes.extend_from_slice(plain.as_bytes());
        let at = text.len() - escape.len() - 1;
        rest = one_escape(escape, bytes).map_err(|what| (at, what))?;
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(())
}

/// Adds what the start of `escape` means, which stands behind a backslash;
/// gives back what follows.
fn one_escape<'a>(escape: &'a str, bytes: &mut Vec<u8>) -> Result<&'a str, &'static str> {
    let first = escape.bytes().next().ok_or("nothing is behind the `\\`")?;
    let byte = match first {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'?' | b'\\' | b'\'' | b'"' => first,
        b'0'..=b'7' => {
            let (value, rest) = digits(escape, 8, 3);
            bytes.push(value.and_then(|value| u8::try_from(value).ok()).ok_or("there is no such byte")?);
            return Ok(rest);
        }
        b'x' => {
            let (value, rest) = digits(escape.get(1..).unwrap_or_default(), 16, 2);
            let value = value.and_then(|value| u8::try_from(value).ok());
            bytes.push(value.ok_or("expected hexadecimal digits behind `\\x`")?);
            return Ok(rest);
        }
        b'u' | b'U' => {
            let len = if first == b'u' { 4 } else { 8 };
            let escape = escape.get(1..).unwrap_or_default();
            let (value, rest) = digits(escape, 16, len);
            if escape.len() - rest.len() != len {
                return Err("expected 4 hexadecimal digits behind `\\u`, 8 behind `\\U`");
            }
            // Surrogates are no characters, in pairs or alone.
            let letter = value.and_then(char::from_u32).ok_or("there is no such character")?;
            bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            return Ok(rest);
        }
        _ => return Err("there is no such escape"),
    };
    bytes.push(byte);
    Ok(escape.get(1..).unwrap_or_default())
}

/// The number that up to `most` digits are, and what follows them.
fn digits(text: &str, radix: u32, most: usize) -> (Option<u32>, &str) {
    let is_digit = |byte: &u8| char::from(*byte).is_digit(radix);
    let len = text.bytes().take(most).take_while(is_digit).count();
    let (digits, rest) = text.split_at_checked(len).unwrap_or((text, ""));
    (u32::from_str_radix(digits, radix).ok(), rest)
}
