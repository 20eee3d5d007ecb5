//! Runs steps one after the other, tells how each went, and counts.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use crate::project::Project;

/// Lines of a failed step's log that are shown.
const SHOWN: usize = 120;

/// How a step went: the counts are of single tests, where the step knows of such.
pub enum Outcome {
    Passed(usize),
    Failed {
        passed: usize,
        failed: usize,
        why: String,
    },
    /// Could not be tried here. In an automated run that counts as failed.
    Skipped(String),
}

impl Outcome {
    pub fn of(result: Result<usize, String>) -> Self {
        match result {
            Ok(passed) => Self::Passed(passed),
            Err(why) => Self::Failed { passed: 0, failed: 1, why },
        }
    }
}

pub struct Runner {
    logs: PathBuf,
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Runner {
    pub fn new(project: &Project) -> Result<Self, String> {
        let logs = project.fresh("logs")?;
        Ok(Self { logs, passed: 0, failed: 0, skipped: 0 })
    }

    /// Runs a step; it writes what there is to read in case of a failure to the log it is given.
    pub fn step(&mut self, name: &str, run: impl FnOnce(&Path) -> Outcome) {
        print!("{name:.<40} ");
        let _ = std::io::stdout().flush();
        let log = self.logs.join(format!("{}.log", name.replace([' ', '/'], "-")));
        let start = Instant::now();
        let outcome = match run(&log) {
            Outcome::Skipped(why) if Project::ci() => Outcome::Failed {
                passed: 0,
                failed: 1,
                why: format!("skipped, which an automated run must not: {why}"),
            },
            outcome => outcome,
        };
        let seconds = start.elapsed().as_secs_f32();
        match outcome {
            Outcome::Passed(count) => {
                self.passed += count;
                println!("ok {count:>6} {seconds:>8.1} s");
            }
            Outcome::Skipped(why) => {
                self.skipped += 1;
                println!("skipped: {why}");
            }
            Outcome::Failed { passed, failed, why } => {
                self.passed += passed;
                self.failed += failed;
                println!("FAILED {failed:>2} {seconds:>8.1} s");
                show(&why, &log);
            }
        }
    }

    /// Prints the sum, alone on the last line.
    pub fn finish(self) -> ExitCode {
        let Self { passed, failed, skipped, .. } = self;
        let rest = if skipped > 0 { format!(", {skipped} skipped") } else { String::new() };
        println!("\n{passed} passed, {failed} failed{rest}");
        if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

fn show(why: &str, log: &Path) {
    let lines: Vec<&str> = why.lines().collect();
    let hidden = lines.len().saturating_sub(SHOWN);
    if hidden > 0 {
        println!("    … {hidden} lines more");
    }
    for line in lines.iter().skip(hidden) {
        println!("    {line}");
    }
    if fs::exists(log).unwrap_or(false) {
        println!("    (all of it: {})", log.display());
    }
}
