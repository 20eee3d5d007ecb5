//! `cargo xtask test`: all that proves the project.

use std::path::Path;
use std::process::{Command, ExitCode};

use crate::cargo::{self, cargo};
use crate::project::Project;
use crate::runner::{Outcome, Runner};
use crate::{buf, generate, interop, official, peers, process, readme, roundtrip};

/// Codecs for other generators' messages, each a workspace of its own with an example.
const PROST: &str = "runtime/rsgrpc-prost/Cargo.toml";
const PROTOBUF: &str = "runtime/rsgrpc-protobuf/Cargo.toml";

/// A step that is one run of cargo.
const CHECKS: &[(&str, &[&str])] = &[
    ("fmt", &["fmt", "--all", "--check"]),
    ("clippy", &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]),
    (
        "clippy: messages only",
        &["clippy", "--package", "rsgrpc", "--no-default-features", "--", "-D", "warnings"],
    ),
    ("fmt: prost", &["fmt", "--manifest-path", PROST, "--all", "--check"]),
    ("fmt: protobuf", &["fmt", "--manifest-path", PROTOBUF, "--all", "--check"]),
    (
        "clippy: prost",
        &["clippy", "--manifest-path", PROST, "--workspace", "--all-targets", "--", "-D", "warnings"],
    ),
    (
        "clippy: protobuf",
        &["clippy", "--manifest-path", PROTOBUF, "--workspace", "--all-targets", "--", "-D", "warnings"],
    ),
    ("build", &["build", "--workspace"]),
    ("doc", &["doc", "--workspace", "--all-features", "--no-deps"]),
];

/// A run of tests. Golden files, layers and the dependency budget are among the unit and integration tests.
const TESTS: &[(&str, &[&str])] = &[
    ("tests", &["--workspace", "--lib", "--bins", "--tests", "--examples"]),
    ("tests: messages only", &["--package", "rsgrpc", "--no-default-features", "--lib", "--tests"]),
    (
        "tests: all features",
        &["--package", "rsgrpc", "--all-features", "--lib", "--test", "tls", "--test", "tower"],
    ),
    ("tests: prost", &["--manifest-path", PROST, "--workspace"]),
    ("tests: protobuf", &["--manifest-path", PROTOBUF, "--workspace"]),
    ("doc tests", &["--workspace", "--doc"]),
    ("doc tests: all features", &["--package", "rsgrpc", "--all-features", "--doc"]),
];

type Step = fn(&Project, &Path) -> Outcome;

/// Steps of our own.
const STEPS: &[(&str, Step)] = &[
    ("deny", deny),
    ("tests: without vectors", portable),
    ("oldest rust", oldest_rust),
    ("generated code", |project, _| Outcome::of(generate::check(project).map(|()| 1))),
    ("demo", demo),
    ("example: build-rs", build_rs),
    ("example: versions", versions),
    ("readme", readme::run),
    ("buf", buf::run),
    ("python round trip", roundtrip::run),
    ("conformance", official::run),
];

/// Runs all steps, or those whose names begin with one of `wanted`.
pub fn run(project: &Project, wanted: &[&str]) -> ExitCode {
    let mut runner = match Runner::new(project) {
        Ok(runner) => runner,
        Err(why) => {
            eprintln!("error: {why}");
            return ExitCode::FAILURE;
        }
    };
    let wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| name.starts_with(wanted));
    for (name, arguments) in CHECKS.iter().filter(|(name, _)| wanted(name)) {
        runner.step(name, |log| cargo::succeeds(project, arguments, log));
    }
    for (name, arguments) in TESTS.iter().filter(|(name, _)| wanted(name)) {
        runner.step(name, |log| cargo::tests(project, arguments, log));
    }
    for (name, run) in STEPS.iter().filter(|(name, _)| wanted(name)) {
        runner.step(name, |log| run(project, log));
    }
    peers::run(project, &mut runner, wanted);
    interop::run(project, &mut runner, wanted);
    runner.finish()
}

/// The runtime's tests with what stands in for SSE2 on other processors.
fn portable(project: &Project, log: &Path) -> Outcome {
    let mut command = cargo(project);
    command.env("CARGO_TARGET_DIR", project.target.join("portable"));
    command.env("RUSTFLAGS", "--cfg rsgrpc_portable");
    command.args([
        "test",
        "--package",
        "rsgrpc",
        "--no-default-features",
        "--features",
        "json,text",
        "--lib",
    ]);
    Outcome::of(process::run(&mut command, log, cargo::LIMIT).map(|_| 1))
}

/// Licences, bans and sources, where `cargo deny` is at hand: it takes minutes to build.
fn deny(project: &Project, log: &Path) -> Outcome {
    if !answers("cargo-deny", &["--version"]) {
        return Outcome::NotRun("needs cargo-deny".to_owned());
    }
    cargo::succeeds(project, &["deny", "--all-features", "check", "bans", "licenses", "sources"], log)
}

/// The oldest Rust that the manifests promise, where it is installed.
fn oldest_rust(project: &Project, log: &Path) -> Outcome {
    let version = env!("CARGO_PKG_RUST_VERSION");
    if !answers("rustup", &["run", version, "cargo", "--version"]) {
        return Outcome::NotRun(format!("needs the toolchain {version}"));
    }
    let mut check = Command::new("rustup");
    check.current_dir(&project.root).env("CARGO_TARGET_DIR", project.target.join("oldest-rust"));
    check.args(["run", version, "cargo", "check", "--workspace", "--all-features"]);
    // Cargo tells its children which toolchain it is.
    check.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO").env_remove("RUSTC");
    Outcome::of(process::run(&mut check, log, cargo::LIMIT).map(|_| 1))
}

fn answers(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

fn demo(project: &Project, log: &Path) -> Outcome {
    let shown =
        ["GetProduct", "ListProducts", "UploadProducts", "ProductUpdates", "NOT_FOUND", "INVALID_ARGUMENT"];
    prints(project, &["xtask", "demo"], &shown, log)
}

fn build_rs(project: &Project, log: &Path) -> Outcome {
    prints(project, &["run", "--quiet", "--package", "build-rs"], &["SKY_CLEAR", "SKY_CLOUDY"], log)
}

fn versions(project: &Project, log: &Path) -> Outcome {
    let shown =
        ["v1: Book", "genre: GENRE_SCIENCE", "v1beta1: Book", "author: \"Ada Lovelace, Luigi Menabrea\""];
    prints(project, &["run", "--quiet", "--package", "versions"], &shown, log)
}

/// Runs a program with cargo; it has to succeed and to print all of these.
fn prints(project: &Project, arguments: &[&str], expected: &[&str], log: &Path) -> Outcome {
    let result = process::run(cargo(project).args(arguments), log, cargo::LIMIT).and_then(|printed| {
        match expected.iter().find(|part| !printed.contains(**part)) {
            Some(missing) => Err(format!("it does not print {missing}:\n{printed}")),
            None => Ok(1),
        }
    });
    Outcome::of(result)
}
