//! Generates the messages of the round trip.

fn main() -> Result<(), protoc_gen_rsgrpc::build::Error> {
    protoc_gen_rsgrpc::build::compile(
        &[
            "../../proto/test/roundtrip/proto2.proto",
            "../../proto/test/roundtrip/proto3.proto",
            "../../proto/test/roundtrip/editions.proto",
            "../../proto/test/roundtrip/subset.proto",
        ],
        &["../../proto/test", "../../proto"],
    )
}
