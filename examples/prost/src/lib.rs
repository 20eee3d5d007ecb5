//! The product service over prost's messages: how a team adopts rsgrpc and keeps its messages.
//!
//! See `build.rs` for how both come about, and [`Shop`] for what a service looks like.

mod shop;

/// What prost-build writes: the messages that a team has already, with all that it has written around them.
#[allow(missing_docs, reason = "the schema has no comments")]
pub mod messages {
    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}

/// What rsgrpc writes: clients and servers.
#[allow(missing_docs, reason = "the schema has no comments")]
pub mod services {
    include!(concat!(env!("OUT_DIR"), "/services/mod.rs"));
}

pub use shop::Shop;
