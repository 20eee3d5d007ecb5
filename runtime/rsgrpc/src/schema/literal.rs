//! Default values, from the text in which descriptors have them.

use super::{Kind, Literal, Scalar};

/// The value that `text` is for a field of this kind; `number` knows the numbers of the field's enum.
///
/// The notation is that of `FieldDescriptorProto.default_value`: decimal numbers, `inf`, `-inf` and `nan`,
/// strings as they are, bytes with C escapes, enum values by name. `None` if it does not fit.
pub(super) fn parse(kind: &Kind, text: &str, number: impl FnOnce(&str) -> Option<i32>) -> Option<Literal> {
    Some(match kind {
        Kind::String => Literal::String(text.to_owned()),
        Kind::Bytes => Literal::Bytes(unescape(text.as_bytes())?),
        Kind::Enum { .. } => Literal::Enum { name: text.to_owned(), number: number(text)? },
        Kind::Message { .. } => return None,
        Kind::Scalar(scalar) => match scalar {
            Scalar::Bool => Literal::Bool(text.parse().ok()?),
            Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => Literal::Int32(text.parse().ok()?),
            Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => Literal::Int64(text.parse().ok()?),
            Scalar::Uint32 | Scalar::Fixed32 => Literal::Uint32(text.parse().ok()?),
            Scalar::Uint64 | Scalar::Fixed64 => Literal::Uint64(text.parse().ok()?),
            Scalar::Float => Literal::Float(text.parse().ok()?),
            Scalar::Double => Literal::Double(text.parse().ok()?),
        },
    })
}

/// Bytes from their notation in C: `\n`, `\\`, up to three octal digits, `\x` and up to two hex digits.
fn unescape(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let escaped = rest.next()?;
        let mut digits = |radix: u32, most: usize, mut value: u32| {
            let mut taken = 0;
            while taken < most
                && let Some(digit) = rest.peek().and_then(|&digit| char::from(digit).to_digit(radix))
            {
                value = value * radix + digit;
                rest.next();
                taken += 1;
            }
            u8::try_from(value).ok().filter(|_| taken > 0 || radix == 8)
        };
        bytes.push(match escaped {
            b'a' => 0x07,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            b'\\' | b'\'' | b'"' | b'?' => escaped,
            b'x' | b'X' => digits(16, 2, 0)?,
            b'0'..=b'7' => digits(8, 2, u32::from(escaped - b'0'))?,
            _ => return None,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(scalar: Scalar, text: &str) -> Option<Literal> {
        parse(&Kind::Scalar(scalar), text, |_| None)
    }

    #[test]
    fn numbers() {
        assert_eq!(scalar(Scalar::Bool, "true"), Some(Literal::Bool(true)));
        assert_eq!(scalar(Scalar::Sint32, "-2147483648"), Some(Literal::Int32(i32::MIN)));
        assert_eq!(scalar(Scalar::Int64, "9223372036854775807"), Some(Literal::Int64(i64::MAX)));
        assert_eq!(scalar(Scalar::Fixed32, "4294967295"), Some(Literal::Uint32(u32::MAX)));
        assert_eq!(scalar(Scalar::Uint64, "18446744073709551615"), Some(Literal::Uint64(u64::MAX)));
        assert_eq!(scalar(Scalar::Float, "1.5e3"), Some(Literal::Float(1500.0)));
        assert_eq!(scalar(Scalar::Double, "-inf"), Some(Literal::Double(f64::NEG_INFINITY)));
        assert!(matches!(scalar(Scalar::Float, "nan"), Some(Literal::Float(nan)) if nan.is_nan()));
    }

    #[test]
    fn what_does_not_fit() {
        for (kind, text) in [
            (Scalar::Bool, "1"),
            (Scalar::Int32, "2147483648"),
            (Scalar::Uint32, "-1"),
            (Scalar::Uint64, ""),
            (Scalar::Double, "one"),
        ] {
            assert_eq!(scalar(kind, text), None, "{text}");
        }
        let message = Kind::Message { name: "a.B".into(), delimited: false };
        assert_eq!(parse(&message, "", |_| None), None);
    }

    #[test]
    fn text_bytes_and_enums() {
        assert_eq!(parse(&Kind::String, r"a\n", |_| None), Some(Literal::String(r"a\n".into())));
        let bytes = |text| parse(&Kind::Bytes, text, |_| None);
        assert_eq!(
            bytes(r#"a\n\000\377\\\"\x41\xff7\0"#),
            Some(Literal::Bytes(b"a\n\0\xff\\\"A\xff7\0".to_vec()))
        );
        for bad in [r"\", r"\q", r"\x", r"\777"] {
            assert_eq!(bytes(bad), None, "{bad}");
        }
        let kind = Kind::Enum { name: "a.E".into(), closed: false };
        let number = |name: &str| (name == "ONE").then_some(1);
        assert_eq!(parse(&kind, "ONE", number), Some(Literal::Enum { name: "ONE".into(), number: 1 }));
        assert_eq!(parse(&kind, "TWO", number), None);
    }
}
