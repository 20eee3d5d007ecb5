//! What is no JSON, and what would take too much.

use super::kinds::Kinds;
use super::{reads, refused};
use crate::json::{Cause, Parser};
use crate::sample::Sample;
use crate::wkt::{Any, ListValue, Value};
use crate::{Limits, Message};

#[test]
fn white_space() {
    for json in [
        "{\"int32\":1,\"bool\":true}",
        " { \"int32\" : 1 , \"bool\" : true } ",
        "{\n\"int32\"\n:\n1\t,\r\n\"bool\": true\n}\n",
    ] {
        reads::<Kinds>(json, r#"{"int32":1,"bool":true}"#);
    }
}

#[test]
fn not_json() {
    for json in [
        "",
        " ",
        "{",
        "{\"",
        "{\"int32\"",
        "{\"int32\":",
        "{\"int32\":1",
        "{\"int32\":1,",
        "{\"int32\":1,}",
        "{\"int32\":1 , }",
        "{,}",
        "{\"int32\" 1}",
        "{\"int32\":1 \"bool\":true}",
        "{\"int32\":1}}",
        "{\"int32\":1} x",
        "{} {}",
        "{int32:1}",
        "{'int32':1}",
        "{\"fruits\":[1,]}",
        "{\"fruits\":[1 , ]}",
        "{\"fruits\":[,1]}",
        "{\"fruits\":[1 2]}",
        "{\"fruits\":[1",
        "{\"byBool\":{\"true\":true,}}",
        "{\"byBool\":{\"true\" true}}",
        "{\"byBool\":{",
        "{// comment\n\"int32\":1}",
        "{\"int32\":/**/1}",
        "\u{feff}{}",
        "{\"int32\":1}\0",
    ] {
        refused::<Kinds>(json, Cause::Syntax);
    }
    for json in ["1", "\"\"", "[]", "true"] {
        refused::<Kinds>(json, Cause::Type);
    }
    // What is stepped over is looked at as well.
    for json in
        ["{\"x\":[1,]}", "{\"x\":{\"y\":01}}", "{\"x\":tru}", "{\"x\":\"\\x\"}", "{\"x\":}", "{\"x\":{1:2}}"]
    {
        let error = Parser::new().ignore_unknown(true).parse::<Kinds>(json).unwrap_err();
        assert_eq!(error.cause(), Cause::Syntax, "{json}: {error}");
    }
}

#[test]
fn every_beginning_is_refused() {
    let json = r#"{"id":"-7","tags":["a","\u00e9\ud83d\ude01"],"counts":{"k":1e2},"child":{"reals":[0.5,"NaN"]},"palette":{"1":"COLOR_RED"},"blob":"AQI="}"#;
    assert!(Sample::from_json(json).is_ok());
    for end in 0..json.len() {
        assert!(Sample::from_json(&json[..end]).is_err(), "{end}");
    }
}

/// Whatever one byte is changed to: it is refused, or read as a message that
/// is printed and read again as the same.
#[test]
fn every_change_of_a_byte() {
    let json = r#"{"id":"-7","tags":["a","\u00e9\ud83d\ude01"],"counts":{"k":1e2,"l":-0},"child":{"reals":[0.5,"NaN"]},"palette":{"1":"COLOR_RED"},"text":null,"blob":"AQI="}"#;
    let any = r#"{"value":{"a":[1,null,{"@type":"b"}]},"@type":"x/google.protobuf.Struct"}"#;
    for at in 0..json.len() {
        for byte in 0..=u8::MAX {
            changed::<Sample>(json, at, byte);
        }
    }
    for at in 0..any.len() {
        for byte in 0..=u8::MAX {
            changed::<Any>(any, at, byte);
        }
    }
}

fn changed<M: Message>(json: &str, at: usize, byte: u8) {
    let mut bytes = json.as_bytes().to_vec();
    bytes[at] = byte;
    for parser in [Parser::new(), Parser::new().ignore_unknown(true)] {
        if let Ok(message) = parser.parse_bytes::<M>(&bytes) {
            let printed = message.to_json().unwrap();
            assert_eq!(M::from_json(&printed).unwrap().encode(), message.encode(), "{printed}");
        }
    }
}

#[test]
fn not_utf8() {
    let error = Parser::new().parse_bytes::<Sample>(b"{\"name\":\n\"\xff\"}").unwrap_err();
    assert_eq!((error.cause(), error.line(), error.column()), (Cause::Utf8, Some(2), Some(2)));
    assert!(Parser::new().parse_bytes::<Sample>("{\"name\":\"é\"}".as_bytes()).is_ok());
}

#[test]
fn places() {
    for (json, place, path, text) in [
        (
            "{\n  \"name\": 1\n}",
            (2, 11),
            "name",
            "test.Sample, name, line 2, column 11: expected a string, found a number",
        ),
        (
            "{\"children\":[{},{\"child\":{\"numbers\":[1,\"é\", x]}}]}",
            (1, 40),
            "children[1].child.numbers[1]",
            "test.Sample, children[1].child.numbers[1], line 1, column 40: the string holds no number",
        ),
        (
            "{\"counts\":{\"é\":1,\"b\\\"\":1.5}}",
            (1, 24),
            "counts[\"b\\\"\"]",
            "test.Sample, counts[\"b\\\"\"], line 1, column 24: the number is not an integer",
        ),
        (
            "{\"child\":{\"nope\":1}}",
            (1, 11),
            "child",
            "test.Sample, child, line 1, column 11: test.Sample has no field \"nope\"",
        ),
        (
            "{\"name\":\"\",\"name\":\"\"}",
            (1, 12),
            "",
            "test.Sample, line 1, column 12: the field \"name\" is given twice",
        ),
    ] {
        let error = Sample::from_json(json).unwrap_err();
        assert_eq!((error.line(), error.column()), (Some(place.0), Some(place.1)), "{error}");
        assert_eq!(error.path(), path);
        assert_eq!(error.to_string(), text);
        assert_eq!(error.message(), "test.Sample");
    }
}

#[test]
fn depth() {
    let nested = |levels: usize| format!("{}{{}}{}", "{\"child\":".repeat(levels), "}".repeat(levels));
    assert!(Sample::from_json(&nested(99)).is_ok());
    refused::<Sample>(&nested(100), Cause::Depth);
    refused::<Sample>(&nested(1_000_000), Cause::Depth);
    refused::<Value>(&"[".repeat(1_000_000), Cause::Depth);
    refused::<Value>(&"{\"\":".repeat(1_000_000), Cause::Depth);
    let deep = Parser::new().limits(Limits::default().depth(200));
    assert!(deep.parse::<Sample>(&nested(150)).is_ok());
    let unknown = format!("{{\"x\":{}", "[".repeat(1_000_000));
    assert_eq!(
        Parser::new().ignore_unknown(true).parse::<Sample>(&unknown).unwrap_err().cause(),
        Cause::Depth
    );
    // What is read can be decoded: a list in a Value is two levels.
    let lists = format!("{}{}", "[".repeat(40), "]".repeat(40));
    let value = Value::from_json(&lists).unwrap();
    assert_eq!(Value::decode(&value.encode()), Ok(value));
}

#[test]
fn memory() {
    let tight = Parser::new().limits(Limits::default().memory(10_000));
    let list = format!("[{}0]", "0,".repeat(1_000));
    assert_eq!(tight.parse::<ListValue>(&list).unwrap_err().cause(), Cause::Memory);
    let children = format!("{{\"children\":[{}{{}}]}}", "{},".repeat(1_000));
    assert_eq!(tight.parse::<Sample>(&children).unwrap_err().cause(), Cause::Memory);
    let counts: String = (0..1_000).map(|key| format!("\"{key}\":1,")).collect();
    let counts = format!("{{\"counts\":{{{counts}\"\":0}}}}");
    assert_eq!(tight.parse::<Sample>(&counts).unwrap_err().cause(), Cause::Memory);
    assert!(Parser::new().parse::<Sample>(&counts).is_ok());
}
