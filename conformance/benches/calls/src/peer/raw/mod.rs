//! h2 alone, with frames made in advance: the other side of whatever is
//! measured, the same for all and as cheap as h2 allows.

mod client;
mod server;

pub use client::connect;
pub use server::serve;

use bytes::{BufMut, Bytes, BytesMut};
use prost::Message;

pub const NAME: &str = "raw";

/// No flow control worth the name.
const WINDOW: u32 = 16 * 1024 * 1024;

/// The messages of echo.proto. They need no build script.
#[derive(Clone, PartialEq, Message)]
struct Ping {
    #[prost(int64, tag = "1")]
    id: i64,
    #[prost(string, tag = "2")]
    text: String,
    #[prost(bytes = "bytes", tag = "3")]
    body: Bytes,
}

#[derive(Clone, PartialEq, Message)]
struct Count {
    #[prost(int32, tag = "1")]
    messages: i32,
    #[prost(message, optional, tag = "2")]
    ping: Option<Ping>,
}

/// A message behind its gRPC prefix.
fn frame(message: &impl Message) -> Bytes {
    let len = message.encoded_len();
    let mut frame = BytesMut::with_capacity(len + 5);
    frame.put_u8(0);
    frame.put_u32(u32::try_from(len).expect("messages are small"));
    message.encode(&mut frame).expect("there is room");
    frame.freeze()
}
