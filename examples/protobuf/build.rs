//! Messages from protoc's own generator, clients and servers from rsgrpc.

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};

const INCLUDE: &str = "../product/proto";
const PROTO: &str = "product_service.proto";
/// Names that protoc changes, for a test.
const NAMES: &str = "../../protoc-gen-rsgrpc/tests/golden/foreign/protobuf";

fn main() -> Result<(), Box<dyn Error>> {
    // Google's generator takes no protoc but the one of its own version.
    let protoc = protoc_bin_vendored::protoc_bin_path()?;
    let well_known = protoc_bin_vendored::include_path()?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let services = out.join("services");

    // The well-known types that are used are generated with the rest.
    protobuf_codegen::CodeGen::new()
        .protoc_path(&protoc)
        .include(INCLUDE)
        .include(&well_known)
        .inputs([PROTO, "google/protobuf/timestamp.proto"])
        .output_dir(out.join("messages"))
        .generate_and_compile()?;

    protoc_gen_rsgrpc::build::Config::new()
        .protoc(&protoc)
        .include(INCLUDE)
        .option("messages=protobuf")
        .option("extern_path=.=crate::messages")
        .out_dir(services)
        .compile(&[Path::new(INCLUDE).join(PROTO)])?;

    protobuf_codegen::CodeGen::new()
        .protoc_path(&protoc)
        .include(NAMES)
        .include(&well_known)
        .inputs(["names.proto", "google/protobuf/empty.proto"])
        .inputs(["google/protobuf/struct.proto", "google/protobuf/wrappers.proto"])
        .output_dir(out.join("names"))
        .generate_and_compile()?;
    Ok(())
}
