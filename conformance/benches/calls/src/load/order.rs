//! Orders to clients, and what comes of them, as lines of text.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::call::Call;

/// Calls to make.
#[derive(Clone, Copy)]
pub struct Order {
    pub call: Call,
    /// On each connection; if they are roaming, in all.
    pub in_flight: usize,
    /// Whether each call goes to the next connection.
    pub roaming: bool,
    /// What one more caller, which does not count, does on each connection.
    pub beside: Option<Call>,
    /// At most, in all.
    pub calls: usize,
    pub time: Duration,
}

impl Order {
    /// So many calls in flight on each connection.
    pub fn new(call: Call, in_flight: usize, time: Duration) -> Self {
        Self { call, in_flight, roaming: false, beside: None, calls: usize::MAX, time }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { call, in_flight, roaming, beside, calls, time } = self;
        let beside = beside.map_or("-".to_owned(), |call| call.to_string());
        write!(f, "{call} {in_flight} {roaming} {beside} {calls} {}", time.as_millis())
    }
}

impl FromStr for Order {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let words: Vec<&str> = line.split(' ').collect();
        let [call, in_flight, roaming, beside, calls, millis] = words.as_slice() else {
            return Err("an order has six words".to_owned());
        };
        let bad = |_| "not an order".to_owned();
        Ok(Self {
            call: call.parse()?,
            in_flight: in_flight.parse().map_err(bad)?,
            roaming: *roaming == "true",
            beside: if *beside == "-" { None } else { Some(beside.parse()?) },
            calls: calls.parse().map_err(bad)?,
            time: Duration::from_millis(millis.parse().map_err(bad)?),
        })
    }
}

/// Calls that were made.
#[derive(Clone, Copy)]
pub struct Load {
    pub calls: u64,
    pub took: Duration,
    pub p50: Duration,
    pub p99: Duration,
}

impl Load {
    pub fn new(mut latencies: Vec<Duration>, took: Duration) -> Self {
        let count = latencies.len();
        let mut at = |percent: usize| match (count * percent / 100).min(count.saturating_sub(1)) {
            _ if count == 0 => Duration::ZERO,
            place => *latencies.select_nth_unstable(place).1,
        };
        Self { calls: count as u64, took, p50: at(50), p99: at(99) }
    }
}

/// Four numbers; times in nanoseconds.
impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calls, took, p50, p99 } = self;
        write!(f, "{calls} {} {} {}", took.as_nanos(), p50.as_nanos(), p99.as_nanos())
    }
}

impl FromStr for Load {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let numbers: Result<Vec<u64>, _> = line.split(' ').map(str::parse).collect();
        match numbers.as_deref() {
            Ok(&[calls, took, p50, p99]) => {
                let time = Duration::from_nanos;
                Ok(Self { calls, took: time(took), p50: time(p50), p99: time(p99) })
            }
            _ => Err(format!("a client answers {line:?}")),
        }
    }
}
