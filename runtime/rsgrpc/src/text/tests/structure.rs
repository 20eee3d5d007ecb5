//! Fields, lists, maps, separators and names.

use super::{MARKS, NOTE, PART, parse, read, refused, registry};
use crate::sample::{Choose, Color, Sample};
use crate::text::Parser;
use crate::wkt::Empty;
use crate::{Limits, Message};

#[test]
fn messages_stand_in_either_brackets() {
    for text in
        ["child { id: 1 }", "child: { id: 1 }", "child<id:1>", "child: < id: 1, >;", "child#\n{id:1;}"]
    {
        assert_eq!(read(text).child.map(|child| child.id), Some(1), "{text}");
    }
    refused("child { id: 1 >", "expected the name of a field, found `>`");
    refused("child < id: 1 }", "found `}`");
    refused("child { id: 1", "expected `}`, found the end");
    refused("child: 1", "expected `{`, found `1`");
    refused("}", "expected the name of a field, found `}`");
    assert_eq!(read(""), Sample::default());
    assert_eq!(read(" # nothing\n\t\r\x0b\x0c#"), Sample::default());
}

#[test]
fn scalars_need_a_colon() {
    refused("id 1", "expected `:`, found `1`");
    refused("tags 'a'", "expected `:`");
    refused("tags ['a']", "expected `:`");
    refused("tags []", "expected `:`");
    assert_eq!(read("children [{}, <>]").children.len(), 2);
    assert_eq!(read("children []").children.len(), 0);
}

#[test]
fn separators() {
    assert_eq!(read("id: 1, name: 'a'; note: 'b',").note.as_deref(), Some("b"));
    for text in ["id: 1,,", "id: 1;;", "id: 1,;", ",", ";id: 1", "child { id: 1,, }", "child { , }"] {
        refused(text, "expected the name of a field");
    }
}

#[test]
fn lists() {
    assert_eq!(read("tags: 'a' tags: ['b', 'c' 'd'] tags: [] tags: 'e'").tags, ["a", "b", "cd", "e"]);
    assert_eq!(read("numbers: [1, -2,0x3]").numbers, [1, -2, 3]);
    assert_eq!(read("reals: [inf, 1]").reals, [f64::INFINITY, 1.0]);
    assert_eq!(read("children: [{id: 1}, <id: 2>]").children.len(), 2);
    for text in [
        "numbers: [1;2]",
        "numbers: [1 2]",
        "numbers: [1,,2]",
        "numbers: [1,]",
        "numbers: [,]",
        "numbers: [1",
        "numbers: [",
    ] {
        assert!(parse::<Sample>(text).is_err(), "{text}");
    }
    for text in [
        "id: [1]",
        "id: []",
        "child: [{}]",
        "child: []",
        "note: ['a']",
        "text: ['a']",
        "part: []",
        "[test.note]: ['a']",
        "[test.note]: []",
    ] {
        refused(text, "one value, not a list");
    }
    refused("numbers: [[1]]", "expected an integer");
}

#[test]
fn maps() {
    let text = "counts { key: 'a' value: 1 } counts: [{ value: 2 key: 'b' }, <key: 'a', value: 3>] counts {}";
    let message = read(text);
    let counts = [("a", 3), ("b", 2), ("", 0)].map(|(key, value)| (key.to_owned(), value));
    assert_eq!(message.counts, counts.into());
    assert_eq!(read("palette { key: 1 value: COLOR_BLUE }").palette, [(1, Color::BLUE)].into());
    refused("counts { key: 'a' key: 'b' }", "has a value already");
    refused("counts { kez: 'a' }", "has no field `kez`");
    refused("counts: 1", "expected `{`");
}

#[test]
fn a_field_comes_once() {
    for text in [
        "id: 1 id: 1",
        "note: 'a' note: 'b'",
        "child {} child {}",
        "part { label: '' } part { label: '' }",
        "text: 'a' text: 'b'",
        "[test.note]: 'a' [test.note]: 'a'",
    ] {
        refused(text, "the field has a value already");
    }
    refused("text: 'a' color_choice: COLOR_RED", "`text` of the same oneof has a value already");
    refused("part_choice { label: 'a' } text: 'a'", "`part_choice` of the same oneof");
    assert_eq!(read("text: 'a' part { label: 'a' }").choice, Some(Choose::Text("a".into())));
}

#[test]
fn or_more_often_if_that_is_wanted() {
    let text =
        "id: 1 child { tags: 'a' name: 'x' } text: 'a' id: 2 child { tags: 'b' } color_choice: COLOR_BLUE
        [test.note]: 'a' [test.note]: 'b'";
    let registry = registry();
    let parser = Parser::new().registry(&registry).overwrite(true);
    let message: Sample = parser.parse(text).unwrap();
    let child = message.child.as_deref().unwrap();
    assert_eq!((message.id, child.tags.len(), child.name.as_str()), (2, 2, "x"));
    assert_eq!(message.choice, Some(Choose::Color(Color::BLUE)));
    assert_eq!(NOTE.get(&message).unwrap().as_deref(), Some("b"));
}

