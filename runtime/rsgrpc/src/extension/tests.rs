use crate::codegen::{
    ClosedEnum, Double, Explicit, Group, InSet, Int64, Nested, Packed, Repeated, Sint64, Str,
};
use crate::sample::{Color, Part, Sample};
use crate::wkt::Empty;
use crate::{Cause, Extension, Message, Registry};

const NOTE: Extension<Empty, Explicit<Str>, String> = Extension::new(1000, "test.note");
const SIZE: Extension<Empty, Explicit<Int64>, i64> = Extension::new(1001, "test.size").or(|| 7);
const MARKS: Extension<Empty, Repeated<Sint64>, i64> = Extension::new(1002, "test.marks");
const RATES: Extension<Empty, Packed<Double>, f64> = Extension::new(1003, "test.rates");
const PART: Extension<Empty, Explicit<Nested>, Part> = Extension::new(1004, "test.part");
const GROUP: Extension<Empty, Explicit<Group>, Part> = Extension::new(1005, "test.group");
const COLOR: Extension<Empty, Explicit<ClosedEnum>, Color> = Extension::new(1006, "test.color");
const COLORS: Extension<Empty, Packed<ClosedEnum>, Color> = Extension::new(1007, "test.colors");
const SAMPLES: Extension<Empty, Repeated<Nested>, Sample> = Extension::new(1008, "test.samples");
const IN_SET: Extension<Empty, InSet, Part> = Extension::new(2_000_000_000, "test.in_set");

fn part(label: &str, weight: i64) -> Part {
    Part { label: Some(label.into()), weight, ..Default::default() }
}

fn sent(message: &Empty) -> Empty {
    Empty::decode(&message.encode()).unwrap()
}

#[test]
fn values_come_back() {
    let mut message = Empty::default();
    NOTE.set(&mut message, "a".into());
    NOTE.set(&mut message, "note".into());
    MARKS.set(&mut message, vec![-1, 2]);
    MARKS.push(&mut message, 3);
    RATES.set(&mut message, vec![0.5, -0.0]);
    PART.set(&mut message, part("p", 1));
    GROUP.set(&mut message, part("g", 2));
    COLOR.set(&mut message, Color::BLUE);
    SAMPLES.push(&mut message, Sample::default());
    IN_SET.set(&mut message, part("s", 3));
    let message = sent(&message);
    assert_eq!(NOTE.get(&message).unwrap().as_deref(), Some("note"));
    assert_eq!(MARKS.get(&message).unwrap(), [-1, 2, 3]);
    assert_eq!(RATES.get(&message).unwrap(), [0.5, 0.0]);
    assert_eq!(PART.get(&message).unwrap(), Some(part("p", 1)));
    assert_eq!(GROUP.get(&message).unwrap(), Some(part("g", 2)));
    assert_eq!(COLOR.get(&message).unwrap(), Some(Color::BLUE));
    assert_eq!(SAMPLES.get(&message).unwrap(), [Sample::default()]);
    assert_eq!(IN_SET.get(&message).unwrap(), Some(part("s", 3)));
}

#[test]
fn unset_is_none_or_the_default() {
    let mut message = Empty::default();
    assert!(!SIZE.has(&message));
    assert_eq!(SIZE.get(&message).unwrap(), None);
    assert_eq!(SIZE.get_or_default(&message).unwrap(), 7);
    assert_eq!(NOTE.get_or_default(&message).unwrap(), "");
    SIZE.set(&mut message, 0);
    assert!(SIZE.has(&message));
    assert_eq!(SIZE.get_or_default(&message).unwrap(), 0);
}

#[test]
fn clearing_leaves_the_others() {
    let mut message = Empty::default();
    NOTE.set(&mut message, "note".into());
    SIZE.set(&mut message, 1);
    IN_SET.set(&mut message, part("s", 3));
    NOTE.clear(&mut message);
    IN_SET.clear(&mut message);
    assert!(!NOTE.has(&message) && SIZE.has(&message) && !IN_SET.has(&message));
    SIZE.clear(&mut message);
    assert_eq!(message, Empty::default());
    MARKS.set(&mut message, Vec::new());
    assert_eq!(message, Empty::default());
}

#[test]
fn parts_merge_and_scalars_are_replaced() {
    let mut first = Empty::default();
    PART.set(&mut first, part("first", 1));
    SIZE.set(&mut first, 1);
    IN_SET.set(&mut first, part("first", 1));
    let mut second = Empty::default();
    PART.set(&mut second, Part { weight: 2, ..Default::default() });
    SIZE.set(&mut second, 2);
    IN_SET.set(&mut second, Part { weight: 2, ..Default::default() });
    let both = Empty::decode(&[first.encode(), second.encode()].concat()).unwrap();
    assert_eq!(PART.get(&both).unwrap(), Some(part("first", 2)));
    assert_eq!(IN_SET.get(&both).unwrap(), Some(part("first", 2)));
    assert_eq!(SIZE.get(&both).unwrap(), Some(2));
}

#[test]
fn lists_are_read_packed_or_not() {
    // 1002 packed: 1, 2 (zigzag), then alone: 3.
    let message = Empty::decode(&[0xd2, 0x3e, 2, 2, 4, 0xd0, 0x3e, 6]).unwrap();
    assert_eq!(MARKS.get(&message).unwrap(), [1, 2, 3]);
}

#[test]
fn a_closed_enum_leaves_unknown_numbers_out() {
    // 1006: 9; 1007 packed: 0, 9.
    let message = Empty::decode(&[0xf0, 0x3e, 9, 0xfa, 0x3e, 2, 0, 9]).unwrap();
    assert_eq!(COLOR.get(&message).unwrap(), None);
    assert_eq!(COLORS.get(&message).unwrap(), [Color::RED]);
}

#[test]
fn what_is_no_such_value_is_refused_when_read() {
    // 1000: not UTF-8.
    let message = Empty::decode(&[0xc2, 0x3e, 1, 0xff]).unwrap();
    let error = NOTE.get(&message).unwrap_err();
    assert_eq!(error.cause(), Cause::Utf8);
    assert_eq!(error.to_string(), "google.protobuf.Empty, byte 3: a string is not UTF-8");
    // 1000 as a varint is another field.
    let message = Empty::decode(&[0xc0, 0x3e, 1]).unwrap();
    assert_eq!(NOTE.get(&message).unwrap(), None);
}

#[test]
fn an_item_may_come_back_to_front() {
    // group 1 { message (3): weight: 9; type_id (2): 2,000,000,000 }
    let bytes = [0x0b, 0x1a, 3, 0xc0, 0x3e, 9, 0x10, 0x80, 0xa8, 0xd6, 0xb9, 7, 0x0c];
    let message = Empty::decode(&bytes).unwrap();
    assert_eq!(IN_SET.get(&message).unwrap().map(|part| part.weight), Some(9));
}

#[test]
fn a_registry_tells_names() {
    let registry = Registry::new().message::<Sample>().extension(&NOTE);
    assert!(registry.has_message("test.Sample") && registry.has_message("google.protobuf.Any"));
    assert!(registry.has_extension("test.note") && !registry.has_extension("test.size"));
}
