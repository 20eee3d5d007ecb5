//! A field's number, presence, shape and kind.

use std::collections::HashMap;

use crate::descriptor::feature_set::{FieldPresence, MessageEncoding, RepeatedFieldEncoding};
use crate::descriptor::field_descriptor_proto::{Label, Type};
use crate::descriptor::{DescriptorProto, FieldDescriptorProto};

use super::features::Features;
use super::literal;
use super::name::{is_identifier, join, json_name};
use super::problem::printable;
use super::symbols::{Symbol, Symbols};
use super::types::{Extension, Field, Key, Kind, Literal, Name, Presence, Scalar, Shape};

/// The oneofs of a message: which of them the file declares, and what their members inherit.
pub(super) struct Oneofs(Vec<Declared>);

struct Declared {
    /// Made up by protoc to give one proto3 `optional` field presence.
    synthetic: bool,
    /// Among those that are not synthetic.
    index: usize,
    features: Features,
}

impl Oneofs {
    pub(super) fn of(message: &DescriptorProto, features: Features) -> Self {
        let mut oneofs: Vec<_> = message
            .oneof_decl
            .iter()
            .map(|oneof| {
                let features = features.with(oneof.options().features.as_ref());
                Declared { synthetic: false, index: 0, features }
            })
            .collect();
        for field in message.field.iter().filter(|field| field.proto3_optional()) {
            let index = field.oneof_index.and_then(|index| usize::try_from(index).ok());
            if let Some(oneof) = index.and_then(|index| oneofs.get_mut(index)) {
                oneof.synthetic = true;
            }
        }
        for (index, oneof) in oneofs.iter_mut().filter(|oneof| !oneof.synthetic).enumerate() {
            oneof.index = index;
        }
        Self(oneofs)
    }

    /// Whether the declaration at `position` is none of the file's.
    pub(super) fn is_synthetic(&self, position: usize) -> bool {
        self.0.get(position).is_some_and(|oneof| oneof.synthetic)
    }

    /// The oneof that a field is in.
    fn around(&self, field: &FieldDescriptorProto) -> Result<Option<&Declared>, String> {
        let Some(index) = field.oneof_index else { return Ok(None) };
        let oneof = usize::try_from(index).ok().and_then(|index| self.0.get(index));
        let oneof = oneof.ok_or_else(|| format!("there is no oneof with index {index}"))?;
        match (oneof.synthetic, field.proto3_optional()) {
            (true, true) => Ok(None),
            (false, _) => Ok(Some(oneof)),
            (true, false) => Err("shares the oneof of an `optional` field".to_owned()),
        }
    }
}

/// The messages in a message that stand for the keys and values of its maps, by full name.
pub(super) struct Entries<'a>(HashMap<String, &'a DescriptorProto>);

impl<'a> Entries<'a> {
    /// Those of the message that is called `full`.
    pub(super) fn of(full: &str, message: &'a DescriptorProto) -> Self {
        let entries = message.nested_type.iter().filter(|nested| nested.options().map_entry());
        Self(entries.map(|entry| (join(full, entry.name()), entry)).collect())
    }

    /// The entry message, if the field is a map.
    fn of_field(
        &self,
        field: &FieldDescriptorProto,
        symbols: &Symbols,
    ) -> Result<Option<&'a DescriptorProto>, String> {
        match symbols.get(field.type_name()) {
            Some((name, Symbol::MapEntry))
                if field.label == Some(Label::REPEATED) && field.r#type == Some(Type::MESSAGE) =>
            {
                self.0
                    .get(name)
                    .map(|entry| Some(*entry))
                    .ok_or_else(|| format!("`{}` is the entry of a map in another message", printable(name)))
            }
            _ => Ok(None),
        }
    }
}

