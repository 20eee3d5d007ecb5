use super::{field, message, pool};
use crate::descriptor::field_descriptor_proto::Type;
use crate::reflect::{DynamicMessage, MapKey, MessageDescriptor, SetError, Value, ValueMap, ValueRef};
use crate::{Bytes, Cause, Limits, Message, wkt};

fn of(name: &str) -> MessageDescriptor {
    wkt::descriptors().pool().message(&format!("google.protobuf.{name}")).unwrap()
}

fn number(value: f64) -> DynamicMessage {
    let mut message = DynamicMessage::new(of("Value"));
    message.set("number_value", value).unwrap();
    message
}

#[test]
fn fields_are_set_and_cleared() {
    let mut message = DynamicMessage::new(of("Timestamp"));
    message.set("seconds", 7_i64).unwrap();
    message.set(2, 0).unwrap();
    assert!(message.has("seconds") && !message.has("nanos"));
    assert!(matches!(message.get(1), Some(ValueRef::I64(7))));
    assert!(matches!(message.get("nanos"), Some(ValueRef::I32(0))));
    assert!(message.get("no").is_none() && message.get(3).is_none());
    assert_eq!(message.encode(), [8, 7]);
    assert_eq!(message.encoded_len(), 2);
    let seconds = of("Timestamp").field(1).unwrap();
    message.clear(&seconds);
    assert_eq!(message, DynamicMessage::new(of("Timestamp")));
    message.unknown_fields_mut();
    assert_eq!(message, DynamicMessage::new(of("Timestamp")));
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut message = DynamicMessage::new(of("Timestamp"));
    let error = message.set("seconds", 7_i32).unwrap_err();
    assert_eq!(error.to_string(), "google.protobuf.Timestamp: `seconds` holds values of another type");
    let error = message.set("no", 7_i32).unwrap_err();
    assert_eq!(error.to_string(), "google.protobuf.Timestamp has no field `no`");
    assert!(matches!(message.set(9, true), Err(SetError::NoField { .. })));
    assert!(message.push("seconds", 1_i64).is_err() && message.insert("seconds", "a", 1_i64).is_err());
    assert!(message.edit("seconds", |_| ()).is_err());
    let mut list = DynamicMessage::new(of("ListValue"));
    assert!(list.push("values", message.clone()).is_err());
    assert!(list.set("values", vec![number(1.0), message]).is_err());
    assert!(!list.has("values"));
}

