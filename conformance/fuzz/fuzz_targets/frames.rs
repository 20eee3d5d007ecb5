//! Any bytes in chunks of any sizes: the deframer finds the same messages as in one chunk, or the same error.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;

/// Enough for several messages, and small enough to be exceeded.
const LIMIT: usize = 1000;

fuzz_target!(|input: (Vec<u8>, Vec<u8>)| {
    let (bytes, cuts) = input;
    let whole = Bytes::from(bytes);
    let mut rest = whole.clone();
    let mut chunks: Vec<Bytes> =
        cuts.iter().map(|cut| rest.split_to(usize::from(*cut).min(rest.len()))).collect();
    chunks.push(rest);
    let expected = rsgrpc::fuzzing::deframe([whole], LIMIT);
    let actual = rsgrpc::fuzzing::deframe(chunks, LIMIT);
    assert_eq!(actual.0, expected.0);
    assert_eq!(actual.1.map_err(|status| status.to_string()), expected.1.map_err(|status| status.to_string()));
});
