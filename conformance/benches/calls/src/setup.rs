//! How a process is set up: its runtime and what is on the wire.

use std::fmt;
use std::str::FromStr;

use tokio::runtime::{Builder, Runtime};

/// What a tokio runtime consists of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Threads {
    /// The current-thread runtime.
    Current,
    /// The multi-thread runtime with so many workers.
    Multi(usize),
    /// So many threads with a current-thread runtime each; servers of this
    /// project alone.
    Each(usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    pub threads: Threads,
    pub tls: bool,
    /// Both sides compress what they send.
    pub gzip: bool,
}

impl Setup {
    pub const CURRENT: Self = Self { threads: Threads::Current, tls: false, gzip: false };

    /// One worker.
    pub const MULTI: Self = Self::multi(1);

    pub const fn multi(workers: usize) -> Self {
        Self { threads: Threads::Multi(workers), ..Self::CURRENT }
    }

    /// The same on a runtime of one thread, for the side that is not measured.
    pub const fn single(self) -> Self {
        Self { threads: Threads::Current, ..self }
    }

    /// The number of threads that work at a time.
    pub const fn cores(self) -> usize {
        match self.threads {
            Threads::Current => 1,
            Threads::Multi(count) | Threads::Each(count) => count,
        }
    }

    pub fn runtime(self) -> Runtime {
        let mut builder = match self.threads {
            Threads::Multi(_) => Builder::new_multi_thread(),
            Threads::Current | Threads::Each(_) => Builder::new_current_thread(),
        };
        builder.worker_threads(self.cores()).enable_all().build().expect("a runtime can be built")
    }
}

/// As the command line has it: `current`, `multi2`, `each2`; then `+tls`, `+gzip`.
impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.threads {
            Threads::Current => write!(f, "current")?,
            Threads::Multi(count) => write!(f, "multi{count}")?,
            Threads::Each(count) => write!(f, "each{count}")?,
        }
        f.write_str(if self.tls { "+tls" } else { "" })?;
        f.write_str(if self.gzip { "+gzip" } else { "" })
    }
}

impl FromStr for Setup {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split('+');
        let threads = parts.next().unwrap_or_default();
        let count = |name| threads.strip_prefix(name).and_then(|count: &str| count.parse().ok());
        let threads = match (threads, count("multi"), count("each")) {
            ("current", ..) => Threads::Current,
            (_, Some(count), _) => Threads::Multi(count),
            (_, _, Some(count)) => Threads::Each(count),
            _ => return Err(format!("unknown runtime {threads}")),
        };
        let mut setup = Self { threads, ..Self::CURRENT };
        for part in parts {
            match part {
                "tls" => setup.tls = true,
                "gzip" => setup.gzip = true,
                _ => return Err(format!("unknown setup {part}")),
            }
        }
        Ok(setup)
    }
}
