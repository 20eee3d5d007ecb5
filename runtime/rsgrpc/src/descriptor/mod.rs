//! The messages of `google/protobuf/descriptor.proto`: what protoc makes of `.proto` files.
//!
//! Both files are the plugin's own output; a test of `protoc-gen-rsgrpc` generates them again and compares.

#![allow(missing_docs, reason = "some of the schema's fields have no comment")]

include!("google.protobuf.rs");

/// The messages of `google/protobuf/compiler/plugin.proto`: how protoc talks to plugins.
pub mod compiler {
    include!("google.protobuf.compiler.rs");
}
