//! The two implementations, each with the same few operations.

pub mod buffa;
pub mod rsgrpc;

/// What protoc says of the shapes.
const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/shapes.binpb"));

/// What is measured, one message at a time.
#[derive(Clone, Copy)]
pub enum Op {
    Decode,
    Encode,
    /// Asks for every field, set or not, by its descriptor.
    Get,
    /// Makes a message, and sets every field that another has, values copied.
    Set,
    ToJson,
    FromJson,
}

impl Op {
    pub const ALL: [Self; 6] =
        [Self::Decode, Self::Encode, Self::Get, Self::Set, Self::ToJson, Self::FromJson];

    pub fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Encode => "encode",
            Self::Get => "get",
            Self::Set => "set",
            Self::ToJson => "JSON encode",
            Self::FromJson => "JSON decode",
        }
    }
}
