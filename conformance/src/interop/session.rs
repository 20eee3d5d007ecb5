//! Columns are run: servers are started, clients are told what to do, and what they print is judged.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::cases::{CASES, Case, Needs, SOAK};
use super::column::{Cell, Column};
use super::programs::{Language, Programs};
use super::proxy::{Proxy, Ready};
use super::secrets::{SERVER_NAME, Secrets};
use crate::process::{self, Server};
use crate::project::Project;
use crate::tools::Missing;

/// What an account asks for, as everywhere.
const SCOPE: &str = "https://www.googleapis.com/auth/xapi.zoo";
/// All cases of one column.
const LIMIT: Duration = Duration::from_secs(4 * 60);

/// All that columns need, installed, built and running.
pub struct Session {
    programs: Vec<(Language, Programs)>,
    proxies: Vec<(Proxy, Ready)>,
    secrets: Secrets,
    /// Gives tokens to accounts; what it writes is in `folder`.
    _tokens: Server,
    folder: PathBuf,
}

impl Session {
    pub fn prepare(project: &Project, columns: &[Column], log: &Path) -> Result<Self, Missing> {
        let folder = project.fresh("interop/session")?;
        // The cache and the token server are programs in Node.
        let node = Programs::prepare(project, Language::Node, log)?;
        let mut tokens = node.command("tokens");
        tokens.arg("--port=0").arg(format!("--folder={}", folder.display()));
        let mut session = Self {
            _tokens: Server::start(&mut tokens, log)?,
            programs: vec![(Language::Node, node)],
            proxies: Vec::new(),
            secrets: Secrets::make(project, log)?,
            folder,
        };
        let (mut languages, mut proxies) = (Vec::new(), Vec::new());
        for column in columns {
            languages.extend([column.client, column.server]);
            proxies.extend(column.proxy);
        }
        for language in languages {
            if session.programs(language).is_err() {
                session.programs.push((language, Programs::prepare(project, language, log)?));
            }
        }
        for proxy in proxies {
            if !session.proxies.iter().any(|(ready, _)| *ready == proxy) {
                session.proxies.push((proxy, proxy.prepare(project, log)?));
            }
        }
        Ok(session)
    }

    /// Runs all cases of a column; there is a cell for each in the result.
    pub fn run(&self, column: Column, log: &Path) -> Vec<Cell> {
        let cases: Vec<&Case> = CASES.iter().filter(|case| column.can(case)).collect();
        let printed = self.play(column, &cases, log);
        let cell = |case: &Case| match &printed {
            _ if !column.can(case) => Cell::Unable,
            Ok(printed) => judge(case.name, printed),
            Err(why) => Cell::Failed(why.clone()),
        };
        CASES.iter().map(cell).collect()
    }

    /// Starts the servers of a column and runs its cases; returns what the client has printed.
    fn play(&self, column: Column, cases: &[&Case], log: &Path) -> Result<String, String> {
        let file = |name: &str| PathBuf::from(format!("{}.{name}.log", log.display()));
        let (server_log, client_log) = (file("server"), file("client"));
        let mut server = self.programs(column.server)?.server();
        server.args(["--port=0", &format!("--token_keys_file={}", self.file("keys.json"))]);
        if column.tls && column.proxy.is_none() {
            server.arg("--use_tls=true");
            server.arg(format!("--tls_cert_file={}", self.secrets.server_certificate.display()));
            server.arg(format!("--tls_key_file={}", self.secrets.server_key.display()));
        }
        let server = Server::start(&mut server, &server_log)?;
        let proxy = match column.proxy {
            None => None,
            Some(proxy) => {
                let ready = self.proxies.iter().find(|(ready, _)| *ready == proxy);
                let (_, ready) = ready.ok_or("the proxy was not prepared")?;
                let folder = self.folder.join(column.to_string().replace(' ', "-"));
                let tls = column.tls.then_some(&self.secrets);
                Some(ready.start(server.port(), tls, &folder, &file("proxy"))?)
            }
        };
        let (cached, plain): (Vec<&Case>, Vec<&Case>) =
            cases.iter().partition(|case| case.needs == Needs::Cache);
        let port = proxy.as_ref().unwrap_or(&server).port();
        let mut printed = self.client(column, &plain, port, &client_log)?;
        if !cached.is_empty() {
            let mut cache = self.programs(Language::Node)?.command("cache");
            cache.args(["--port=0", &format!("--backend={}", server.port())]);
            let cache = Server::start(&mut cache, &file("cache"))?;
            printed += &self.client(column, &cached, cache.port(), &client_log)?;
        }
        drop((proxy, server));
        let seen = fs::read_to_string(&server_log).map_err(|error| error.to_string())?;
        check_calls(cases, &seen)?;
        Ok(printed)
    }

