//! Descriptors to a resolved schema, for generators of code and for [`reflect`](crate::reflect). Like
//! [`codegen`](crate::codegen) it changes with the plugin.
//!
//! Stages, each of which reports all that is wrong before the next begins: `input` reads the list of files,
//! `symbols` collects what they declare, `resolve` makes messages, enums and services of it. Time and memory
//! are linear in the request.

mod comments;
mod features;
mod field;
mod input;
mod literal;
mod name;
mod problem;
mod resolve;
mod symbols;
mod types;

pub use features::SUPPORTED;
pub use name::{is_full_name, is_identifier, json_name};
pub use problem::{Errors, Problem, printable};
pub use resolve::resolve;
pub use types::{
    Enum, EnumValue, Extension, Field, File, Key, Kind, Literal, Message, Method, MethodKind, Name, Oneof,
    Presence, Scalar, Schema, Service, Shape,
};

/// How deep messages may nest in each other, and packages.
pub const MAX_NESTING: usize = 64;
