//! Any bytes as a compressed message: it is decompressed up to the limit, or refused. And as a message: it is the
//! same after it was compressed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rsgrpc::Code;
use rsgrpc::compression::Encoding;

/// Small enough to be exceeded.
const LIMIT: usize = 100_000;

fuzz_target!(|input: (u8, &[u8])| {
    let encodings = Encoding::built_in();
    let (choice, bytes) = input;
    let encoding = &encodings[usize::from(choice) % encodings.len()];
    let (message, whole) = rsgrpc::fuzzing::recode(encoding, bytes, LIMIT);
    assert!(whole, "{encoding:?} changes a message");
    match message {
        Ok(message) => assert!(message.len() <= LIMIT),
        Err(status) => assert!(matches!(status.code(), Code::Internal | Code::ResourceExhausted), "{status}"),
    }
});
