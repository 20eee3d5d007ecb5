//! The results as tables: a row for each case, a column for each pair; and the cases of connections.

use std::fmt;

use super::Results;
use super::cases::{CASES, Role, UNABLE, Unable};
use super::column::{Cell, Column};

#[derive(Default)]
pub struct Matrix {
    pub columns: Results,
    pub connections: Vec<(&'static str, Cell)>,
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (column, _)) in self.columns.iter().enumerate() {
            writeln!(f, "{:>2}  {column}", index + 1)?;
        }
        write!(f, "\n{:27}", "")?;
        for index in 0..self.columns.len() {
            write!(f, " {:>4}", index + 1)?;
        }
        for (row, case) in CASES.iter().enumerate() {
            write!(f, "\n{:27}", case.name)?;
            for cell in self.columns.iter().filter_map(|(_, cells)| cells.get(row)) {
                write!(f, " {:>4}", cell.to_string())?;
            }
        }
        write!(f, "\n\nrsgrpc as client, each case with a server of its own\n")?;
        for (name, cell) in &self.connections {
            write!(f, "\n{name:27} {:>4}", cell.to_string())?;
        }
        writeln!(f, "\n\nn/a  cacheable_unary: a cache stands before servers without TLS and proxy alone")?;
        writeln!(f, "     jwt_token_creds, oauth2_auth_token, per_rpc_creds: only with TLS")?;
        for Unable { language, role, cases, why } in UNABLE {
            let role = if *role == Role::Client { "client" } else { "server" };
            writeln!(f, "     {} as {role}, {}: {why}", language.name(), cases.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} →", self.client.name())?;
        if let Some(proxy) = self.proxy {
            write!(f, " {} →", proxy.name())?;
        }
        write!(f, " {}{}", self.server.name(), if self.tls { ", TLS" } else { "" })
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passed => "ok",
            Self::Failed(_) => "FAIL",
            Self::Unable => "n/a",
        })
    }
}
