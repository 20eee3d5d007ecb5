//! The product service against other implementations, in both directions; see `conformance/peers/README.md`.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::certificates;
use crate::process::{self, Server};
use crate::project::Project;
use crate::runner::{Outcome, Runner};
use crate::tools;

/// All cases of one pair.
const LIMIT: Duration = Duration::from_secs(10 * 60);
/// How long to wait for the port that the published client has in its source.
const PORT_LIMIT: Duration = Duration::from_secs(120);

#[derive(Clone, Copy)]
enum Language {
    Rust,
    Python,
    Node,
}
use Language::{Node, Python, Rust};

/// Server and client. The last two are controls: what fails there is not ours.
const PAIRS: &[(&str, Language, Language)] = &[
    ("Rust server, Rust client", Rust, Rust),
    ("Rust server, grpcio client", Rust, Python),
    ("Rust server, grpc-js client", Rust, Node),
    ("grpcio server, Rust client", Python, Rust),
    ("grpc-js server, Rust client", Node, Rust),
    ("grpcio server, grpc-js client", Python, Node),
    ("grpc-js server, grpcio client", Node, Python),
];

pub fn run(project: &Project, runner: &mut Runner, wanted: impl Fn(&str) -> bool) {
    for (name, server, client) in PAIRS {
        let name = format!("peers: {name}");
        if wanted(&name) {
            runner.step(&name, |log| pair(project, *server, *client, None, log));
        }
        let name = format!("{name}, with TLS");
        if wanted(&name) {
            runner.step(&name, |log| match certificates::make(project, log) {
                Ok(folder) => pair(project, *server, *client, Some(&folder), log),
                Err(missing) => Outcome::Skipped(missing),
            });
        }
    }
    let name = "peers: the published Node client";
    if wanted(name) {
        runner.step(name, |log| published_client(project, log));
    }
}

/// Both sides do TLS with certificates of this folder, if there is one.
fn pair(
    project: &Project,
    server: Language,
    client: Language,
    certificates: Option<&Path>,
    log: &Path,
) -> Outcome {
    let (mut server, mut client) =
        match (command(project, server, "server", log), command(project, client, "client", log)) {
            (Ok(server), Ok(client)) => (server, client),
            (Err(missing), _) | (_, Err(missing)) => return Outcome::Skipped(missing),
        };
    let mut cases = vec!["cases.txt"];
    if let Some(folder) = certificates {
        server.env("CERTIFICATES", folder);
        client.env("CERTIFICATES", folder);
        cases.push("secured-cases.txt");
    }
    let server = match Server::start(&mut server, &log.with_extension("server.log")) {
        Ok(server) => server,
        Err(why) => return Outcome::of(Err(why)),
    };
    let printed = process::run(client.arg(&server.address), log, LIMIT);
    let read = |name| fs::read_to_string(project.root.join("conformance/peers").join(name));
    let cases = cases.into_iter().map(|name| read(name).unwrap_or_default()).collect::<String>();
    judge(&cases, &printed.unwrap_or_else(|why| why))
}

/// Compares what a client has printed with the cases that there are.
fn judge(cases: &str, printed: &str) -> Outcome {
    let cases: BTreeSet<&str> = cases.lines().filter(|line| !line.is_empty()).collect();
    let passed: BTreeSet<&str> = printed.lines().filter_map(|line| line.strip_prefix("ok ")).collect();
    let missing: Vec<&str> = cases.difference(&passed).copied().collect();
    if missing.is_empty() && !cases.is_empty() {
        return Outcome::Passed(cases.len());
    }
    let why = format!("did not pass: {}\n\n{printed}", missing.join(", "));
    Outcome::Failed { passed: cases.intersection(&passed).count(), failed: missing.len().max(1), why }
}

/// How to start a peer; it lacks the arguments.
fn command(project: &Project, language: Language, role: &str, log: &Path) -> Result<Command, String> {
    let peers = project.root.join("conformance/peers");
    Ok(match language {
        Rust => Command::new(project.program(&format!("drill-{role}"))),
        Python => {
            let mut command = Command::new(tools::python(project, log)?);
            let stubs =
                tools::python_stubs(project, "examples/product/proto", &["product_service.proto"], log)?;
            command.env("PYTHONPATH", stubs).env("PYTHONDONTWRITEBYTECODE", "1");
            command.arg(peers.join(format!("python/{role}.py")));
            command
        }
        Node => {
            let mut command = Command::new("node");
            command.env("NODE_PATH", tools::node(project, log)?);
            command.arg(peers.join(format!("node/{role}.js")));
            command
        }
    })
}

/// The client of the published example, which no line was changed in: it calls port 50051.
fn published_client(project: &Project, log: &Path) -> Outcome {
    let modules = match tools::node(project, log) {
        Ok(modules) => modules,
        Err(missing) => return Outcome::Skipped(missing),
    };
    if !wait_for_port(50051) {
        return Outcome::Skipped("port 50051 is taken".to_owned());
    }
    let run = || {
        let mut server = Command::new(project.program("product-server"));
        let _server = Server::start(server.arg("127.0.0.1:50051"), &log.with_extension("server.log"))?;
        let mut client = Command::new("node");
        client.env("NODE_PATH", modules).arg(project.root.join("examples/product/node/index.js"));
        let printed = process::run(&mut client, log, LIMIT)?;
        let expected = [
            "id: 'prod-123'",
            "Received product: ",
            "Found 2 electronics",
            "product_ids: [ 'prod-1', 'prod-2' ]",
        ];
        match expected.iter().find(|line| !printed.contains(**line)) {
            Some(missing) => Err(format!("{missing:?} is not in what it printed:\n{printed}")),
            None => Ok(expected.len()),
        }
    };
    Outcome::of(run())
}

fn wait_for_port(port: u16) -> bool {
    let start = Instant::now();
    while TcpListener::bind(("127.0.0.1", port)).is_err() {
        if start.elapsed() > PORT_LIMIT {
            return false;
        }
        thread::sleep(Duration::from_millis(200));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::runner::Outcome;

    #[test]
    fn a_case_that_did_not_run_has_failed() {
        assert!(matches!(judge("a\nb\n", "ok a\nok b\n"), Outcome::Passed(2)));
        assert!(matches!(judge("a\nb\n", "ok a\n"), Outcome::Failed { passed: 1, failed: 1, .. }));
        assert!(matches!(judge("a\nb\n", "FAIL a: why\n"), Outcome::Failed { passed: 0, failed: 2, .. }));
        assert!(matches!(judge("", ""), Outcome::Failed { .. }));
    }
}
