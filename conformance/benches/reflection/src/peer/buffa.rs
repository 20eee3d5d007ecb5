//! buffa.

use std::hint::black_box;
use std::sync::Arc;

use buffa_descriptor::reflect::{DynamicMessage, ReflectMessage, ReflectMessageMut, Value, ValueRef};
use buffa_descriptor::{DescriptorPool, FieldDescriptor, MessageIndex};

use super::{DESCRIPTORS, Op};
use crate::data::Data;

pub struct Peer {
    pool: Arc<DescriptorPool>,
    of: MessageIndex,
    frames: Data,
    messages: Vec<DynamicMessage>,
    /// What is set of each message.
    values: Vec<Vec<(usize, Value)>>,
    texts: Vec<String>,
}

impl Peer {
    pub fn new(shape: &str, data: &Data) -> Self {
        let pool = Arc::new(DescriptorPool::decode(DESCRIPTORS).expect("protoc wrote it"));
        let of = pool.message_index(&format!("bench.shapes.{shape}")).expect("a shape");
        let decode = |bytes: &Vec<u8>| {
            DynamicMessage::decode(pool.clone(), of, bytes).expect("the data is well formed")
        };
        let messages: Vec<DynamicMessage> = data.iter().map(decode).collect();
        let fields = pool.message(of).fields();
        let values = |message: &DynamicMessage| {
            let set = fields.iter().enumerate();
            set.filter_map(|(place, field)| Some((place, message.field_by_number(field.number())?.clone())))
                .collect()
        };
        let values = messages.iter().map(values).collect();
        let texts =
            messages.iter().map(|message| message.to_json().expect("it has a form in JSON")).collect();
        Self { of, frames: data.clone(), messages, values, texts, pool }
    }

    pub fn run(&mut self, op: Op, passes: u32) {
        let fields: &[FieldDescriptor] = self.pool.message(self.of).fields();
        for _ in 0..passes {
            match op {
                Op::Decode => {
                    for frame in &self.frames {
                        drop(black_box(DynamicMessage::decode(self.pool.clone(), self.of, black_box(frame))));
                    }
                }
                Op::Encode => {
                    self.messages.iter().for_each(|message| drop(black_box(message.encode_to_vec())));
                }
                Op::Get => {
                    for message in &self.messages {
                        for field in fields {
                            read(&black_box(message.get(field)));
                        }
                    }
                }
                Op::Set => {
                    for values in &self.values {
                        let mut message = DynamicMessage::new(self.pool.clone(), self.of);
                        for (place, value) in values {
                            message.set(&fields[*place], value.clone());
                        }
                        drop(black_box(message));
                    }
                }
                Op::ToJson => self.messages.iter().for_each(|message| drop(black_box(message.to_json()))),
                Op::FromJson => {
                    for text in &self.texts {
                        let read = DynamicMessage::from_json(self.pool.clone(), self.of, black_box(text));
                        drop(black_box(read.expect("it was written so")));
                    }
                }
            }
        }
    }
}

/// Looks at a value.
fn read(value: &ValueRef<'_>) {
    match value {
        ValueRef::String(text) => _ = black_box(text.len()),
        ValueRef::List(list) => _ = black_box(list.len()),
        ValueRef::Map(map) => _ = black_box(map.len()),
        _ => {}
    }
}
