//! Kinds of call, and what is sent with them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The deadline of every call.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// The metadata of every call.
pub const METADATA: [(&str, &str); 2] =
    [("x-request-id", "0123456789abcdef"), ("authorization", "Bearer abcdefghijklmnopqrstuvwxyz")];

/// Messages of a stream that a server sends.
pub const STREAM: u32 = 10_000;

/// Messages there and back on a stream both ways.
pub const TURNS: u32 = 100;

/// How long a handler that computes does so.
pub const WORK: Duration = Duration::from_micros(200);

/// The text of a small message, which is 64 bytes long when encoded.
const TEXT: &str = "a message of which nobody expects anything but to come back.";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Call {
    /// 64 bytes there and back.
    Small,
    /// The same, and the handler computes for 200 µs.
    Work,
    /// The same, and every tenth handler sleeps for 1 ms.
    Nap,
    /// The same, and every handler sleeps for as long as the deadline allows.
    Sleep,
    /// 10 kB of text there and back.
    Text,
    /// 1 MiB there and back.
    Large,
    /// 4 MiB there and back, so that the message just fits the default limits.
    Huge,
    /// 50 lines of a log there, a sum of their fields back.
    Ingest,
    /// The same, read from a view.
    IngestView,
    /// One message there, [`STREAM`] back.
    Repeat,
    /// One message there, and as many back as there is room for.
    Flood,
    /// [`TURNS`] messages there and back, one at a time.
    Bidi,
}

impl Call {
    const NAMES: [(Self, &str, &str); 12] = [
        (Self::Small, "small", "Unary"),
        (Self::Work, "work", "Work"),
        (Self::Nap, "nap", "Nap"),
        (Self::Sleep, "sleep", "Nap"),
        (Self::Text, "text", "Unary"),
        (Self::Large, "large", "Unary"),
        (Self::Huge, "huge", "Unary"),
        (Self::Ingest, "ingest", "Ingest"),
        (Self::IngestView, "ingest-view", "IngestView"),
        (Self::Repeat, "repeat", "Repeat"),
        (Self::Flood, "flood", "Repeat"),
        (Self::Bidi, "bidi", "Bidi"),
    ];

    /// The name of the method in echo.proto.
    pub fn method(self) -> &'static str {
        Self::NAMES.iter().find(|names| names.0 == self).map_or("", |names| names.2)
    }

    /// How many messages a call is counted as.
    pub fn messages(self) -> u64 {
        match self {
            Self::Repeat => u64::from(STREAM),
            Self::Bidi => u64::from(TURNS),
            _ => 1,
        }
    }

    /// The id, the text and the length of the body of the `turn`th message.
    pub fn ping(self, turn: usize) -> (i64, String, usize) {
        match self {
            Self::Text => (1, text(10_000), 0),
            Self::Large => (1, String::new(), 1 << 20),
            Self::Huge => (1, String::new(), (4 << 20) - 16),
            Self::Nap => (i64::from(turn % 10 == 9), TEXT.to_owned(), 0),
            Self::Sleep => (TIMEOUT.as_millis() as i64, TEXT.to_owned(), 0),
            _ => (1, TEXT.to_owned(), 0),
        }
    }
}

/// Text that is as repetitive as prose.
fn text(len: usize) -> String {
    const WORDS: [&str; 12] = [
        "order",
        "shipped",
        "customer",
        "the",
        "of",
        "warehouse",
        "delayed",
        "and",
        "invoice",
        "to",
        "paid",
        "returned",
    ];
    let mut state = 1_u32;
    let mut text = String::new();
    while text.len() < len {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        text += WORDS[(state >> 16) as usize % WORDS.len()];
        text += if state >> 28 == 0 { [". ", "; ", " - ", ", "][(state >> 8) as usize % 4] } else { " " };
        if state >> 27 == 3 {
            text += &(state >> 12).to_string();
        }
    }
    text.truncate(len);
    text
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Self::NAMES.iter().find(|names| names.0 == *self);
        f.write_str(names.map_or("", |names| names.1))
    }
}

impl FromStr for Call {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let names = Self::NAMES.iter().find(|names| names.1 == name);
        names.map(|names| names.0).ok_or_else(|| format!("unknown kind of call {name}"))
    }
}
