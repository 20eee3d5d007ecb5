//! gRPC for Rust: the runtime of code that `protoc-gen-rsgrpc` generates.
