//! Descriptors to a resolved schema.

mod types;

pub use types::{
    Enum, EnumValue, Field, File, Key, Kind, Literal, Message, Method, MethodKind, Name, Oneof, Presence,
    Scalar, Schema, Service, Shape,
};

/// How deep messages may nest in each other.
pub const MAX_NESTING: usize = 64;
