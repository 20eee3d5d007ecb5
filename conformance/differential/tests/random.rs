//! Random messages go to Google's protobuf and come back as they were. What is malformed to one and not to the other, the
//! fuzz target `peer` looks for.

use proptest::test_runner::{Config, RngAlgorithm, RngSeed, TestCaseError, TestRunner};
use rsgrpc::Message;
use rsgrpc_differential as peer;
use rsgrpc_testees::roundtrip::{editions, proto2, proto3};

#[track_caller]
fn survives<Ours: Message, Theirs: protobuf::Message>() {
    let mut runner = TestRunner::new(Config {
        cases: 300,
        rng_algorithm: RngAlgorithm::ChaCha,
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&rsgrpc::proptest::messages::<Ours>(), |ours| {
        let failed = |error: &dyn std::error::Error| TestCaseError::fail(error.to_string());
        let theirs = Theirs::parse(&ours.encode()).map_err(|error| failed(&error))?;
        let written = theirs.serialize().map_err(|error| failed(&error))?;
        let again = Ours::decode(&written).map_err(|error| failed(&error))?;
        proptest::prop_assert_eq!(&again, &ours);
        // Both write fields by number and unknown ones last; so the bytes tell that the peer knows them all. Its maps have
        // an order of their own.
        let bytes = ours.encode();
        if again.encode() == bytes {
            proptest::prop_assert_eq!(written, bytes);
        } else {
            proptest::prop_assert_eq!(written.len(), bytes.len());
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{}: {error}", Ours::NAME);
    }
}

#[test]
fn proto2() {
    survives::<proto2::Everything, peer::test_roundtrip_proto2_proto::Everything>();
    survives::<proto2::Required, peer::test_roundtrip_proto2_proto::Required>();
}

#[test]
fn proto3() {
    survives::<proto3::Everything, peer::test_roundtrip_proto3_proto::Everything>();
}

#[test]
fn editions() {
    survives::<editions::Everything, peer::test_roundtrip_editions_proto::Everything>();
    survives::<editions::Strict, peer::test_roundtrip_editions_proto::Strict>();
}
