//! Large schemas that the world has: Google's APIs, from npm and from PyPI.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process;
use crate::project::Project;
use crate::tools;

const NPM: &str = "google-proto-files@5.0.3";
const PYPI: &str = "googleapis-common-protos==1.76.0";

/// Files of one folder.
pub struct Schemas {
    pub root: PathBuf,
    /// Relative to `root`.
    pub files: Vec<String>,
}

impl Schemas {
    /// All `.proto` files below `root`.
    pub fn of(root: PathBuf) -> Result<Self, String> {
        let mut files = Vec::new();
        collect(&root, "", &mut files)?;
        files.sort();
        // protoc brings these, and the runtime has their types.
        files.retain(|file| !file.starts_with("google/protobuf/"));
        Ok(Self { root, files })
    }

    /// Those whose paths begin with one of these.
    pub fn part(&self, prefixes: &[&str]) -> Self {
        let within = |file: &&String| prefixes.iter().any(|prefix| file.starts_with(prefix));
        Self { root: self.root.clone(), files: self.files.iter().filter(within).cloned().collect() }
    }
}

fn collect(root: &Path, within: &str, files: &mut Vec<String>) -> Result<(), String> {
    let folder = root.join(within);
    for entry in fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let entry = entry.map_err(|error| error.to_string())?;
        let name = format!("{within}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(root, &format!("{name}/"), files)?;
        } else if name.ends_with(".proto") {
            files.push(name);
        }
    }
    Ok(())
}

/// All of Google's public APIs: about 8,000 files.
pub fn google_proto_files(project: &Project, log: &Path) -> Result<Schemas, String> {
    let folder = project.target.join("tools/google-proto-files");
    tools::once(&folder, &[NPM], || {
        tools::system("npm", &["--version"], &["nodejs", "npm"], log)?;
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]);
        process::run(npm.arg(&folder).arg(NPM), log, tools::LIMIT)
    })?;
    Schemas::of(folder.join("node_modules/google-proto-files"))
}

/// What Google's APIs share: about 60 files.
pub fn common_protos(project: &Project, log: &Path) -> Result<Schemas, String> {
    let folder = project.target.join("tools/googleapis-common-protos");
    tools::once(&folder, &[PYPI], || {
        tools::system("python3", &["-m", "pip", "--version"], &["python3-pip"], log)?;
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--target"]);
        process::run(pip.arg(&folder).arg(PYPI), log, tools::LIMIT)
    })?;
    Schemas::of(folder)
}
