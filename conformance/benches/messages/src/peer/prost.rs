//! prost, which is also what tonic uses.

use std::hint::black_box;

use prost::Message;

use super::{Case, Op};
use crate::data::Data;

/// What prost-build generated.
pub mod shapes {
    include!(concat!(env!("OUT_DIR"), "/prost/bench.shapes.rs"));
}

pub const NAME: &str = "prost";

pub fn cases<M: Message + Default + 'static>(data: &'static Data) -> Vec<Case> {
    let messages = || data.iter().map(|bytes| decode::<M>(bytes));
    let rewrite = |bytes: &[u8]| decode::<M>(bytes).encode_to_vec();
    let mut buffer = Vec::new();
    vec![
        Case::new(NAME, Op::Decode, rewrite, data, |bytes| drop(black_box(decode::<M>(bytes)))),
        Case::new(NAME, Op::Encode, rewrite, messages(), move |message: &M| {
            buffer.clear();
            message.encode(&mut buffer).expect("a vector grows");
            black_box(buffer.as_slice());
        }),
        Case::new(NAME, Op::ToVec, rewrite, messages(), |message: &M| {
            drop(black_box(message.encode_to_vec()));
        }),
    ]
}

/// Whether both hold the same message: the judge of all peers, since maps may
/// come in any order.
pub fn same<M: Message + Default + PartialEq>(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && decode::<M>(left) == decode::<M>(right)
}

fn decode<M: Message + Default>(bytes: &[u8]) -> M {
    M::decode(bytes).expect("the data is well formed")
}
