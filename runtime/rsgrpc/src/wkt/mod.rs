//! Protobuf's well-known types: the messages of `google/protobuf/timestamp.proto` and the like.
//!
//! The plugin's own output; a test of `protoc-gen-rsgrpc` generates it again and compares.

#![allow(missing_docs, reason = "some of the schema's fields have no comment")]

include!("google.protobuf.rs");
