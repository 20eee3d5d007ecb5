//! The implementations that are compared, each behind the same few functions.

pub mod buffa;
pub mod prost;
pub mod protobuf;
pub mod rsgrpc;
mod sum;

use std::hint::black_box;
use std::time::Duration;

use crate::data::Data;
use crate::measure::clock;

/// What is measured. One message is handled at a time, and what an operation
/// makes is dropped within its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// From a frame to a message that owns what it holds.
    Decode,
    /// From a slice to a message that borrows from it.
    View,
    /// The same, and then reading every field.
    Read,
    /// From a message to bytes that could be sent, memory reused.
    Encode,
    /// From a message to a vector of its own.
    ToVec,
    /// The length of what would be encoded.
    Len,
    /// From a message to a string of JSON.
    ToJson,
    /// From a string of JSON to a message.
    FromJson,
    Clone,
    Eq,
    /// Dropping a message, without the time that it took to make.
    Drop,
}

impl Op {
    pub const ALL: [Self; 11] = [
        Self::Decode,
        Self::View,
        Self::Read,
        Self::Encode,
        Self::ToVec,
        Self::Len,
        Self::ToJson,
        Self::FromJson,
        Self::Clone,
        Self::Eq,
        Self::Drop,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::View => "view",
            Self::Read => "view, all read",
            Self::Encode => "encode",
            Self::ToVec => "to_vec",
            Self::Len => "encoded_len",
            Self::ToJson => "JSON encode",
            Self::FromJson => "JSON decode",
            Self::Clone => "clone",
            Self::Eq => "eq",
            Self::Drop => "drop",
        }
    }

    /// Whether it is mostly a matter of the memory allocator.
    pub fn allocates(self) -> bool {
        matches!(self, Self::Decode | Self::ToVec | Self::FromJson | Self::Clone | Self::Drop)
    }
}

/// One peer at one operation on the messages of one shape.
pub struct Case {
    pub peer: &'static str,
    pub op: Op,
    /// Handles all messages so many times, and says how long that took.
    pub run: Box<dyn FnMut(u32) -> Duration>,
    /// Decodes and encodes again, in the way that is measured.
    pub rewrite: fn(&[u8]) -> Vec<u8>,
}

/// The cases of one peer with the messages of one shape.
pub struct Cases {
    peer: &'static str,
    pub data: &'static Data,
    rewrite: fn(&[u8]) -> Vec<u8>,
    pub list: Vec<Case>,
}

impl Cases {
    /// None yet. `rewrite` decodes and encodes again.
    pub fn new(peer: &'static str, data: &'static Data, rewrite: fn(&[u8]) -> Vec<u8>) -> Self {
        Self { peer, data, rewrite, list: Vec::new() }
    }

    /// Adds an operation on one input at a time.
    pub fn add<T: 'static>(
        &mut self,
        op: Op,
        inputs: impl IntoIterator<Item = T>,
        mut one: impl FnMut(&T) + 'static,
    ) -> &mut Self {
        let inputs: Vec<T> = inputs.into_iter().collect();
        let run = move |passes| {
            let start = clock();
            (0..passes).for_each(|_| inputs.iter().for_each(|input| one(black_box(input))));
            clock().saturating_sub(start)
        };
        self.list.push(Case { peer: self.peer, op, run: Box::new(run), rewrite: self.rewrite });
        self
    }

    /// Says that the last operation comes back to the message in another way.
    pub fn checked_by(&mut self, rewrite: fn(&[u8]) -> Vec<u8>) -> &mut Self {
        if let Some(case) = self.list.last_mut() {
            case.rewrite = rewrite;
        }
        self
    }

    /// Adds dropping messages.
    pub fn add_drop<M: Clone + 'static>(&mut self, messages: Vec<M>) -> &mut Self {
        // So many at a time that the clock does not count, and that caches hold them.
        let bytes: usize = self.data.iter().map(Vec::len).sum();
        let times = 256_usize.div_ceil(messages.len()).min((256 * 1024 / bytes).max(1));
        let mut copies = Vec::with_capacity(times * messages.len());
        let run = move |passes: u32| {
            let mut took = Duration::ZERO;
            for _ in 0..passes {
                (0..times).for_each(|_| copies.extend_from_slice(&messages));
                let start = clock();
                black_box(&mut copies).clear();
                took += clock().saturating_sub(start);
            }
            took / u32::try_from(times).unwrap_or(1)
        };
        self.list.push(Case { peer: self.peer, op: Op::Drop, run: Box::new(run), rewrite: self.rewrite });
        self
    }
}
