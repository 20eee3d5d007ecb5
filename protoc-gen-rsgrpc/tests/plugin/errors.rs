//! What a request that protoc would never send is told.

use protoc_gen_rsgrpc::generate;
use rsgrpc::descriptor::compiler::CodeGeneratorRequest;
use rsgrpc::descriptor::field_descriptor_proto::{Label, Type};
use rsgrpc::descriptor::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
    FileDescriptorProto, MessageOptions, MethodDescriptorProto, OneofDescriptorProto, ServiceDescriptorProto,
};

use crate::support;

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn file(name: &str) -> FileDescriptorProto {
    FileDescriptorProto { name: some(name), package: some("p"), syntax: some("proto3"), ..Default::default() }
}

fn message(name: &str) -> DescriptorProto {
    DescriptorProto { name: some(name), ..Default::default() }
}

fn field(name: &str, number: i32, kind: Type) -> FieldDescriptorProto {
    FieldDescriptorProto {
        name: some(name),
        number: Some(number),
        label: Some(Label::OPTIONAL),
        r#type: Some(kind),
        ..Default::default()
    }
}

fn value(name: &str, number: i32) -> EnumValueDescriptorProto {
    EnumValueDescriptorProto { name: some(name), number: Some(number), ..Default::default() }
}

#[track_caller]
fn test_files(files: Vec<FileDescriptorProto>, expected: &str) {
    let request = CodeGeneratorRequest {
        file_to_generate: vec!["a.proto".to_owned()],
        proto_file: files,
        ..Default::default()
    };
    assert_eq!(support::resolve(&request).unwrap_err().to_string(), expected);
}

#[track_caller]
fn test(change: impl FnOnce(&mut FileDescriptorProto), expected: &str) {
    let mut file = file("a.proto");
    change(&mut file);
    test_files(vec![file], expected);
}

#[track_caller]
fn test_field(change: impl FnOnce(&mut FieldDescriptorProto), expected: &str) {
    let mut field = field("f", 1, Type::INT32);
    change(&mut field);
    let mut file = file("a.proto");
    file.message_type = vec![DescriptorProto { field: vec![field], ..message("M") }];
    test_files(vec![file], expected);
}

#[test]
fn files() {
    test_files(vec![], "a.proto: is to be generated, but not in the request");
    test_files(vec![file("a.proto"), file("a.proto")], "a.proto: is in the request twice");
    test(
        |file| file.dependency = vec!["a.proto".to_owned()],
        "a.proto: imports a.proto, which does not stand before it: a cycle, or out of order",
    );
    let importing = FileDescriptorProto { dependency: vec!["b.proto".to_owned()], ..file("a.proto") };
    test_files(
        vec![importing, file("b.proto")],
        "a.proto: imports b.proto, which does not stand before it: a cycle, or out of order",
    );
    test(
        |file| file.package = some("p..q"),
        "a.proto: its package is not identifiers with dots between them",
    );
    test(|file| file.package = some(&["p"; 65].join(".")), "a.proto: its package is more than 64 deep");
    test(
        |file| file.syntax = some("proto4"),
        "a.proto: has a syntax that is not known; proto2, proto3 and editions are",
    );
    test(
        |file| file.syntax = some("editions"),
        "a.proto: is of an edition that is not known; 2023, 2024 and 2026 are",
    );
    let nameless = FileDescriptorProto { name: None, ..file("") };
    test_files(vec![file("a.proto"), nameless], "a file's name must not be empty or have control characters");
    test_files(
        vec![file("a.proto"), file("x\ny")],
        "x\u{fffd}y: a file's name must not be empty or have control characters",
    );
}

#[test]
fn names() {
    test(
        |file| file.message_type = vec![message("M-")],
        "a.proto: p.M-: is not a name: it has to be an identifier, and not too long",
    );
    test(
        |file| file.message_type = vec![message("")],
        "a.proto: p.: is not a name: it has to be an identifier, and not too long",
    );
    test(
        |file| file.message_type = vec![message("M"), message("M")],
        "a.proto: p.M: there is already a package, message, enum, service or extension of this name",
    );
    test(
        |file| {
            file.package = some("p.q");
            file.message_type = vec![message("M")];
            file.service = vec![ServiceDescriptorProto { name: some("M"), ..Default::default() }];
        },
        "a.proto: p.q.M: there is already a package, message, enum, service or extension of this name",
    );
    let other = FileDescriptorProto { package: some("p.M"), ..file("b.proto") };
    let file = FileDescriptorProto { message_type: vec![message("M")], ..file("a.proto") };
    test_files(
        vec![file, other],
        "a.proto: p.M: there is already a package, message, enum, service or extension of this name",
    );
    test_field(|field| field.name = some("r#f"), "a.proto: p.M.r#f: a field's name has to be an identifier");
    test_field(|field| field.name = None, "a.proto: p.M.: a field's name has to be an identifier");
}

