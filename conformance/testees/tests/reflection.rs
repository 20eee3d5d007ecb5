//! Generated messages are filled field by field with what dynamic ones hold, and nothing is lost.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use rsgrpc::reflect::{DynamicMessage, Reflect};
use rsgrpc::{Bytes, Message};
use rsgrpc_testees::roundtrip::editions::Everything;

#[test]
fn what_nested_messages_do_not_know_is_copied() {
    // A `list_message` in which `closed` has a number that the closed enum does not know, and `name` is no string.
    let bytes = Bytes::from_static(&[0xca, 0x03, 4, 0x18, 24, 0x10, 7]);
    let typed = Everything::decode(&bytes).unwrap();
    assert!(!typed.list_message[0].unknown_fields().is_empty());

    let dynamic = DynamicMessage::decode(typed.descriptor(), &bytes).unwrap();
    let mut copy = Everything::default();
    dynamic.each(&mut |number, value| copy.put(number, value.to_value()).unwrap());
    assert_eq!(copy, typed);
}
