//! buffa, which is also what connectrpc uses.

use std::hint::black_box;

use buffa::{HasMessageView, Message, MessageView, SizeCache};

use super::{Case, Op};
use crate::data::Data;

/// What buffa-build generated.
#[allow(clippy::all, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/buffa/mod.rs"));
}
pub use generated::bench::shapes;

pub const NAME: &str = "buffa";

pub fn cases<M: Message + HasMessageView + 'static>(data: &'static Data) -> Vec<Case> {
    let messages = || data.iter().map(|bytes| decode::<M>(bytes));
    let rewrite = |bytes: &[u8]| decode::<M>(bytes).encode_to_vec();
    let review = |bytes: &[u8]| view::<M>(bytes).to_owned_message().expect("as decoded").encode_to_vec();
    let (mut buffer, mut cache) = (Vec::new(), SizeCache::new());
    vec![
        Case::new(NAME, Op::Decode, rewrite, data, |bytes| drop(black_box(decode::<M>(bytes)))),
        Case::new(NAME, Op::View, review, data, |bytes| drop(black_box(view::<M>(bytes)))),
        Case::new(NAME, Op::Encode, rewrite, messages(), move |message: &M| {
            buffer.clear();
            message.encode_with_cache(&mut cache, &mut buffer);
            black_box(buffer.as_slice());
        }),
        Case::new(NAME, Op::ToVec, rewrite, messages(), |message: &M| {
            drop(black_box(message.encode_to_vec()));
        }),
    ]
}

fn decode<M: Message>(bytes: &[u8]) -> M {
    M::decode_from_slice(bytes).expect("the data is well formed")
}

fn view<M: HasMessageView>(bytes: &[u8]) -> M::View<'_> {
    M::decode_view(bytes).expect("the data is well formed")
}
