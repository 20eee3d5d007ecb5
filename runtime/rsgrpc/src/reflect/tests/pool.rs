use super::{field, file, message, pool};
use crate::descriptor::descriptor_proto::ExtensionRange;
use crate::descriptor::field_descriptor_proto::{Label, Type};
use crate::descriptor::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet};
use crate::reflect::{DescriptorPool, DynamicMessage, Kind, Shape, ValueRef};
use crate::{Bytes, Message, descriptor, wkt};

#[track_caller]
fn fails(files: Vec<FileDescriptorProto>, problem: &str) {
    assert_eq!(DescriptorPool::new(files).unwrap_err().to_string(), problem);
}

#[test]
fn everything_has_a_name() {
    let pool = wkt::descriptors().pool();
    let timestamp = pool.message("google.protobuf.Timestamp").unwrap();
    assert_eq!(timestamp.name(), "Timestamp");
    assert_eq!(timestamp.file().path(), "google/protobuf/timestamp.proto");
    assert_eq!(timestamp.proto().unwrap().name(), "Timestamp");
    let seconds = timestamp.field_named("seconds").unwrap();
    assert_eq!((seconds.number(), seconds.shape()), (1, Shape::Singular(Kind::Int64)));
    assert!(!seconds.has_presence());
    assert_eq!(timestamp.field(1), Some(seconds));
    assert_eq!(timestamp.field(3), None);

    let value = pool.message("google.protobuf.Value").unwrap();
    let kind = value.oneofs().next().unwrap();
    assert_eq!((kind.name(), kind.fields().len()), ("kind", 6));
    assert_eq!(value.field_named_in_json("nullValue").unwrap().oneof(), Some(kind));
    let null = pool.enumeration("google.protobuf.NullValue").unwrap();
    assert_eq!(null.value(0).unwrap().name(), "NULL_VALUE");
    assert_eq!(null.value_named("NULL_VALUE"), null.value(0));
    let fields = pool.message("google.protobuf.Struct").unwrap().field_named("fields").unwrap();
    assert_eq!(fields.shape(), Shape::Map(Kind::String, Kind::Message(value)));

    for name in [
        "google.protobuf.Struct",
        "google.protobuf.Value.kind",
        "google.protobuf.Struct.fields",
        "google.protobuf.NULL_VALUE",
    ] {
        assert_eq!(
            pool.file_containing_symbol(name).unwrap().path(),
            "google/protobuf/struct.proto",
            "{name}"
        );
    }
    for name in ["google.protobuf", "google.protobuf.Struct.no", "", ".google.protobuf.Any"] {
        assert!(pool.file_containing_symbol(name).is_none(), "{name}");
    }
}

/// What gRPC's reflection service sends, and a client of it puts together.
#[test]
fn files_come_one_by_one() {
    let pool = descriptor::compiler::descriptors().pool();
    let plugin = pool.file("google/protobuf/compiler/plugin.proto").unwrap();
    assert_eq!(
        plugin.imports().map(|file| file.path().to_owned()).collect::<Vec<_>>(),
        ["google/protobuf/descriptor.proto"]
    );
    let encoded: Vec<Vec<u8>> = pool.files().map(|file| file.proto().encode()).collect();
    let again = DescriptorPool::decode_files(encoded.iter().rev()).unwrap();
    assert_eq!(again.messages().len(), pool.messages().len());
    let set = FileDescriptorSet {
        file: again.files().map(|file| file.proto().clone()).collect(),
        ..Default::default()
    };
    assert_eq!(DescriptorPool::decode(&set.encode()).unwrap().files().len(), 2);
}

fn extension(name: &str, number: i32, extendee: &str) -> FieldDescriptorProto {
    FieldDescriptorProto { extendee: Some(extendee.to_owned()), ..field(name, number, Type::INT32, "") }
}

