//! Comparisons with the Rust peers, which live in a workspace of their own.

use std::fs;

use crate::cargo::cargo;
use crate::cpp;
use crate::project::Project;

/// Runs one suite of `conformance/benches`, with its output on the terminal.
pub fn run(project: &Project, suite: &str, arguments: &[&str]) -> Result<(), String> {
    let folder = project.root.join("conformance/benches");
    let mut command = cargo(project);
    command.current_dir(&folder).env("CARGO_TARGET_DIR", project.target.join("benches"));
    command.args(["run", "--release", "--quiet", "--bin", suite, "--"]).args(arguments);
    if suite == "calls" {
        let logs = project.logs();
        fs::create_dir_all(&logs).map_err(|error| format!("{}: {error}", logs.display()))?;
        match cpp::BENCH.build(project, &logs.join("bench-cpp.log")) {
            Ok(programs) => _ = command.env("BENCH_CPP", programs),
            Err(missing) => eprintln!("without C++: {missing}"),
        }
    }
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the benches in {} ended with {status}", folder.display())),
        Err(error) => Err(format!("{}: {error}", folder.display())),
    }
}
