//! This project.

use std::hint::black_box;

use bytes::Bytes;
use rsgrpc::reflect::{DescriptorPool, DynamicMessage, FieldDescriptor, MessageDescriptor, Value, ValueRef};

use super::{DESCRIPTORS, Op};
use crate::data::Data;

pub struct Peer {
    of: MessageDescriptor,
    fields: Vec<FieldDescriptor>,
    frames: Vec<Bytes>,
    messages: Vec<DynamicMessage>,
    /// What is set of each message.
    values: Vec<Vec<(usize, Value)>>,
    texts: Vec<String>,
}

impl Peer {
    pub fn new(shape: &str, data: &Data) -> Self {
        let pool = DescriptorPool::decode(DESCRIPTORS).expect("protoc wrote it");
        let of = pool.message(&format!("bench.shapes.{shape}")).expect("a shape");
        let fields: Vec<FieldDescriptor> = of.fields().collect();
        let frames: Vec<Bytes> = data.iter().map(|bytes| Bytes::copy_from_slice(bytes)).collect();
        let decode = |frame| DynamicMessage::decode(of.clone(), frame).expect("the data is well formed");
        let messages: Vec<DynamicMessage> = frames.iter().map(decode).collect();
        for (message, bytes) in messages.iter().zip(data) {
            assert_eq!(&message.encode(), bytes, "the data is in canonical form");
        }
        let values = |message: &DynamicMessage| {
            let set = fields.iter().enumerate().filter(|(_, field)| message.has(*field));
            set.map(|(place, field)| (place, message.get(field).expect("a field").to_value())).collect()
        };
        let values = messages.iter().map(values).collect();
        let texts =
            messages.iter().map(|message| message.to_json().expect("it has a form in JSON")).collect();
        Self { of, fields, frames, messages, values, texts }
    }

    pub fn run(&mut self, op: Op, passes: u32) {
        for _ in 0..passes {
            match op {
                Op::Decode => {
                    for frame in &self.frames {
                        drop(black_box(DynamicMessage::decode(self.of.clone(), black_box(frame))));
                    }
                }
                Op::Encode => self.messages.iter().for_each(|message| drop(black_box(message.encode()))),
                Op::Get => {
                    for message in &self.messages {
                        for field in &self.fields {
                            read(black_box(message.get(field)).as_ref());
                        }
                    }
                }
                Op::Set => {
                    for values in &self.values {
                        let mut message = DynamicMessage::new(self.of.clone());
                        for (place, value) in values {
                            message.set(&self.fields[*place], value.clone()).expect("of that type");
                        }
                        drop(black_box(message));
                    }
                }
                Op::ToJson => self.messages.iter().for_each(|message| drop(black_box(message.to_json()))),
                Op::FromJson => {
                    for text in &self.texts {
                        drop(black_box(DynamicMessage::from_json(self.of.clone(), black_box(text))));
                    }
                }
            }
        }
    }
}

/// Looks at a value.
fn read(value: Option<&ValueRef<'_>>) {
    match value {
        Some(ValueRef::String(text)) => _ = black_box(text.len()),
        Some(ValueRef::List(list)) => _ = black_box(list.len()),
        Some(ValueRef::Map(map)) => _ = black_box(map.len()),
        _ => {}
    }
}
