//! How a message can be written and read otherwise.

use super::kinds::Kinds;
use super::{Parser, Printer};
use crate::sample::{Choose, Color, Part, Sample};
use crate::wkt::{BoolValue, Int64Value, Struct, Value};
use crate::{Message, json};

#[test]
fn pretty() {
    let message = Sample {
        tags: vec!["a".into(), "b".into()],
        counts: [("k".to_owned(), 1)].into_iter().collect(),
        child: Some(Box::default()),
        ..Sample::default()
    };
    let json = r#"{
  "tags": [
    "a",
    "b"
  ],
  "counts": {
    "k": 1
  },
  "child": {}
}"#;
    assert_eq!(Printer::new().pretty(true).print(&message).unwrap(), json);
    assert_eq!(Sample::from_json(json).unwrap(), message);
    let empty = Printer::new().pretty(true).print(&Struct::default()).unwrap();
    assert_eq!(empty, "{}");
}

#[test]
fn defaults() {
    let json = Printer::new().defaults(true).print(&Kinds::default()).unwrap();
    assert_eq!(
        json,
        concat!(
            r#"{"int32":0,"int64":"0","uint32":0,"uint64":"0","sint32":0,"fixed32":0,"fixed64":"0","#,
            r#""sfixed32":0,"sfixed64":"0","float":0,"double":0,"bool":false,"fruit":"NONE","fruits":[],"#,
            r#""byBool":{},"byInt64":{},"byUint64":{},"bySint32":{},"floats":[]}"#
        )
    );
    assert_eq!(Kinds::from_json(&json).unwrap(), Kinds::default());
    assert_eq!(Printer::new().defaults(true).print(&BoolValue::default()).unwrap(), "false");
    assert_eq!(BoolValue::default().to_json().unwrap(), "false");
    assert_eq!(Int64Value::default().to_json().unwrap(), "\"0\"");
}

#[test]
fn names_and_numbers() {
    let message = Sample { choice: Some(Choose::Color(Color::BLUE)), ..Sample::default() };
    let write = Printer::new().proto_names(true).enum_numbers(true);
    assert_eq!(write.print(&message).unwrap(), r#"{"color_choice":-2}"#);
    let message = Kinds { maybe_fruit: Some(1.into()), ..Kinds::default() };
    assert_eq!(write.print(&message).unwrap(), r#"{"maybe_fruit":1}"#);
    assert_eq!(write.pretty(true).print(&message).unwrap(), "{\n  \"maybe_fruit\": 1\n}");
}

#[test]
fn redacted() {
    let secret = Sample { note: Some("secret".into()), ..Sample::default() };
    let message = Sample { child: Some(Box::new(secret.clone())), children: vec![secret.clone()], ..secret };
    assert_eq!(
        Printer::new().redact(true).print(&message).unwrap(),
        r#"{"note":"[REDACTED]","child":{"note":"[REDACTED]"},"children":[{"note":"[REDACTED]"}]}"#
    );
    assert!(message.to_json().unwrap().contains("secret"));
}

#[test]
fn what_is_unknown_is_ignored() {
    let read = Parser::new().ignore_unknown(true);
    for json in [
        r#"{"unknown":1}"#,
        r#"{"unknown":"a"}"#,
        r#"{"unknown":null,"x":true,"y":false}"#,
        r#"{"unknown":{"a":[1,{"b":[]}]}}"#,
        r#"{"fruit":"GRAPE","maybe_fruit":"GRAPE","fruits":["GRAPE"],"byUint64":{"1":"GRAPE"}}"#,
    ] {
        assert_eq!(read.parse::<Kinds>(json).unwrap(), Kinds::default(), "{json}");
    }
    let message: Kinds = read
        .parse(r#"{"fruits":["APPLE","GRAPE","PEAR"],"byUint64":{"1":"APPLE","2":"GRAPE","3":"PEAR"},"int32":"3"}"#)
        .unwrap();
    assert_eq!(
        message.to_json().unwrap(),
        r#"{"int32":3,"fruits":["APPLE","PEAR"],"byUint64":{"1":"APPLE","3":"PEAR"}}"#
    );
    let message: Sample = read
        .parse(r#"{"color":"GRAY","colors":["COLOR_RED","GRAY",9],"palette":{"1":"GRAY","2":0},"colorChoice":"GRAY","text":"t"}"#)
        .unwrap();
    assert_eq!(
        message.to_json().unwrap(),
        r#"{"colors":["COLOR_RED"],"palette":{"2":"COLOR_RED"},"text":"t"}"#
    );
    // All else is refused as ever.
    for json in [r#"{"fruit":true}"#, r#"{"fruit":"GRAPE","fruit":1}"#, r#"{"int32":"x"}"#] {
        assert!(read.parse::<Kinds>(json).is_err(), "{json}");
    }
}

#[test]
fn into_a_buffer() {
    let part = Part { label: Some("a".into()), ..Part::default() };
    let mut buffer = b"data: ".to_vec();
    Printer::new().print_to(&part, &mut buffer).unwrap();
    assert_eq!(buffer, b"data: {\"label\":\"a\"}");
    let mut buffer = b"{".to_vec();
    Printer::new().pretty(true).print_to(&part, &mut buffer).unwrap();
    assert_eq!(buffer, b"{{\n  \"label\": \"a\"\n}");
    assert!(Printer::new().print_to(&Value::default(), &mut buffer).is_err());
    assert_eq!(buffer, b"{{\n  \"label\": \"a\"\n}");
}

#[test]
fn errors_are_small() {
    assert_eq!(size_of::<json::Error>(), size_of::<usize>());
}