    /// Runs cases and returns what was printed, whether they passed or not.
    fn client(&self, column: Column, cases: &[&Case], port: &str, log: &Path) -> Result<String, String> {
        let names: Vec<&str> = cases.iter().map(|case| case.name).collect();
        let mut client: Command = self.programs(column.client)?.client();
        client.args(["--server_host=127.0.0.1", &format!("--server_port={port}")]);
        client.arg(format!("--test_case={}", names.join(",")));
        client.arg(format!("--soak_iterations={SOAK}"));
        if column.client == Language::Rust {
            // The others do not measure. Ours may have to share the machine.
            client.arg("--soak_per_iteration_max_acceptable_latency_ms=10000");
        }
        if column.tls {
            client.args(["--use_tls=true", "--use_test_ca=true"]);
            client.arg(format!("--ca_file={}", self.secrets.ca.display()));
            client.arg(format!("--server_host_override={SERVER_NAME}"));
            client.arg(format!("--service_account_key_file={}", self.file("account.json")));
            client.arg(format!("--oauth_scope={SCOPE}"));
        }
        let (Ok(printed) | Err(printed)) = process::run(&mut client, log, LIMIT);
        Ok(printed)
    }

    /// A file that the token server has written.
    fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn programs(&self, language: Language) -> Result<&Programs, String> {
        let found = self.programs.iter().find(|(ready, _)| *ready == language);
        found.map(|(_, programs)| programs).ok_or_else(|| format!("{} was not prepared", language.name()))
    }
}

/// What a client has printed of a case; one that it says nothing of has failed.
pub fn judge(name: &str, printed: &str) -> Cell {
    let failed = format!("FAIL {name}:");
    if printed.lines().any(|line| line.strip_prefix("ok ") == Some(name)) {
        return Cell::Passed;
    }
    let why = printed.lines().find(|line| line.starts_with(&failed));
    Cell::Failed(why.map_or_else(|| format!("{name} did not run\n{printed}"), str::to_owned))
}

/// Whether the server has seen as many calls as these cases make: a client's word is not enough.
fn check_calls(cases: &[&Case], seen: &str) -> Result<(), String> {
    let mut wanted: HashMap<&str, usize> = HashMap::new();
    for Case { calls: (method, calls), .. } in cases {
        *wanted.entry(method).or_default() += calls;
    }
    for (method, wanted) in wanted {
        let line = format!("call /grpc.testing.TestService/{method}");
        let calls = seen.lines().filter(|seen| *seen == line).count();
        if calls < wanted {
            return Err(format!("the server has seen {calls} calls of {method}, not {wanted}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{CASES, Cell, check_calls, judge};

    #[test]
    fn a_case_that_did_not_run_has_failed() {
        assert!(matches!(judge("a", "ok b\nok a\n"), Cell::Passed));
        assert!(matches!(judge("a", "ok ab\nFAIL a: why\n"), Cell::Failed(why) if why == "FAIL a: why"));
        assert!(matches!(judge("a", ""), Cell::Failed(_)));
    }

    #[test]
    fn calls_that_no_server_has_seen_were_not_made() {
        let case: Vec<_> = CASES.iter().filter(|case| case.name == "large_unary").collect();
        assert!(check_calls(&case, "call /grpc.testing.TestService/UnaryCall\n").is_ok());
        assert!(check_calls(&case, "call /grpc.testing.TestService/EmptyCall\n").is_err());
    }
}
