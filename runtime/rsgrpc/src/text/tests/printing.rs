//! How messages are printed.

use super::{MARKS, NOTE, PART, parse, registry};
use crate::sample::{Choose, Color, Part, Sample};
use crate::text::Printer;
use crate::wkt::{Any, BytesValue, DoubleValue, Empty, FloatValue};
use crate::{Bytes, Message};

fn full() -> Sample {
    Sample {
        id: -5,
        name: "na\u{ef}ve \"q\" 'a' \\ \n\t\u{1}\u{7f}\u{85}".into(),
        note: Some("secret".into()),
        tags: vec!["a".into(), String::new()],
        counts: [("k".to_owned(), 1)].into(),
        numbers: vec![1, -2],
        reals: vec![0.5, -0.0, 1e100, f64::NEG_INFINITY],
        child: Some(Box::new(Sample { id: 1, ..Default::default() })),
        children: vec![Sample::default()],
        color: Some(Color::BLUE),
        colors: vec![Color::RED],
        palette: [(1, Color::BLUE)].into(),
        part: Some(Part { label: Some("p".into()), weight: 2, ..Default::default() }),
        choice: Some(Choose::Text("t".into())),
        blob: Bytes::from_static(b"\x00\xff'ok\""),
        ..Default::default()
    }
}

const FULL: &str = r#"id: -5
name: "naïve \"q\" \'a\' \\ \n\t\001\177\u0085"
note: "secret"
tags: "a"
tags: ""
counts {
  key: "k"
  value: 1
}
numbers: 1
numbers: -2
reals: 0.5
reals: -0
reals: 1e100
reals: -inf
child {
  id: 1
}
children {}
color: COLOR_BLUE
colors: COLOR_RED
palette {
  key: 1
  value: COLOR_BLUE
}
part {
  label: "p"
  weight: 2
}
text: "t"
blob: "\000\377\'ok\""
"#;

#[test]
fn lines() {
    assert_eq!(full().to_text(), FULL);
    assert_eq!(Sample::from_text(FULL).unwrap(), full());
    assert_eq!(Sample::default().to_text(), "");
}

#[test]
fn one_line() {
    let text = Printer::new().single_line(true).print(&full());
    assert_eq!(text, FULL.split_whitespace().collect::<Vec<_>>().join(" "));
    assert_eq!(Sample::from_text(&text).unwrap(), full());
}

#[test]
fn extensions_stand_behind_the_fields() {
    let mut message = Sample { blob: Bytes::from_static(b"b"), ..Default::default() };
    PART.set(&mut message, Part { label: Some("p".into()), ..Default::default() });
    NOTE.set(&mut message, "n".into());
    MARKS.set(&mut message, vec![1, -2]);
    let text = Printer::new().registry(&registry()).single_line(true).print(&message);
    assert_eq!(
        text,
        r#"blob: "b" [test.part] { label: "p" } [test.note]: "n" [test.marks]: 1 [test.marks]: -2"#
    );
    assert_eq!(parse::<Sample>(&text).unwrap(), message);
    // Without a registry they are unknown.
    assert_eq!(message.to_text(), "blob: \"b\"\n");
}

#[test]
fn unknown_fields_are_printed_on_request() {
    // 100: 5; 101: fixed32; 102: fixed64; 103: "hello"; 104: { 1: 2 }; 105: group { 1: 3 }; 106: "".
    let mut bytes = vec![0xa0, 6, 5, 0xad, 6, 1, 0, 0, 0, 0xb1, 6, 2, 0, 0, 0, 0, 0, 0, 0];
    bytes.extend([0xba, 6, 5]);
    bytes.extend(b"hello");
    bytes.extend([0xc2, 6, 2, 8, 2, 0xcb, 6, 8, 3, 0xcc, 6, 0xd2, 6, 0]);
    let message = Empty::decode(&bytes).unwrap();
    assert_eq!(message.to_text(), "");
    let printer = Printer::new().unknown_fields(true).single_line(true);
    assert_eq!(
        printer.print(&message),
        r#"100: 5 101: 0x00000001 102: 0x0000000000000002 103: "hello" 104 { 1: 2 } 105 { 1: 3 } 106: """#
    );
    assert_eq!(printer.redact(true).print(&message), "");
}

#[test]
fn redacted_fields_are_masked_on_request() {
    let printer = Printer::new().redact(true).single_line(true);
    let message = Sample { id: 1, note: Some("secret".into()), ..Default::default() };
    assert_eq!(printer.print(&message), "id: 1 note: [REDACTED]");
    // What may hide such a field is masked too.
    let any = Any { type_url: "x/test.Sample".into(), value: message.encode().into(), ..Default::default() };
    assert_eq!(printer.print(&any), r#"type_url: "x/test.Sample" value: [REDACTED]"#);
    assert_eq!(printer.registry(&registry()).print(&any), "[x/test.Sample] { id: 1 note: [REDACTED] }");
}

#[test]
fn numbers_come_back() {
    for value in [1.0, 0.1, 1e16, 1e-7, f32::MAX, f32::MIN_POSITIVE, 16_777_216.0] {
        let message = FloatValue { value, ..Default::default() };
        assert_eq!(FloatValue::from_text(&message.to_text()).unwrap(), message);
    }
    for value in [f64::MAX, f64::MIN_POSITIVE, 5e-324, 0.3, f64::INFINITY] {
        let message = DoubleValue { value, ..Default::default() };
        assert_eq!(DoubleValue::from_text(&message.to_text()).unwrap(), message);
    }
    assert_eq!(DoubleValue { value: f64::NAN, ..Default::default() }.to_text(), "value: nan\n");
    let bytes = BytesValue { value: (0..=255).collect::<Vec<u8>>().into(), ..Default::default() };
    assert_eq!(BytesValue::from_text(&bytes.to_text()).unwrap(), bytes);
}
