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

#[cfg(feature = "arbitrary")]
pub mod arbitrary;
mod binary;
pub mod codegen;
mod debug;
#[cfg(feature = "descriptor")]
pub mod descriptor;
#[cfg(feature = "reflect")]
mod dynamic;
mod encoded;
mod enumeration;
mod error;
mod extension;
mod field;
mod fill;
#[cfg(feature = "json")]
pub mod json;
mod kind;
mod label;
mod lazy;
mod limits;
pub mod map;
mod message;
mod own;
#[cfg(feature = "proptest")]
pub mod proptest;
#[cfg(feature = "reflect")]
pub mod reflect;
#[cfg_attr(not(feature = "text"), allow(dead_code, reason = "for formats"))]
mod registry;
mod required;
#[cfg(feature = "schema")]
pub mod schema;
mod source;
mod string;
#[cfg(feature = "text")]
pub mod text;
mod unknown;
mod view;
mod visit;
mod wire;
pub mod wkt;

#[cfg(feature = "call")]
mod call;
#[cfg(feature = "call")]
mod client;
#[cfg(feature = "call")]
mod codec;
#[cfg(feature = "call")]
pub mod compression;
#[cfg(feature = "call")]
mod deadline;
#[cfg(feature = "call")]
mod frame;
#[cfg(feature = "call")]
mod metadata;
#[cfg(feature = "call")]
mod method;
#[cfg(feature = "rpc")]
pub mod rpc;
#[cfg(feature = "call")]
mod server;
#[cfg(feature = "call")]
mod status;
#[cfg(feature = "call")]
pub mod testing;
#[cfg(feature = "_tls")]
pub mod tls;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(feature = "call")]
mod transport;

#[cfg(test)]
mod sample;

pub use bytes::Bytes;
pub use encoded::Encoded;
pub use enumeration::Enumeration;
pub use error::{Cause, DecodeError};
pub use extension::Extension;
pub use limits::Limits;
pub use map::Map;
pub use message::{Message, View};
pub use registry::Registry;
pub use unknown::{UnknownFields, UnknownFieldsView};
pub use view::{MapValues, MapView, RepeatedView, Values};
pub use wire::{Str, Writer};

#[cfg(feature = "call")]
pub use call::{AnyMessage, Cancellation, Context, ResponseMetadata, Sender, Streaming};
#[cfg(feature = "call")]
pub use client::{
    AccessToken, Backoff, BearerToken, BidiCall, CallCredentials, CallTarget, Channel, ChannelBuilder,
    ChannelError, ClientCall, ClientInterceptor, ClientNext, ClientOutcome, ClientStreamingCall,
    Connectivity, Response, ResponseFuture, ServerStreamingCall, UnaryCall, Upload,
};
#[cfg(feature = "call")]
pub use codec::{Codec, Protobuf};
#[cfg(feature = "call")]
pub use deadline::Deadline;
#[cfg(feature = "call")]
pub use metadata::{Metadata, MetadataError, MetadataValue};
#[cfg(feature = "call")]
pub use method::{Kind, Method};
#[cfg(feature = "call")]
pub use server::{
    Call, CallFuture, Interceptor, Listen, Listener, Logging, Next, OnCancel, Outcome, Server, ServerHandle,
    Service,
};
#[cfg(feature = "call")]
pub use status::{Code, Status};
#[cfg(feature = "call")]
pub use transport::{Keepalive, KeepaliveEnforcement, Local, Peer, Process};

use source::Source;
use visit::{Sink, Visitor};

/// What fuzz targets see and users do not.
#[cfg(all(fuzzing, feature = "call"))]
pub mod fuzzing {
    pub use crate::compression::recode;
    pub use crate::frame::deframe;
}
