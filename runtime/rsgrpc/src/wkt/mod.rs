//! Protobuf's well-known types: `google/protobuf/timestamp.proto` and its kin.
//!
//! The messages are the plugin's own output; `cargo xtask generate` writes it, and a test compares.

include!("google.protobuf.rs");
