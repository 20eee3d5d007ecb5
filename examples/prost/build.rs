//! Messages from prost-build, clients and servers from rsgrpc.

use std::env;
use std::error::Error;
use std::path::PathBuf;

const PROTOS: [&str; 1] = ["../product/proto/product_service.proto"];
const INCLUDES: [&str; 1] = ["../product/proto"];
/// Names that prost changes, for a test.
const NAMES: &str = "../../protoc-gen-rsgrpc/tests/golden/foreign/prost";

fn main() -> Result<(), Box<dyn Error>> {
    // One protoc for both, of a known version; both find the one on the PATH, too.
    let protoc = protoc_bin_vendored::protoc_bin_path()?;
    let services = PathBuf::from(env::var("OUT_DIR")?).join("services");

    prost_build::Config::new()
        .protoc_executable(&protoc)
        .include_file("messages.rs")
        .compile_protos(&PROTOS, &INCLUDES)?;

    protoc_gen_rsgrpc::build::Config::new()
        .protoc(&protoc)
        .include(INCLUDES[0])
        .option("messages=prost")
        .option("extern_path=.=crate::messages")
        .out_dir(services)
        .compile(&PROTOS)?;

    prost_build::Config::new()
        .protoc_executable(&protoc)
        .include_file("names.rs")
        .compile_protos(&[format!("{NAMES}/names.proto")], &[NAMES])?;
    Ok(())
}
