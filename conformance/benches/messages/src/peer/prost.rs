//! prost, which is also what tonic uses: as it comes, and with `Bytes` and
//! `BTreeMap`. JSON is pbjson's.

use std::hint::black_box;

use bytes::Bytes;
use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Cases, Op};
use crate::data::Data;

/// What prost-build generated.
pub mod shapes {
    include!(concat!(env!("OUT_DIR"), "/prost/bench.shapes.rs"));
    include!(concat!(env!("OUT_DIR"), "/prost/bench.shapes.serde.rs"));
}

/// The same with `Bytes` and `BTreeMap`.
pub mod bytes_shapes {
    include!(concat!(env!("OUT_DIR"), "/prost_bytes/bench.shapes.rs"));
}

pub const NAME: &str = "prost";
pub const BYTES: &str = "prost bytes";

pub fn cases<M>(data: &'static Data) -> Cases
where
    M: Message + Default + Clone + PartialEq + Serialize + DeserializeOwned + 'static,
{
    let mut cases = Cases::new(NAME, data, |bytes| decode::<M>(bytes).encode_to_vec());
    cases.add(Op::Decode, data, |bytes| drop(black_box(decode::<M>(bytes))));
    common::<M>(&mut cases);
    let to_json = |message: &M| serde_json::to_string(message).expect("it has a form in JSON");
    let from_json = |json: &str| serde_json::from_str::<M>(json).expect("it was written so");
    let texts: Vec<String> = data.iter().map(|bytes| to_json(&decode(bytes))).collect();
    cases.add(Op::ToJson, messages::<M>(data), move |message| drop(black_box(to_json(message))));
    cases.add(Op::FromJson, texts, move |json| drop(black_box(from_json(json))));
    cases
}

pub fn bytes_cases<M: Message + Default + Clone + PartialEq + 'static>(data: &'static Data) -> Cases {
    let mut cases = Cases::new(BYTES, data, |bytes| {
        M::decode(Bytes::copy_from_slice(bytes)).expect("the data is well formed").encode_to_vec()
    });
    let frames = data.iter().map(|bytes| Bytes::copy_from_slice(bytes));
    cases.add(Op::Decode, frames, |bytes: &Bytes| {
        drop(black_box(M::decode(bytes.clone()).expect("the data is well formed")));
    });
    common::<M>(&mut cases);
    cases
}

fn common<M: Message + Default + Clone + PartialEq + 'static>(cases: &mut Cases) {
    let messages = || messages::<M>(cases.data);
    let pairs = messages().into_iter().zip(messages());
    let (plain, lengths, copied, dropped, encoded) =
        (messages(), messages(), messages(), messages(), messages());
    let mut buffer = Vec::new();
    cases
        .add(Op::Encode, encoded, move |message| {
            buffer.clear();
            message.encode(&mut buffer).expect("a vector grows");
            black_box(buffer.as_slice());
        })
        .add(Op::ToVec, plain, |message| drop(black_box(message.encode_to_vec())))
        .add(Op::Len, lengths, |message| _ = black_box(message.encoded_len()))
        .add(Op::Clone, copied, |message| drop(black_box(message.clone())))
        .add(Op::Eq, pairs, |(left, right)| _ = black_box(left == right))
        .add_drop(dropped);
}

fn messages<M: Message + Default>(data: &Data) -> Vec<M> {
    data.iter().map(|bytes| decode(bytes)).collect()
}

/// Whether both hold the same message: the judge of all peers, since maps may
/// come in any order.
pub fn same<M: Message + Default + PartialEq>(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && decode::<M>(left) == decode::<M>(right)
}

fn decode<M: Message + Default>(bytes: &[u8]) -> M {
    M::decode(bytes).expect("the data is well formed")
}
