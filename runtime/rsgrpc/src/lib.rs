//! gRPC for Rust: the runtime of code that `protoc-gen-rsgrpc` generates.
//!
//! A generated message names each field once, as a typed constant of layout ×
//! kind, and says in two functions where its fields live: [`Message::fields`]
//! hands them out and [`Decode::merge`](codegen::Decode::merge) takes one in.
//! Every format is a visitor or a source in this crate, instantiated where it
//! is used.
//!
//! Without default features the crate is the wire codec and messages alone: no
//! tokio, no HTTP.

#![cfg_attr(docsrs, feature(doc_cfg))]

// Generated code names this crate, and some of it lives here.
#[allow(unused_extern_crates, reason = "the plugin's output uses it")]
extern crate self as rsgrpc;

mod binary;
pub mod codegen;
mod debug;
#[cfg(feature = "descriptor")]
pub mod descriptor;
mod encoded;
mod enumeration;
mod error;
mod field;
mod kind;
mod limits;
pub mod map;
mod message;
mod own;
mod required;
mod source;
mod unknown;
mod view;
mod visit;
mod wire;
pub mod wkt;

#[cfg(test)]
mod sample;

pub use bytes::Bytes;
pub use encoded::Encoded;
pub use enumeration::Enumeration;
pub use error::{Cause, DecodeError};
pub use limits::Limits;
pub use map::Map;
pub use message::{Message, View};
pub use unknown::{UnknownFields, UnknownFieldsView};
pub use view::{MapValues, MapView, RepeatedView, Values};
pub use wire::Writer;

use source::Source;
use visit::{Sink, Visitor};
