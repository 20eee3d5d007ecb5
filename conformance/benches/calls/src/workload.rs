//! What is measured: kinds of call, how many at a time, on which runtime.

use std::fmt;
use std::str::FromStr;

/// The text of a small message, which is 64 bytes long when encoded.
pub const TEXT: &str = "a message of which nobody expects anything but to come back";

/// The body of a large one.
pub const LARGE: usize = 1024 * 1024;

/// Messages of a stream.
pub const STREAM: u32 = 100;

/// Kinds of call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 64 bytes there and back.
    Unary,
    /// 1 MiB there and back.
    Large,
    /// One message there, a hundred back.
    Repeat,
    /// A hundred messages there and back, one at a time.
    Bidi,
}

impl Kind {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Unary, "unary"), (Self::Large, "large"), (Self::Repeat, "repeat"), (Self::Bidi, "bidi")];

    /// How many messages a call is counted as.
    pub fn messages(self) -> u64 {
        match self {
            Self::Unary | Self::Large => 1,
            Self::Repeat | Self::Bidi => u64::from(STREAM),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|kind| kind.0 == *self).map_or("?", |kind| kind.1);
        f.write_str(name)
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let kind = Self::ALL.iter().find(|kind| kind.1 == name);
        kind.map(|kind| kind.0).ok_or_else(|| format!("unknown kind of call {name}"))
    }
}

/// A tokio runtime: of one thread, or of one per core.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Flavor {
    Current,
    Multi,
}

impl Flavor {
    pub const ALL: [Self; 2] = [Self::Current, Self::Multi];

    pub fn name(self) -> &'static str {
        match self {
            Self::Current => "current-thread",
            Self::Multi => "multi-thread",
        }
    }

    pub fn from_name(name: &str) -> Result<Self, String> {
        let flavor = Self::ALL.into_iter().find(|flavor| flavor.name() == name);
        flavor.ok_or_else(|| format!("unknown runtime {name}"))
    }

    pub fn runtime(self) -> tokio::runtime::Runtime {
        let mut builder = match self {
            Self::Current => tokio::runtime::Builder::new_current_thread(),
            Self::Multi => tokio::runtime::Builder::new_multi_thread(),
        };
        builder.enable_all().build().expect("a runtime can be built")
    }
}

/// Calls of a kind, so many of them in flight on one connection.
#[derive(Clone, Copy)]
pub struct Workload {
    pub kind: Kind,
    pub in_flight: usize,
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} x{}", self.kind, self.in_flight)
    }
}

pub const WORKLOADS: [Workload; 7] = [
    Workload { kind: Kind::Unary, in_flight: 1 },
    Workload { kind: Kind::Unary, in_flight: 16 },
    Workload { kind: Kind::Unary, in_flight: 64 },
    Workload { kind: Kind::Unary, in_flight: 256 },
    Workload { kind: Kind::Repeat, in_flight: 8 },
    Workload { kind: Kind::Bidi, in_flight: 16 },
    Workload { kind: Kind::Large, in_flight: 2 },
];
