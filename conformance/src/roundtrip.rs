//! Random messages of every kind of field, from Python's protobuf through the Rust testee and back.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::process;
use crate::project::Project;
use crate::runner::Outcome;
use crate::tools;

const LIMIT: Duration = Duration::from_secs(10 * 60);
const SCHEMAS: &[&str] = &["proto2", "proto3", "editions", "subset"];

pub fn run(project: &Project, log: &Path) -> Outcome {
    let python = match tools::python(project, log) {
        Ok(python) => python,
        Err(missing) => return Outcome::Skipped(missing),
    };
    let run = || {
        let stubs = project.target.join("peers/roundtrip");
        fs::create_dir_all(&stubs).map_err(|error| error.to_string())?;
        let mut protoc = Command::new(&python);
        protoc.current_dir(&project.root).args(["-m", "grpc_tools.protoc", "-Iproto/test"]);
        protoc.arg(format!("--python_out={}", stubs.display()));
        protoc.args(SCHEMAS.iter().map(|name| format!("roundtrip/{name}.proto")));
        process::run(&mut protoc, log, LIMIT)?;
        let mut driver = Command::new(&python);
        driver.env("PYTHONPATH", stubs).env("PYTHONDONTWRITEBYTECODE", "1");
        driver
            .arg(project.root.join("conformance/peers/python/random_messages.py"))
            .arg(project.program("roundtrip"));
        let printed = process::run(&mut driver, log, LIMIT)?;
        Ok(printed.lines().filter(|line| line.starts_with("ok ")).count())
    };
    Outcome::of(run())
}
