//! `protoc-gen-rsgrpc`: reads a `CodeGeneratorRequest` from stdin and answers on stdout.

fn main() {}
