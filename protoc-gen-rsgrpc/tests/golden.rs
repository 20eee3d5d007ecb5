//! Golden files: what the plugin makes of each construct, compared byte for byte.
//!
//! Each folder below `golden/messages`, `golden/services` and `golden/foreign` holds `.proto` files, what comes out, and
//! if it takes any, options and folders for imports (in the file `options`). `BLESS=1 cargo test --test golden` writes
//! that anew. What is in `foreign` needs another generator's messages: the example of that name compiles it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The texts of the files with this extension, by name.
fn files(folder: &Path, extension: &str) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.extension().is_some_and(|found| found == extension));
    files
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// The folders of golden files.
fn constructs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut folders = Vec::new();
    for part in ["messages", "services", "foreign"] {
        folders.extend(fs::read_dir(root.join(part)).unwrap().map(|entry| entry.unwrap().path()));
    }
    folders.sort();
    folders
}

/// What protoc and the plugin make of the `.proto` files in `folder`.
fn generate(folder: &Path) -> BTreeMap<String, String> {
    let name = folder.file_name().unwrap().to_str().unwrap();
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden").join(name);
    let _ = fs::remove_dir_all(&out);
    fs::create_dir_all(&out).unwrap();
    let mut protoc = Command::new(protoc_bin_vendored::protoc_bin_path().unwrap());
    protoc
        .arg(format!("--plugin=protoc-gen-rsgrpc={}", env!("CARGO_BIN_EXE_protoc-gen-rsgrpc")))
        .arg(format!("-I{}", folder.display()))
        .arg(format!("-I{}", protoc_bin_vendored::include_path().unwrap().display()))
        .arg(format!("--rsgrpc_out={}", out.display()));
    for option in fs::read_to_string(folder.join("options")).unwrap_or_default().lines() {
        protoc.arg(match option.strip_prefix("-I") {
            Some(path) => format!("-I{}", folder.join(path).display()),
            None => format!("--rsgrpc_opt={option}"),
        });
    }
    let output = protoc.args(files(folder, "proto").keys()).output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    files(&out, "rs")
}

#[test]
fn output_is_as_expected() {
    let bless = env::var_os("BLESS").is_some();
    let mut differing = Vec::new();
    for folder in constructs() {
        let (generated, expected) = (generate(&folder), files(&folder, "rs"));
        if generated == expected {
            continue;
        }
        for name in expected.keys().chain(generated.keys()) {
            let (old, new) = (expected.get(name), generated.get(name));
            if bless && let Some(text) = new {
                fs::write(folder.join(name), text).unwrap();
            } else if bless {
                fs::remove_file(folder.join(name)).unwrap();
            }
            if old != new {
                let difference = difference(old.map_or("", String::as_str), new.map_or("", String::as_str));
                differing.push(format!("{}: {difference}", folder.join(name).display()));
            }
        }
    }
    assert!(bless || differing.is_empty(), "not as expected (BLESS=1 accepts it):\n{}", differing.join("\n"));
}

/// Who formats a crate that generated code is checked into sees no difference.
#[test]
fn output_is_as_rustfmt_lays_it_out() {
    let mut rustfmt = Command::new("rustfmt");
    // Not as this project has it: as everybody else does.
    rustfmt.args(["--check", "--edition=2024", "--config=max_width=100,use_small_heuristics=Default"]);
    for folder in constructs() {
        rustfmt.args(files(&folder, "rs").keys().map(|name| folder.join(name)));
    }
    let output = rustfmt.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The first line that is not the same.
fn difference(expected: &str, generated: &str) -> String {
    let at = expected.lines().zip(generated.lines()).take_while(|(old, new)| old == new).count();
    let line = |text: &str| text.lines().nth(at).unwrap_or("(end)").to_owned();
    format!("line {}\n  expected {}\n  got      {}", at + 1, line(expected), line(generated))
}

#[test]
fn every_construct_is_compiled() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for folder in constructs() {
        let part = folder.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let name = folder.file_name().unwrap().to_str().unwrap();
        let (file, line) = match part {
            "foreign" => {
                let file = root.join("../../examples").join(name).join("tests/names.rs");
                (
                    file,
                    format!("include!(\"../../../protoc-gen-rsgrpc/tests/golden/foreign/{name}/mod.rs\");"),
                )
            }
            part => (root.join(format!("golden_{part}_compile.rs")), name.to_owned()),
        };
        let list = fs::read_to_string(file).unwrap();
        assert!(list.lines().any(|found| found.trim() == line), "{part}/{name} is not compiled by a test");
    }
}

#[test]
fn the_documentation_shows_golden_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("../docs/generated-code.md")).unwrap();
    let mut shown = 0;
    for block in page.split("\n```").skip(1).step_by(2) {
        let (head, body) = block.split_once('\n').unwrap();
        let (_, file) = head.split_once(' ').unwrap_or_else(|| panic!("no file: {head}"));
        let text = fs::read_to_string(root.join("tests/golden").join(file)).unwrap();
        for excerpt in body.split("…\n") {
            assert!(text.contains(excerpt), "{file} does not hold\n{excerpt}");
            shown += 1;
        }
    }
    assert!(shown > 20);
}
