//! Generates the shapes once for each peer, all from one protoc.

use std::env;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

const SHAPES: &str = "shapes.proto";

fn main() -> Result<(), Box<dyn Error>> {
    let protoc = protoc_bin_vendored::protoc_bin_path()?;
    let protos = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../proto");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let folder = |name: &str| fs::create_dir_all(out.join(name)).map(|()| out.join(name));
    println!("cargo::rerun-if-changed=../proto/{SHAPES}");

    prost_build::Config::new()
        .protoc_executable(&protoc)
        .file_descriptor_set_path(out.join("shapes.binpb"))
        .out_dir(folder("prost")?)
        .compile_protos(&[protos.join(SHAPES)], &[&protos])?;

    buffa_build::Config::new()
        .descriptor_set(out.join("shapes.binpb"))
        .files(&[SHAPES])
        .out_dir(folder("buffa")?)
        .include_file("mod.rs")
        .compile()?;

    protobuf_codegen::CodeGen::new()
        .protoc_path(&protoc)
        .include(&protos)
        .input(SHAPES)
        .output_dir(folder("protobuf")?)
        .generate_and_compile()?;

    protoc_gen_rsgrpc::build::Config::new()
        .protoc(&protoc)
        .include(&protos)
        .out_dir(folder("rsgrpc")?)
        .compile(&[protos.join(SHAPES)])?;
    Ok(())
}
