//! Reflection: schemas at run time.
//!
//! A [`DescriptorPool`] holds files, as `protoc --descriptor_set_out` writes them, and what they declare. A
//! [`DynamicMessage`] is a message of a type that only the pool knows; it is read and written in every format.
//! [`Reflect`] reads and changes fields of both these and generated messages.
//!
//! ```
//! use rsgrpc::descriptor::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, field_descriptor_proto};
//! use rsgrpc::reflect::{DescriptorPool, DynamicMessage};
//!
//! // message Point { int32 x = 1; }
//! let x = FieldDescriptorProto {
//!     name: Some("x".into()),
//!     number: Some(1),
//!     label: Some(field_descriptor_proto::Label::OPTIONAL),
//!     r#type: Some(field_descriptor_proto::Type::INT32),
//!     ..Default::default()
//! };
//! let point = DescriptorProto { name: Some("Point".into()), field: vec![x], ..Default::default() };
//! let file = FileDescriptorProto {
//!     name: Some("point.proto".into()),
//!     syntax: Some("proto3".into()),
//!     message_type: vec![point],
//!     ..Default::default()
//! };
//! let pool = DescriptorPool::new([file])?;
//!
//! let point = pool.message("Point").expect("it was added");
//! let mut message = DynamicMessage::new(point.clone());
//! message.set("x", 7)?;
//! assert_eq!(message.encode(), [8, 7]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod containers;
mod descriptor;
mod dynamic;
mod embedded;
mod enumeration;
mod fit;
#[cfg(any(feature = "json", feature = "text"))]
mod formats;
mod give;
mod link;
mod order;
mod owned;
mod pool;
mod service;
#[cfg(test)]
mod tests;
mod typed;
mod value;

pub use containers::{ListRef, MapRef};
pub use descriptor::{FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor, Shape};
pub use dynamic::{DynamicMessage, FieldKey};
pub use embedded::{Described, Embedded};
pub use enumeration::{EnumDescriptor, EnumValueDescriptor};
pub use owned::{ValueList, ValueMap};
pub use pool::{DescriptorPool, FileDescriptor, PoolError};
pub use service::{MethodDescriptor, ServiceDescriptor};
pub use value::{MapKey, MessageRef, SetError, Value, ValueRef};

/// A message whose fields are read and changed by their numbers: a [`DynamicMessage`], or a generated one.
///
/// What is set is handed out where it is, without encoding anything.
pub trait Reflect: std::fmt::Debug {
    /// Its type.
    fn descriptor(&self) -> MessageDescriptor;

    /// The value of the field or extension with this number, if it is set: a field without presence if it has
    /// another value than its default, a list or a map if it is not empty. What an unset field stands for, its
    /// [descriptor](FieldDescriptor::default) says.
    fn value(&self, number: u32) -> Option<ValueRef<'_>>;

    /// Hands out the fields that are set, by number.
    fn each<'m>(&'m self, take: &mut dyn FnMut(u32, ValueRef<'m>));

    /// Sets a field, in place of what it held.
    ///
    /// # Errors
    /// There is no such field; or it holds values of another type, and then it is unset.
    fn put(&mut self, number: u32, value: Value) -> Result<(), SetError>;

    /// Takes a field's value away.
    fn remove(&mut self, number: u32);

    /// A copy. That of a generated message goes by way of its encoding, and knows the extensions that the pool has.
    fn to_dynamic(&self) -> DynamicMessage;
}
