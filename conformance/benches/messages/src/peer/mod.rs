//! The implementations that are compared, each behind the same few functions.

pub mod buffa;
pub mod prost;
pub mod protobuf;
pub mod rsgrpc;

use std::hint::black_box;

/// What is measured. One message is decoded or encoded at a time, and what was
/// decoded is dropped within the time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// From a slice to a message that owns what it holds.
    Decode,
    /// From a slice to a message that borrows from it.
    View,
    /// From a message to bytes that could be sent, memory reused.
    Encode,
    /// From a message to a vector of its own.
    ToVec,
}

impl Op {
    pub const ALL: [Self; 4] = [Self::Decode, Self::View, Self::Encode, Self::ToVec];

    pub fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::View => "view",
            Self::Encode => "encode",
            Self::ToVec => "to_vec",
        }
    }
}

/// One peer at one operation on the messages of one shape.
pub struct Case {
    pub peer: &'static str,
    pub op: Op,
    /// Handles all messages once.
    pub pass: Box<dyn FnMut()>,
    /// Decodes and encodes again, in the way that is measured.
    pub rewrite: fn(&[u8]) -> Vec<u8>,
}

impl Case {
    fn new<T: 'static>(
        peer: &'static str,
        op: Op,
        rewrite: fn(&[u8]) -> Vec<u8>,
        inputs: impl IntoIterator<Item = T>,
        mut one: impl FnMut(&T) + 'static,
    ) -> Self {
        let inputs: Vec<T> = inputs.into_iter().collect();
        let pass = Box::new(move || inputs.iter().for_each(|input| one(black_box(input))));
        Self { peer, op, pass, rewrite }
    }
}
