//! buffa, which is also what connectrpc uses: as it comes, with strings of
//! `SmolStr` and `Bytes`, and as lazy views.

use std::hint::black_box;
use std::ops::Deref;

use buffa::types::{ProtoString, WirePayload};
use buffa::{DecodeError, HasMessageView, LazyMessageView, Message, MessageView, SizeCache};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::sum::Sum;
use super::{Cases, Op};
use crate::data::Data;

/// What buffa-build generated.
#[allow(clippy::all, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/buffa/mod.rs"));
}
pub use generated::bench::shapes;

/// The same with small strings.
#[allow(clippy::all, reason = "generated")]
mod small {
    include!(concat!(env!("OUT_DIR"), "/buffa_small/mod.rs"));
}
pub use small::bench::shapes as small_shapes;

pub const NAME: &str = "buffa";
pub const SMALL: &str = "buffa small";
pub const LAZY: &str = "buffa lazy";

/// `SmolStr` as buffa asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SmolString(SmolStr);

impl Deref for SmolString {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for SmolString {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<String> for SmolString {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&str> for SmolString {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl ProtoString for SmolString {
    fn from_wire(payload: WirePayload<'_>) -> Result<Self, DecodeError> {
        payload.to_str().map(Self::from)
    }
}

pub fn cases<M>(data: &'static Data) -> Cases
where
    M: Message + HasMessageView + Clone + PartialEq + Serialize + DeserializeOwned + 'static,
    for<'a> M::View<'a>: Sum,
{
    let mut cases = Cases::new(NAME, data, |bytes| decode::<M>(bytes).encode_to_vec());
    let review = |bytes: &[u8]| view::<M>(bytes).to_owned_message().expect("as decoded").encode_to_vec();
    cases
        .add(Op::Decode, data, |bytes| drop(black_box(decode::<M>(bytes))))
        .add(Op::View, data, |bytes| drop(black_box(view::<M>(bytes))))
        .checked_by(review)
        .add(Op::Read, data, |bytes| _ = black_box(view::<M>(bytes).sum()))
        .checked_by(review);
    common::<M>(&mut cases);
    cases
}

pub fn small_cases<M>(data: &'static Data) -> Cases
where
    M: Message + Clone + PartialEq + Serialize + DeserializeOwned + 'static,
{
    let mut cases = Cases::new(SMALL, data, |bytes| {
        M::decode(&mut Bytes::copy_from_slice(bytes)).expect("the data is well formed").encode_to_vec()
    });
    let frames = data.iter().map(|bytes| Bytes::copy_from_slice(bytes));
    cases.add(Op::Decode, frames, |bytes: &Bytes| {
        drop(black_box(M::decode(&mut bytes.clone()).expect("the data is well formed")));
    });
    common::<M>(&mut cases);
    cases
}

/// `V` is the lazy view of a message. Decoding it goes over the outermost
/// message alone.
pub fn lazy_cases<V>(data: &'static Data) -> Cases
where
    V: LazyMessageView<'static> + Sum,
    V::Owned: Message,
{
    let mut cases = Cases::new(LAZY, data, |bytes| {
        let bytes: &'static [u8] = bytes.to_vec().leak();
        lazy::<V>(bytes).to_owned_message().expect("well formed").encode_to_vec()
    });
    cases.add(Op::View, data.iter().map(Vec::as_slice), |bytes| drop(black_box(lazy::<V>(bytes)))).add(
        Op::Read,
        data.iter().map(Vec::as_slice),
        |bytes| _ = black_box(lazy::<V>(bytes).sum()),
    );
    cases
}

fn common<M>(cases: &mut Cases)
where
    M: Message + Clone + PartialEq + Serialize + DeserializeOwned + 'static,
{
    let data = cases.data;
    let messages = || data.iter().map(|bytes| decode::<M>(bytes)).collect::<Vec<_>>();
    let to_json = |message: &M| serde_json::to_string(message).expect("it has a form in JSON");
    let from_json = |json: &str| serde_json::from_str::<M>(json).expect("it was written so");
    let texts: Vec<String> = messages().iter().map(to_json).collect();
    let (mut buffer, mut cache) = (Vec::new(), SizeCache::new());
    cases
        .add(Op::Encode, messages(), move |message| {
            buffer.clear();
            message.encode_with_cache(&mut cache, &mut buffer);
            black_box(buffer.as_slice());
        })
        .add(Op::ToVec, messages(), |message| drop(black_box(message.encode_to_vec())))
        .add(Op::Len, messages(), |message| _ = black_box(message.encoded_len()))
        .add(Op::ToJson, messages(), move |message| drop(black_box(to_json(message))))
        .add(Op::FromJson, texts, move |json| drop(black_box(from_json(json))))
        .add(Op::Clone, messages(), |message| drop(black_box(message.clone())))
        .add(Op::Eq, messages().into_iter().zip(messages()), |(left, right)| {
            black_box(left == right);
        })
        .add_drop(messages());
}

fn decode<M: Message>(bytes: &[u8]) -> M {
    M::decode_from_slice(bytes).expect("the data is well formed")
}

fn view<M: HasMessageView>(bytes: &[u8]) -> M::View<'_> {
    M::decode_view(bytes).expect("the data is well formed")
}

fn lazy<V: LazyMessageView<'static>>(bytes: &'static [u8]) -> V {
    V::decode_lazy(bytes).expect("the data is well formed")
}
