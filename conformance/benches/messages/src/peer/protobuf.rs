//! Google's protobuf, version 4: Rust over its C library upb, whose arenas take
//! their memory from C's malloc whatever Rust's allocator is. It cannot encode
//! to memory that it is given.

use std::hint::black_box;

use protobuf::Message;

use super::{Case, Op};
use crate::data::Data;

/// What protoc generated.
#[allow(clippy::all, reason = "generated")]
pub mod shapes {
    include!(concat!(env!("OUT_DIR"), "/protobuf/generated.rs"));
}

pub const NAME: &str = "protobuf";

pub fn cases<M: Message + 'static>(data: &'static Data) -> Vec<Case> {
    let messages = || data.iter().map(|bytes| decode::<M>(bytes));
    let rewrite = |bytes: &[u8]| encode(&decode::<M>(bytes));
    let to_vec = |message: &M| drop(black_box(encode(message)));
    vec![
        Case::new(NAME, Op::Decode, rewrite, data, |bytes| drop(black_box(decode::<M>(bytes)))),
        Case::new(NAME, Op::Encode, rewrite, messages(), to_vec),
        Case::new(NAME, Op::ToVec, rewrite, messages(), to_vec),
    ]
}

fn decode<M: Message>(bytes: &[u8]) -> M {
    M::parse(bytes).expect("the data is well formed")
}

fn encode<M: Message>(message: &M) -> Vec<u8> {
    message.serialize().expect("nothing is too large")
}