#[test]
fn nesting() {
    let mut deep = message("M");
    for _ in 0..64 {
        deep = DescriptorProto { nested_type: vec![deep], ..message("M") };
    }
    let name = ["M"; 64].join(".");
    test(
        |file| file.message_type = vec![deep],
        &format!("a.proto: p.{name}: messages nest more than 64 deep"),
    );
}

#[test]
fn numbers() {
    for (number, text) in [
        (0, "number 0 is not from 1 to 536870911"),
        (-1, "number -1 is not from 1 to 536870911"),
        (536_870_912, "number 536870912 is not from 1 to 536870911"),
        (19_000, "number 19000 is reserved for protobuf itself"),
        (19_999, "number 19999 is reserved for protobuf itself"),
    ] {
        test_field(|field| field.number = Some(number), &format!("a.proto: p.M.f: {text}"));
    }
    test_field(|field| field.number = None, "a.proto: p.M.f: has no number");
    let fields = vec![field("f", 1, Type::INT32), field("g", 1, Type::INT32), field("f", 2, Type::INT32)];
    test(
        |file| file.message_type = vec![DescriptorProto { field: fields, ..message("M") }],
        "a.proto: p.M.g: number 1 is already taken\na.proto: p.M.f: there is already a field of this name",
    );
}

#[test]
fn types() {
    test_field(|field| field.r#type = None, "a.proto: p.M.f: has no type");
    test_field(|field| field.r#type = Some(Type::from(99)), "a.proto: p.M.f: is of a type that is not known");
    test_field(|field| field.r#type = Some(Type::MESSAGE), "a.proto: p.M.f: there is no message ``");
    test_field(
        |field| {
            field.r#type = Some(Type::ENUM);
            field.type_name = some(".p.M");
        },
        "a.proto: p.M.f: there is no enum `.p.M`",
    );
    test_field(
        |field| {
            field.r#type = Some(Type::GROUP);
            field.type_name = some("p.M");
        },
        "a.proto: p.M.f: there is no message `p.M`",
    );
    let method = MethodDescriptorProto { name: some("Get"), input_type: some(".p.M"), ..Default::default() };
    let service = ServiceDescriptorProto { name: some("S"), method: vec![method], ..Default::default() };
    test(
        |file| file.service = vec![service],
        "a.proto: p.S.Get: there is no message `.p.M`\na.proto: p.S.Get: there is no message ``",
    );
}

#[test]
fn presence_and_defaults() {
    test_field(|field| field.oneof_index = Some(0), "a.proto: p.M.f: there is no oneof with index 0");
    test_field(|field| field.oneof_index = Some(-1), "a.proto: p.M.f: there is no oneof with index -1");
    test_field(
        |field| field.default_value = some("1"),
        "a.proto: p.M.f: a field without presence cannot have a default",
    );
    test_field(
        |field| {
            field.default_value = some("one");
            field.proto3_optional = Some(true);
        },
        "a.proto: p.M.f: `one` cannot be its default",
    );
    test_field(
        |field| {
            field.default_value = some("1");
            field.label = Some(Label::REPEATED);
        },
        "a.proto: p.M.f: a repeated field cannot have a default",
    );
    let oneof = OneofDescriptorProto { name: some("o"), ..Default::default() };
    let empty = DescriptorProto { oneof_decl: vec![oneof.clone()], ..message("M") };
    test(|file| file.message_type = vec![empty], "a.proto: p.M.o: a oneof has to have a field");
    let member = |name, number, optional| FieldDescriptorProto {
        oneof_index: Some(0),
        proto3_optional: Some(optional),
        ..field(name, number, Type::INT32)
    };
    let mixed = DescriptorProto {
        oneof_decl: vec![oneof],
        field: vec![member("a", 1, true), member("b", 2, false)],
        ..message("M")
    };
    test(|file| file.message_type = vec![mixed], "a.proto: p.M.b: shares the oneof of an `optional` field");
}

#[test]
fn enums() {
    let enumeration = |value| EnumDescriptorProto { name: some("E"), value, ..Default::default() };
    let error = |values, expected: &str| test(|file| file.enum_type = vec![enumeration(values)], expected);
    error(vec![], "a.proto: p.E: an enum has to have a value");
    error(vec![value("ONE", 1)], "a.proto: p.E: the first value of an open enum has to be 0");
    error(vec![value("A", 0), value("A", 1)], "a.proto: p.E.A: there is already a value of this name");
    error(vec![value("A", 0), value("", 1)], "a.proto: p.E.: a value's name has to be an identifier");
    let numberless = EnumValueDescriptorProto { number: None, ..value("B", 0) };
    error(vec![value("A", 0), numberless], "a.proto: p.E.B: has no number");
}

#[test]
fn maps() {
    let test = |fields: Vec<FieldDescriptorProto>, expected: &str| {
        let options = MessageOptions { map_entry: Some(true), ..Default::default() };
        let entry = DescriptorProto { field: fields, options: Some(options), ..message("FEntry") };
        let field = FieldDescriptorProto {
            label: Some(Label::REPEATED),
            type_name: some(".p.M.FEntry"),
            ..field("f", 1, Type::MESSAGE)
        };
        let message = DescriptorProto { nested_type: vec![entry], field: vec![field], ..message("M") };
        test_files(vec![FileDescriptorProto { message_type: vec![message], ..file("a.proto") }], expected);
    };
    let (key, value) = (field("key", 1, Type::STRING), field("value", 2, Type::STRING));
    test(vec![key.clone()], "a.proto: p.M.f: the map's entry has no key or no value");
    test(
        vec![key.clone(), value.clone(), field("x", 3, Type::STRING)],
        "a.proto: p.M.f: the map's entry has more than a key and a value",
    );
    test(
        vec![key.clone(), key.clone(), value.clone()],
        "a.proto: p.M.f: the map's entry has more than a key and a value",
    );
    test(
        vec![field("key", 1, Type::FLOAT), value],
        "a.proto: p.M.f: is of a kind that cannot be the key of a map",
    );
    let itself = FieldDescriptorProto { type_name: some(".p.M.FEntry"), ..field("value", 2, Type::MESSAGE) };
    test(vec![key, itself], "a.proto: p.M.f: there is no message `.p.M.FEntry`");
}

#[test]
fn extensions() {
    let extension = |name: &str, number: i32| FieldDescriptorProto {
        extendee: some(".p.M"),
        ..field(name, number, Type::INT32)
    };
    let with = |extension: FieldDescriptorProto| {
        move |file: &mut FileDescriptorProto| {
            file.message_type = vec![message("M")];
            file.extension = vec![extension];
        }
    };
    test(
        with(FieldDescriptorProto { extendee: some(".p.N"), ..extension("e", 100) }),
        "a.proto: p.e: there is no message `.p.N`",
    );
    test(with(extension("e", 0)), "a.proto: p.e: number 0 is not from 1 to 536870911");
    test(
        with(FieldDescriptorProto { oneof_index: Some(0), ..extension("e", 100) }),
        "a.proto: p.e: an extension cannot be in a oneof",
    );
    test(
        with(extension("M", 100)),
        "a.proto: p.M: there is already a package, message, enum, service or extension of this name",
    );
    test(
        |file| {
            with(extension("e", 100))(file);
            let options = MessageOptions { message_set_wire_format: Some(true), ..Default::default() };
            file.message_type = vec![DescriptorProto { options: Some(options), ..message("M") }];
        },
        "a.proto: p.e: the extension of a message set has to be one message",
    );
}

#[test]
fn everything_of_a_stage_at_once() {
    let first = DescriptorProto { field: vec![field("f", 0, Type::INT32)], ..message("A") };
    let second = DescriptorProto { field: vec![field("f", 1, Type::MESSAGE)], ..message("B") };
    let files = vec![
        FileDescriptorProto { message_type: vec![first], ..file("a.proto") },
        FileDescriptorProto { message_type: vec![second], ..file("b.proto") },
    ];
    test_files(
        files,
        "a.proto: p.A.f: number 0 is not from 1 to 536870911\nb.proto: p.B.f: there is no message ``",
    );
}

#[test]
fn options_before_everything_else() {
    let request = CodeGeneratorRequest { parameter: some("stict"), ..Default::default() };
    let errors = generate(request).unwrap_err().to_string();
    assert!(errors.starts_with("unknown option `stict`; the options are `strict`"), "{errors}");
}
