//! Generates the messages of the round trip, and the well-known types in them, for the peer: Google's protobuf for Rust.

use std::env;
use std::error::Error;
use std::path::PathBuf;

const PROTOS: [&str; 7] = [
    "test/roundtrip/proto3.proto",
    "google/protobuf/any.proto",
    "google/protobuf/duration.proto",
    "google/protobuf/struct.proto",
    "google/protobuf/timestamp.proto",
    "google/protobuf/wrappers.proto",
    "google/protobuf/empty.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    let protos = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    for proto in PROTOS {
        println!("cargo::rerun-if-changed={}", protos.join(proto).display());
    }
    protobuf_codegen::CodeGen::new()
        .protoc_path(protoc_bin_vendored::protoc_bin_path()?)
        .include(&protos)
        .inputs(PROTOS)
        .output_dir(PathBuf::from(env::var("OUT_DIR")?).join("protobuf"))
        .generate_and_compile()?;
    Ok(())
}
