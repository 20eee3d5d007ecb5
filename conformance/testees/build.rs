//! Generates the messages of the round trip, and those of the official conformance suite.

use std::path::{Path, PathBuf};
use std::{env, fs};

use protoc_gen_rsgrpc::build::{self, Config, Error};

fn main() -> Result<(), Error> {
    build::compile(
        &[
            "../../proto/test/roundtrip/proto2.proto",
            "../../proto/test/roundtrip/proto3.proto",
            "../../proto/test/roundtrip/editions.proto",
            "../../proto/test/roundtrip/subset.proto",
        ],
        &["../../proto/test", "../../proto"],
    )?;
    // They are large, and one program alone needs them.
    let conformance = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default().join("conformance");
    fs::create_dir_all(&conformance).map_err(|source| Error::Io { path: conformance.clone(), source })?;
    let descriptors = conformance.join("descriptors.binpb");
    let config = Config::new().include("../../proto").out_dir(conformance).descriptor_set(descriptors);
    config.compile(&[
        Path::new("../../proto/conformance/conformance.proto"),
        Path::new("../../proto/google/protobuf/test_messages_proto2.proto"),
        Path::new("../../proto/google/protobuf/test_messages_proto3.proto"),
        Path::new("../../proto/google/protobuf/test_messages_proto2_editions.proto"),
        Path::new("../../proto/google/protobuf/test_messages_proto3_editions.proto"),
        Path::new("../../proto/google/protobuf/test_messages_edition2023.proto"),
    ])
}
