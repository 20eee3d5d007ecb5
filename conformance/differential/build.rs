//! Generates the messages of the round trip, and the well-known types in them, for the peer.

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};

const PROTOS: [&str; 8] = [
    "test/roundtrip/proto2.proto",
    "test/roundtrip/proto3.proto",
    "test/roundtrip/editions.proto",
    "google/protobuf/any.proto",
    "google/protobuf/duration.proto",
    "google/protobuf/struct.proto",
    "google/protobuf/timestamp.proto",
    "google/protobuf/wrappers.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    protobuf_codegen::CodeGen::new()
        .protoc_path(protoc_bin_vendored::protoc_bin_path()?)
        .include(Path::new("../../proto"))
        .inputs(PROTOS)
        .output_dir(PathBuf::from(env::var("OUT_DIR")?).join("protobuf"))
        .generate_and_compile()?;
    Ok(())
}
