//! The official conformance suite, in every mode that we have.

mod fetch;

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::cargo;
use crate::process;
use crate::project::Project;
use crate::runner::Outcome;

const LIMIT: Duration = Duration::from_secs(10 * 60);

/// How the testee reads the binary format.
const MODES: &[&str] = &["owned", "views", "dynamic"];
/// The cases of a run: their name, the runner's arguments, the testee's beside the mode. `UNSTABLE` is the
/// highest edition that the runner knows. Its performance cases ask of text format that a message may come in
/// pieces, "which some languages take to be valid": they are run with the parser's option for that.
const CASES: &[(&str, &[&str], &[&str])] = &[
    ("up to edition 2023", &["--maximum_edition", "2023"], &[]),
    ("of all editions", &["--maximum_edition", "UNSTABLE"], &[]),
    ("of performance", &["--maximum_edition", "UNSTABLE", "--performance"], &["overwrite"]),
];
/// Where the outcome is written down.
const SUMMARY: &str = "docs/conformance.md";

/// Runs the suite and prints what came of it.
pub fn print(project: &Project) -> Result<(), String> {
    fs::create_dir_all(project.logs()).map_err(|error| error.to_string())?;
    let log = project.logs().join("conformance.log");
    cargo::build(project, "rsgrpc-testees", &log)?;
    let runs = run_all(project, &log)?;
    print!("{}", table(&runs));
    let wrong: Vec<&str> = runs.iter().flat_map(|run| run.wrong()).collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("not passed:\n{}", wrong.join("\n"))) }
}

/// The same as a step; the table in the documentation must be the outcome.
pub fn run(project: &Project, log: &Path) -> Outcome {
    let runs = match run_all(project, log) {
        Ok(runs) => runs,
        Err(missing) => return Outcome::Skipped(missing),
    };
    let passed = runs.iter().flat_map(|run| &run.suites).map(|suite| suite.passed).sum();
    let mut wrong: Vec<&str> = runs.iter().flat_map(|run| run.wrong()).collect();
    let written = fs::read_to_string(project.root.join(SUMMARY)).unwrap_or_default();
    let table = table(&runs);
    let stale = format!("{SUMMARY} does not hold this table:\n{table}");
    if !written.contains(&table) {
        wrong.push(&stale);
    }
    if wrong.is_empty() {
        return Outcome::Passed(passed);
    }
    Outcome::Failed { passed, failed: wrong.len(), why: wrong.join("\n") }
}

/// One run of the runner.
struct Run {
    mode: &'static str,
    cases: &'static str,
    /// Binary and JSON, then text.
    suites: Vec<Suite>,
    printed: String,
}

/// What the runner says at the end of a suite.
#[derive(Debug, PartialEq)]
struct Suite {
    passed: usize,
    skipped: usize,
    failed: usize,
}

impl Run {
    /// What is wrong with it: no test may fail, be skipped, or be expected to fail.
    fn wrong(&self) -> Vec<&str> {
        let good = self.suites.len() == 2
            && self.suites.iter().all(|suite| suite.passed > 0 && suite.skipped + suite.failed == 0);
        if good {
            return Vec::new();
        }
        let told = ["ERROR", "WARNING, test", "SKIPPED", "CONFORMANCE SUITE"];
        let mut wrong = vec![self.mode];
        wrong.extend(self.printed.lines().filter(|line| told.iter().any(|told| line.starts_with(told))));
        wrong
    }
}

fn run_all(project: &Project, log: &Path) -> Result<Vec<Run>, String> {
    let runner = fetch::runner(project, log)?;
    let output = project.fresh("conformance")?;
    let mut runs = Vec::new();
    for &mode in MODES {
        for &(cases, runners, testees) in CASES {
            let mut command: Command = runner.command();
            command.arg("--enforce_recommended").args(runners).arg("--output_dir").arg(&output);
            command.arg(project.program("conformance")).arg(mode).args(testees);
            // It fails where a test does.
            let (Ok(printed) | Err(printed)) = process::run(&mut command, log, LIMIT);
            runs.push(Run { mode, cases, suites: suites(&printed), printed });
        }
    }
    Ok(runs)
}

/// Reads lines such as `CONFORMANCE SUITE PASSED: 3 successes, 1 skipped, 0 expected failures, 0 unexpected
/// failures.`
fn suites(printed: &str) -> Vec<Suite> {
    let lines = printed.lines().filter_map(|line| line.strip_prefix("CONFORMANCE SUITE "));
    let number = |part: &str| part.trim().split(' ').next().and_then(|number| number.parse().ok());
    lines
        .filter_map(|line| {
            let counts = line.split_once(": ")?.1;
            let counts: Vec<usize> = counts.split(',').filter_map(number).collect();
            let [passed, skipped, expected, unexpected] = *counts.as_slice() else { return None };
            Some(Suite { passed, skipped, failed: expected + unexpected })
        })
        .collect()
}

/// A table in Markdown.
fn table(runs: &[Run]) -> String {
    let mut table = String::from("| mode | cases | suite | passed | skipped | failed |\n");
    table += "|---|---|---|---|---|---|\n";
    for Run { mode, cases, suites, .. } in runs {
        for (name, Suite { passed, skipped, failed }) in ["binary and JSON", "text"].iter().zip(suites) {
            // Writing to a string does not fail.
            let _ = writeln!(table, "| {mode} | {cases} | {name} | {passed} | {skipped} | {failed} |");
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_from_the_last_lines() {
        let printed = "CONFORMANCE TEST BEGIN\nERROR, test=A: bad\nCONFORMANCE SUITE FAILED: 5 successes, \
            4 skipped, 3 expected failures, 2 unexpected failures.\n\nCONFORMANCE SUITE PASSED: 7 successes, \
            0 skipped, 0 expected failures, 0 unexpected failures.\n";
        let found = [Suite { passed: 5, skipped: 4, failed: 5 }, Suite { passed: 7, skipped: 0, failed: 0 }];
        assert_eq!(suites(printed), found);
        assert_eq!(suites("sh: no such program"), []);
    }
}
