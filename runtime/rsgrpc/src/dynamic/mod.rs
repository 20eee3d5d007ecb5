//! Messages whose types are known at run time only: what their descriptors come
//! down to, and how they take part in every format.
//!
//! * `types`: the types, linked by their places in a table;
//! * `body`: what a message holds;
//! * `kind`: a field's kind, chosen at run time;
//! * `fill`, `show`: the way in and the way out, for all sources and visitors.

mod body;
mod fill;
mod kind;
mod show;
mod types;

pub(crate) use body::{Body, Key, List, Slot};
pub(crate) use fill::{Filling, clear_rivals};
pub(crate) use kind::{EnumKind, MessageKind, TypeKind};
pub(crate) use show::Showing;
pub(crate) use types::{
    EnumType, EnumValue, FieldType, MessageType, Oneof, Presence, Shape, Table, Type, Types,
};
