//! `protoc-gen-rsgrpc`: reads a `CodeGeneratorRequest` from stdin and answers on stdout.

use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use protoc_gen_rsgrpc::{directory, options, request, respond};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(|argument| argument.to_str()).collect();
    match words.as_slice() {
        [] if io::stdin().is_terminal() => print(&help()),
        [] => report(plugin()),
        [Some("mod"), _] => report(arguments.last().map_or(Ok(()), |dir| mod_file(Path::new(dir)))),
        [Some("--version" | "-V")] => print(&version()),
        [Some("--help" | "-h" | "help")] => print(&help()),
        _ => {
            let _ = write!(io::stderr(), "protoc-gen-rsgrpc: cannot be called like this\n\n{}", help());
            ExitCode::from(2)
        }
    }
}

fn plugin() -> Result<(), String> {
    let mut bytes = Vec::new();
    let mut input = io::stdin().lock().take(request::LARGEST + 1);
    input.read_to_end(&mut bytes).map_err(|error| format!("cannot read the request: {error}"))?;
    let mut output = io::stdout().lock();
    respond(bytes, &mut output)
        .and_then(|()| output.flush())
        .map_err(|error| format!("cannot write the response: {error}"))
}

fn mod_file(dir: &Path) -> Result<(), String> {
    directory::write_mod_file(dir).map_err(|error| error.to_string())
}

fn print(text: &str) -> ExitCode {
    report(io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string()))
}

fn report(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            let _ = writeln!(io::stderr(), "protoc-gen-rsgrpc: {text}");
            ExitCode::FAILURE
        }
    }
}

fn version() -> String {
    format!("protoc-gen-rsgrpc {}\n", env!("CARGO_PKG_VERSION"))
}

fn help() -> String {
    format!(
        "{}From .proto files to messages, clients and servers in Rust.

As a plugin:
  protoc --rsgrpc_out=src/proto --rsgrpc_opt=<option> greeter.proto
  buf generate        with `local: protoc-gen-rsgrpc` and `strategy: all`

By itself:
  protoc-gen-rsgrpc mod DIR
      Writes DIR/mod.rs, which declares the modules of all generated files there: for generating in many
      runs, such as buf's `strategy: directory`, with the option mod_file=false.
  protoc-gen-rsgrpc --version
  protoc-gen-rsgrpc --help

Options:
{}",
        version(),
        options::describe()
    )
}
