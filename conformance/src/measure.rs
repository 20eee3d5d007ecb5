//! What a program takes, as GNU time tells it.

use std::fs;
use std::path::Path;

/// What a program and those that it started took.
#[derive(Clone, Copy)]
pub struct Measured {
    /// Seconds of all processors.
    pub cpu: f64,
    /// Seconds on the clock.
    pub clock: f64,
    /// The most memory that one process held, in bytes.
    pub peak: u64,
}

/// What to write before a shell command, so that [`read`] finds what it took.
pub fn prefix(times: &Path) -> String {
    format!("/usr/bin/time --output='{}' --format='%U %S %e %M'", times.display())
}

/// What the last command with this [`prefix`] took.
pub fn read(times: &Path) -> Result<Measured, String> {
    let text = fs::read_to_string(times).map_err(|error| format!("{}: {error}", times.display()))?;
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    match numbers[..] {
        [user, system, clock, kibibytes] => {
            Ok(Measured { cpu: user + system, clock, peak: kibibytes as u64 * 1024 })
        }
        _ => Err(format!("GNU time says {text:?}")),
    }
}
