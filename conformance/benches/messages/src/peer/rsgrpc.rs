//! This project.

use std::hint::black_box;

use rsgrpc::{Message, View, Writer};

use super::{Case, Op};
use crate::data::Data;

/// What protoc-gen-rsgrpc generated.
mod generated {
    include!(concat!(env!("OUT_DIR"), "/rsgrpc/mod.rs"));
}
pub use generated::bench::shapes;

pub const NAME: &str = "rsgrpc";

pub fn cases<M: Message>(data: &'static Data) -> Vec<Case> {
    let messages = || data.iter().map(|bytes| decode::<M>(bytes));
    let rewrite = |bytes: &[u8]| decode::<M>(bytes).encode();
    let review = |bytes: &[u8]| view::<M>(bytes).to_message().encode();
    let mut writer = Writer::with_capacity(16 * 1024);
    vec![
        Case::new(NAME, Op::Decode, rewrite, data, |bytes| drop(black_box(decode::<M>(bytes)))),
        Case::new(NAME, Op::View, review, data, |bytes| drop(black_box(view::<M>(bytes)))),
        Case::new(NAME, Op::Encode, rewrite, messages(), move |message: &M| {
            writer.clear();
            message.encode_into(&mut writer);
            // Large `bytes` are sent from where they lie.
            if writer.has_segments() {
                drop(black_box(writer.take()));
            } else {
                black_box(writer.written());
            }
        }),
        Case::new(NAME, Op::ToVec, rewrite, messages(), |message: &M| {
            drop(black_box(message.encode()));
        }),
    ]
}

fn decode<M: Message>(bytes: &[u8]) -> M {
    Message::decode(bytes).expect("the data is well formed")
}

fn view<M: Message>(bytes: &[u8]) -> M::View<'_> {
    View::decode(bytes).expect("the data is well formed")
}
