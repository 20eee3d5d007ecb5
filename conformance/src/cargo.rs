//! Steps that are a run of cargo.

use std::env;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::process;
use crate::project::Project;
use crate::runner::Outcome;

/// How long one run of cargo may take: a cold build on a small machine is the longest.
pub const LIMIT: Duration = Duration::from_secs(30 * 60);

/// `cargo` in the workspace's folder.
pub fn cargo(project: &Project) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(&project.root)
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_TARGET_DIR", &project.target);
    // Meant for the harness's own package.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
        command.env_remove(name);
    }
    command
}

/// Builds what the other steps start.
pub fn build(project: &Project, package: &str, log: &Path) -> Result<(), String> {
    process::run(cargo(project).args(["build", "--package", package]), log, LIMIT).map(|_| ())
}

/// A run that either succeeds or does not.
pub fn succeeds(project: &Project, arguments: &[&str], log: &Path) -> Outcome {
    let mut command = cargo(project);
    command.args(arguments);
    if arguments.first() == Some(&"doc") {
        command.env("RUSTDOCFLAGS", "-D warnings");
    }
    Outcome::of(process::run(&mut command, log, LIMIT).map(|_| 1))
}

/// A run of tests, each of which counts.
pub fn tests(project: &Project, arguments: &[&str], log: &Path) -> Outcome {
    let mut command = cargo(project);
    command.env("RUST_BACKTRACE", "0").arg("test").args(arguments).arg("--no-fail-fast");
    let result = process::run(&mut command, log, LIMIT);
    let printed = match &result {
        Ok(printed) | Err(printed) => printed,
    };
    let (passed, failed) = count(printed);
    match result {
        Ok(_) if failed == 0 => Outcome::Passed(passed),
        // A run that ends badly without a failed test has not come that far: a build error, a crash.
        Ok(printed) | Err(printed) => {
            Outcome::Failed { passed, failed: failed.max(1), why: interesting(&printed) }
        }
    }
}

/// What is left of the output without what went well.
fn interesting(printed: &str) -> String {
    let dull = |line: &&str| {
        let starts = ["running ", "test result: ok", "   Compiling ", "     Running "];
        line.is_empty() || line.ends_with("... ok") || starts.iter().any(|start| line.starts_with(start))
    };
    let lines: Vec<&str> = printed.lines().filter(|line| !dull(line)).collect();
    lines.join("\n")
}

/// Sums up the lines `test result: ok. 3 passed; 0 failed; …`.
fn count(printed: &str) -> (usize, usize) {
    let mut sum = (0, 0);
    for line in printed.lines().filter_map(|line| line.strip_prefix("test result: ")) {
        let number = |what: &str| -> usize {
            let before = line.split(what).next().unwrap_or_default().trim_end();
            before.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
        };
        sum = (sum.0 + number(" passed"), sum.1 + number(" failed"));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn counts_single_tests() {
        let printed = "test a ... ok\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\n\
            test result: FAILED. 12 passed; 2 failed; 0 ignored; 0 measured\n";
        assert_eq!(count(printed), (15, 2));
        assert_eq!(count("error: could not compile"), (0, 0));
    }
}