#[test]
fn names() {
    refused("nome: 1", "`test.Sample` has no field `nome`");
    refused("Id: 1", "has no field `Id`");
    refused("1: 1", "expected the name of a field, found `1`");
    refused("'id': 1", "expected the name of a field");
    refused("ïd: 1", "expected the name of a field, found `ï`");
}

#[test]
fn reserved_names_are_passed_over() {
    for value in [
        ": true",
        ": -123",
        ": 0.123",
        ": - inf",
        ": NAME",
        ": 'hello' \"world\"",
        ": { a: 123 [a.b/c.d] < > b { c: [] } }",
        " < a: 123; >",
        ": [-123, 456]",
        ": [0.123, 1e-10]",
        ": ['hello', 'world']",
        " [{}, <a: 1>]",
        ": []",
    ] {
        assert_eq!(read(&format!("id: 1 old{value}, name: 'a' old{value}")).name, "a", "{value}");
    }
    for value in ["", " 1", ":", ": -'a'", ": {", ": { a: 1,, }", ": [1 2]", ": [1,]", ": 08", ": { 1: 2 }"] {
        assert!(parse::<Sample>(&format!("old{value}")).is_err(), "{value}");
    }
}

#[test]
fn extensions() {
    let message = read(
        "[test.note]: 'a' [ test . marks ]: [-1, 2] [test.marks]: 3, [test.part] { label: 'x' weight: 1 }",
    );
    assert_eq!(NOTE.get(&message).unwrap().as_deref(), Some("a"));
    assert_eq!(MARKS.get(&message).unwrap(), [-1, 2, 3]);
    assert_eq!(PART.get(&message).unwrap().map(|part| part.weight), Some(1));
    refused("[test.note] 'a'", "expected `:`");
    refused("[test.nope]: 'a'", "there is no extension `test.nope`");
    refused("[test.other]: 'a'", "`test.other` extends `google.protobuf.Empty`");
    refused("[test note]: 'a'", "expected `]`, found `note`");
    refused("[test.note: 'a'", "expected `]`");
    refused("test.note: 'a'", "has no field `test`");
    assert!(parse::<Empty>("[test.other]: 'a'").is_ok());
    assert!(Sample::from_text("[test.note]: 'a'").is_err());
}

#[test]
fn errors_say_where() {
    let error = parse::<Sample>("id: 1\nchild {\n  # é\n  counts { key: 'é' value: x }\n}").unwrap_err();
    assert_eq!((error.line(), error.column(), error.path()), (4, 28, "child.counts.value"));
    assert_eq!(
        error.to_string(),
        "test.Sample, line 4, column 28, `child.counts.value`: expected an integer, found `x`"
    );
    let error = parse::<Sample>("children { part {} }").unwrap_err();
    assert_eq!(
        error.to_string(),
        "test.Sample, line 1, column 21, `children.part.label`: required field is missing"
    );
}

/// Random changes of good text: none makes the parser panic, and what is
/// accepted is printed and accepted again.
#[test]
fn mutated_text_is_refused_or_understood() {
    let registry = registry();
    let parser = Parser::new().registry(&registry);
    let text = r#"id: -5, name: "n\u1234\001" 'x'; tags: ["a", 'b'] counts { key: "k" value: 0x1 } # c
        reals: [1.5e3, -inf, .5f] child < id: 017 > children: [{}, { color: COLOR_BLUE }]
        part { label: "p" weight: 2 } text: "t" blob: "\377" [test.marks]: [1, -2] old { a: [1] }"#;
    let signs = br#"{}<>[]:,;#'"\-+.0189aefintxuU/_ "#;
    let mut seed = 1_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut accepted = 0;
    for _ in 0..if cfg!(miri) { 60 } else { 50_000 } {
        let mut changed = text.as_bytes().to_vec();
        for _ in 0..=next(3) {
            let at = next(changed.len());
            match next(3) {
                0 => changed[at] = signs[next(signs.len())],
                1 => changed.insert(at, signs[next(signs.len())]),
                _ => drop(changed.remove(at)),
            }
        }
        let Ok(changed) = String::from_utf8(changed) else { continue };
        if let Ok(message) = parser.parse::<Sample>(&changed) {
            accepted += 1;
            let printer = crate::text::Printer::new().registry(&registry);
            for printer in [printer, printer.single_line(true)] {
                let again: Sample = parser.parse(&printer.print(&message)).unwrap();
                assert_eq!(again.encode(), message.encode(), "{changed}");
            }
        }
    }
    assert!(accepted > 1000, "{accepted}");
}

#[test]
fn depth_and_memory_are_limited() {
    let nested = |levels: usize| format!("{}{}", "child {".repeat(levels), "}".repeat(levels));
    assert!(parse::<Sample>(&nested(100)).is_ok());
    refused(&nested(101), "nested too deeply");
    refused(&nested(100_000), "nested too deeply");
    refused(&format!("old {}", "{ a ".repeat(100_000)), "nested too deeply");
    let many = format!("children: [{}{{}}]", "{}, ".repeat(10_000));
    let tight = Parser::new().limits(Limits::default().memory(1 << 16));
    let error = tight.parse::<Sample>(&many).unwrap_err();
    assert!(error.to_string().contains("too much memory"), "{error}");
    assert!(parse::<Sample>(&many).is_ok());
}
