//! `Any` and extensions.

use super::kinds::Kinds;
use super::{Parser, Printer, both, not_written, reads, refused};
use crate::codegen::{Enum, Explicit, Nested, Repeated, Sint64};
use crate::json::Cause;
use crate::sample::{Part, Sample};
use crate::wkt::{Any, Duration, Empty, Value};
use crate::{Extension, Message, Registry};

use super::kinds::Fruit;

fn any<M: Message>(message: &M) -> Any {
    let type_url = format!("type.googleapis.com/{}", M::NAME);
    Any { type_url, value: message.encode().into(), ..Any::default() }
}

#[test]
fn well_known_types() {
    both(&Any::default(), "{}");
    let duration = Duration { seconds: 1, ..Duration::default() };
    both(&any(&duration), r#"{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}"#);
    both(
        &any(&any(&duration)),
        concat!(
            r#"{"@type":"type.googleapis.com/google.protobuf.Any","value":"#,
            r#"{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}}"#
        ),
    );
    let empty = r#"{"@type":"type.googleapis.com/google.protobuf.Empty"}"#;
    both(&any(&Empty::default()), empty);
    reads::<Any>(r#"{"@type":"type.googleapis.com/google.protobuf.Empty","value":{}}"#, empty);
    for value in ["{\"foo\":1}", "1", "null", "[{}]"] {
        let json = format!(r#"{{"@type":"x/google.protobuf.Value","value":{value}}}"#);
        reads::<Any>(&json, &json);
    }
    // In any order.
    reads::<Any>(
        r#"{"value":12345,"@type":"x.y/z/google.protobuf.Int32Value"}"#,
        r#"{"@type":"x.y/z/google.protobuf.Int32Value","value":12345}"#,
    );
}

#[test]
fn registered_types() {
    let registry = Registry::new().message::<Sample>().message::<Part>();
    let (write, read) = (Printer::new().registry(&registry), Parser::new().registry(&registry));
    let message = any(&Sample { id: 5, name: "n".into(), ..Sample::default() });
    let json = r#"{"@type":"type.googleapis.com/test.Sample","id":"5","name":"n"}"#;
    assert_eq!(write.print(&message).unwrap(), json);
    assert_eq!(read.parse::<Any>(json).unwrap(), message);
    let last = r#"{"id":"5","name":"n","@type":"type.googleapis.com/test.Sample"}"#;
    assert_eq!(read.parse::<Any>(last).unwrap(), message);
    assert_eq!(
        write.pretty(true).print(&any(&Sample::default())).unwrap(),
        "{\n  \"@type\": \"type.googleapis.com/test.Sample\"\n}"
    );
    let missing = read.parse::<Any>(r#"{"@type":"x/test.Part"}"#).unwrap_err();
    assert_eq!(missing.cause(), Cause::Required);
    let path = read.parse::<Any>(r#"{"@type":"x/test.Sample","child":{"tags":[1]}}"#).unwrap_err();
    assert_eq!(path.path(), "child.tags[0]");
}

#[test]
fn what_is_no_any() {
    for (json, cause) in [
        (r#"{"a":1}"#, Cause::Any),
        (r#"{"@type":"","value":""}"#, Cause::Any),
        (r#"{"@type":"not_a_url","value":""}"#, Cause::Any),
        (r#"{"@type":"x/","value":""}"#, Cause::Any),
        (r#"{"@type":"x/nobody.Knows"}"#, Cause::Any),
        (r#"{"@type":"x/google.protobuf.Duration"}"#, Cause::Any),
        (r#"{"@type":"x/google.protobuf.Duration","value":1}"#, Cause::Type),
        (r#"{"@type":"x/google.protobuf.Duration","value":"1s","value":"1s"}"#, Cause::Duplicate),
        (
            r#"{"@type":"x/google.protobuf.Duration","value":"1s","@type":"x/google.protobuf.Duration"}"#,
            Cause::Duplicate,
        ),
        (r#"{"@type":"x/google.protobuf.Duration","value":"1s","more":1}"#, Cause::Unknown),
        (r#"{"@type":"x/google.protobuf.Empty","more":1}"#, Cause::Unknown),
        (r#"{"@type":"x/google.protobuf.Empty","@type":"x/google.protobuf.Empty"}"#, Cause::Duplicate),
        (r#"{"@type":1}"#, Cause::Type),
        ("1", Cause::Type),
        (r#"{"@type":"x/google.protobuf.Empty""#, Cause::Syntax),
    ] {
        refused::<Any>(json, cause);
    }
    not_written(&Any { type_url: "x/nobody.Knows".into(), ..Any::default() }, Cause::Any);
    not_written(&Any { type_url: String::new(), value: "a".into(), ..Any::default() }, Cause::Any);
    let malformed =
        Any { type_url: "x/google.protobuf.Duration".into(), value: vec![8].into(), ..Any::default() };
    not_written(&malformed, Cause::Any);
}

#[test]
fn depth() {
    let mut message = any(&Empty::default());
    for _ in 0..99 {
        message = any(&message);
    }
    assert!(message.to_json().is_ok());
    for _ in 0..10_000 {
        message = any(&message);
    }
    not_written(&message, Cause::Depth);
    let nested = r#"{"@type":"x/google.protobuf.Any","value":"#.repeat(10_000);
    refused::<Any>(&nested, Cause::Depth);
    // Its type comes last, at each level.
    let reversed = r#"{"value":"#.repeat(10_000);
    refused::<Any>(&reversed, Cause::Depth);
}

const SCORE: Extension<Kinds, Explicit<Sint64>, i64> = Extension::new(100, "test.score");
const PARTS: Extension<Kinds, Repeated<Nested>, Part> = Extension::new(101, "test.parts");
const TASTE: Extension<Kinds, Explicit<Enum>, Fruit> = Extension::new(102, "test.taste");
const EXTRA: Extension<Kinds, Explicit<Nested>, Value> = Extension::new(103, "test.extra");

#[test]
fn extensions() {
    let registry = Registry::new().extension(&SCORE).extension(&PARTS).extension(&TASTE).extension(&EXTRA);
    let (write, read) = (Printer::new().registry(&registry), Parser::new().registry(&registry));
    let json = r#"{"int32":1,"[test.score]":"-3","[test.parts]":[{"label":"a"},{"label":"b"}],"[test.taste]":"PEAR"}"#;
    let message: Kinds = read.parse(json).unwrap();
    assert_eq!(SCORE.get(&message), Ok(Some(-3)));
    assert_eq!(PARTS.get(&message).unwrap().len(), 2);
    assert_eq!(write.print(&message).unwrap(), json);
    assert_eq!(message.to_json().unwrap(), r#"{"int32":1}"#);
    assert_eq!(read.parse::<Kinds>(r#"{"[test.score]":null}"#).unwrap(), Kinds::default());
    for (json, cause) in [
        (r#"{"[test.score]":1,"[test.score]":1}"#, Cause::Duplicate),
        (r#"{"[test.score]":"x"}"#, Cause::Type),
        (r#"{"[test.other]":1}"#, Cause::Unknown),
        (r#"{"[test.taste]":"x"}"#, Cause::Unknown),
    ] {
        assert_eq!(read.parse::<Kinds>(json).unwrap_err().cause(), cause, "{json}");
    }
    // Another message's.
    assert_eq!(read.parse::<Sample>(r#"{"[test.score]":1}"#).unwrap_err().cause(), Cause::Unknown);
    assert_eq!(
        read.ignore_unknown(true).parse::<Kinds>(r#"{"[test.taste]":"x","[a.b]":{}}"#).unwrap(),
        Kinds::default()
    );
}
