//! Generates the messages and services of gRPC's interoperability tests.

use protoc_gen_rsgrpc::build::{self, Error};

fn main() -> Result<(), Error> {
    build::compile(
        &[
            "../../proto/grpc/testing/empty.proto",
            "../../proto/grpc/testing/messages.proto",
            "../../proto/grpc/testing/test.proto",
        ],
        &["../../proto"],
    )
}
