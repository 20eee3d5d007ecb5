//! Messages of Google's crate `protobuf` (version 4) in the clients and servers of rsgrpc.
//!
//! With the option `messages=protobuf` the plugin writes clients and servers only, and names this codec in them. The
//! messages are those of protoc's own `--rust_out`:
//!
//! ```ignore
//! // build.rs
//! protobuf_codegen::CodeGen::new().include("proto").inputs(["greeter.proto"]).output_dir(messages).generate_and_compile()?;
//! protoc_gen_rsgrpc::build::Config::new()
//!     .include("proto")
//!     .out_dir(services) // a folder of its own in OUT_DIR
//!     .option("messages=protobuf")
//!     .option("extern_path=.=crate::messages")
//!     .compile(&["proto/greeter.proto"])?;
//! ```
//!
//! Code that protoc generated fits one version of `protobuf` exactly, and so does this crate: 4.36.2, with protoc 36.2. The
//! guide's page `migration.md` has the whole of it, and `examples/protobuf` is a program.

use bytes::Bytes;
use protobuf::Message;
use rsgrpc::{Codec, Status, Writer};
use std::fmt;

/// The codec of messages of the crate `protobuf`.
///
/// A message that cannot be decoded is answered with INTERNAL, as is one of which a required field is missing; the
/// library's error is the status' source. Decoding goes 100 levels deep.
#[derive(Clone, Copy, Debug)]
pub struct GoogleProtobuf;

impl<M: Message> Codec<M> for GoogleProtobuf {
    fn encode(item: &M, out: &mut Writer) -> Result<(), Status> {
        // A `Writer` begins at its end, and the library has memory of its own.
        out.prepend_shared(&Bytes::from(item.serialize().map_err(internal)?));
        Ok(())
    }

    fn decode(frame: Bytes) -> Result<M, Status> {
        M::parse(&frame).map_err(internal)
    }

    fn show(item: &M, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(item, f)
    }
}

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Status {
    Status::internal(error.to_string()).with_source(error)
}
