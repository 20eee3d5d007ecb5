//! The harness: everything that proves the project, behind `cargo xtask`.

#![allow(unreachable_pub, reason = "a program has no users: `pub` means what a module offers to the others")]

mod bench;
mod buf;
mod cargo;
mod certificates;
mod cost;
mod cpp;
mod debian;
mod demo;
mod generate;
mod interop;
mod large;
mod measure;
mod official;
mod peers;
mod process;
mod project;
mod readme;
mod roundtrip;
mod runner;
mod test;
mod tools;

use std::process::ExitCode;

use project::Project;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  demo [--serve]         generate, build and run the product service; --serve keeps it on port 50051
  test [STEP ...]        run all steps, or those whose names begin so
  conformance            run the official conformance suite
  interop [GROUP ...]    run gRPC's interoperability tests between implementations and through proxies
  bench messages|calls|reflection [OPTION ...]
                         compare with the Rust peers, see docs/benchmarks.md
  cost [OPTION ...]      what generated code costs: time to compile it, machine code, memory, beside prost's
  large                  the plugin on thousands of files, and rustc on what comes out; tens of minutes
  generate [--check]     write the checked-in generated code anew, or compare it";

fn main() -> ExitCode {
    let project = Project::find();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["demo"] => report(demo::run(&project)),
        ["demo", "--serve"] => report(demo::serve(&project)),
        ["test", steps @ ..] => test::run(&project, steps),
        ["conformance"] => report(official::print(&project)),
        ["interop", groups @ ..] => interop::print(&project, groups),
        ["bench", suite @ ("messages" | "calls" | "reflection"), rest @ ..] => {
            report(bench::run(&project, suite, rest))
        }
        ["cost", rest @ ..] => report(cost::run(&project, rest)),
        ["large"] => report(large::run(&project)),
        ["generate"] => report(generate::write(&project)),
        ["generate", "--check"] => report(generate::check(&project)),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn report(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}
