//! Generates the service once for each peer, all from one protoc, and makes a
//! certificate.

use std::env;
use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::slice::from_ref;

const FILES: [&str; 2] = ["echo.proto", "shapes.proto"];

fn main() -> Result<(), Box<dyn Error>> {
    let protoc = protoc_bin_vendored::protoc_bin_path()?;
    let protos = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../proto");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let folder = |name: &str| fs::create_dir_all(out.join(name)).map(|()| out.join(name));
    FILES.iter().for_each(|file| println!("cargo::rerun-if-changed=../proto/{file}"));
    println!("cargo::rerun-if-changed=build.rs");
    let files = FILES.map(|file| protos.join(file));

    let mut prost = tonic_prost_build::Config::new();
    prost.protoc_executable(&protoc).file_descriptor_set_path(out.join("echo.binpb")).include_file("mod.rs");
    tonic_prost_build::configure().out_dir(folder("tonic")?).compile_with_config(
        prost,
        &files,
        from_ref(&protos),
    )?;

    connectrpc_build::Config::new()
        .descriptor_set(out.join("echo.binpb"))
        .files(&FILES)
        .out_dir(folder("connectrpc")?)
        .generate_json(false)
        .include_file("mod.rs")
        .compile()?;

    protoc_gen_rsgrpc::build::Config::new()
        .protoc(&protoc)
        .include(&protos)
        .option("request=view:bench.echo.Echo.IngestView")
        .out_dir(folder("rsgrpc")?)
        .compile(&files)?;

    let examples = protos.join("../../../examples/product/proto");
    println!("cargo::rerun-if-changed={}", examples.display());
    protoc_gen_rsgrpc::build::Config::new()
        .protoc(&protoc)
        .include(&examples)
        .out_dir(folder("product")?)
        .compile(&[examples.join("product_service.proto")])?;

    let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    fs::write(out.join("certificate.pem"), certified.cert.pem())?;
    fs::write(out.join("key.pem"), certified.signing_key.serialize_pem())?;
    Ok(())
}
