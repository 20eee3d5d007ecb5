//! Schemas that are large in one direction, once and twice as large: time and memory grow as they do.

use std::fmt::Write;
use std::fs;

use super::schemas::Schemas;
use super::{Large, Measured};

/// Twice the input may take so many times as long. Linear is 2; the rest is for what the machine does beside.
const MOST: f64 = 2.6;

/// A schema of the size `n`: paths and texts.
type Make = fn(usize) -> Vec<(String, String)>;

const SHAPES: &[(&str, Make, usize)] = &[
    ("files", files, 2_500),
    ("messages in one file", messages, 10_000),
    ("a chain of imports", chain, 1_000),
    ("values of one enum", values, 20_000),
];

pub fn run(large: &Large<'_>) -> Result<(), String> {
    let mut worse = Vec::new();
    for &(name, make, n) in SHAPES {
        let once = measure(large, name, make, n)?;
        let twice = measure(large, name, make, 2 * n)?;
        let times = twice.cpu / once.cpu;
        if times > MOST {
            worse.push(format!("{name}: twice as many take {times:.1} times as long"));
        }
    }
    if worse.is_empty() { Ok(()) } else { Err(worse.join("\n")) }
}

fn measure(large: &Large<'_>, name: &str, make: Make, n: usize) -> Result<Measured, String> {
    let root = large.fresh("synthetic")?;
    for (path, text) in make(n) {
        let path = root.join(path);
        let folder = path.parent().unwrap_or(&root);
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    large.generate(&format!("{n} {name}"), &Schemas::of(root)?)
}

/// A hundred files in each package, each with a few messages, an enum and a service.
fn files(n: usize) -> Vec<(String, String)> {
    let file = |at: usize| {
        let package = at / 100;
        let text = format!(
            "syntax = \"proto3\";\npackage p{package}.v1;\n\n\
             // What is asked for.\nmessage Get{at}Request {{\n  string name = 1;\n  Kind{at} kind = 2;\n}}\n\n\
             message Thing{at} {{\n  string name = 1;\n  repeated Part{at} parts = 2;\n  map<string, string> labels = 3;\n  \
             oneof state {{\n    bool ready = 4;\n    string error = 5;\n  }}\n}}\n\n\
             message Part{at} {{\n  int64 number = 1;\n  bytes data = 2;\n}}\n\n\
             enum Kind{at} {{\n  KIND{at}_UNSPECIFIED = 0;\n  KIND{at}_ONE = 1;\n}}\n\n\
             service Things{at} {{\n  rpc Get(Get{at}Request) returns (Thing{at});\n}}\n"
        );
        (format!("p{package}/f{at}.proto"), text)
    };
    (0..n).map(file).collect()
}

/// Messages that name each other.
fn messages(n: usize) -> Vec<(String, String)> {
    let mut text = "syntax = \"proto3\";\npackage one.v1;\n".to_owned();
    for at in 0..n {
        let next = (at + 1) % n;
        let _ = write!(
            text,
            "message M{at} {{\n  string name = 1;\n  M{next} next = 2;\n  int32 number = 3;\n}}\n"
        );
    }
    vec![("one.proto".to_owned(), text)]
}

/// Each file imports the one before it, publicly, and each is a package.
fn chain(n: usize) -> Vec<(String, String)> {
    let file = |at: usize| {
        let before = if at == 0 {
            String::new()
        } else {
            format!(
                "import public \"c{0}.proto\";\nmessage Holds {{ c{0}.M m = 1; c0.M first = 2; }}\n",
                at - 1
            )
        };
        (format!("c{at}.proto"), format!("syntax = \"proto3\";\npackage c{at};\n{before}message M {{}}\n"))
    };
    (0..n).map(file).collect()
}

fn values(n: usize) -> Vec<(String, String)> {
    let mut text = "syntax = \"proto3\";\npackage wide.v1;\nenum Wide {\n".to_owned();
    for at in 0..n {
        let _ = writeln!(text, "  WIDE_VALUE_{at} = {at};");
    }
    text.push_str("}\n");
    vec![("wide.proto".to_owned(), text)]
}