#[test]
fn extensions_and_custom_options() {
    let mut custom = file("custom.proto", vec![message("M", vec![field("x", 1, Type::INT32, "")])]);
    custom.dependency = vec!["google/protobuf/descriptor.proto".to_owned()];
    custom.extension = vec![extension("note", 50_000, ".google.protobuf.MessageOptions")];
    let options = DynamicMessage::new(
        descriptor::descriptors().pool().message("google.protobuf.MessageOptions").unwrap(),
    );
    let mut bytes = options.encode();
    bytes.extend([0x80, 0xb5, 0x18, 7]);
    let options = descriptor::MessageOptions::decode(&bytes).unwrap();
    custom.message_type.iter_mut().for_each(|message| message.options = Some(options.clone()));

    let pool = descriptor::descriptors().pool().with([custom]).unwrap();
    let note = pool.extension("test.note").unwrap();
    assert!(note.is_extension());
    assert_eq!((note.name(), note.json_name()), ("test.note", "[test.note]"));
    assert!(note.message().extensions().eq([note.clone()]));
    assert_eq!(note.proto().unwrap().name(), "note");
    let options = pool.message("test.M").unwrap().options().unwrap();
    assert!(matches!(options.get(&note), Some(ValueRef::I32(7))));
    assert!(matches!(options.get("[test.note]"), Some(ValueRef::I32(7))));
}

#[test]
fn items_of_a_message_set() {
    let options = descriptor::MessageOptions { message_set_wire_format: Some(true), ..Default::default() };
    let range = ExtensionRange { start: Some(4), end: Some(i32::MAX), ..Default::default() };
    let set = DescriptorProto {
        options: Some(options),
        extension_range: vec![range],
        ..message("Set", Vec::new())
    };
    let mut with_set = file("set.proto", vec![set, message("M", vec![field("x", 1, Type::STRING, "")])]);
    with_set.extension = vec![FieldDescriptorProto {
        extendee: Some(".test.Set".to_owned()),
        ..field("item", 100, Type::MESSAGE, ".test.M")
    }];
    let pool = DescriptorPool::new([with_set]).unwrap();
    let of = pool.message("test.Set").unwrap();

    let whole: &[u8] = &[0x0b, 0x10, 100, 0x1a, 3, 0x0a, 1, b'a', 0x0c];
    let without_message: &[u8] = &[0x0b, 0x10, 100, 0x0c];
    for (input, x) in [(whole, Some("a")), (without_message, None)] {
        let set = DynamicMessage::decode(of.clone(), &Bytes::from_static(input)).unwrap();
        let Some(ValueRef::Message(item)) = set.get("[test.item]") else { panic!("{set:?}") };
        let text = item.value(1).map(|value| if let ValueRef::String(text) = value { text } else { "?" });
        assert_eq!(text, x);
    }
}

#[test]
fn what_makes_no_pool() {
    let reference = |name: &str| vec![message("M", vec![field("x", 1, Type::MESSAGE, name)])];
    fails(vec![file("a.proto", reference(".test.No"))], "a.proto: test.M.x: there is no message `.test.No`");
    fails(vec![file("a.proto", reference("M"))], "a.proto: test.M.x: there is no message `M`");
    fails(
        vec![file("a.proto", reference(".test.M")), file("a.proto", vec![])],
        "a.proto: comes twice, and differs",
    );
    let importing = |path: &str, import: &str| FileDescriptorProto {
        dependency: vec![import.to_owned()],
        ..file(path, vec![])
    };
    fails(
        vec![importing("a.proto", "b.proto"), importing("b.proto", "a.proto")],
        "b.proto: imports a.proto, which does not stand before it: a cycle, or out of order",
    );
    let two = vec![extension("a", 5, ".test.M"), extension("b", 5, ".test.M"), extension("c", 1, ".test.M")];
    let extended = FileDescriptorProto { extension: two, ..file("a.proto", reference(".test.M")) };
    fails(
        vec![extended],
        "a.proto: test.b: number 5 of test.M is taken by test.a\na.proto: test.c: number 1 of test.M is taken by x",
    );
    assert!(DescriptorPool::decode(&[0xff]).is_err());
}

#[test]
fn required_is_found_through_cycles() {
    let required = FieldDescriptorProto { label: Some(Label::REQUIRED), ..field("must", 1, Type::INT32, "") };
    let pool = pool(vec![
        message("A", vec![field("b", 1, Type::MESSAGE, ".test.B")]),
        message("B", vec![field("a", 1, Type::MESSAGE, ".test.A"), field("c", 2, Type::MESSAGE, ".test.C")]),
        message("C", vec![required]),
    ]);
    let a = pool.message("test.A").unwrap();
    let error = DynamicMessage::decode(a, &b"\x0a\x02\x12\x00"[..].into()).unwrap_err();
    assert_eq!(error.to_string(), "test.A: required field `b.c.must` is missing");
}
