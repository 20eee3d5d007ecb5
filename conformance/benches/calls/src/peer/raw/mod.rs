//! h2 alone, with frames made in advance: the other side of whatever is
//! measured, the same for all and as cheap as h2 allows. As a peer it is the
//! ceiling of what is built on h2.

mod client;
mod exchange;
mod server;

pub use client::connect;
pub use exchange::Exchanges;
pub use server::serve;

use bytes::{BufMut, Bytes, BytesMut};
use prost::Message;

pub const NAME: &str = "h2";

/// The windows of a stream and of a connection: no flow control worth the name.
const STREAM_WINDOW: u32 = 4 << 20;
const WINDOW: u32 = 256 << 20;

/// A message behind its gRPC prefix.
fn frame(message: &impl Message) -> Bytes {
    prefixed(0, &message.encode_to_vec())
}

fn prefixed(flag: u8, message: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(message.len() + 5);
    frame.put_u8(flag);
    frame.put_u32(u32::try_from(message.len()).expect("a message of less than 4 GiB"));
    frame.put_slice(message);
    frame.freeze()
}
