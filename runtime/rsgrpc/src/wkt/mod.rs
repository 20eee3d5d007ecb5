//! Protobuf's well-known types: `google/protobuf/timestamp.proto` and its kin.
//!
//! The messages are the plugin's own output; `cargo xtask generate` writes it, and a test compares.

#![allow(missing_docs, reason = "the .proto files say nothing of some fields")]

include!("google.protobuf.rs");
