//! JSON, as protobuf defines it ([ProtoJSON]), written and read without a value
//! in between.
//!
//! [`Message::to_json`](crate::Message::to_json) and
//! [`Message::from_json`](crate::Message::from_json) do it; [`Printer`] and
//! [`Parser`] have options.
//!
//! Reading accepts what the format asks for: fields by their name in JSON or in
//! the schema, numbers in quotes, enums by name or number, both alphabets of
//! base64 with and without padding, `null` for a field that is not set. It
//! refuses what is ambiguous or would lose something: a name that the schema
//! does not know, a field or a key that is given twice, two members of a
//! `oneof`, a number out of range or with a fraction where an integer is
//! wanted, half of a surrogate pair. A number that a closed enum does not know
//! is refused as well, since JSON has no place for it.
//!
//! The `depth` of [`Limits`](crate::Limits) counts messages as it does for the
//! binary format, so that what is read from JSON can be decoded again.
//!
//! [ProtoJSON]: https://protobuf.dev/programming-guides/json/

mod any;
mod elements;
mod error;
mod form;
mod number;
mod object;
mod out;
mod parser;
mod plain;
mod printer;
mod reader;
mod scalar;
mod seen;
#[cfg(feature = "serde")]
pub mod serde;
mod source;
#[cfg(test)]
mod tests;
mod token;
mod visit;
mod wkt;

pub(crate) use any::{ExtensionJson, MessageJson};
pub use error::{Cause, Error};
pub use parser::Parser;
#[cfg(feature = "reflect")]
pub(crate) use parser::complete;
pub use printer::Printer;
