//! Generates the service once for each peer, all from one protoc.

use std::env;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::slice::from_ref;

const ECHO: &str = "echo.proto";

fn main() -> Result<(), Box<dyn Error>> {
    let protoc = protoc_bin_vendored::protoc_bin_path()?;
    let protos = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../proto");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let folder = |name: &str| fs::create_dir_all(out.join(name)).map(|()| out.join(name));
    println!("cargo::rerun-if-changed=../proto/{ECHO}");

    let mut prost = tonic_prost_build::Config::new();
    prost.protoc_executable(&protoc).file_descriptor_set_path(out.join("echo.binpb"));
    tonic_prost_build::configure().out_dir(folder("tonic")?).compile_with_config(
        prost,
        &[protos.join(ECHO)],
        from_ref(&protos),
    )?;

    connectrpc_build::Config::new()
        .descriptor_set(out.join("echo.binpb"))
        .files(&[ECHO])
        .out_dir(folder("connectrpc")?)
        .generate_json(false)
        .include_file("mod.rs")
        .compile()?;

    protoc_gen_rsgrpc::build::Config::new()
        .protoc(&protoc)
        .include(&protos)
        .out_dir(folder("rsgrpc")?)
        .compile(&[protos.join(ECHO)])?;
    Ok(())
}
