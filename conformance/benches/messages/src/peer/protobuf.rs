//! Google's protobuf, version 4: Rust over its C library upb, whose arenas take
//! their memory from C's malloc whatever Rust's allocator is. It cannot encode
//! to memory that it is given, compare messages or tell their length.

use std::hint::black_box;

use protobuf::Message;

use super::{Cases, Op};
use crate::data::Data;

/// What protoc generated.
#[allow(clippy::all, reason = "generated")]
pub mod shapes {
    include!(concat!(env!("OUT_DIR"), "/protobuf/generated.rs"));
}

pub const NAME: &str = "protobuf";

pub fn cases<M: Message + Clone + 'static>(data: &'static Data) -> Cases {
    let messages = || data.iter().map(|bytes| decode::<M>(bytes)).collect::<Vec<_>>();
    let to_vec = |message: &M| drop(black_box(encode(message)));
    let mut cases = Cases::new(NAME, data, |bytes| encode(&decode::<M>(bytes)));
    cases
        .add(Op::Decode, data, |bytes| drop(black_box(decode::<M>(bytes))))
        .add(Op::Encode, messages(), to_vec)
        .add(Op::ToVec, messages(), to_vec)
        .add(Op::Clone, messages(), |message| drop(black_box(message.clone())))
        .add_drop(messages());
    cases
}

fn decode<M: Message>(bytes: &[u8]) -> M {
    M::parse(bytes).expect("the data is well formed")
}

fn encode<M: Message>(message: &M) -> Vec<u8> {
    message.serialize().expect("nothing is too large")
}
