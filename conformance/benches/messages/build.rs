//! Generates the shapes once for each peer, all from one protoc.

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use buffa_build::{BytesRepr, StringRepr};

const SHAPES: &str = "shapes.proto";

fn main() -> Result<(), Box<dyn Error>> {
    let protoc = protoc_bin_vendored::protoc_bin_path()?;
    let protos = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../proto");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let folder = |name: &str| fs::create_dir_all(out.join(name)).map(|()| out.join(name));
    println!("cargo::rerun-if-changed=../proto/{SHAPES}");

    let descriptors = out.join("shapes.binpb");
    let prost = || {
        let mut config = prost_build::Config::new();
        config.protoc_executable(&protoc).file_descriptor_set_path(&descriptors);
        config
    };
    let shapes = [protos.join(SHAPES)];
    prost().out_dir(folder("prost")?).compile_protos(&shapes, &[&protos])?;
    prost()
        .bytes(["."])
        .btree_map(["."])
        .out_dir(folder("prost_bytes")?)
        .compile_protos(&shapes, &[&protos])?;
    pbjson_build::Builder::new()
        .register_descriptors(&fs::read(&descriptors)?)?
        .out_dir(folder("prost")?)
        .build(&[".bench.shapes"])?;

    buffa(&descriptors, folder("buffa")?).lazy_views(true).compile()?;
    buffa(&descriptors, folder("buffa_small")?)
        .string_type(StringRepr::Custom("crate::peer::buffa::SmolString".to_owned()))
        .bytes_type(BytesRepr::Bytes)
        .compile()?;

    protobuf_codegen::CodeGen::new()
        .protoc_path(&protoc)
        .include(&protos)
        .input(SHAPES)
        .output_dir(folder("protobuf")?)
        .generate_and_compile()?;

    let rsgrpc = || protoc_gen_rsgrpc::build::Config::new().protoc(&protoc).include(&protos);
    rsgrpc().out_dir(folder("rsgrpc")?).compile(&shapes)?;
    rsgrpc().option("string=inline").out_dir(folder("rsgrpc_inline")?).compile(&shapes)?;
    Ok(())
}

fn buffa(descriptors: &Path, out: PathBuf) -> buffa_build::Config {
    buffa_build::Config::new()
        .descriptor_set(descriptors)
        .files(&[SHAPES])
        .generate_json(true)
        .out_dir(out)
        .include_file("mod.rs")
}
