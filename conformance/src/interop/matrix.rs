//! The results as a table: a row for each case, a column for each pair.

use std::fmt;

use super::Results;
use super::cases::{CASES, Role, UNABLE};
use super::column::{Cell, Column};

#[derive(Default)]
pub struct Matrix(Results);

impl Matrix {
    pub fn extend(&mut self, results: Results) {
        self.0.extend(results);
    }
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (column, _)) in self.0.iter().enumerate() {
            writeln!(f, "{:>2}  {column}", index + 1)?;
        }
        write!(f, "\n{:27}", "")?;
        for index in 0..self.0.len() {
            write!(f, " {:>4}", index + 1)?;
        }
        for (row, case) in CASES.iter().enumerate() {
            write!(f, "\n{:27}", case.name)?;
            for cell in self.0.iter().filter_map(|(_, cells)| cells.get(row)) {
                write!(f, " {:>4}", cell.to_string())?;
            }
        }
        writeln!(f, "\n\nn/a: a proxy and TLS have no cache, credentials need TLS, and")?;
        for (role, language, cases, why) in UNABLE {
            let role = if *role == Role::Client { "client" } else { "server" };
            writeln!(f, "     {} as {role}: {} ({why})", language.name(), cases.join(", "))?;
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
