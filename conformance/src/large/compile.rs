//! rustc on generated code: how long it takes, beside prost's for the same files; and that it has no warnings.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::schemas::Schemas;
use super::{Large, megabytes};
use crate::cargo;
use crate::measure::{self, Measured};
use crate::process;
use crate::tools;

/// A part of Google's APIs that needs no other: about 2,000 messages, for which rustc takes 3.4 GB.
const PART: &[&str] = &[
    "google/api/",
    "google/bigtable/",
    "google/firestore/",
    "google/iam/",
    "google/logging/",
    "google/longrunning/",
    "google/monitoring/",
    "google/pubsub/",
    "google/rpc/",
    "google/spanner/",
    "google/storage/",
    "google/type/",
];

const RSGRPC: &str = "rsgrpc = { path = \"RUNTIME\" }";
const PROST: &str = "prost = \"=0.14.4\"\nprost-types = \"=0.14.4\"\n\n[build-dependencies]\nprost-build = { version = \"=0.14.4\", \
                     default-features = false }";

/// Generates with prost-build what the list beside it names.
const BUILD: &str = r#"fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=files");
    let files = include_str!("files").lines().map(|file| format!("ROOT/{file}")).collect::<Vec<_>>();
    prost_build::Config::new().include_file("mod.rs").compile_protos(&files, &["ROOT"])
}
"#;

/// What a library costs that is compiled and not used yet; `cargo xtask cost` has programs.
pub fn run(large: &Large<'_>, google: &Schemas, common: &Schemas) -> Result<(), String> {
    println!("\n| code | profile | CPU s | s | peak of rustc, MB |");
    println!("|---|---|---|---|---|");
    for (name, schemas) in [("common", common), ("part", &google.part(PART))] {
        let ours = ours(large, name, schemas)?;
        let theirs = prost(large, name, schemas)?;
        let files = schemas.files.len();
        for arguments in [&["build"][..], &["build", "--release"]] {
            row(large, &format!("rsgrpc, {files} files, with clients and servers"), &ours, arguments)?;
            row(large, &format!("prost, {files} files, messages alone"), &theirs, arguments)?;
        }
    }
    Ok(())
}

/// A crate of all that the plugin makes of these files, messages, clients and servers. Warnings are errors.
fn ours(large: &Large<'_>, name: &str, schemas: &Schemas) -> Result<PathBuf, String> {
    let folder = large.fresh(&format!("rsgrpc-{name}"))?;
    let out = large.fresh(&format!("rsgrpc-{name}/src/proto"))?;
    large.protoc(schemas, &out)?;
    write(&folder, "src/lib.rs", "#![deny(warnings)]\n\npub mod proto;\n")?;
    let runtime = large.project.root.join("runtime/rsgrpc");
    manifest(&folder, name, &RSGRPC.replace("RUNTIME", &runtime.display().to_string()))?;
    // The versions that the workspace has.
    fs::copy(large.project.root.join("Cargo.lock"), folder.join("Cargo.lock"))
        .map_err(|error| error.to_string())?;
    Ok(folder)
}

/// A crate of what prost makes of them: messages alone.
fn prost(large: &Large<'_>, name: &str, schemas: &Schemas) -> Result<PathBuf, String> {
    let folder = large.fresh(&format!("prost-{name}"))?;
    write(&folder, "files", &schemas.files.join("\n"))?;
    write(&folder, "build.rs", &BUILD.replace("ROOT", &schemas.root.display().to_string()))?;
    let text = "include!(concat!(env!(\"OUT_DIR\"), \"/mod.rs\"));\n";
    fs::create_dir_all(folder.join("src")).map_err(|error| error.to_string())?;
    write(&folder, "src/lib.rs", text)?;
    manifest(&folder, name, PROST)?;
    Ok(folder)
}

fn manifest(folder: &Path, name: &str, dependencies: &str) -> Result<(), String> {
    let text = format!(
        "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n\n[workspace]\n\n[profile.dev]\ndebug = 0\n"
    );
    write(folder, "Cargo.toml", &text)
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), String> {
    fs::write(folder.join(name), text).map_err(|error| format!("{name}: {error}"))
}

/// Compiles a crate without what it depends on.
fn row(large: &Large<'_>, name: &str, folder: &Path, arguments: &[&str]) -> Result<(), String> {
    compile(large, folder, arguments)?;
    // All but the crate itself is up to date now.
    process::run(Command::new("touch").arg(folder.join("src/lib.rs")), &large.log, cargo::LIMIT)?;
    let Measured { cpu, clock, peak } = compile(large, folder, arguments)?;
    println!("| {name} | {} | {cpu:.1} | {clock:.1} | {:.0} |", arguments.join(" "), megabytes(peak));
    Ok(())
}

fn compile(large: &Large<'_>, folder: &Path, arguments: &[&str]) -> Result<Measured, String> {
    let times = large.folder.join("times");
    let command = format!("{} cargo {}", measure::prefix(&times), arguments.join(" "));
    let mut shell = Command::new("sh");
    shell
        .current_dir(folder)
        .args(["-c", &command])
        .env("CARGO_TARGET_DIR", large.folder.join("target"))
        // Or what was compiled before would not be compiled again.
        .env("CARGO_INCREMENTAL", "0")
        .env("PROTOC", tools::protoc()?)
        .env("PROTOC_INCLUDE", tools::well_known()?);
    process::run(&mut shell, &large.log, cargo::LIMIT)?;
    measure::read(&times)
}
