//! The client against servers of the tests' own: correct, rude and broken ones.

#![allow(unreachable_pub, reason = "a test program exports nothing")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod answers;
mod care;
mod causes;
mod compression;
mod connect;
mod interceptors;
mod pipe;
mod raw;
mod streams;
mod unary;
