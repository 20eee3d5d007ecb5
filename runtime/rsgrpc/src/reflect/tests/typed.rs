use crate::descriptor::uninterpreted_option::NamePart;
use crate::descriptor::{
    FieldDescriptorProto, FileDescriptorProto, UninterpretedOption, field_descriptor_proto,
};
use crate::reflect::{Described, DynamicMessage, MapKey, Reflect, SetError, Value, ValueMap, ValueRef};
use crate::{Message, wkt};

/// A dynamic copy, made field by field through `Reflect`.
fn copy(message: &dyn Reflect) -> DynamicMessage {
    let mut copy = DynamicMessage::new(message.descriptor());
    message.each(&mut |number, value| copy.set(number, value.to_value()).unwrap());
    copy
}

/// A generated copy, made the same way.
fn back<M: Message + Described>(message: &dyn Reflect) -> M {
    let mut back = M::default();
    message.each(&mut |number, value| back.put(number, value.to_value()).unwrap());
    back
}

#[test]
fn fields_are_read_where_they_are() {
    let time = wkt::Timestamp { seconds: 5, ..Default::default() };
    assert_eq!(time.descriptor().full_name(), "google.protobuf.Timestamp");
    assert!(matches!(Reflect::value(&time, 1), Some(ValueRef::I64(5))));
    assert!(Reflect::value(&time, 2).is_none() && Reflect::value(&time, 3).is_none());

    let object: wkt::Struct = [("a".to_owned(), wkt::Value::from(vec![1.0, 2.0]))].into_iter().collect();
    let Some(ValueRef::Map(map)) = Reflect::value(&object, 1) else { panic!("a map") };
    let Some(ValueRef::Message(value)) = map.get(&MapKey::from("a")) else { panic!("a message") };
    assert_eq!(value.descriptor().full_name(), "google.protobuf.Value");
    let Some(ValueRef::Message(list)) = value.value(6) else { panic!("a message") };
    let Some(ValueRef::List(values)) = list.value(1) else { panic!("a list") };
    assert_eq!(values.len(), 2);
    assert_eq!(
        format!("{values:?}"),
        "[Message(Value { number_value: 1.0 }), Message(Value { number_value: 2.0 })]"
    );
}

#[test]
fn copies_are_equal() {
    for file in crate::descriptor::compiler::descriptors().pool().files() {
        let file = file.proto();
        let dynamic = copy(file);
        assert_eq!(dynamic.encode(), file.encode());
        assert_eq!(&back::<FileDescriptorProto>(&dynamic), file);
        assert_eq!(&back::<FileDescriptorProto>(file), file);
        assert_eq!(file.to_dynamic(), dynamic);
    }
}

/// Whether or not it could be decoded.
#[test]
fn nothing_is_lost_in_a_copy() {
    let name = NamePart { name_part: Some("x".into()), ..Default::default() };
    assert_eq!(name.to_dynamic().encode(), name.encode());
    let option = UninterpretedOption { name: vec![name], ..Default::default() };
    assert_eq!(option.to_dynamic().encode(), option.encode());
    assert_eq!(copy(&option).encode(), option.encode());
    assert_eq!(back::<UninterpretedOption>(&option), option);

    let deep = (0..150).fold(wkt::Value::default(), |inner, _| vec![inner].into());
    assert_eq!(deep.to_dynamic().encode(), deep.encode());
    assert_eq!(copy(&deep).encode(), deep.encode());
}

#[test]
fn fields_are_set_and_taken_away() {
    let mut field = FieldDescriptorProto { name: Some("a".into()), ..Default::default() };
    field.put(1, "b".into()).unwrap();
    field.put(4, Value::Enum(2)).unwrap();
    assert_eq!((field.name(), field.label), ("b", Some(field_descriptor_proto::Label::REQUIRED)));
    field.put(4, "LABEL_REPEATED".into()).unwrap();
    assert_eq!(field.label, Some(field_descriptor_proto::Label::REPEATED));
    field.remove(1);
    assert_eq!(field.name, None);

    let mut value = wkt::Value::from(true);
    // Another member is set.
    value.remove(3);
    assert_eq!(value, true.into());
    value.put(3, "text".into()).unwrap();
    assert_eq!(value, "text".into());
    value.remove(3);
    assert_eq!(value, wkt::Value::default());

    let mut list = wkt::ListValue::from(vec![1.0]);
    list.put(1, vec![Value::from(copy(&wkt::Value::from(2.0)))].into()).unwrap();
    assert_eq!(list, vec![2.0].into());
    list.remove(1);
    assert_eq!(list, wkt::ListValue::default());

    let mut object = wkt::Struct::default();
    let entry = |number: f64| ("k", copy(&wkt::Value::from(number)));
    object.put(1, ValueMap::from_iter([entry(1.0), entry(2.0)]).into()).unwrap();
    assert_eq!(object.to_json().unwrap(), r#"{"k":2}"#);
    object.remove(1);
    assert_eq!(object, wkt::Struct::default());
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut time = wkt::Timestamp { seconds: 5, ..Default::default() };
    assert!(matches!(time.put(3, true.into()), Err(SetError::NoField { .. })));
    let error = time.put(1, "5".into()).unwrap_err();
    assert_eq!(error.to_string(), "google.protobuf.Timestamp: `seconds` holds values of another type");
    // It is unset then.
    assert_eq!(time, wkt::Timestamp::default());
    let mut field = FieldDescriptorProto::default();
    // Closed enums have no other values.
    assert!(field.put(4, Value::Enum(77)).is_err());
    let mut list = wkt::ListValue::default();
    assert!(list.put(1, vec![Value::from(copy(&time))].into()).is_err());
}

#[test]
fn unknown_fields_come_along() {
    let option = wkt::Value::decode(b"\x11\0\0\0\0\0\0\xf0\x3f\x92\x03\x01x").unwrap();
    let mut list = wkt::ListValue::default();
    list.put(1, vec![Value::from(option.to_dynamic())].into()).unwrap();
    assert_eq!(list.values, [option]);
}
