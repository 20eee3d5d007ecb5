//! What is tried with a connection rather than with calls: each case has a server of its own.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use super::column::Cell;
use super::programs::{Language, Programs};
use super::secrets::{SERVER_NAME, Secrets};
use super::session::judge;
use crate::process::{self, Server};
use crate::project::Project;
use crate::tools::Missing;

const LIMIT: Duration = Duration::from_secs(60);

/// The cases of `doc/negative-http2-interop-test-descriptions.md`, and the calls that their server must see.
const TRICKS: &[(&str, usize)] = &[
    ("goaway", 2),
    ("rst_after_header", 1),
    ("rst_during_data", 1),
    ("rst_after_data", 1),
    ("ping", 1),
    ("max_streams", 11),
    ("data_frame_padding", 1),
    ("no_df_padding_sanity_test", 1),
];

/// That of `doc/connection-backoff-interop-test-description.md`, in eight seconds instead of nine minutes: the longest
/// pause is two seconds and comes after the second one.
const RECONNECT: &str = "reconnect";
const RECONNECT_FLAGS: &[&str] = &["--max_reconnect_backoff_ms=2000", "--reconnect_seconds=8"];

/// Runs all at the same time: they wait more than they work.
pub fn run(project: &Project, log: &Path) -> Result<Vec<(&'static str, Cell)>, Missing> {
    let secrets = Secrets::make(project, log)?;
    let programs = Programs::prepare(project, Language::Rust, log)?;
    let cell = |name: &str, printed: Result<String, String>| match printed {
        Ok(printed) => judge(name, &printed),
        Err(why) => Cell::Failed(why),
    };
    thread::scope(|scope| {
        let reconnecting = scope.spawn(|| (RECONNECT, cell(RECONNECT, reconnect(&programs, &secrets, log))));
        let mut running: Vec<_> = TRICKS
            .iter()
            .map(|(name, calls)| scope.spawn(|| (*name, cell(name, trick(&programs, name, *calls, log)))))
            .collect();
        running.push(reconnecting);
        running.into_iter().map(|case| case.join().map_err(|_| "a case has panicked".to_owned())).collect()
    })
}

fn trick(programs: &Programs, name: &str, calls: usize, log: &Path) -> Result<String, String> {
    let server_log = file(log, name, "server");
    let mut server = programs.command("http2-server");
    let server = Server::start(server.args(["--port=0", &format!("--test_case={name}")]), &server_log)?;
    let port = format!("--server_port={}", server.port());
    let printed = client(programs.client().arg(port), name, log);
    drop(server);
    let seen = fs::read_to_string(&server_log).map_err(|error| error.to_string())?;
    if let Some(wrong) = seen.lines().find(|line| line.starts_with("wrong: ")) {
        return Err(format!("{name}: {wrong}"));
    }
    match seen.lines().filter(|line| *line == "call").count() {
        found if found == calls => Ok(printed),
        found => Err(format!("{name}: the server has seen {found} calls, not {calls}\n{printed}")),
    }
}

fn reconnect(programs: &Programs, secrets: &Secrets, log: &Path) -> Result<String, String> {
    let retry = TcpListener::bind("[::]:0").and_then(|listener| listener.local_addr());
    let retry = retry.map_err(|error| error.to_string())?.port();
    let mut server = programs.server();
    server.args(["--control_port=0", &format!("--retry_port={retry}")]);
    let server = Server::start(&mut server, &file(log, RECONNECT, "server"))?;
    let mut command = programs.client();
    command.arg(format!("--server_control_port={}", server.port()));
    command.arg(format!("--server_retry_port={retry}")).args(RECONNECT_FLAGS);
    command.args(["--use_tls=true", "--use_test_ca=true", &format!("--server_host_override={SERVER_NAME}")]);
    command.arg(format!("--ca_file={}", secrets.ca.display()));
    Ok(client(&mut command, RECONNECT, log))
}

/// What the client prints, whether the case has passed or not.
fn client(command: &mut Command, name: &str, log: &Path) -> String {
    command.args(["--server_host=127.0.0.1", &format!("--test_case={name}")]);
    let (Ok(printed) | Err(printed)) = process::run(command, &file(log, name, "client"), LIMIT);
    printed
}

fn file(log: &Path, name: &str, who: &str) -> PathBuf {
    PathBuf::from(format!("{}.{name}.{who}.log", log.display()))
}
