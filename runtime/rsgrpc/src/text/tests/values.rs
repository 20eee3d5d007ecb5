//! Numbers, strings, enums and bools.

use super::{parse, read, refused};
use crate::sample::{Color, Sample};
use crate::wkt::{BoolValue, BytesValue, DoubleValue, FloatValue, Int32Value, UInt32Value, UInt64Value};

#[track_caller]
fn int32(text: &str, value: Option<i32>) {
    let read = parse::<Int32Value>(&format!("value: {text}")).ok().map(|message| message.value);
    assert_eq!(read, value, "{text}");
}

#[test]
fn integers() {
    int32("2147483647", Some(i32::MAX));
    int32("-2147483648", Some(i32::MIN));
    int32("0x7FFFFFFF", Some(i32::MAX));
    int32("-0X80000000", Some(i32::MIN));
    int32("017777777777", Some(i32::MAX));
    int32("-020000000000", Some(i32::MIN));
    int32("- # a comment\n 5", Some(-5));
    for text in ["2147483648", "-2147483649", "0x80000000", "020000000000", "-020000000001"] {
        int32(text, None);
    }
    for text in ["", "-", "+1", "1.0", "1f", "1e2", "08", "0x", "1a", "0xg", "a", "\"1\"", "--1", "1_000"] {
        int32(text, None);
    }
    let unsigned =
        |text: &str| parse::<UInt32Value>(&format!("value: {text}")).ok().map(|message| message.value);
    assert_eq!(unsigned("4294967295"), Some(u32::MAX));
    assert_eq!(unsigned("037777777777"), Some(u32::MAX));
    for text in ["4294967296", "-1", "-0", "0x100000000"] {
        assert_eq!(unsigned(text), None, "{text}");
    }
    let large =
        |text: &str| parse::<UInt64Value>(&format!("value: {text}")).ok().map(|message| message.value);
    assert_eq!(large("18446744073709551615"), Some(u64::MAX));
    assert_eq!(large("01777777777777777777777"), Some(u64::MAX));
    assert_eq!(large("18446744073709551616"), None);
    assert_eq!(read("id: -0x8000000000000000").id, i64::MIN);
    refused("id: 0x8000000000000000", "out of range");
    refused("id: 99999999999999999999", "too large");
}

#[track_caller]
fn double(text: &str, value: f64) {
    let message: DoubleValue = parse(&format!("value: {text}")).unwrap();
    assert!(message.value.to_bits() == value.to_bits() || value.is_nan() && message.value.is_nan(), "{text}");
}

#[test]
fn floats() {
    for (text, value) in [
        ("1", 1.0),
        ("-0", -0.0),
        ("10f", 10.0),
        (".5", 0.5),
        ("-.123e2", -12.3),
        ("1.", 1.0),
        ("1.F", 1.0),
        ("1e3f", 1000.0),
        ("0e0", 0.0),
        ("18446744073709551616", 18_446_744_073_709_551_616.0),
        ("1e9999", f64::INFINITY),
        ("-1e18446744073709551616", f64::NEG_INFINITY),
        ("-1e-18446744073709551616", -0.0),
        ("inf", f64::INFINITY),
        ("- iNFinity", f64::NEG_INFINITY),
        ("nAn", f64::NAN),
        ("-nan", f64::NAN),
    ] {
        double(text, value);
    }
    for text in ["0x1", "012", "-012", "1.5.2", "1e", "1e+", "2 . 0", ".", "x", "\"1\"", "1.0ff", "00.5"] {
        assert!(parse::<DoubleValue>(&format!("value: {text}")).is_err(), "{text}");
    }
    let float = |text: &str| parse::<FloatValue>(&format!("value: {text}")).unwrap().value;
    assert_eq!(float("3.4028235e+39"), f32::INFINITY);
    assert_eq!(float("3.123456789123456789"), 3.123_456_7);
    assert_eq!(float("1e-50").to_bits(), 0.0_f32.to_bits());
}

