//! The dependency budget: how many crates a user of the runtime or the plugin compiles.

#![allow(clippy::expect_used, reason = "a test")]

use std::collections::BTreeSet;
use std::env;
use std::process::Command;

/// Package, features, and the most crates that may come with it, itself included.
///
/// Whoever raises a number says in the commit what each new crate buys.
const BUDGETS: &[(&str, &[&str], usize)] = &[
    ("rsgrpc", &["--no-default-features"], 5),
    ("rsgrpc", &[], 31),
    ("rsgrpc", &["--features", "tls"], 41),
    ("rsgrpc", &["--features", "tower"], 34),
    ("rsgrpc", &["--features", "gzip,zstd"], 35),
    ("protoc-gen-rsgrpc", &[], 7),
];

#[test]
fn crates_stay_within_the_budget() {
    for (package, features, budget) in BUDGETS {
        let crates = crates(package, features);
        assert!(
            crates.len() <= *budget,
            "{package} {features:?} takes {} crates, of {budget}:\n{crates:#?}",
            crates.len()
        );
    }
}

/// What `cargo tree` lists for normal dependencies on the platforms that we care for most.
fn crates(package: &str, features: &[&str]) -> BTreeSet<String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["tree", "--package", package, "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(["--target", "x86_64-unknown-linux-gnu"])
        .args(features)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8_lossy(&output.stdout);
    listed
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}
