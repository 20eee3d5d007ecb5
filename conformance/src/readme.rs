//! README.md's small service, followed word by word in an empty folder.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::cargo::{self, cargo};
use crate::process;
use crate::project::Project;
use crate::runner::Outcome;
use crate::tools;

const LIMIT: Duration = Duration::from_secs(60);

/// Writes the files that README.md shows, runs its protoc and its program.
///
/// A code block whose first line is a comment with a path is that file.
pub fn run(project: &Project, log: &Path) -> Outcome {
    let run = || {
        let readme = fs::read_to_string(project.root.join("README.md")).map_err(|error| error.to_string())?;
        let folder = project.fresh("readme")?;
        let files = files(&readme);
        for (path, text) in &files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap_or(&folder)).map_err(|error| error.to_string())?;
            fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        }
        fs::create_dir_all(folder.join("src/proto")).map_err(|error| error.to_string())?;
        let mut protoc = Command::new(tools::protoc()?);
        protoc
            .current_dir(&folder)
            .env("PATH", project.path())
            .args(["--rsgrpc_out=src/proto", "greeter.proto"]);
        process::run(&mut protoc, log, LIMIT)?;
        fs::copy(project.root.join("Cargo.lock"), folder.join("Cargo.lock"))
            .map_err(|error| error.to_string())?;
        let patch = format!("patch.crates-io.rsgrpc.path={:?}", project.root.join("runtime/rsgrpc"));
        let mut program = cargo(project);
        program.current_dir(&folder).args(["run", "--quiet", "--config", &patch]);
        let printed = process::run(&mut program, log, cargo::LIMIT)?;
        if printed.contains("Hello, world!") { Ok(1) } else { Err(printed) }
    };
    Outcome::of(run())
}

fn files(readme: &str) -> Vec<(&str, &str)> {
    // Every second part lies between fences.
    let blocks = readme.split("```").skip(1).step_by(2);
    blocks
        .filter_map(|block| {
            let (_language, text) = block.split_once('\n')?;
            let first = text.lines().next()?;
            let path = first.trim_start_matches(['/', '#']).trim();
            (first != path && !path.contains(' ') && path.contains('.')).then_some((path, text))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::files;

    #[test]
    fn blocks_with_a_path_are_files() {
        let readme = "a\n```rust\n// src/main.rs\nfn main() {}\n```\nb\n```sh\ncargo run\n```\n```toml\n# Cargo.toml\n[package]\n```\n";
        assert_eq!(
            files(readme),
            [("src/main.rs", "// src/main.rs\nfn main() {}\n"), ("Cargo.toml", "# Cargo.toml\n[package]\n")]
        );
    }
}
