//! Any bytes as a message, generated and dynamic: both say the same, in every format.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rsgrpc::reflect::{Described, DynamicMessage, Reflect};
use rsgrpc::{Bytes, Limits, Message};
use rsgrpc_testees::roundtrip::{editions, proto3};

fuzz_target!(|input: &[u8]| {
    let Some((choice, bytes)) = input.split_first() else { return };
    match choice % 3 {
        0 => check::<proto3::Everything>(bytes),
        1 => check::<editions::Everything>(bytes),
        _ => check::<rsgrpc::wkt::Struct>(bytes),
    }
});

fn check<M: Message + Described>(bytes: &[u8]) {
    let limits = Limits::default().depth(20);
    let bytes = Bytes::copy_from_slice(bytes);
    let descriptor = M::default().descriptor();
    let typed = limits.decode_bytes::<M>(&bytes);
    let dynamic = DynamicMessage::decode_within(descriptor.clone(), &bytes, limits);
    let (typed, dynamic) = match (typed, dynamic) {
        (Ok(typed), Ok(dynamic)) => (typed, dynamic),
        // The place is not compared: generated code reads messages without messages of their own in one go.
        (Err(typed), Err(dynamic)) => return assert_eq!(typed.cause(), dynamic.cause()),
        (typed, dynamic) => panic!("{typed:?} and {dynamic:?}"),
    };
    assert_eq!(dynamic.encode(), typed.encode());
    assert_eq!(dynamic.encoded_len(), typed.encoded_len());
    assert_eq!(format!("{dynamic:?}"), format!("{typed:?}"));
    assert_eq!(dynamic.to_text(), typed.to_text());
    let json = typed.to_json();
    assert_eq!(dynamic.to_json(), json);
    if let Ok(json) = json {
        let (typed, dynamic) = (M::from_json(&json), DynamicMessage::from_json(descriptor, &json));
        assert_eq!(dynamic.map(|dynamic| dynamic.encode()), typed.map(|typed| typed.encode()));
    }
    // Field by field.
    let mut copy = M::default();
    dynamic.each(&mut |number, value| copy.put(number, value.to_value()).expect("of the same type"));
    *copy.unknown_fields_mut() = typed.unknown_fields().clone();
    assert_eq!(copy.encode(), typed.encode());
}
