//! `cargo xtask large`: the plugin on schemas of thousands of files, and rustc on what comes out.
//!
//! Reports CPU seconds, which depend less on what else the machine does than those on the clock, and the peak of memory.
//! Fails where generated code has a warning, or where twice the input takes much more than twice the time.

mod compile;
mod schemas;
mod synthetic;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::{self, cargo};
use crate::measure::{self, Measured};
use crate::process;
use crate::project::Project;
use crate::tools;

pub use schemas::{Schemas, google_proto_files};

/// What the parts share.
struct Large<'a> {
    project: &'a Project,
    /// Below the target folder.
    folder: PathBuf,
    log: PathBuf,
    /// Built with optimisation.
    plugin: PathBuf,
}

/// Runs all of it; takes tens of minutes.
pub fn run(project: &Project) -> Result<(), String> {
    let folder = project.fresh("large")?;
    let log = folder.join("log");
    let mut build = cargo(project);
    build.args(["build", "--release", "--package", "protoc-gen-rsgrpc"]);
    process::run(&mut build, &log, cargo::LIMIT)?;
    let plugin = project.target.join("release/protoc-gen-rsgrpc");
    let large = Large { project, folder, log, plugin };

    println!("| schema | files | request, MB | output, MB | CPU s | s | peak, MB | files per CPU s |");
    println!("|---|---|---|---|---|---|---|---|");
    let common = schemas::common_protos(project, &large.log)?;
    large.generate("googleapis-common-protos", &common)?;
    synthetic::run(&large)?;
    let google = google_proto_files(project, &large.log)?;
    large.generate("google-proto-files", &google)?;
    compile::run(&large, &google, &common)
}

impl Large<'_> {
    /// Has protoc run the plugin on all files of `schemas`, and prints how that went.
    fn generate(&self, name: &str, schemas: &Schemas) -> Result<Measured, String> {
        let out = self.fresh(&format!("out/{name}"))?;
        let (measured, request) = self.protoc(schemas, &out)?;
        let output = megabytes(size(&out)?);
        let (files, Measured { cpu, clock, peak }) = (schemas.files.len(), measured);
        let rate = files as f64 / cpu;
        println!(
            "| {name} | {files} | {:.1} | {output:.1} | {cpu:.2} | {clock:.2} | {:.0} | {rate:.0} |",
            megabytes(request),
            megabytes(peak)
        );
        Ok(measured)
    }

    /// The plugin's own time and memory, without protoc's; and the request's bytes.
    fn protoc(&self, schemas: &Schemas, out: &Path) -> Result<(Measured, u64), String> {
        let request = self.folder.join("request");
        // protoc starts the plugin; what it has sent is kept, so that reading it is no waiting for protoc.
        let keep = self.script(
            "keep",
            &format!("cat > '{}'; printf '\\030\\346\\007\\040\\351\\007\\020\\003'", request.display()),
        )?;
        self.run_protoc(schemas, &keep, out)?;
        let times = self.folder.join("times");
        let answer = self.folder.join("answer");
        let command = format!(
            "{} '{}' < '{}' > '{}'",
            measure::prefix(&times),
            self.plugin.display(),
            request.display(),
            answer.display()
        );
        process::run(Command::new("sh").args(["-c", &command]), &self.log, cargo::LIMIT)?;
        let give = self.script("give", &format!("cat > /dev/null; cat '{}'", answer.display()))?;
        self.run_protoc(schemas, &give, out)?;
        let sent = fs::metadata(&request).map_err(|error| error.to_string())?.len();
        Ok((measure::read(&times)?, sent))
    }

    fn run_protoc(&self, schemas: &Schemas, plugin: &Path, out: &Path) -> Result<(), String> {
        let list = self.folder.join("files");
        fs::write(&list, schemas.files.join("\n")).map_err(|error| error.to_string())?;
        let mut protoc = Command::new(tools::protoc()?);
        protoc
            .current_dir(&schemas.root)
            .arg(format!("--plugin=protoc-gen-large={}", plugin.display()))
            .arg(format!("--large_out={}", out.display()))
            .args(["-I.", &format!("-I{}", tools::well_known()?.display())])
            .arg(format!("@{}", list.display()));
        process::run(&mut protoc, &self.log, cargo::LIMIT).map(|_| ())
    }

    fn script(&self, name: &str, text: &str) -> Result<PathBuf, String> {
        let path = self.folder.join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).map_err(|error| error.to_string())?;
        process::run(Command::new("chmod").arg("+x").arg(&path), &self.log, cargo::LIMIT)?;
        Ok(path)
    }

    fn fresh(&self, name: &str) -> Result<PathBuf, String> {
        self.project.fresh(&format!("large/{name}"))
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// The bytes of the files in a folder.
fn size(folder: &Path) -> Result<u64, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(entries.filter_map(|entry| entry.ok()?.metadata().ok()).map(|file| file.len()).sum())
}
