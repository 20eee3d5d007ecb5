//! A line per call.

use super::{Call, Interceptor, Next, Outcome};
use std::fmt;
use std::io::{self, Write};
use std::time::Instant;

/// Writes a line for each call: method, duration, error.
///
/// ```text
/// method=/ecommerce.ProductService/GetProduct duration=1.2ms error=none
/// method=/ecommerce.ProductService/GetProduct duration=35µs error=NOT_FOUND: product 7 not found
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
            Err(status) => (self.write)(format_args!("method={path} duration={duration:?} error={status}")),
        }
        outcome
    }
}

impl<W> fmt::Debug for Logging<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logging").finish_non_exhaustive()
    }
}
