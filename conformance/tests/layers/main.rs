//! Nobody imports upward: the tables in docs/ARCHITECTURE.md, enforced.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test")]
#![allow(unreachable_pub, reason = "a test has no users: `pub` means what a module offers to the others")]

mod imports;
mod table;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use table::{Layers, Reserved};

/// The modules of a crate, each with the code of all its files.
struct Sources {
    modules: BTreeMap<String, String>,
    /// Which module each name at the root stands for.
    root: BTreeMap<String, String>,
}

#[test]
fn runtime() {
    let sources = Sources::read(&root().join("runtime/rsgrpc/src"));
    let document = architecture();
    let layers = Layers::parse(&document, "### Layers of the runtime");
    let reserved = Reserved::parse(&document, "### Who names which crate");
    assert_none(&violations(&sources, &layers, &reserved));
}

#[test]
fn plugin() {
    let sources = Sources::read(&root().join("protoc-gen-rsgrpc/src"));
    let layers = Layers::parse(&architecture(), "### Layers of the plugin");
    assert_none(&violations(&sources, &layers, &[]));
}

#[test]
fn a_violation_is_found() {
    let document = "\n## L\n|modules|\n|---|\n|`wire`|\n|`field`, `message`|\n|`client` or `server`|\n\n## C\n|a|b|\n|---|---|\n|`h2`|`wire`|\n";
    let layers = Layers::parse(document, "## L");
    let reserved = Reserved::parse(document, "## C");
    let bad = |module: &str, code: &str| {
        let sources = Sources::new(&[("wire", "fn a() {}"), (module, code)], "pub use message::Message;");
        violations(&sources, &layers, &reserved)
    };
    assert_none(&bad(
        "message",
        "use crate::{wire, field::Field}; // crate::server\nuse h2o::x; \"crate::server h2::\";",
    ));
    assert_none(&bad("server", "use crate::Message;\n#[cfg(test)]\nmod tests { use crate::client; }"));
    assert_eq!(bad("wire", "use crate::Message;"), ["wire names message"]);
    assert_eq!(bad("field", "fn f() { crate::server::run() }"), ["field names server"]);
    assert_eq!(
        bad("server", "use crate::{\n    wire::{a, b},\n    client::Channel,\n};"),
        ["server names client"]
    );
    assert_eq!(bad("server", "use h2::server;"), ["server names the crate h2"]);
    assert_eq!(bad("server", "fn f(x: ::h2::Reason) {}"), ["server names the crate h2"]);
    assert_eq!(bad("novel", ""), ["novel has no place in the table"]);
}

/// Each violation once, as a sentence.
fn violations(sources: &Sources, layers: &Layers, reserved: &[Reserved]) -> Vec<String> {
    let mut found = Vec::new();
    for (module, code) in &sources.modules {
        if !layers.modules().contains(module.as_str()) {
            found.push(format!("{module} has no place in the table"));
        }
        for name in imports::own_names(code) {
            let other = sources.root.get(&name).unwrap_or(&name);
            let known = layers.modules().contains(other.as_str());
            if known && other != module && !layers.allows(module, other) {
                found.push(format!("{module} names {other}"));
            }
        }
        for reserved in reserved.iter().filter(|reserved| !reserved.modules.contains(module)) {
            let named = reserved.paths.iter().filter(|path| imports::names(code, path));
            found.extend(named.map(|path| format!("{module} names the crate {path}")));
        }
    }
    found
}

impl Sources {
    fn new(modules: &[(&str, &str)], root: &str) -> Self {
        let modules = modules.iter().map(|(name, code)| ((*name).to_owned(), imports::code(code))).collect();
        Self { modules, root: imports::root_names(&imports::code(root)) }
    }

    /// Reads all files; the first part of a path below `src` is the module.
    fn read(src: &Path) -> Self {
        let mut modules: BTreeMap<String, String> = BTreeMap::new();
        let mut root = String::new();
        for file in files(src) {
            let source = fs::read_to_string(&file).expect("a source file");
            let code = imports::code(&source);
            let relative = file.strip_prefix(src).expect("below src");
            let first = relative.iter().next().expect("a name").to_string_lossy();
            match first.strip_suffix(".rs").unwrap_or(&first) {
                "lib" => root = code,
                // Tests may look at anything, and a program at the whole library.
                "main" | "sample" => {}
                _ if relative.ends_with("tests.rs") => {}
                module => modules.entry(module.to_owned()).or_default().push_str(&code),
            }
        }
        Self { modules, root: imports::root_names(&root) }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn architecture() -> String {
    fs::read_to_string(root().join("docs/ARCHITECTURE.md")).expect("docs/ARCHITECTURE.md")
}

#[track_caller]
fn assert_none(violations: &[String]) {
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}
