//! Every golden file of messages compiles, without a warning; and what only generated code decides works: the
//! order of fields, defaults, boxes, what is hidden.

#![deny(warnings)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

macro_rules! golden {
    ($($name:ident)*) => {$(
        #[allow(missing_docs, reason = "the schema has no comments")]
        pub mod $name {
            include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/messages/", stringify!($name), "/mod.rs"));
        }
    )*};
}

golden! {
    closed_enums
    collisions
    comments
    deprecated
    descriptors
    edition_2024
    edition_2026
    editions
    enums
    extensions
    extern_path
    imports
    inline_strings
    keywords
    many_fields
    maps
    nested
    no_package
    oneofs
    optional
    prelude
    proto2
    recursive
    redact
    repeated
    scalars
    wkt
}

/// What an option in `extern_path/options` names.
pub type Time = rsgrpc::wkt::Timestamp;
/// And its view.
pub type TimeView<'a> = rsgrpc::wkt::TimestampView<'a>;

use rsgrpc::{Message, View};

/// Encodes to `bytes`, and comes back from them, as a message and as a view.
#[track_caller]
fn round_trip<M: Message>(message: &M, bytes: &[u8]) {
    assert_eq!(message.encode(), bytes);
    assert_eq!(&M::decode(bytes).unwrap(), message);
    let view = <M::View<'_> as View>::decode(bytes).unwrap();
    assert_eq!(&view.to_message(), message);
}

#[test]
fn members_of_a_oneof_stand_among_the_other_fields() {
    use oneofs::golden::oneofs::{Event, event};
    let event = |scattered| Event {
        between: "x".into(),
        behind: "y".into(),
        scattered: Some(scattered),
        ..Event::default()
    };
    round_trip(&event(event::Scattered::A(1)), b"\x48\x01\x52\x01x\x7a\x01y");
    round_trip(&event(event::Scattered::B(1)), b"\x52\x01x\x58\x01\x7a\x01y");
    round_trip(&event(event::Scattered::C("c".into())), b"\x52\x01x\x62\x01c\x7a\x01y");
    round_trip(&event(event::Scattered::D(0.0)), b"\x52\x01x\x7a\x01y\xa1\x01\0\0\0\0\0\0\0\0");
}

#[test]
fn more_fields_than_a_tuple_holds() {
    let wide = many_fields::golden::many_fields::Wide { f1: 1, f12: 12, f13: 13, ..Default::default() };
    round_trip(&wide, b"\x08\x01\x60\x0c\x68\x0d");
}

#[test]
fn messages_in_boxes() {
    use recursive::golden::recursive::{Call, Expression, Tree, expression};
    let leaf = Tree::default();
    let tree = Tree { left: Some(Box::new(leaf.clone())), others: vec![leaf], ..Tree::default() };
    round_trip(&tree, b"\x0a\0\x1a\0");
    assert_eq!(tree.left().right().left(), &Tree::default());
    let name = Expression { kind: Some(expression::Kind::Name("f".into())), ..Expression::default() };
    let call = Call { function: Some(Box::new(name)), ..Call::default() };
    let call = Expression { kind: Some(expression::Kind::Call(Box::new(call))), ..Expression::default() };
    round_trip(&call, b"\x0a\x05\x0a\x03\x12\x01f");
}

#[test]
fn strings_that_stand_in_the_message() {
    use inline_strings::golden::inline_strings::{self as golden, Mixed, Strings, strings::Choice};
    use rsgrpc::{Map, Str};
    for text in ["", "short", "just as long as it fits", "longer than the message holds itself, ß"] {
        let mut strings = Strings {
            explicit: Some(text.into()),
            implicit: text.into(),
            required: Some(text.into()),
            repeated: vec![text.into(), "".into(), text.into()],
            map: Map::from([(text.into(), text.into()), ("other".into(), text.into())]),
            choice: Some(Choice::Text(text.into())),
            ..Strings::default()
        };
        golden::NOTE.set(&mut strings, text.into());
        let bytes = strings.encode();
        assert_eq!(strings.encoded_len(), bytes.len());
        round_trip(&strings, &bytes);
        assert_eq!(strings.with_default(), "as the schema says");
        assert_eq!(strings.map.get(text).map(Str::as_str), Some(text));
        assert_eq!(golden::NOTE.get_or_default(&strings).unwrap(), text);
        assert_eq!(Strings::from_text(&strings.to_text()).unwrap().repeated, strings.repeated);
        let plain = Strings { unknown_fields: Default::default(), ..strings };
        assert_eq!(Strings::from_json(&plain.to_json().unwrap()).unwrap(), plain);
    }
    assert_eq!(golden::NOTE.get_or_default(&Strings::default()).unwrap(), "none");
    // Shorter and longer than what is read at once, at the end of the input and before it.
    for broken in [&b"\x0a\x02a\xff"[..], b"\x0a\x02a\xff\x12\x24012345678901234567890123456789012345"] {
        assert!(Mixed::decode(broken).is_err());
    }
    let mixed = Mixed { small: Some("a".into()), large: Some("b".repeat(40)), ..Mixed::default() };
    round_trip(&mixed, &[b"\x0a\x01a\x12\x28".as_slice(), &[b'b'; 40]].concat());
}

