//! This project: with `String`, and with strings that stand in the message.

use std::hint::black_box;

use rsgrpc::{Bytes, Message, View, Writer};

use super::sum::Sum;
use super::{Cases, Op};
use crate::data::Data;

/// What protoc-gen-rsgrpc generated.
mod generated {
    include!(concat!(env!("OUT_DIR"), "/rsgrpc/mod.rs"));
}
pub use generated::bench::shapes;

/// The same with strings that stand in the message.
mod generated_inline {
    include!(concat!(env!("OUT_DIR"), "/rsgrpc_inline/mod.rs"));
}
pub use generated_inline::bench::shapes as inline_shapes;

pub const NAME: &str = "rsgrpc";
pub const INLINE: &str = "rsgrpc inline";

pub fn cases<M: Message>(data: &'static Data) -> Cases
where
    for<'a> M::View<'a>: Sum,
{
    let mut cases = Cases::new(NAME, data, rewrite::<M>);
    common::<M>(&mut cases);
    let review = |bytes: &[u8]| view::<M>(bytes).to_message().encode();
    cases
        .add(Op::View, data, |bytes| drop(black_box(view::<M>(bytes))))
        .checked_by(review)
        .add(Op::Read, data, |bytes| _ = black_box(view::<M>(bytes).sum()))
        .checked_by(review);
    cases
}

/// Views are the same as without.
pub fn inline_cases<M: Message>(data: &'static Data) -> Cases {
    let mut cases = Cases::new(INLINE, data, rewrite::<M>);
    common::<M>(&mut cases);
    cases
}

fn common<M: Message>(cases: &mut Cases) {
    let frames: Vec<Bytes> = cases.data.iter().map(|bytes| Bytes::copy_from_slice(bytes)).collect();
    let messages = || frames.iter().map(|frame| decode::<M>(frame)).collect::<Vec<_>>();
    let to_json = |message: &M| message.to_json().expect("it has a form in JSON");
    let from_json = |json: &str| M::from_json(json).expect("it was written so");
    let texts: Vec<String> = messages().iter().map(to_json).collect();
    let mut writer = Writer::with_capacity(16 * 1024);
    cases
        .add(Op::Decode, frames.clone(), |frame| drop(black_box(decode::<M>(frame))))
        .add(Op::Encode, messages(), move |message| {
            writer.clear();
            message.encode_into(&mut writer);
            // Large `bytes` are sent from where they lie.
            if writer.has_segments() {
                drop(black_box(writer.take()));
            } else {
                black_box(writer.written());
            }
        })
        .add(Op::ToVec, messages(), |message| drop(black_box(message.encode())))
        .add(Op::Len, messages(), |message| _ = black_box(message.encoded_len()))
        .add(Op::ToJson, messages(), move |message| drop(black_box(to_json(message))))
        .add(Op::FromJson, texts, move |json| drop(black_box(from_json(json))))
        .add(Op::Clone, messages(), |message| drop(black_box(message.clone())))
        .add(Op::Eq, messages().into_iter().zip(messages()), |(left, right)| {
            black_box(left == right);
        })
        .add_drop(messages());
}

fn rewrite<M: Message>(bytes: &[u8]) -> Vec<u8> {
    decode::<M>(&Bytes::copy_from_slice(bytes)).encode()
}

/// As a server does it.
fn decode<M: Message>(frame: &Bytes) -> M {
    M::decode_bytes(frame).expect("the data is well formed")
}

fn view<M: Message>(bytes: &[u8]) -> M::View<'_> {
    View::decode(bytes).expect("the data is well formed")
}
