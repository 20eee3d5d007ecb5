//! Any bytes: decoding them fails or gives a message that survives the way out and in again, owned and as a view alike.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rsgrpc::{Limits, Message, View};
use rsgrpc_testees::roundtrip::{editions, proto2, proto3};

fuzz_target!(|input: &[u8]| {
    check::<proto2::Everything>(input);
    check::<proto3::Everything>(input);
    check::<editions::Everything>(input);
});

fn check<M: Message>(input: &[u8]) {
    let limits = Limits::default().depth(20);
    let owned = limits.decode::<M>(input);
    let view = limits.view::<M::View<'_>>(input);
    assert_eq!(owned.is_ok(), view.is_ok(), "{:?} {:?}", owned.err(), view.err());
    let (Ok(owned), Ok(view)) = (owned, view) else { return };
    let bytes = owned.encode();
    assert_eq!(bytes.len(), owned.encoded_len());
    // Not compared as messages: NaN is not equal to itself.
    assert_eq!(view.to_message().encode(), bytes);
    assert_eq!(M::decode(&bytes).map(|again| again.encode()), Ok(bytes));
    let _ = format!("{owned:?}");
}
