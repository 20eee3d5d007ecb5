//! The other end of a connection for tests that are about frames: it says what a test tells it to, right or
//! wrong, and reports what comes back.
//!
//! Nothing here is shared with what is tested: frames (RFC 9113) and header compression (RFC 7541) are written
//! out.
//!
//! ```no_run
//! # async fn test(address: std::net::SocketAddr) {
//! use http2_peer::{Ending, Peer, frames};
//!
//! let mut peer = Peer::connect(address).await;
//! peer.send(frames::request(1, "/test.Test/Unary")).await;
//! peer.send(frames::data(1, b"half a mess")).await;
//! peer.send(frames::reset(1, frames::CANCEL)).await;
//! peer.send(frames::ping(*b"are you?")).await;
//! peer.expect(frames::pong(*b"are you?")).await;
//! # }
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

pub mod frames;
pub mod hpack;
mod huffman;
mod peer;

pub use frames::Frame;
pub use peer::{Answer, Ending, PREFACE, Peer};
