//! prost's messages in the clients and servers of rsgrpc.
//!
//! With the option `messages=prost` the plugin writes clients and servers only, and names this codec in them. The messages
//! stay what they are, with all that is written around them:
//!
//! ```ignore
//! // build.rs
//! prost_build::Config::new().include_file("messages.rs").compile_protos(&["proto/greeter.proto"], &["proto"])?;
//! protoc_gen_rsgrpc::build::Config::new()
//!     .include("proto")
//!     .out_dir(services) // a folder of its own in OUT_DIR
//!     .option("messages=prost")
//!     .option("extern_path=.=crate::messages")
//!     .compile(&["proto/greeter.proto"])?;
//! ```
//!
//! The guide's page `docs/guide/migration.md` has the whole of it, and `examples/prost` is a program.

use std::fmt::{self, Debug};

use bytes::Bytes;
use prost::Message;
use rsgrpc::{Codec, Status, Writer};

/// The codec of prost's messages.
///
/// ```
/// use rsgrpc::{Kind, Method};
/// use rsgrpc_prost::Prost;
///
/// // As the plugin writes it; prost's types stand for `google.protobuf.StringValue` and `google.protobuf.Empty`.
/// static SAY: Method<String, ()> = Method::new::<Prost>(Kind::Unary, "/parrot.v1.Parrot/Say");
/// ```
///
/// A message that cannot be decoded is answered with INTERNAL; prost's error is the status' source. prost has limits of
/// its own: it goes 100 levels deep, and keeps no unknown fields.
#[derive(Clone, Copy, Debug)]
pub struct Prost;

impl<M: Message + Default + Debug> Codec<M> for Prost {
    fn encode(item: &M, out: &mut Writer) -> Result<(), Status> {
        // prost writes forwards, and a `Writer` from its end.
        out.prepend_shared(&Bytes::from(item.encode_to_vec()));
        Ok(())
    }

    fn decode(frame: Bytes) -> Result<M, Status> {
        M::decode(frame).map_err(|error| Status::internal(error.to_string()).with_source(error))
    }

    fn show(item: &M, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Debug::fmt(item, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn encoded<M: Message + Default + Debug>(message: &M) -> Bytes {
        let mut out = Writer::with_capacity(0);
        assert!(Prost::encode(message, &mut out).is_ok());
        out.to_vec().into()
    }

    #[test]
    fn there_and_back() {
        for text in ["", "word", &"long".repeat(100_000)] {
            let bytes = encoded(&text.to_owned());
            assert_eq!(bytes.len(), Message::encoded_len(&text.to_owned()));
            assert_eq!(Prost::decode(bytes).ok(), Some(text.to_owned()));
        }
    }

    #[test]
    fn what_is_no_message_is_internal() {
        let decoded: Result<String, Status> = Prost::decode(Bytes::from_static(b"\x0a\x05ab"));
        let status = decoded.err();
        assert_eq!(status.as_ref().map(Status::code), Some(rsgrpc::Code::Internal));
        assert!(status.as_ref().and_then(std::error::Error::source).is_some());
    }
}
