//! `buf generate` with both strategies, on a schema of more than one folder, compiled as a user's crate; `buf lint` and
//! `buf breaking` as the guide recommends them.

use std::collections::BTreeSet;
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

/// Rules of `buf breaking`, and the messages of proto/test/evolution whose edit they refuse, as the guide says in
/// docs/guide/evolution.md.
const REFUSED: &[(&str, &[&str])] = &[
    (
        "FILE",
        &[
            "EntriesToMap",
            "IntoOneof",
            "OneToMany",
            "Presence",
            "Relaxed",
            "Removed",
            "Renamed",
            "TextToBytes",
            "Widened",
        ],
    ),
    (
        "WIRE_JSON",
        &["EntriesToMap", "IntoOneof", "OneToMany", "Relaxed", "Renamed", "TextToBytes", "Widened"],
    ),
    ("WIRE", &["EntriesToMap", "IntoOneof", "OneToMany", "Relaxed", "Widened"]),
];

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
    let buf = modules.join(".bin/buf");
    let strategies =
        STRATEGIES.iter().map(|(strategy, options)| generate(project, &buf, strategy, options, log));
    let refused = REFUSED.iter().map(|(rules, messages)| breaking(project, &buf, rules, messages, log));
    let results: Vec<Result<(), String>> =
        strategies.chain([lint(project, &buf, log)]).chain(refused).collect();
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

/// The names in the example of versioned packages.
fn lint(project: &Project, buf: &Path, log: &Path) -> Result<(), String> {
    let folder = project.root.join("examples/versions/proto");
    process::run(Command::new(buf).current_dir(folder).arg("lint"), log, LIMIT).map(|_| ())
}

/// What buf says of the edits whose effects are tested.
fn breaking(project: &Project, buf: &Path, rules: &str, expected: &[&str], log: &Path) -> Result<(), String> {
    let folder = project.fresh(&format!("buf/{rules}"))?;
    for version in ["old", "new"] {
        let mut build = Command::new(buf);
        build.current_dir(project.root.join("proto/test/evolution").join(version));
        process::run(
            build.args(["build", "-o"]).arg(folder.join(version).with_extension("binpb")),
            log,
            LIMIT,
        )?;
    }
    let config = format!("{{\"version\": \"v2\", \"breaking\": {{\"use\": [\"{rules}\"]}}}}");
    let mut breaking = Command::new(buf);
    breaking.current_dir(folder).args([
        "breaking",
        "new.binpb",
        "--against",
        "old.binpb",
        "--config",
        &config,
    ]);
    let Err(refused) = process::run(&mut breaking, log, LIMIT) else {
        return Err(format!("{rules}: buf finds nothing"));
    };
    let messages = refused.split("essage \"").skip(1).filter_map(|rest| rest.split(['.', '"']).next());
    let messages: BTreeSet<&str> = messages.collect();
    if messages.iter().eq(expected) {
        return Ok(());
    }
    Err(format!("{rules}: expected {expected:?}, buf refuses {messages:?}:\n{refused}"))
}
