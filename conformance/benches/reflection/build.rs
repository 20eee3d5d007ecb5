//! Has protoc describe the shapes.

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;
use std::{env, io};

fn main() -> Result<(), Box<dyn Error>> {
    let protos = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../proto");
    let out = PathBuf::from(env::var("OUT_DIR")?).join("shapes.binpb");
    println!("cargo::rerun-if-changed=../proto/shapes.proto");
    let status = Command::new(protoc_bin_vendored::protoc_bin_path()?)
        .arg(format!("-I{}", protos.display()))
        .arg(format!("--descriptor_set_out={}", out.display()))
        .args(["--include_imports", "shapes.proto"])
        .status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other("protoc failed").into()) }
}
