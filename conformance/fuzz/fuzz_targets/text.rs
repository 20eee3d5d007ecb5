//! Any bytes as text format: reading them fails at a place in them, or gives a message that is printed and read again as it is.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rsgrpc::text::{Parser, Printer};
use rsgrpc::wkt::{Struct, Type};
use rsgrpc::{Limits, Message};
use rsgrpc_testees::roundtrip::{editions, proto2, proto3};

fuzz_target!(|input: &[u8]| {
    let Some((choice, text)) = input.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    match choice % 5 {
        0 => check::<proto2::Everything>(text),
        1 => check::<proto3::Everything>(text),
        2 => check::<editions::Everything>(text),
        3 => check::<Struct>(text),
        _ => check::<Type>(text),
    }
});

fn check<M: Message>(text: &str) {
    let parser = Parser::new().limits(Limits::default().depth(20));
    let message = match parser.parse::<M>(text) {
        Ok(message) => message,
        Err(error) => {
            assert!(error.line() >= 1 && error.column() >= 1, "{error}");
            assert!(error.line() + error.column() <= text.len() + 2, "{error}");
            return;
        }
    };
    for single_line in [false, true] {
        let printer = Printer::new().single_line(single_line);
        let printed = printer.print(&message);
        let again = match parser.parse::<M>(&printed) {
            Ok(again) => again,
            Err(error) => panic!("{error} in {printed}"),
        };
        assert_eq!(printer.print(&again), printed);
        // A NaN loses its sign, and is not equal to itself.
        assert!(again == message || printed.contains("nan"), "{printed}");
    }
}