#[test]
fn numbers_that_a_closed_enum_does_not_name() {
    use closed_enums::golden::closed_enums::{Color, Paint, paint};
    let base = Paint { base: Some(Color::RED), ..Paint::default() };
    round_trip(&base, b"\x18\x01");
    let bytes = b"\x18\x01\x08\x09\x38\x09";
    let paint = Paint::decode(bytes).unwrap();
    assert_eq!((paint.color, &paint.choice), (None, &None));
    assert_eq!(paint.unknown_fields.as_bytes(), b"\x08\x09\x38\x09");
    round_trip(&paint, bytes);
    assert_eq!((paint.color(), paint.second()), (Color::RED, Color::GREEN));
    let picked = Paint { choice: Some(paint::Choice::Picked(Color::GREEN)), ..base };
    round_trip(&picked, b"\x18\x01\x38\x02");
}

#[test]
fn extensions_are_set_and_read() {
    use extensions::golden::extensions::{self as golden, Base, Closed, Level, Note, Set, note, scope};
    let mut base = Base::default();
    assert_eq!(golden::TITLE.get_or_default(&base).unwrap(), "none");
    assert_eq!(golden::DATA.get_or_default(&base).unwrap(), b"\x01"[..]);
    assert_eq!(golden::SIZE.get_or_default(&base).unwrap(), -7);
    assert_eq!(golden::LEVEL.get_or_default(&base).unwrap(), Level::HIGH);
    assert_eq!(golden::CLOSED.get_or_default(&base).unwrap(), Closed::ONE);
    golden::LEVELS_118.set(&mut base, vec![Level::LOW, Level::HIGH]);
    golden::GROUP.set(&mut base, Note::default());
    note::NOTES.push(&mut base, Note { text: Some("a".into()), ..Note::default() });
    scope::SCOPE.set(&mut base, 3);
    round_trip(&base, b"\xb2\x07\x02\0\x01\xbb\x07\xbc\x07\xaa\x06\x03\x0a\x01a\xb0\x06\x03");
    assert_eq!(note::NOTES.get(&base).unwrap().len(), 1);
    let mut set = Set::default();
    golden::ITEM.set(&mut set, Note::default());
    round_trip(&set, b"\x0b\x10\xfe\xff\xff\xff\x07\x1a\0\x0c");
}