#[test]
fn strings() {
    for (text, value) in [
        (r#""hello""#, "hello"),
        (r"'hello'", "hello"),
        (r#"'a"b' "c'd" # joined"#, "a\"bc'd"),
        ("'first'\"second\"\n'third'", "firstsecondthird"),
        (r#""\a\b\f\n\r\t\v\?\\\'\"""#, "\x07\x08\x0c\n\r\t\x0b?\\'\""),
        (r"'\341\210\264\1234'", "\u{1234}S4"),
        (r"'\xe1\x88\xb4\x7a\x21z'", "\u{1234}z!z"),
        (r"'\5\0'", "\x05\0"),
        (r"'\u1234\U00010437\U0010ffff'", "\u{1234}\u{10437}\u{10ffff}"),
        ("'naïve'", "naïve"),
        ("''", ""),
        ("'# no comment'", "# no comment"),
    ] {
        assert_eq!(read(&format!("name: {text}")).name, value, "{text}");
    }
    for (text, why) in [
        ("'a\nb'", "line feed"),
        ("'a\0b'", "NUL"),
        ("'a", "does not end"),
        ("'a\\", "does not end"),
        ("'a\\'", "does not end"),
        (r"'\q'", "no such escape"),
        (r"'\X41'", "no such escape"),
        (r"'\x'", "hexadecimal"),
        (r"'\u123'", "4 hexadecimal"),
        (r"'\u123g'", "4 hexadecimal"),
        (r"'\U0001234'", "8 for"),
        (r"'\U00110000'", "no such character"),
        (r"'\ud800'", "no such character"),
        (r"'\udc00'", "no such character"),
        (r"'\ud801\udc37'", "no such character"),
        (r"'\U0000d801\U0000dc37'", "no such character"),
        (r"'\400'", "no such byte"),
        (r"'\300'", "not UTF-8"),
        (r"'\xc0'", "not UTF-8"),
        ("hello", "expected a string, found `hello`"),
        ("5", "expected a string, found `5`"),
    ] {
        refused(&format!("name: {text}"), why.replace("8 for", "8").as_str());
    }
    let bytes: BytesValue = parse(r#"value: "\300\xff" 'é'"#).unwrap();
    assert_eq!(&bytes.value[..], b"\xc0\xff\xc3\xa9");
}

#[test]
fn bools() {
    let bool = |text: &str| parse::<BoolValue>(&format!("value: {text}")).ok().map(|message| message.value);
    for text in ["true", "True", "t", "1", "01", "0x1", "0x0001"] {
        assert_eq!(bool(text), Some(true), "{text}");
    }
    for text in ["false", "False", "f", "0", "00", "0x0"] {
        assert_eq!(bool(text), Some(false), "{text}");
    }
    for text in ["TRUE", "T", "2", "-1", "-0", "1.0", "'true'", "yes"] {
        assert_eq!(bool(text), None, "{text}");
    }
}

#[test]
fn enums() {
    assert_eq!(read("color: COLOR_BLUE").color, Some(Color::BLUE));
    assert_eq!(read("color: COLOR_ROUGE").color, Some(Color::RED));
    assert_eq!(read("color: -2").color, Some(Color::BLUE));
    assert_eq!(read("colors: [0x0, COLOR_BLUE]").colors, [Color::RED, Color::BLUE]);
    refused("color: BLUE", "`test.Color` has no value `BLUE`");
    refused("color: 9", "`test.Color` has no value 9");
    refused("colors: 9", "has no value 9");
    refused("palette { key: 1 value: 9 }", "has no value 9");
    refused("color_choice: 9", "has no value 9");
    refused("color: 'COLOR_RED'", "expected an integer");
    // An open enum takes any number.
    let field: crate::wkt::Field = parse("kind: 99 cardinality: CARDINALITY_REPEATED").unwrap();
    assert_eq!((i32::from(field.kind), i32::from(field.cardinality)), (99, 3));
    assert!(parse::<crate::wkt::Field>("kind: 2147483648").is_err());
}

#[test]
fn a_number_ends_where_no_word_begins() {
    let two = |text: &str| parse::<Sample>(text).map(|message| (message.id, message.name)).ok();
    assert_eq!(two("id:10name:'a'"), None);
    assert_eq!(two("id:10,name:'a'"), Some((10, "a".into())));
    assert_eq!(two("id:10[test.note]:'a'"), Some((10, String::new())));
}