/// The field, without its comment; or what is wrong with it. `features` are those of its message.
pub(super) fn resolve(
    field: &FieldDescriptorProto,
    symbols: &Symbols,
    oneofs: &Oneofs,
    entries: &Entries<'_>,
    features: Features,
) -> Result<Field, String> {
    if !is_identifier(field.name()) {
        return Err("a field's name has to be an identifier".to_owned());
    }
    let oneof = oneofs.around(field)?;
    let options = field.options();
    let features = oneof.map_or(features, |oneof| oneof.features).with(options.features.as_ref());
    let shape = match entries.of_field(field, symbols)? {
        Some(_) if oneof.is_some() => return Err("a map cannot be in a oneof".to_owned()),
        Some(entry) => map(entry, symbols)?,
        None => {
            let delimited = features.message_encoding == MessageEncoding::DELIMITED;
            let kind = kind(field, symbols, delimited)?;
            if field.label == Some(Label::REPEATED) {
                repeated(field, kind, oneof, features)?
            } else {
                Shape::Singular { presence: presence(field, &kind, symbols, oneof, features)?, kind }
            }
        }
    };
    Ok(Field {
        number: number(field)?,
        name: field.name().to_owned(),
        json_name: field.json_name.clone().unwrap_or_else(|| json_name(field.name())),
        comment: None,
        deprecated: options.deprecated(),
        redacted: options.debug_redact(),
        shape,
    })
}

/// The extension called `name`, without its comment; or what is wrong with it. `features` are those of its scope.
pub(super) fn extension(
    field: &FieldDescriptorProto,
    name: Name,
    symbols: &Symbols,
    features: Features,
) -> Result<Extension, String> {
    if !is_identifier(field.name()) {
        return Err("an extension's name has to be an identifier".to_owned());
    }
    let Some((extendee, &Symbol::Message { set })) = symbols.get(field.extendee()) else {
        return Err(format!("there is no message `{}`", printable(field.extendee())));
    };
    if field.oneof_index.is_some() && !field.proto3_optional() {
        return Err("an extension cannot be in a oneof".to_owned());
    }
    let options = field.options();
    let features = features.with(options.features.as_ref());
    let kind = kind(field, symbols, features.message_encoding == MessageEncoding::DELIMITED)?;
    let shape = if field.label == Some(Label::REPEATED) {
        repeated(field, kind, None, features)?
    } else {
        let default = match &field.default_value {
            Some(text) => Some(default(field, &kind, symbols, text)?),
            None => None,
        };
        Shape::Singular { presence: Presence::Explicit { default }, kind }
    };
    let number = if set {
        if !matches!(shape, Shape::Singular { kind: Kind::Message { .. }, .. }) {
            return Err("the extension of a message set has to be one message".to_owned());
        }
        let number = field.number.and_then(|number| u32::try_from(number).ok());
        number.filter(|number| *number > 0).ok_or("its number is not from 1 to 2147483647")?
    } else {
        number(field)?
    };
    Ok(Extension {
        name,
        extendee: extendee.to_owned(),
        in_set: set,
        number,
        comment: None,
        deprecated: options.deprecated(),
        redacted: options.debug_redact(),
        shape,
    })
}

fn number(field: &FieldDescriptorProto) -> Result<u32, String> {
    let number = field.number.ok_or("has no number")?;
    match u32::try_from(number) {
        Ok(19_000..=19_999) => Err(format!("number {number} is reserved for protobuf itself")),
        Ok(number @ 1..=0x1fff_ffff) => Ok(number),
        _ => Err(format!("number {number} is not from 1 to 536870911")),
    }
}

fn repeated(
    field: &FieldDescriptorProto,
    kind: Kind,
    oneof: Option<&Declared>,
    features: Features,
) -> Result<Shape, String> {
    if oneof.is_some() || field.proto3_optional() {
        return Err("a repeated field cannot be in a oneof or optional".to_owned());
    }
    if field.default_value.is_some() {
        return Err("a repeated field cannot have a default".to_owned());
    }
    let packable = matches!(kind, Kind::Scalar(_) | Kind::Enum { .. });
    let preferred = features.repeated_field_encoding == RepeatedFieldEncoding::PACKED;
    Ok(Shape::Repeated { packed: packable && field.options().packed.unwrap_or(preferred), kind })
}

