//! What holds for every message: each format gives back what it was given. Messages of every kind of field are chosen by
//! chance, from a fixed seed.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::HashSet;
use std::fmt::Debug;

use proptest::arbitrary::any;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestCaseError, TestRunner};
use rsgrpc::codegen::Fields;
use rsgrpc::json::{Parser, Printer};
use rsgrpc::{Message, View};
use rsgrpc_testees::roundtrip::{editions, proto2, proto3};

/// How many messages of each type.
const CASES: u32 = 120;

fn runner() -> TestRunner {
    let rng_seed = RngSeed::Fixed(7);
    TestRunner::new(Config {
        cases: CASES,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed,
        max_shrink_iters: 10_000,
        failure_persistence: None,
        ..Config::default()
    })
}

/// Tries `property` on many messages.
#[track_caller]
fn holds<M: Message>(property: impl Fn(M) -> Result<(), TestCaseError>) {
    let messages = rsgrpc::proptest::messages::<M>();
    if let Err(error) = runner().run(&messages, property) {
        panic!("{}: {error}", M::NAME);
    }
}

fn same<T: PartialEq + Debug>(found: &T, expected: &T) -> Result<(), TestCaseError> {
    proptest::prop_assert_eq!(found, expected);
    Ok(())
}

#[track_caller]
fn binary<M: Message>() {
    holds(|message: M| {
        let bytes = message.encode();
        same(&bytes.len(), &message.encoded_len())?;
        same(&M::decode(&bytes).map_err(failed)?, &message)?;
        same(&M::decode_bytes(&bytes.clone().into()).map_err(failed)?, &message)?;
        let view = M::View::decode(&bytes).map_err(failed)?;
        same(&view.to_message(), &message)
    });
}

fn failed(error: impl std::fmt::Display) -> TestCaseError {
    TestCaseError::fail(error.to_string())
}

#[test]
fn the_binary_format_gives_it_back() {
    binary::<proto2::Everything>();
    binary::<proto2::Required>();
    binary::<proto3::Everything>();
    binary::<editions::Everything>();
    binary::<editions::Strict>();
}

#[test]
fn text_gives_it_back() {
    #[track_caller]
    fn text<M: Message>() {
        holds(|message: M| same(&M::from_text(&message.to_text()).map_err(failed)?, &message));
    }
    text::<proto2::Everything>();
    text::<proto3::Everything>();
    text::<editions::Everything>();
}

#[test]
fn json_gives_it_back() {
    #[track_caller]
    fn json<M: Message>(prepare: fn(&mut M)) {
        holds(move |mut message: M| {
            prepare(&mut message);
            for printer in [Printer::new(), Printer::new().defaults(true).pretty(true).enum_numbers(true)] {
                let json = printer.print(&message).map_err(failed)?;
                same(&Parser::new().parse(&json).map_err(failed)?, &message)?;
            }
            Ok(())
        });
    }
    json::<proto2::Everything>(|_| {});
    // These have forms of their own, which some of their values do not fit.
    json::<proto3::Everything>(|message| {
        (message.timestamp, message.duration, message.r#struct, message.any) = (None, None, None, None);
        message.values.clear();
        (message.self_, message.selves, message.named_selves) = Default::default();
    });
    json::<editions::Everything>(|_| {});
}

/// What makes the others worth something: there is no field that is never set.
#[test]
fn every_field_is_chosen() {
    #[track_caller]
    fn chosen<M: Message>() {
        let (mut runner, mut seen) = (runner(), HashSet::new());
        for _ in 0..3 * CASES {
            let message = any_of::<M>(&mut runner);
            message.to_text().lines().for_each(|line| {
                let name = line.split([' ', ':']).next().unwrap_or_default();
                seen.insert(name.to_ascii_lowercase());
            });
        }
        let mut missing = Vec::new();
        M::default_ref().fields().find(&mut |label| {
            missing.extend((!seen.contains(&label.name.to_ascii_lowercase())).then_some(label.name));
            false
        });
        assert_eq!(missing, [""; 0], "{}", M::NAME);
    }
    chosen::<proto2::Everything>();
    chosen::<proto3::Everything>();
    chosen::<editions::Everything>();
}

fn any_of<M: Message>(runner: &mut TestRunner) -> M {
    rsgrpc::proptest::messages::<M>().new_tree(runner).unwrap().current()
}

/// A counterexample is made as small as it can be.
#[test]
fn a_message_that_fails_shrinks() {
    let failure = runner()
        .run(&any::<proto2::Everything>(), |message| {
            proptest::prop_assert!(message.list_string.iter().all(|text| text.len() < 3));
            Ok(())
        })
        .unwrap_err()
        .to_string();
    let shown = failure.split("minimal failing input: ").nth(1).unwrap();
    assert!(shown.lines().count() < 8, "{failure}");
}
