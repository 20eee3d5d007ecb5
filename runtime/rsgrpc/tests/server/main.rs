//! The server, over raw HTTP/2 and through clients.

#![allow(unreachable_pub, missing_docs, reason = "a test is no library")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

mod calls;
mod care;
mod compression;
mod costs;
mod ends;
mod frames;
mod limits;
mod messages;
mod pipe;
mod protocol;
mod requests;
mod sockets;
mod support;
