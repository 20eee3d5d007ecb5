//! `cargo xtask test`: all that proves the project.

use std::path::Path;
use std::process::ExitCode;

use crate::cargo::{self, cargo};
use crate::project::Project;
use crate::runner::{Outcome, Runner};
use crate::{buf, generate, official, peers, process, readme, roundtrip};

/// A step that is one run of cargo.
const CHECKS: &[(&str, &[&str])] = &[
    ("fmt", &["fmt", "--all", "--check"]),
    ("clippy", &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]),
    (
        "clippy: messages only",
        &["clippy", "--package", "rsgrpc", "--no-default-features", "--", "-D", "warnings"],
    ),
    ("build", &["build", "--workspace"]),
    ("doc", &["doc", "--workspace", "--no-deps"]),
];

/// A run of tests. Golden files, layers and the dependency budget are among the unit and integration tests.
const TESTS: &[(&str, &[&str])] = &[
    ("tests", &["--workspace", "--lib", "--bins", "--tests", "--examples"]),
    ("tests: messages only", &["--package", "rsgrpc", "--no-default-features", "--lib", "--tests"]),
    ("doc tests", &["--workspace", "--doc"]),
];

type Step = fn(&Project, &Path) -> Outcome;

/// Steps of our own.
const STEPS: &[(&str, Step)] = &[
    ("generated code", |project, _| Outcome::of(generate::check(project).map(|()| 1))),
    ("demo", demo),
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
    if wanted("deny") && has_deny() {
        runner.step("deny", |log| cargo::succeeds(project, &["deny", "--all-features", "check"], log));
    }
    for (name, arguments) in TESTS.iter().filter(|(name, _)| wanted(name)) {
        runner.step(name, |log| cargo::tests(project, arguments, log));
    }
    for (name, run) in STEPS.iter().filter(|(name, _)| wanted(name)) {
        runner.step(name, |log| run(project, log));
    }
    peers::run(project, &mut runner, wanted);
    runner.finish()
}

/// `cargo deny` takes minutes to build: it is run where it is at hand.
fn has_deny() -> bool {
    std::process::Command::new("cargo-deny")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
}

fn demo(project: &Project, log: &Path) -> Outcome {
    let result =
        process::run(cargo(project).args(["xtask", "demo"]), log, cargo::LIMIT).and_then(|printed| {
            let expected = [
                "GetProduct",
                "ListProducts",
                "UploadProducts",
                "ProductUpdates",
                "NOT_FOUND",
                "INVALID_ARGUMENT",
            ];
            match expected.iter().find(|part| !printed.contains(**part)) {
                Some(missing) => Err(format!("it does not show {missing}:\n{printed}")),
                None => Ok(1),
            }
        });
    Outcome::of(result)
}
