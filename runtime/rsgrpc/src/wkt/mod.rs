//! Protobuf's well-known types: the messages of `google/protobuf/timestamp.proto` and the like.
//!
//! The messages are the plugin's own output; a test of `protoc-gen-rsgrpc` generates them again and compares. What
//! stands beside them: [`Timestamp`] and [`Duration`] compare, calculate, parse, print and convert from and to the
//! types of std.

#![allow(missing_docs, reason = "some of the schema's fields have no comment")]

mod calendar;
mod duration;
mod parse;
mod range;
mod timestamp;

pub use parse::ParseTimeError;
pub use range::RangeError;

include!("google.protobuf.rs");
