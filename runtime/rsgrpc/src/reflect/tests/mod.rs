//! Pools, dynamic messages and generated ones. The conformance suite covers formats.

mod dynamic;
mod pool;
mod typed;

use super::DescriptorPool;
use crate::descriptor::field_descriptor_proto::{Label, Type};
use crate::descriptor::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto};

/// The pool of a file of proto2 with these messages.
#[track_caller]
fn pool(messages: Vec<DescriptorProto>) -> DescriptorPool {
    DescriptorPool::new([file("test.proto", messages)]).unwrap()
}

fn file(path: &str, messages: Vec<DescriptorProto>) -> FileDescriptorProto {
    FileDescriptorProto {
        name: Some(path.to_owned()),
        package: Some("test".to_owned()),
        message_type: messages,
        ..Default::default()
    }
}

fn message(name: &str, field: Vec<FieldDescriptorProto>) -> DescriptorProto {
    DescriptorProto { name: Some(name.to_owned()), field, ..Default::default() }
}

/// An optional field; `type_name` only of messages and enums.
fn field(name: &str, number: i32, of: Type, type_name: &str) -> FieldDescriptorProto {
    FieldDescriptorProto {
        name: Some(name.to_owned()),
        number: Some(number),
        label: Some(Label::OPTIONAL),
        r#type: Some(of),
        type_name: (!type_name.is_empty()).then(|| type_name.to_owned()),
        ..Default::default()
    }
}
