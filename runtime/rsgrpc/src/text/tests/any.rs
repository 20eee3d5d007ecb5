//! `google.protobuf.Any`, written out.

use super::{parse, registry};
use crate::Message;
use crate::sample::Part;
use crate::text::Printer;
use crate::wkt::Any;

fn packed() -> Any {
    let part = Part { label: Some("a".into()), weight: 7, ..Default::default() };
    Any {
        type_url: "type.googleapis.com/test.Part".into(),
        value: part.encode().into(),
        ..Default::default()
    }
}

#[test]
fn content_is_read() {
    for text in [
        "[type.googleapis.com/test.Part] { label: 'a' weight: 7 }",
        "[ type.googleapis.com / test.Part ]: < label: 'a', weight: 7 >;",
        "[type.googleapis.com/test.Part # x\n] { label: 'a' weight: 7 }",
    ] {
        assert_eq!(parse::<Any>(text).unwrap(), packed(), "{text}");
    }
    let url: Any = parse("[x-y.z/%20~a/test.Part] { label: '' }").unwrap();
    assert_eq!(url.type_url, "x-y.z/%20~a/test.Part");
    let raw: Any = parse("type_url: 'a/b' value: '\\001'").unwrap();
    assert_eq!((raw.type_url.as_str(), &raw.value[..]), ("a/b", &[1][..]));
}

#[test]
fn what_is_no_content_is_refused() {
    for (text, why) in [
        ("[x/test.Nope] {}", "there is no message `test.Nope`"),
        ("[x/test.Part] {}", "required field `label` is missing"),
        ("[x/test.Part]: 1", "expected `{`"),
        ("[x/test.Part]", "expected `{`"),
        ("[x/test.Part] { label: 1 }", "`[x/test.Part].label`: expected a string"),
        ("[x/test.Part] { label: '' } type_url: ''", "has a value already"),
        ("value: '' [x/test.Part] { label: '' }", "has a value already"),
        ("[x/test.Part] { label: '' } [x/test.Part] { label: '' }", "has a value already"),
        ("[x y/test.Part] {}", "expected `]`, found `y`"),
        ("[x/test.\"Part] {}", "expected `]`"),
    ] {
        let error = parse::<Any>(text).expect_err(text).to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
    let error = parse::<Part>("[x/test.Part] {}").unwrap_err().to_string();
    assert!(error.contains("of `google.protobuf.Any` alone"), "{error}");
}

#[test]
fn content_is_printed() {
    let registry = registry();
    let printer = Printer::new().registry(&registry);
    let text = "[type.googleapis.com/test.Part] {\n  label: \"a\"\n  weight: 7\n}\n";
    assert_eq!(printer.print(&packed()), text);
    assert_eq!(parse::<Any>(text).unwrap(), packed());
    // A type that nobody knows, content that is none of it, a URL that is none.
    let plain = "type_url: \"type.googleapis.com/test.Part\" value: \"\\n\\001a\\300>\\007\"";
    assert_eq!(Printer::new().single_line(true).print(&packed()), plain);
    let broken = Any { value: vec![0xff].into(), ..packed() };
    assert!(printer.print(&broken).starts_with("type_url: "));
    let spaced = Any { type_url: "a b/test.Part".into(), ..packed() };
    assert!(printer.print(&spaced).starts_with("type_url: "));
}
