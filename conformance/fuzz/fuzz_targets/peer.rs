//! Any bytes as a message, for us and for Google's protobuf: both take them or both refuse them, and what both write means the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use protobuf::{Parse, Serialize};
use rsgrpc::{Cause, DecodeError, Message};
use rsgrpc_testees::roundtrip::proto3::Everything;

/// What protoc generates for the peer.
#[allow(warnings, reason = "generated")]
mod peer {
    include!(concat!(env!("OUT_DIR"), "/protobuf/test/roundtrip/generated.rs"));
}

fuzz_target!(|input: &[u8]| {
    let ours = Everything::decode(input);
    let theirs = peer::Everything::parse(input);
    if ours.as_ref().is_err_and(|error| stricter(error, input)) {
        return;
    }
    if ours.is_ok() && theirs.is_err() && has_long_varint(input) {
        return;
    }
    assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?} {:?}", ours.err(), theirs.err());
    let (Ok(ours), Ok(theirs)) = (ours, theirs) else { return };
    let written = theirs.serialize().unwrap_or_else(|error| panic!("{error} in {ours:?}"));
    let again = Everything::decode(&written).unwrap_or_else(|error| panic!("{error} in {ours:?}"));
    // An entry of a map with an unknown field in it is to the peer an unknown field of the message: it comes last, and
    // its value is the one that counts.
    if again == ours || !format!("{ours:#?}").contains(": {\n") {
        assert_same(&again, &ours);
    }

    // The other way round: they read what we write.
    let theirs =
        peer::Everything::parse(&ours.encode()).unwrap_or_else(|error| panic!("{error} in {ours:?}"));
    let written = theirs.serialize().unwrap_or_else(|error| panic!("{error} in {ours:?}"));
    let again = Everything::decode(&written).unwrap_or_else(|error| panic!("{error} in {ours:?}"));
    assert_same(&again, &ours);
});

/// What is malformed to us alone: a varint with more than 64 bits, of which the
/// peer drops the rest; and the field number 0 in an unknown group, where the
/// peer does not look.
fn stricter(error: &DecodeError, input: &[u8]) -> bool {
    let behind = input.get(..error.offset()).unwrap_or_default();
    match error.cause() {
        Cause::Varint => true,
        Cause::Tag => behind.last().is_some_and(|tag| *tag < 8),
        _ => false,
    }
}

/// Whether something may be a varint of more than five bytes, which the peer does not take as a length.
fn has_long_varint(input: &[u8]) -> bool {
    input.windows(5).any(|bytes| bytes.iter().all(|byte| *byte >= 0x80))
}

/// The peer's maps have an order of their own, and NaN is not equal to itself.
#[track_caller]
fn assert_same(theirs: &Everything, ours: &Everything) {
    let lines = |message: &Everything| {
        let mut lines: Vec<_> = format!("{message:#?}").lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    if theirs != ours {
        let ours = lines(ours);
        assert!(ours.iter().any(|line| line.contains("NaN")), "{theirs:#?}\n{ours:#?}");
        assert_eq!(lines(theirs), ours);
    }
}
