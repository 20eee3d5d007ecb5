//! A line per call.

use super::{Call, Interceptor, Next, Outcome};
use crate::status::Status;
use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::time::Instant;

/// Writes a line for each call: method, duration, error. What the error does not say itself of its cause follows:
/// the message of a panic, for instance, which the client does not get.
///
/// ```text
/// method=/ecommerce.ProductService/GetProduct duration=1.2ms error=none
/// method=/ecommerce.ProductService/GetProduct duration=35µs error=NOT_FOUND: product 7 not found
/// method=/ecommerce.ProductService/GetProduct duration=90µs error=INTERNAL: the handler panicked: no such shelf
/// ```
///
/// ```
/// use rsgrpc::{Logging, Server};
///
/// let server = Server::new().intercept(Logging::stderr());
/// let server = Server::new().intercept(Logging::to(|line| println!("{line}")));
/// ```
pub struct Logging<W> {
    write: W,
}

impl Logging<fn(fmt::Arguments<'_>)> {
    /// Lines go to the standard error output.
    #[must_use]
    pub fn stderr() -> Self {
        // `eprintln` panics where nobody reads any more, which is no reason to fail a call.
        Self { write: |line| drop(writeln!(io::stderr(), "{line}")) }
    }
}

impl<W: Fn(fmt::Arguments<'_>) + Send + Sync + 'static> Logging<W> {
    /// Lines go to `write`, without a line break.
    pub fn to(write: W) -> Self {
        Self { write }
    }
}

impl<W: Fn(fmt::Arguments<'_>) + Send + Sync + 'static> Interceptor for Logging<W> {
    async fn intercept(&self, call: Call, next: Next<'_>) -> Outcome {
        let begun = Instant::now();
        let outcome = next.run(call).await;
        let (path, duration) = (outcome.context().path(), begun.elapsed());
        match outcome.status() {
            Ok(()) => (self.write)(format_args!("method={path} duration={duration:?} error=none")),
            Err(status) => {
                let error = Explained(status);
                (self.write)(format_args!("method={path} duration={duration:?} error={error}"));
            }
        }
        outcome
    }
}

/// A status, and what its message leaves out of its causes.
struct Explained<'a>(&'a Status);

impl fmt::Display for Explained<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = self.0.to_string();
        f.write_str(&told)?;
        let mut next = self.0.source();
        while let Some(cause) = next {
            let text = cause.to_string();
            if !told.contains(&text) {
                write!(f, ": {text}")?;
                told = text;
            }
            next = cause.source();
        }
        Ok(())
    }
}

impl<W> fmt::Debug for Logging<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logging").finish_non_exhaustive()
    }
}
