//! Scalars as text.

use std::fmt::{self, Display, Formatter, Write};

/// A string in quotes: letters as they are, control characters escaped.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for letter in self.0.chars() {
            match u8::try_from(letter) {
                Ok(byte) if byte.is_ascii() => one(byte, f)?,
                _ if letter.is_control() => write!(f, "\\u{:04x}", u32::from(letter))?,
                _ => f.write_char(letter)?,
            }
        }
        f.write_char('"')
    }
}

/// Bytes in quotes: ASCII as it is, all else escaped.
pub(super) struct Escaped<'a>(pub(super) &'a [u8]);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for byte in self.0 {
            one(*byte, f)?;
        }
        f.write_char('"')
    }
}

fn one(byte: u8, f: &mut Formatter<'_>) -> fmt::Result {
    match byte {
        b'\n' => f.write_str("\\n"),
        b'\r' => f.write_str("\\r"),
        b'\t' => f.write_str("\\t"),
        b'"' | b'\'' | b'\\' => write!(f, "\\{}", char::from(byte)),
        0x20..=0x7e => f.write_char(byte.into()),
        _ => write!(f, "\\{byte:03o}"),
    }
}

/// A float: the shortest text that is read as the same number.
pub(super) struct Real<T>(pub(super) T);

impl<T: fmt::Debug> Display for Real<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = format!("{:?}", self.0);
        f.write_str(match text.as_str() {
            "NaN" => "nan",
            text => text.strip_suffix(".0").unwrap_or(text),
        })
    }
}
