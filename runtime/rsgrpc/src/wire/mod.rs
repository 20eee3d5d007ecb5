//! Bytes: the modules of this crate that contain `unsafe`.
//!
//! * `reader`: a cursor whose pointer never leaves the input;
//! * `skip`: stepping over what nobody wants;
//! * `later`: runs of elements, and those that are left for later;
//! * `writer`: a buffer filled from its end;
//! * `text`: UTF-8 checked and copied in one go;
//! * `append`: short texts, checked and appended in one go;
//! * `quoted`: the same of JSON, found and copied;
//! * `base64`: many characters in one go;
//! * `inline`: short strings without memory of their own;
//! * `slot`: a vector's next element, built in place;
//! * `seldom`: a vector that is mostly not there, in one pointer that is never null;
//! * `decimal`: many digits in one go;
//! * `varint`, `packed`, `number`: arithmetic, safe.
//!
//! Nothing outside can break an invariant of theirs: spans and contexts are
//! made here alone, and each method checks what it is given.

#![allow(unsafe_code)]

#[cfg(feature = "json")]
mod append;
#[cfg(feature = "json")]
pub(crate) mod base64;
#[cfg(feature = "json")]
pub(crate) mod decimal;
mod inline;
mod later;
#[cfg(feature = "json")]
pub(crate) mod number;
pub(crate) mod packed;
#[cfg(feature = "json")]
mod quoted;
mod reader;
mod seldom;
mod skip;
mod slot;
mod text;
mod varint;
mod writer;

#[cfg(feature = "json")]
pub(crate) use append::{
    BLOCK, STEP, append, append_between_quotes, append_padded, append_padded_and_room, append_quoted,
    append_room, commas, first_escaped,
};
pub use inline::Str;
pub(crate) use later::Run;
#[cfg(feature = "json")]
pub(crate) use quoted::{quoted_len, set_start};
pub use reader::Reader;
pub(crate) use reader::{Context, Span};
pub(crate) use seldom::Seldom;
pub(crate) use skip::skip;
pub(crate) use slot::{or_default, push_default};
#[cfg(feature = "json")]
pub(crate) use text::utf8;
pub(crate) use varint::{len as varint_len, unzigzag32, unzigzag64, zigzag32, zigzag64};
pub use writer::Writer;

/// The three bits of a tag that say how its value is delimited.
pub(crate) mod wire_type {
    pub(crate) const VARINT: u32 = 0;
    pub(crate) const FIXED64: u32 = 1;
    pub(crate) const LEN: u32 = 2;
    pub(crate) const START_GROUP: u32 = 3;
    pub(crate) const END_GROUP: u32 = 4;
    pub(crate) const FIXED32: u32 = 5;

    /// The tags of an item of a message set:
    /// `group Item = 1 { int32 type_id = 2; bytes message = 3; }`.
    pub(crate) mod item {
        pub(crate) const START: u32 = 1 << 3 | super::START_GROUP;
        pub(crate) const END: u32 = 1 << 3 | super::END_GROUP;
        pub(crate) const TYPE_ID: u32 = 2 << 3 | super::VARINT;
        pub(crate) const MESSAGE: u32 = 3 << 3 | super::LEN;
    }
}
