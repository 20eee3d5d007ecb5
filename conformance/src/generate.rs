//! Code that is generated and checked in.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::cargo;
use crate::process;
use crate::project::Project;
use crate::tools;

const LIMIT: Duration = Duration::from_secs(60);

/// One run of protoc: which files become what.
struct Run {
    include: &'static [&'static str],
    protos: &'static [&'static str],
    options: &'static str,
    out: &'static str,
}

const RUNS: &[Run] = &[
    Run {
        include: &["proto"],
        protos: &["google/protobuf/descriptor.proto", "google/protobuf/compiler/plugin.proto"],
        options: "mod_file=false,descriptors",
        out: "runtime/rsgrpc/src/descriptor",
    },
    Run {
        include: &["proto"],
        protos: &[
            "google/protobuf/any.proto",
            "google/protobuf/api.proto",
            "google/protobuf/duration.proto",
            "google/protobuf/empty.proto",
            "google/protobuf/field_mask.proto",
            "google/protobuf/source_context.proto",
            "google/protobuf/struct.proto",
            "google/protobuf/timestamp.proto",
            "google/protobuf/type.proto",
            "google/protobuf/wrappers.proto",
        ],
        options: "mod_file=false,descriptors",
        out: "runtime/rsgrpc/src/wkt",
    },
    Run {
        include: &["examples/product/proto", "proto"],
        protos: &["product_service.proto"],
        options: "descriptors",
        out: "examples/product/src/proto",
    },
];

/// Writes all of it anew.
pub fn write(project: &Project) -> Result<(), String> {
    let log = log(project)?;
    cargo::build(project, "protoc-gen-rsgrpc", &log)?;
    for run in RUNS {
        protoc(project, run, &project.root.join(run.out), &log)?;
    }
    Ok(())
}

/// Compares what is checked in with what the plugin writes now.
pub fn check(project: &Project) -> Result<(), String> {
    let log = log(project)?;
    cargo::build(project, "protoc-gen-rsgrpc", &log)?;
    let mut stale = Vec::new();
    for run in RUNS {
        let out = project.fresh("generated")?;
        protoc(project, run, &out, &log)?;
        for name in names(&out)? {
            let checked_in = project.root.join(run.out).join(&name);
            if fs::read(&checked_in).ok() != fs::read(out.join(&name)).ok() {
                stale.push(format!("{}/{name}", run.out));
            }
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("not what the plugin writes now; `cargo xtask generate` renews them:\n{}", stale.join("\n")))
}

/// The example's code alone, as a user would generate it. Returns the command line.
pub fn example(project: &Project, log: &Path) -> Result<String, String> {
    let run = RUNS.last().ok_or("no example")?;
    protoc(project, run, &project.root.join(run.out), log)
}

fn protoc(project: &Project, run: &Run, out: &Path, log: &Path) -> Result<String, String> {
    fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    let plugin = project.program("protoc-gen-rsgrpc");
    let mut arguments = vec![format!("--plugin=protoc-gen-rsgrpc={}", plugin.display())];
    arguments.extend(run.include.iter().map(|include| format!("-I{include}")));
    arguments.push(format!("--rsgrpc_out={}", out.display()));
    if !run.options.is_empty() {
        arguments.push(format!("--rsgrpc_opt={}", run.options));
    }
    arguments.extend(run.protos.iter().map(ToString::to_string));
    process::run(Command::new(tools::protoc()?).current_dir(&project.root).args(&arguments), log, LIMIT)?;
    Ok(format!("protoc {}", arguments.join(" ")).replace(&format!("{}/", project.root.display()), ""))
}

fn names(folder: &Path) -> Result<Vec<String>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| name.ends_with(".rs"))
        .collect();
    names.sort();
    Ok(names)
}

fn log(project: &Project) -> Result<std::path::PathBuf, String> {
    fs::create_dir_all(project.logs()).map_err(|error| error.to_string())?;
    Ok(project.logs().join("generate.log"))
}
