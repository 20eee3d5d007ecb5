//! Generates the messages of the round trip, those of a schema before and after edits, and those of the official
//! conformance suite.

use std::env;
use std::path::{Path, PathBuf};

use protoc_gen_rsgrpc::build::{Config, Error};

fn main() -> Result<(), Error> {
    let config = Config::new().include("../../proto/test").include("../../proto").option("descriptors");
    config.compile(&[
        "../../proto/test/roundtrip/proto2.proto",
        "../../proto/test/roundtrip/proto3.proto",
        "../../proto/test/roundtrip/editions.proto",
        "../../proto/test/roundtrip/subset.proto",
    ])?;
    let out_dir = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    // The same package, as it was and as it is.
    for version in ["old", "new"] {
        let protos = Path::new("../../proto/test/evolution").join(version);
        let files = [protos.join("edits.proto"), protos.join("closed.proto")];
        Config::new().include(protos).out_dir(out_dir.join("evolution").join(version)).compile(&files)?;
    }
    // They are large, and one program alone needs them.
    let conformance = out_dir.join("conformance");
    let descriptors = conformance.join("descriptors.binpb");
    Config::new().include("../../proto").out_dir(conformance).descriptor_set(descriptors).compile(&[
        Path::new("../../proto/conformance/conformance.proto"),
        Path::new("../../proto/google/protobuf/test_messages_proto2.proto"),
        Path::new("../../proto/google/protobuf/test_messages_proto3.proto"),
        Path::new("../../proto/google/protobuf/test_messages_proto2_editions.proto"),
        Path::new("../../proto/google/protobuf/test_messages_proto3_editions.proto"),
        Path::new("../../proto/google/protobuf/test_messages_edition2023.proto"),
    ])
}
