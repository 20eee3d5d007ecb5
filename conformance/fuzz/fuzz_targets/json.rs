//! Any bytes as JSON: reading them fails at a place in them, or gives a message that is written and read again as it is.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rsgrpc::json::{Parser, Printer};
use rsgrpc::wkt::{Struct, Type};
use rsgrpc::{Limits, Message};
use rsgrpc_testees::roundtrip::{editions, proto2, proto3};

fuzz_target!(|input: &[u8]| {
    let Some((choice, json)) = input.split_first() else { return };
    match choice % 5 {
        0 => check::<proto2::Everything>(json),
        1 => check::<proto3::Everything>(json),
        2 => check::<editions::Everything>(json),
        3 => check::<Struct>(json),
        _ => check::<Type>(json),
    }
});

fn check<M: Message>(json: &[u8]) {
    let parser = Parser::new().limits(Limits::default().depth(20));
    let lenient = parser.ignore_unknown(true).parse_bytes::<M>(json);
    let message = match parser.parse_bytes::<M>(json) {
        Ok(message) => message,
        Err(error) => {
            let (line, column) = (error.line().unwrap_or(0), error.column().unwrap_or(0));
            assert!(line >= 1 && column >= 1 && line + column <= json.len() + 2, "{error}");
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    // What nobody knows, there is not.
    assert_eq!(lenient.map(|lenient| lenient.encode()), Ok(message.encode()));
    for printer in [
        Printer::new(),
        Printer::new().pretty(true),
        Printer::new().proto_names(true),
        Printer::new().enum_numbers(true),
        Printer::new().defaults(true),
    ] {
        let printed = match printer.print(&message) {
            Ok(printed) => printed,
            Err(error) => panic!("{error} in {message:?}"),
        };
        let again = match parser.parse::<M>(&printed) {
            Ok(again) => again,
            Err(error) => panic!("{error} in {printed}"),
        };
        // Not compared as messages: NaN is not equal to itself.
        assert_eq!(again.encode(), message.encode(), "{printed}");
    }
}
