//! Programs that are run with their output kept and an end to their time.

use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How often a running program is looked at.
const TICK: Duration = Duration::from_millis(20);
/// How long a server may take to be ready, and to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs `command` to its end and appends all that it prints to `log`.
///
/// Returns what it printed, or why it did not succeed.
pub fn run(command: &mut Command, log: &Path, limit: Duration) -> Result<String, String> {
    let before = fs::metadata(log).map_or(0, |log| log.len());
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(append(log)?).stderr(append(log)?);
    let status = finish(&mut spawn(command)?, limit);
    let printed = fs::read(log).map_err(|error| format!("{}: {error}", log.display()))?;
    let printed =
        String::from_utf8_lossy(printed.get(usize::try_from(before).unwrap_or(0)..).unwrap_or_default())
            .into_owned();
    match status {
        Some(status) if status.success() => Ok(printed),
        Some(status) => Err(format!("{name} ended with {status}\n{printed}")),
        None => Err(format!("{name} was ended after {} s\n{printed}", limit.as_secs())),
    }
}

/// A running server, which says `listening ADDRESS` and ends when its stdin ends, or at an interrupt.
pub struct Server {
    child: Child,
    /// Reads what it prints.
    watching: Option<JoinHandle<()>>,
    pub address: String,
}

impl Server {
    pub fn start(command: &mut Command, log: &Path) -> Result<Self, String> {
        let name = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(append(log)?);
        let printed = append(log)?;
        let mut child = spawn(command)?;
        let (send, receive) = mpsc::channel();
        let stdout = child.stdout.take();
        let watching = stdout.map(|stdout| thread::spawn(move || watch(stdout, &send, printed)));
        let mut server = Self { child, watching, address: String::new() };
        server.address = receive
            .recv_timeout(PATIENCE)
            .map_err(|_| format!("{name} did not say where it listens; see {}", log.display()))?;
        Ok(server)
    }

    /// Starts a program that does not say when it listens on this port.
    pub fn on_port(command: &mut Command, port: u16, log: &Path) -> Result<Self, String> {
        command.stdin(Stdio::null()).stdout(append(log)?).stderr(append(log)?);
        let mut server =
            Self { child: spawn(command)?, watching: None, address: format!("127.0.0.1:{port}") };
        let start = Instant::now();
        while TcpStream::connect(&server.address).is_err() {
            let ended = matches!(server.child.try_wait(), Ok(Some(_)));
            if ended || start.elapsed() > PATIENCE {
                let name = command.get_program().to_string_lossy();
                return Err(format!("{name} does not listen on port {port}; see {}", log.display()));
            }
            thread::sleep(TICK);
        }
        Ok(server)
    }

    /// The port that it listens on.
    pub fn port(&self) -> &str {
        self.address.rsplit(':').next().unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        signal("INT", &self.child);
        finish(&mut self.child, PATIENCE);
        // Then the log is complete. Nobody that the server has left behind keeps its output open.
        signal("KILL", &self.child);
        if let Some(watching) = self.watching.take() {
            // A panic in there is printed.
            let _ = watching.join();
        }
    }
}

/// Sends the address on as soon as it is known, and reads on so that the server never waits for us; what else there
/// is goes to the log.
fn watch(stdout: impl Read, address: &mpsc::Sender<String>, mut log: File) {
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        if let Some((_, rest)) = line.split_once("listening ") {
            // The receiver may be gone: it has waited for the first line only.
            let _ = address.send(rest.trim_start_matches("on ").trim().to_owned());
        } else {
            // The log is for people, and for counts that fail without it.
            let _ = writeln!(log, "{line}");
        }
    }
}

fn append(log: &Path) -> Result<File, String> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .map_err(|error| format!("{}: {error}", log.display()))
}

/// Starts the program as the leader of a process group, so that all of it can be ended.
fn spawn(command: &mut Command) -> Result<Child, String> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    command.spawn().map_err(|error| format!("{}: {error}", command.get_program().to_string_lossy()))
}

/// Waits for the end, and forces it when the time is over: `None`.
fn finish(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    while start.elapsed() < limit {
        match child.try_wait() {
            Ok(None) => thread::sleep(TICK),
            Ok(status) => return status,
            Err(_) => break,
        }
    }
    signal("KILL", child);
    let _ = child.kill();
    let _ = child.wait();
    None
}

/// Sends a signal to a program and all that it has started.
fn signal(name: &str, leader: &Child) {
    if cfg!(unix) {
        // It may have ended already.
        let _ =
            Command::new("kill").arg(format!("-{name}")).arg("--").arg(format!("-{}", leader.id())).output();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::run;

    #[test]
    fn a_program_that_hangs_is_ended_with_its_children() {
        let log = std::env::temp_dir().join(format!("rsgrpc-process-{}.log", std::process::id()));
        let begun = Instant::now();
        let mut command = Command::new("sh");
        let result =
            run(command.args(["-c", "echo begun; sleep 1000 & wait"]), &log, Duration::from_millis(200));
        assert_eq!(result, Err("sh was ended after 0 s\nbegun\n".to_owned()));
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::fs::remove_file(log).unwrap();
    }
}
