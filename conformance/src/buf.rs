//! `buf generate` with both strategies, on a schema of more than one folder, compiled as a user's crate.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::cargo::{self, cargo};
use crate::process;
use crate::project::Project;
use crate::runner::Outcome;
use crate::tools;

const LIMIT: Duration = Duration::from_secs(120);

/// buf's strategy, and the plugin's options with it.
const STRATEGIES: &[(&str, &str)] = &[("all", ""), ("directory", "mod_file=false")];

const MANIFEST: &str = "\
[package]
name = \"NAME\"
edition = \"2024\"

[dependencies]
rsgrpc = { path = \"RUNTIME\" }

[workspace]
";

const MAIN: &str = "\
#![deny(warnings)]
#[allow(dead_code)]
mod proto;

use proto::{common::v1::Money, shop::v1::Item};

fn main() {
    let price = Some(Money { currency: \"EUR\".into(), ..Default::default() });
    assert_eq!(Item { price, ..Default::default() }.price().currency, \"EUR\");
}
";

pub fn run(project: &Project, log: &Path) -> Outcome {
    let modules = match tools::node(project, log) {
        Ok(modules) => modules,
        Err(missing) => return Outcome::Skipped(missing),
    };
    let results: Vec<Result<(), String>> = STRATEGIES
        .iter()
        .map(|(strategy, options)| generate(project, &modules.join(".bin/buf"), strategy, options, log))
        .collect();
    let passed = results.iter().filter(|result| result.is_ok()).count();
    let failures: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    if failures.is_empty() {
        return Outcome::Passed(passed);
    }
    Outcome::Failed { passed, failed: failures.len(), why: failures.join("\n") }
}

fn generate(project: &Project, buf: &Path, strategy: &str, options: &str, log: &Path) -> Result<(), String> {
    let folder = project.fresh(&format!("buf/{strategy}"))?;
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).map_err(|error| format!("{name}: {error}"))
    };
    let schemas = project.root.join("proto/test/shop");
    write("buf.yaml", "version: v2\n")?;
    write(
        "buf.gen.yaml",
        &format!(
            "version: v2\nplugins:\n  - local: protoc-gen-rsgrpc\n    out: src/proto\n    strategy: {strategy}\n    opt: [{options}]\n"
        ),
    )?;
    let command = |program: &Path| {
        let mut command = Command::new(program);
        command.current_dir(&folder).env("PATH", project.path());
        command
    };
    process::run(command(buf).arg("generate").arg(&schemas), log, LIMIT)?;
    if strategy == "directory" {
        process::run(command(&project.program("protoc-gen-rsgrpc")).args(["mod", "src/proto"]), log, LIMIT)?;
    }
    let runtime = project.root.join("runtime/rsgrpc");
    write(
        "Cargo.toml",
        &MANIFEST
            .replace("NAME", &format!("buf-{strategy}"))
            .replace("RUNTIME", &runtime.display().to_string()),
    )?;
    write("src/main.rs", MAIN)?;
    // The versions that the workspace has, so that nothing else is fetched.
    fs::copy(project.root.join("Cargo.lock"), folder.join("Cargo.lock"))
        .map_err(|error| error.to_string())?;
    process::run(cargo(project).current_dir(&folder).args(["run", "--quiet"]), log, cargo::LIMIT).map(|_| ())
}
