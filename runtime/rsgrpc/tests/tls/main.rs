//! TLS between server and channel, and against peers that do TLS their own way.

#![allow(unreachable_pub, reason = "a test program exports nothing")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod alpn;
mod certificates;
mod configuration;
mod credentials;
mod handshake;
mod reload;
mod support;
