//! What becomes of a panic: it ends its call alone.

use crate::status::Status;
use std::any::Any;
use std::error::Error;
use std::fmt;

/// The status of a call in which `who` panicked. The panic's message is its source: it stays in this process.
#[cold]
pub(super) fn status(who: &str, payload: Box<dyn Any + Send>) -> Status {
    let message = match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => payload.downcast_ref::<&str>().copied().unwrap_or_default().to_owned(),
    };
    Status::internal(format!("{who} panicked")).with_source(Panic(message))
}

/// Whether this is the status of a call that panicked.
pub(super) fn caused(status: &Status) -> bool {
    status.source().is_some_and(|source| source.is::<Panic>())
}

/// The message of a panic.
#[derive(Debug)]
struct Panic(String);

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Panic {}