#[test]
fn lists_maps_messages_and_oneofs() {
    let mut list = DynamicMessage::new(of("ListValue"));
    list.push("values", number(1.0)).unwrap();
    list.push("values", number(2.0)).unwrap();
    let mut whole = DynamicMessage::new(of("Value"));
    whole.set("string_value", "gone").unwrap();
    whole.set("list_value", list).unwrap();
    assert!(!whole.has("string_value"));
    let kind = of("Value").oneofs().next().unwrap();
    assert_eq!(whole.which(&kind).unwrap().name(), "list_value");

    let mut object = DynamicMessage::new(of("Struct"));
    object.insert("fields", "a", whole).unwrap();
    object.insert("fields", "b", number(3.0)).unwrap();
    object.insert("fields", "b", number(4.0)).unwrap();
    assert!(object.insert("fields", 1, number(4.0)).is_err());
    assert_eq!(object.to_json().unwrap(), r#"{"a":[1,2],"b":4}"#);
    let Some(ValueRef::Map(map)) = object.get("fields") else { panic!("a map") };
    assert_eq!((map.len(), map.iter().count()), (2, 2));
    assert!(map.get(&MapKey::from("c")).is_none());
    let Some(ValueRef::Message(value)) = map.get(&MapKey::from("a")) else { panic!("a message") };
    let Some(ValueRef::Message(list)) = value.value(6) else { panic!("a message") };
    let Some(ValueRef::List(values)) = list.value(1) else { panic!("a list") };
    assert_eq!(values.iter().len(), 2);
    assert!(values.get(2).is_none());

    whole = DynamicMessage::new(of("Value"));
    let set = whole.edit("struct_value", |inner| inner.insert("fields", "x", number(5.0)));
    assert_eq!(set, Ok(Ok(())));
    assert_eq!(whole.to_json().unwrap(), r#"{"x":5}"#);
    // A copy of all its values makes the same message.
    let mut copy = DynamicMessage::new(of("Value"));
    whole.as_ref().each(&mut |number, value| copy.set(number, value.to_value()).unwrap());
    assert_eq!(copy, whole);
    // Nothing that is empty is set.
    copy.edit("struct_value", |inner| inner.set("fields", Value::Map(ValueMap::default()))).unwrap().unwrap();
    assert_eq!(copy.to_json().unwrap(), "{}");
}

/// However the value is named.
#[test]
fn zero_without_presence_is_unset() {
    let named = |name: &str| DynamicMessage::new(wkt::descriptors().pool().message(name).unwrap());
    let empty = named("google.protobuf.Field");
    for zero in [Value::Enum(0), Value::I32(0), Value::from("TYPE_UNKNOWN")] {
        let mut message = named("google.protobuf.Field");
        message.set("kind", 9).unwrap();
        message.set("kind", zero.clone()).unwrap();
        assert!(!message.has("kind"), "{zero:?}");
        assert_eq!(message, empty, "{zero:?}");
        assert!(message.encode().is_empty(), "{zero:?}");
    }
    let mut message = empty;
    message.set("kind", "TYPE_STRING").unwrap();
    assert_eq!(message.encode(), [8, 9]);
}

#[test]
fn types_of_another_pool_are_copied() {
    let other = crate::reflect::DescriptorPool::new(
        wkt::descriptors().pool().files().map(|file| file.proto().clone()),
    );
    let value = other.unwrap().message("google.protobuf.Value").unwrap();
    let mut foreign = DynamicMessage::new(value.clone());
    foreign.set("bool_value", true).unwrap();
    let mut list = DynamicMessage::new(of("ListValue"));
    list.push("values", foreign.clone()).unwrap();
    assert_eq!(list.to_json().unwrap(), "[true]");
    let field = value.field_named("bool_value").unwrap();
    assert!(list.get(&field).is_none());
    assert_ne!(foreign.descriptor(), &of("Value"));
}

#[test]
fn generated_and_dynamic_messages_are_exchanged() {
    let any = wkt::Any::pack(&wkt::Duration { seconds: 3, ..Default::default() });
    let dynamic = DynamicMessage::from_message(of("Any"), &any).unwrap();
    let json = r#"{"@type":"type.googleapis.com/google.protobuf.Duration","value":"3s"}"#;
    assert_eq!(dynamic.to_json().unwrap(), json);
    assert_eq!(DynamicMessage::from_json(of("Any"), json).unwrap(), dynamic);
    assert_eq!(dynamic.to_message::<wkt::Any>().unwrap(), any);
    assert_eq!(format!("{dynamic:?}"), format!("{any:?}"));
}

/// `Any` values whose types only the pool knows.
#[test]
fn any_is_read_and_printed_through_the_pool() {
    let any = of("Any").file().proto().clone();
    let point = message("Point", vec![field("x", 1, Type::INT32, "")]);
    let pool = pool(vec![point]).with([any]).unwrap();
    let any = pool.message("google.protobuf.Any").unwrap();
    let json = r#"{"@type":"a/test.Point","x":-1}"#;
    let message = DynamicMessage::from_json(any.clone(), json).unwrap();
    assert_eq!(message.to_json().unwrap(), json);
    // A generated message finds them in a registry.
    let registry = crate::Registry::new().pool(&pool);
    let typed: wkt::Any = crate::json::Parser::new().registry(&registry).parse(json).unwrap();
    assert_eq!(crate::json::Printer::new().registry(&registry).print(&typed).unwrap(), json);
    #[cfg(feature = "text")]
    {
        let text = message.to_text();
        assert_eq!(text, "[a/test.Point] {\n  x: -1\n}\n");
        assert_eq!(DynamicMessage::from_text(any, &text).unwrap(), message);
    }
    assert!(DynamicMessage::from_json(message.descriptor().clone(), r#"{"@type":"a/test.No"}"#).is_err());
}

#[test]
fn unknown_fields_stay() {
    let bytes = Bytes::from_static(b"\x08\x07\x1a\x01x");
    let mut message = DynamicMessage::decode(of("Timestamp"), &bytes).unwrap();
    assert_eq!(message.unknown_fields().as_bytes(), b"\x1a\x01x");
    assert_eq!(message.encode(), bytes);
    message.unknown_fields_mut().clear();
    assert_eq!(message.encode(), [8, 7]);
}

/// A message takes memory for each field of its type, however few come.
#[test]
fn limits_hold() {
    let wide =
        (1..=100).map(|number| field(&format!("f{number}"), number, Type::MESSAGE, ".test.Wide")).collect();
    let wide = pool(vec![message("Wide", wide)]).message("test.Wide").unwrap();
    let deep = (0..150).fold(Vec::new(), |inner: Vec<u8>, _| {
        let len = inner.len();
        let prefix: Vec<u8> =
            if len < 128 { vec![10, len as u8] } else { vec![10, len as u8 | 0x80, (len >> 7) as u8] };
        [prefix, inner].concat()
    });
    let error = DynamicMessage::decode(wide.clone(), &deep.clone().into()).unwrap_err();
    assert_eq!((error.cause(), error.message()), (Cause::Depth, "test.Wide"));
    let shallow = Limits::default().depth(200);
    assert!(DynamicMessage::decode_within(wide.clone(), &deep.clone().into(), shallow).is_ok());
    let error = DynamicMessage::decode_within(wide, &deep.into(), shallow.memory(10_000)).unwrap_err();
    assert_eq!(error.cause(), Cause::Memory);
}

#[test]
fn the_encoding_is_that_of_the_generated_message() {
    let files: Vec<_> = wkt::descriptors().pool().files().collect();
    let of = crate::descriptor::descriptors().pool().message("google.protobuf.FileDescriptorProto").unwrap();
    for file in files {
        let bytes = file.proto().encode();
        let message = DynamicMessage::decode(of.clone(), &bytes.clone().into()).unwrap();
        assert_eq!(message.encode(), bytes);
        assert_eq!(message.to_json().unwrap(), file.proto().to_json().unwrap());
        assert_eq!(format!("{message:?}"), format!("{:?}", file.proto()));
    }
}

/// A small message counts as a level in generated code, too, and so do unknown groups in it.
#[test]
fn depth_is_that_of_the_generated_message() {
    let of = crate::descriptor::descriptors().pool().message("google.protobuf.FileDescriptorProto").unwrap();
    let inputs: [&[u8]; 4] = [
        &[0x2a, 4, 0x22, 2, 8, 1],
        &[0x2a, 4, 0x22, 2, 0x7b, 0x7c],
        &[0x2a, 4, 0x22, 2, 0x7b, 0x7d],
        &[0x2a, 6, 0x22, 4, 0x7b, 0x7b, 0x7c, 0x7c],
    ];
    for (depth, input) in (0..5).flat_map(|depth| inputs.map(|input| (depth, Bytes::from_static(input)))) {
        let limits = Limits::default().depth(depth);
        let typed = limits.decode_bytes::<crate::descriptor::FileDescriptorProto>(&input);
        let dynamic = DynamicMessage::decode_within(of.clone(), &input, limits);
        let place = |error: crate::DecodeError| (error.cause(), error.offset());
        assert_eq!(
            dynamic.map(|message| message.encode()).map_err(place),
            typed.map(|message| message.encode()).map_err(place),
            "{depth} {input:?}"
        );
    }
}
