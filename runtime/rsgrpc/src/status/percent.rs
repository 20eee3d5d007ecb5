//! Percent-encoding of `grpc-message` (`PROTOCOL-HTTP2.md`, "Status-Message").

use http::HeaderValue;
use std::borrow::Cow;

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// UTF-8, with `%` and everything but printable ASCII written as `%XX`.
pub(super) fn encode(message: &str) -> HeaderValue {
    let mut out = Vec::with_capacity(message.len());
    for &byte in message.as_bytes() {
        if matches!(byte, b' '..=b'~') && byte != b'%' {
            out.push(byte);
        } else {
            out.push(b'%');
            out.extend([byte >> 4, byte & 15].map(digit));
        }
    }
    // Printable ASCII is always a header value, so the fallback is never taken.
    HeaderValue::from_maybe_shared(bytes::Bytes::from(out)).unwrap_or(HeaderValue::from_static(""))
}

fn digit(nibble: u8) -> u8 {
    HEX.get(usize::from(nibble)).copied().unwrap_or_default()
}

/// Never fails, as the specification demands: a broken escape stays as it is, and bytes that are not UTF-8
/// become the replacement character.
pub(super) fn decode(value: &[u8]) -> String {
    let plain = !value.contains(&b'%');
    let bytes = if plain { Cow::Borrowed(value) } else { Cow::Owned(unescape(value)) };
    String::from_utf8_lossy(&bytes).into_owned()
}

fn unescape(mut rest: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rest.len());
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if let (b'%', [high, low, after @ ..]) = (first, after)
            && let Some(byte) = hex_pair(*high, *low)
        {
            out.push(byte);
            rest = after;
        } else {
            out.push(first);
        }
    }
    out
}

/// The byte that two hexadecimal digits stand for.
fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let high = char::from(high).to_digit(16)?;
    let low = char::from(low).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn both_ways(message: &str, wire: &str) {
        assert_eq!(encode(message), wire);
        assert_eq!(decode(wire.as_bytes()), message);
    }

    #[test]
    fn encodes_what_is_not_printable_ascii() {
        both_ways("", "");
        both_ways("plain text ~", "plain text ~");
        both_ways("100%", "100%25");
        both_ways("two\r\nlines\t", "two%0D%0Alines%09");
        both_ways("größer ☺ \u{7f}", "gr%C3%B6%C3%9Fer %E2%98%BA %7F");
    }

    #[test]
    fn decodes_what_is_broken() {
        for (wire, message) in [
            ("%", "%"),
            ("%4", "%4"),
            ("%zz", "%zz"),
            ("%%41", "%A"),
            ("%e2%98%ba", "☺"),
            ("%FF", "\u{fffd}"),
            ("%41%", "A%"),
            ("%+1", "%+1"),
        ] {
            assert_eq!(decode(wire.as_bytes()), message, "{wire}");
        }
        assert_eq!(decode(b"raw \xc3\xb6 and \xff"), "raw ö and \u{fffd}");
    }
}
