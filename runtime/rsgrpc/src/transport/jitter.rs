//! Chance, where many must not do the same at the same time.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// A duration that is longer or shorter by up to `part` of it; `part` is in 0..=1.
pub(crate) fn jittered(duration: Duration, part: f64) -> Duration {
    jittered_by(duration, part, random())
}

/// As [`jittered`]; `random` is in 0..1.
pub(crate) fn jittered_by(duration: Duration, part: f64, random: f64) -> Duration {
    scale(duration, 1.0 + part.clamp(0.0, 1.0) * (2.0 * random - 1.0), duration)
}

/// `duration * factor`; `otherwise` where that is not a duration.
pub(crate) fn scale(duration: Duration, factor: f64, otherwise: Duration) -> Duration {
    Duration::try_from_secs_f64(duration.as_secs_f64() * factor).unwrap_or(otherwise)
}

/// A number in 0..1 from the randomness that std seeds its hash maps with; good enough to spread clients.
fn random() -> f64 {
    let bits = RandomState::new().hash_one(0) >> 32;
    f64::from(u32::try_from(bits).unwrap_or_default()) / (f64::from(u32::MAX) + 1.0)
}
