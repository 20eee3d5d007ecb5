//! The runtime's generated modules are what the plugin makes today. `BLESS=1` writes them anew.

use std::path::{Path, PathBuf};
use std::{env, fs};

use protoc_gen_rsgrpc::build::Config;

use crate::support::{Directory, protoc};

/// Generates these files of protoc's own and compares with those in the runtime's folder.
#[track_caller]
fn test(folder: &str, protos: &[&str], generated: &[&str]) {
    let include = protoc_bin_vendored::include_path().unwrap();
    let protos: Vec<_> = protos.iter().map(|proto| include.join("google/protobuf").join(proto)).collect();
    compare(&include, folder, &protos, generated);
}

#[track_caller]
fn compare(include: &Path, folder: &str, protos: &[PathBuf], generated: &[&str]) {
    let out = Directory::new();
    Config::new()
        .option("descriptors")
        .protoc(protoc())
        .include(include)
        .out_dir(out.path())
        .compile(protos)
        .unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/rsgrpc/src").join(folder);
    for name in generated {
        let (text, path) = (out.read(name), folder.join(name));
        if env::var_os("BLESS").is_some() {
            fs::write(&path, &text).unwrap();
        }
        let present = fs::read_to_string(&path).unwrap();
        assert!(text == present, "{name} is not what the plugin makes now (BLESS=1 accepts it)");
    }
}

#[test]
fn descriptors() {
    test(
        "descriptor",
        &["descriptor.proto", "compiler/plugin.proto"],
        &["google.protobuf.rs", "google.protobuf.compiler.rs"],
    );
}

#[test]
fn well_known_types() {
    test(
        "wkt",
        &[
            "any.proto",
            "api.proto",
            "duration.proto",
            "empty.proto",
            "field_mask.proto",
            "source_context.proto",
            "struct.proto",
            "timestamp.proto",
            "type.proto",
            "wrappers.proto",
        ],
        &["google.protobuf.rs"],
    );
}

#[test]
fn error_details() {
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto");
    let protos = ["code.proto", "error_details.proto", "status.proto"];
    let protos = protos.map(|proto| include.join("google/rpc").join(proto));
    compare(&include, "rpc", &protos, &["google.rpc.rs"]);
}