fn presence(
    field: &FieldDescriptorProto,
    kind: &Kind,
    symbols: &Symbols,
    oneof: Option<&Declared>,
    features: Features,
) -> Result<Presence, String> {
    let default = match &field.default_value {
        Some(text) => Some(default(field, kind, symbols, text)?),
        None => None,
    };
    if let Some(oneof) = oneof {
        return Ok(Presence::Oneof { index: oneof.index, default });
    }
    let presence = match features.field_presence {
        _ if field.label == Some(Label::REQUIRED) => Presence::Required { default },
        FieldPresence::LEGACY_REQUIRED => Presence::Required { default },
        FieldPresence::IMPLICIT if !field.proto3_optional() && !matches!(kind, Kind::Message { .. }) => {
            if default.is_some() {
                return Err("a field without presence cannot have a default".to_owned());
            }
            if matches!(kind, Kind::Enum { closed: true, .. }) {
                return Err("a field without presence cannot hold a closed enum".to_owned());
            }
            Presence::Implicit
        }
        _ => Presence::Explicit { default },
    };
    Ok(presence)
}

fn default(
    field: &FieldDescriptorProto,
    kind: &Kind,
    symbols: &Symbols,
    text: &str,
) -> Result<Literal, String> {
    let number = |name: &str| match symbols.get(field.type_name()) {
        Some((_, Symbol::Enum { numbers, .. })) => numbers.get(name).copied(),
        _ => None,
    };
    literal::parse(kind, text, number).ok_or_else(|| format!("`{}` cannot be its default", printable(text)))
}

fn map(entry: &DescriptorProto, symbols: &Symbols) -> Result<Shape, String> {
    let (mut key, mut value) = (None, None);
    for field in &entry.field {
        let slot = match field.number {
            Some(1) => &mut key,
            Some(2) => &mut value,
            _ => return Err("the map's entry has more than a key and a value".to_owned()),
        };
        // Neither is ever delimited, whatever the file prefers.
        if slot.replace(kind(field, symbols, false)?).is_some() || field.label == Some(Label::REPEATED) {
            return Err("the map's entry has more than a key and a value".to_owned());
        }
    }
    let (Some(key), Some(value)) = (key, value) else {
        return Err("the map's entry has no key or no value".to_owned());
    };
    let key = match key {
        Kind::String => Key::String,
        Kind::Scalar(scalar) if !matches!(scalar, Scalar::Float | Scalar::Double) => Key::Scalar(scalar),
        _ => return Err("is of a kind that cannot be the key of a map".to_owned()),
    };
    if matches!(value, Kind::Message { delimited: true, .. }) {
        return Err("a group cannot be the value of a map".to_owned());
    }
    Ok(Shape::Map { key, value })
}

/// What the field holds. `delimited` is how messages are written here, unless the field says `group`.
fn kind(field: &FieldDescriptorProto, symbols: &Symbols, delimited: bool) -> Result<Kind, String> {
    let scalar = match field.r#type.ok_or("has no type")? {
        Type::STRING => return Ok(Kind::String),
        Type::BYTES => return Ok(Kind::Bytes),
        Type::MESSAGE => return message(field, symbols, delimited),
        Type::GROUP => return message(field, symbols, true),
        Type::ENUM => {
            return match symbols.get(field.type_name()) {
                Some((name, &Symbol::Enum { closed, .. })) => {
                    Ok(Kind::Enum { name: name.to_owned(), closed })
                }
                _ => Err(format!("there is no enum `{}`", printable(field.type_name()))),
            };
        }
        Type::BOOL => Scalar::Bool,
        Type::INT32 => Scalar::Int32,
        Type::INT64 => Scalar::Int64,
        Type::UINT32 => Scalar::Uint32,
        Type::UINT64 => Scalar::Uint64,
        Type::SINT32 => Scalar::Sint32,
        Type::SINT64 => Scalar::Sint64,
        Type::FIXED32 => Scalar::Fixed32,
        Type::FIXED64 => Scalar::Fixed64,
        Type::SFIXED32 => Scalar::Sfixed32,
        Type::SFIXED64 => Scalar::Sfixed64,
        Type::FLOAT => Scalar::Float,
        Type::DOUBLE => Scalar::Double,
        _ => return Err("is of a type that is not known".to_owned()),
    };
    Ok(Kind::Scalar(scalar))
}

fn message(field: &FieldDescriptorProto, symbols: &Symbols, delimited: bool) -> Result<Kind, String> {
    match symbols.get(field.type_name()) {
        Some((name, Symbol::Message { .. })) => Ok(Kind::Message { name: name.to_owned(), delimited }),
        _ => Err(format!("there is no message `{}`", printable(field.type_name()))),
    }
}
