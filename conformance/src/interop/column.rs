//! A client and a server, and what is between them.

use super::cases::{Case, Needs};
use super::programs::Language;
use super::proxy::Proxy;

#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub client: Language,
    pub server: Language,
    pub proxy: Option<Proxy>,
    /// Whether the client uses TLS; a proxy goes on without it.
    pub tls: bool,
}

impl Column {
    pub const fn direct(client: Language, server: Language) -> Self {
        Self { client, server, proxy: None, tls: false }
    }

    pub const fn through(proxy: Proxy, client: Language, server: Language) -> Self {
        Self { client, server, proxy: Some(proxy), tls: false }
    }

    pub const fn tls(self) -> Self {
        Self { tls: true, ..self }
    }

    /// Whether the case can be run here.
    pub fn can(&self, case: &Case) -> bool {
        let has = match case.needs {
            Needs::Nothing => true,
            Needs::Tls => self.tls,
            Needs::Cache => self.has_cache(),
        };
        has && case.able(self.client, self.server)
    }

    /// What needs a cache is run where there would be no proxy otherwise.
    fn has_cache(&self) -> bool {
        self.proxy.is_none() && !self.tls
    }
}

/// How a case ended.
pub enum Cell {
    Passed,
    Failed(String),
    /// One of the two cannot do it, or there is not what it needs.
    Unable,
}
