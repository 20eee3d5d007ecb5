//! `cargo xtask cost`: what generated code costs its user, beside prost's for the same schema.
//!
//! Time is that of all processors, which depends less on what else the machine does than that on the clock; programs
//! take turns, round by round, and a ratio is the median over the rounds. Machine code and the sizes of messages are
//! the same every time.

mod package;
mod paths;
mod report;
mod schema;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use crate::cargo::{self, cargo};
use crate::large;
use crate::measure;
use crate::process;
use crate::project::Project;

use package::{Kind, Package, Profile};
use report::{Program, Report};

/// As cargo has them; but all of a crate is compiled each time.
const PROFILES: [Profile; 2] = [Profile::Debug, Profile::Release];

/// How often each program is built when it counts.
const ROUNDS: usize = 3;

/// What the parts share.
struct Cost<'a> {
    project: &'a Project,
    folder: PathBuf,
    log: PathBuf,
    plugin: PathBuf,
}

/// Compiles what both generators make of a few hundred of Google's messages, in a few uses each; takes some minutes.
pub fn run(project: &Project, arguments: &[&str]) -> Result<(), String> {
    let (mut rounds, mut json, mut record) = (ROUNDS, false, false);
    for argument in arguments {
        match *argument {
            "--quick" => rounds = 1,
            "--json" => json = true,
            "--record" => record = true,
            other => return Err(format!("unknown option {other}; there are --quick, --json and --record")),
        }
    }
    // What was compiled before stays, for the dependencies.
    let folder = project.target.join("cost");
    let log = project.fresh("cost/log")?.join("all");
    let mut build = cargo(project);
    build.args(["build", "--release", "--package", "protoc-gen-rsgrpc"]);
    process::run(&mut build, &log, cargo::LIMIT)?;
    let plugin = project.target.join("release/protoc-gen-rsgrpc");
    let google = large::google_proto_files(project, &log)?;
    let cost = Cost { project, folder, log, plugin };
    let schemas = schema::messages(&cost, &google)?;

    let mut programs = BTreeMap::new();
    for kind in Kind::ALL {
        let package = Package::write(&cost, kind, &schemas)?;
        // What it depends on is compiled before anything is measured, and so is the program without messages.
        let bare = package.without_messages();
        let bare = PROFILES.map(|profile| bare.build(&cost, profile));
        programs.insert(kind, (package, bare.map(|built| built.map(|built| built.code)), Program::default()));
    }
    for _ in 0..rounds {
        for (at, profile) in PROFILES.into_iter().enumerate() {
            for (package, bare, program) in programs.values_mut() {
                let built = package.build(&cost, profile)?;
                if let (Some(Ok(bare)), Some(builds)) = (bare.get(at), program.builds.get_mut(at)) {
                    builds.seconds.push(built.cpu);
                    builds.code = built.code.saturating_sub(*bare);
                }
            }
        }
    }
    for (package, _, program) in programs.values_mut() {
        program.sizes = package.sizes(&cost)?;
    }
    let report = Report::new(programs.into_iter().map(|(kind, (_, _, program))| (kind, program)).collect())?;
    print!("{}", if json { report.json() } else { report.text() });
    if record { report.record(project) } else { Ok(()) }
}

impl Cost<'_> {
    /// Runs a shell command and tells what it took.
    fn timed(&self, command: &mut Command, line: &str) -> Result<f64, String> {
        let times = self.folder.join("times");
        command.args(["-c", &format!("{} {line}", measure::prefix(&times))]);
        process::run(command, &self.log, cargo::LIMIT)?;
        Ok(measure::read(&times)?.cpu)
    }
}
