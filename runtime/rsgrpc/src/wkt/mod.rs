//! Protobuf's well-known types: the messages of `google/protobuf/timestamp.proto` and the like.
//!
//! The messages are the plugin's own output; a test of `protoc-gen-rsgrpc` generates them again and compares. What
//! stands beside them: [`Timestamp`] and [`Duration`] compare, calculate, parse, print and convert from and to the
//! types of std; [`Any`] packs and unpacks; [`Value`], [`Struct`], [`ListValue`] and the wrappers are made of Rust values
//! and taken apart; [`FieldMask`] checks, filters and updates messages. With the features `chrono`, `jiff` and `time`,
//! [`Timestamp`] and [`Duration`] convert from and to the types of those crates; with `serde_json`, [`Value`], [`Struct`]
//! and [`ListValue`] from and to `serde_json::Value`.

#![allow(missing_docs, reason = "some of the schema's fields have no comment")]

mod any;
mod calendar;
#[cfg(feature = "chrono")]
mod chrono;
mod duration;
mod dynamic;
mod field_mask;
#[cfg(feature = "jiff")]
mod jiff;
mod parse;
mod range;
#[cfg(feature = "serde_json")]
mod serde_json;
#[cfg(feature = "time")]
mod time;
mod timestamp;
mod wrappers;

pub use any::UnpackError;
pub use dynamic::ValueError;
pub use field_mask::FieldMaskError;
pub use parse::ParseTimeError;
pub use range::RangeError;

include!("google.protobuf.rs");