#[test]
fn text_calls_extensions_by_name() {
    use extensions::golden::extensions::{self as golden, Base, Note, Set, note};
    use rsgrpc::{Registry, text};
    let registry = Registry::new()
        .extension(&golden::GROUP)
        .extension(&golden::LEVELS_118)
        .extension(&golden::ITEM)
        .extension(&note::NOTE);
    let parser = text::Parser::new().registry(&registry);
    let printer = text::Printer::new().registry(&registry).single_line(true);
    for (text, bytes) in [
        ("[golden.extensions.group] { text: \"a\" }", &b"\xbb\x07\x0a\x01a\xbc\x07"[..]),
        ("[golden.extensions.levels]: LEVEL_LOW [golden.extensions.levels]: 9", b"\xb0\x07\0\xb0\x07\x09"),
        ("[golden.extensions.Note.note] {}", b"\xa2\x06\0"),
    ] {
        let base: Base = parser.parse(text).unwrap();
        assert_eq!(printer.print(&base), text);
        assert_eq!(printer.print(&Base::decode(bytes).unwrap()), text);
    }
    let set: Set = parser.parse("[golden.extensions.item] { text: 'a' }").unwrap();
    assert_eq!(golden::ITEM.get(&set).unwrap(), Some(Note { text: Some("a".into()), ..Note::default() }));
    assert_eq!(printer.print(&set), r#"[golden.extensions.item] { text: "a" }"#);
    assert!(parser.parse::<Set>("[golden.extensions.item] {} [golden.extensions.item] {}").is_err());
    assert!(parser.parse::<Base>("[golden.extensions.Group] {}").is_err());
}

#[test]
fn custom_options_are_read() {
    use rsgrpc::descriptor::FieldOptions;
    // unit (50,000): "m", as protoc sends it.
    let options = FieldOptions::decode(b"\x82\xb5\x18\x01m").unwrap();
    let unit = &extensions::golden::extensions::UNIT;
    assert_eq!(unit.get(&options).unwrap().as_deref(), Some("m"));
}

#[test]
fn defaults_of_proto2() {
    let message = proto2::golden::proto2::Defaults::default();
    assert_eq!((message.flag(), message.small(), message.large()), (true, -5, i64::MIN));
    assert_eq!((message.count(), message.total(), message.ratio()), (u32::MAX, u64::MAX, 1.5));
    assert_eq!((message.infinite(), message.negative()), (f32::INFINITY, f64::NEG_INFINITY));
    assert!(message.nan().is_nan());
    assert_eq!((message.text(), message.data()), ("say \"hi\"\n", &b"\0\xff"[..]));
    assert_eq!((message.none(), message.zero()), ("", 0));
}

#[test]
fn required_fields() {
    use proto2::golden::proto2::{Holder, Inner, Needs, needs};
    let needs = Needs { id: Some("x".into()), inner: Some(Inner::default()), ..Needs::default() };
    round_trip(&needs, b"\x0a\x01x\x12\0");
    assert_eq!(Needs::default().missing().as_deref(), Some("id"));
    assert!(Needs::decode(b"\x0a\x01x").unwrap_err().to_string().contains("inner"));
    let group = Needs { extra: Some(needs::Extra::default()), ..needs };
    assert_eq!(group.missing().as_deref(), Some("extra.weight"));
    let holder = Holder { needs: [("a".to_owned(), group)].into_iter().collect(), ..Holder::default() };
    assert_eq!(holder.missing().as_deref(), Some("needs.extra.weight"));
}

#[test]
fn groups() {
    use proto2::golden::proto2::{Inner, Needs, needs};
    let needs = Needs {
        id: Some(String::new()),
        inner: Some(Inner::default()),
        entry: vec![needs::Entry { key: Some("k".into()), ..Default::default() }],
        choice: Some(needs::Choice::Picked(needs::Picked { yes: Some(true), ..Default::default() })),
        ..Needs::default()
    };
    round_trip(&needs, b"\x0a\0\x12\0\x23\x0a\x01k\x24\x2b\x08\x01\x2c");
}

#[test]
fn what_is_redacted_is_not_shown() {
    use redact::golden::redact::{Login, login};
    let login = Login {
        user: "ann".into(),
        password: "secret".into(),
        codes: vec!["secret".into()],
        proof: Some(login::Proof::Signature("secret".into())),
        ..Login::default()
    };
    let bytes = login.encode();
    round_trip(&login, &bytes);
    let view = redact::golden::redact::LoginView::decode(&bytes).unwrap();
    let shown = format!("{login:?} {view:?} {:?} {:?}", login.proof, view.proof);
    assert!(shown.contains("ann") && !shown.contains("secret"), "{shown}");
}

#[test]
fn enums_know_their_names() {
    use enums::golden::enums::{Alias, HttpCode, Temperature};
    use rsgrpc::Enumeration;
    assert_eq!(
        format!("{:?} {:?}", HttpCode::NOT_FOUND, HttpCode::from(7)),
        "HTTP_CODE_NOT_FOUND HttpCode(7)"
    );
    assert_eq!((Alias::ONE.name(), Alias::from_name("ALIAS_ONE")), (Some("ALIAS_FIRST"), Some(Alias::FIRST)));
    assert_eq!(Temperature::COLDEST.number(), i32::MIN);
    assert_eq!(Temperature::COLD.name(), Some("TEMPERATURE_COLD"));
}
