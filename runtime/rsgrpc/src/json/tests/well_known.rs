//! The well-known types in messages. Their texts are tested where they are read.

use super::{both, not_written, reads, refused};
use crate::Message;
use crate::json::Cause;
use crate::wkt::{Duration, Empty, FieldMask, ListValue, Struct, Timestamp, Value, value};

#[test]
fn times() {
    both(
        &Timestamp { seconds: -1, nanos: 999_999_999, ..Timestamp::default() },
        "\"1969-12-31T23:59:59.999999999Z\"",
    );
    both(&Timestamp::default(), "\"1970-01-01T00:00:00Z\"");
    both(&Duration { seconds: -1, nanos: -500_000_000, ..Duration::default() }, "\"-1.500s\"");
    both(&Duration::default(), "\"0s\"");
    reads::<Timestamp>(r#""1970-01-01T00:00:\u00300Z""#, "\"1970-01-01T00:00:00Z\"");
    refused::<Timestamp>("\"0000-01-01T00:00:00Z\"", Cause::Range);
    refused::<Timestamp>("\"yesterday\"", Cause::Type);
    refused::<Timestamp>("0", Cause::Type);
    refused::<Duration>("\"1\"", Cause::Type);
    refused::<Duration>("\"315576000001s\"", Cause::Range);
    not_written(&Timestamp { seconds: -62_135_596_801, ..Timestamp::default() }, Cause::Range);
    not_written(&Duration { seconds: 1, nanos: -1, ..Duration::default() }, Cause::Range);
}

#[test]
fn field_masks() {
    both(
        &FieldMask { paths: vec!["foo".into(), "bar_baz".into()], ..FieldMask::default() },
        "\"foo,barBaz\"",
    );
    both(&FieldMask::default(), "\"\"");
    refused::<FieldMask>("\"foo,bar_bar\"", Cause::Type);
    not_written(&FieldMask { paths: vec!["fooBar".into()], ..FieldMask::default() }, Cause::Type);
}

#[test]
fn structs_and_values() {
    for json in [
        r#"{"null":null,"int":1234,"bool":true,"double":1234.5678,"string":"Hello","list":[1234,"5678",[],{}],"object":{"value":0}}"#,
        "{}",
    ] {
        reads::<Struct>(json, json);
        reads::<Value>(json, json);
    }
    for json in [
        "1",
        "1.5",
        "false",
        "true",
        "null",
        "\"NaN\"",
        "[0,\"hello\",null,[null]]",
        "{\"\":[]}",
        "[]",
        "\"\"",
    ] {
        reads::<Value>(json, json);
    }
    reads::<ListValue>("[null,[\"a\"]]", "[null,[\"a\"]]");
    both(&Value { kind: Some(value::Kind::NullValue(0.into())), ..Value::default() }, "null");
    refused::<Struct>("[]", Cause::Type);
    refused::<Struct>("null", Cause::Type);
    refused::<Struct>("{\"a\":1,\"a\":2}", Cause::Duplicate);
    refused::<ListValue>("{}", Cause::Type);
    refused::<Value>("1e999", Cause::Range);
    refused::<Value>("nul", Cause::Syntax);
    refused::<Value>("", Cause::Syntax);
    not_written(&Value::default(), Cause::Required);
    for number in [f64::NAN, f64::INFINITY] {
        not_written(
            &Value { kind: Some(value::Kind::NumberValue(number)), ..Value::default() },
            Cause::Range,
        );
    }
    let mut message = Struct::default();
    message
        .fields
        .insert("a".into(), Value { kind: Some(value::Kind::NumberValue(f64::NAN)), ..Value::default() });
    let error = message.to_json().unwrap_err();
    assert_eq!(
        error.to_string(),
        "google.protobuf.Struct, [\"a\"]: the number of a google.protobuf.Value is finite"
    );
}

#[test]
fn empty() {
    both(&Empty::default(), "{}");
    refused::<Empty>("{\"a\":1}", Cause::Unknown);
}
