//! From a resolved schema to linked types and the tables that descriptors read.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::dynamic::{
    EnumType, EnumValue, FieldType, List, MessageType, Oneof, Presence, Shape, Slot, Table, Type, TypeKind,
    Types,
};
use crate::label::MadeKey;
use crate::schema::{self, Errors, Kind, Literal, MethodKind, Problem, Scalar, Schema};
use crate::wire::wire_type::LEN;

/// What a schema comes down to.
#[derive(Debug, Default)]
pub(super) struct Linked {
    pub(super) types: Types,
    /// Beside each message of `types`.
    pub(super) messages: Vec<Declared>,
    /// Beside each enum of `types`.
    pub(super) enums: Vec<Declared>,
    pub(super) extensions: Vec<Extension>,
    pub(super) services: Vec<Service>,
    pub(super) files: Vec<Contents>,
    pub(super) symbols: HashMap<String, Symbol>,
}

/// Where a message or an enum is declared.
#[derive(Debug)]
pub(super) struct Declared {
    pub(super) file: usize,
    /// The message around it.
    pub(super) parent: Option<u32>,
    pub(super) contents: Contents,
}

/// The places of what a file or a message declares.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) messages: Vec<u32>,
    pub(super) enums: Vec<u32>,
    pub(super) extensions: Vec<usize>,
    pub(super) services: Vec<usize>,
}

/// A field that is declared outside of its message.
#[derive(Debug)]
pub(super) struct Extension {
    pub(super) full_name: String,
    pub(super) file: usize,
    /// The message that it is declared in.
    pub(super) parent: Option<u32>,
    /// The places of the message that it extends, and of the field there.
    pub(super) message: u32,
    pub(super) field: usize,
}

#[derive(Debug)]
pub(super) struct Service {
    pub(super) full_name: String,
    pub(super) file: usize,
    pub(super) methods: Vec<Method>,
}

#[derive(Debug)]
pub(super) struct Method {
    pub(super) name: String,
    pub(super) input: u32,
    pub(super) output: u32,
    pub(super) kind: MethodKind,
}

/// What a full name stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Symbol {
    Message(u32),
    Enum(u32),
    /// A value, in the scope of its enum.
    Value(u32),
    Extension(usize),
    Service(usize),
}

impl Linked {
    /// Where the message at `place` is declared.
    pub(super) fn message(&self, place: u32) -> Option<&Declared> {
        self.messages.get(place as usize)
    }

    /// Where the enum at `place` is declared.
    pub(super) fn enumeration(&self, place: u32) -> Option<&Declared> {
        self.enums.get(place as usize)
    }
}

/// Links all files of `schema`.
pub(super) fn link(schema: &Schema) -> Result<Linked, Errors> {
    let mut linker = Linker { linked: Linked::default(), errors: Errors::default(), sources: Vec::new() };
    for (file, declared) in schema.files.iter().enumerate() {
        let mut contents = Contents::default();
        linker.scope(file, None, &declared.messages, &declared.enums, &mut contents);
        linker.linked.files.push(contents);
    }
    for (place, message) in std::mem::take(&mut linker.sources).into_iter().enumerate() {
        let fields = message.fields.iter().map(|field| linker.field(field)).collect();
        if let Some(of) = linker.linked.types.messages.get_mut(place) {
            of.fields = fields;
            of.declared = of.fields.len();
        }
    }
    let mut taken = HashMap::new();
    for (file, declared) in schema.files.iter().enumerate() {
        let places = linker.extensions(file, None, &declared.path, &declared.extensions, &mut taken);
        if let Some(contents) = linker.linked.files.get_mut(file) {
            contents.extensions = places;
        }
        linker.nested_extensions(file, &declared.path, &declared.messages, &mut taken);
        for service in &declared.services {
            linker.service(file, service);
        }
    }
    let Linker { mut linked, errors, .. } = linker;
    let mut linked = errors.or(()).map(|()| {
        sort_extensions(&mut linked);
        linked
    })?;
    index(&mut linked.types);
    require(&mut linked.types);
    Ok(linked)
}

struct Linker<'s> {
    linked: Linked,
    errors: Errors,
    /// The messages of `linked`, as they were.
    sources: Vec<&'s schema::Message>,
}

impl<'s> Linker<'s> {
    /// Gives places to messages and enums.
    fn scope(
        &mut self,
        file: usize,
        parent: Option<u32>,
        messages: &'s [schema::Message],
        enums: &'s [schema::Enum],
        contents: &mut Contents,
    ) {
        for enumeration in enums {
            let place = next(&self.linked.types.enums);
            self.linked.symbols.insert(enumeration.name.full.clone(), Symbol::Enum(place));
            let scope = enumeration.name.full.strip_suffix(&enumeration.name.simple).unwrap_or_default();
            for value in &enumeration.values {
                let name = format!("{scope}{}", value.name);
                self.linked.symbols.entry(name).or_insert(Symbol::Value(place));
            }
            self.linked.types.enums.push(enum_type(enumeration));
            self.linked.enums.push(Declared { file, parent, contents: Contents::default() });
            contents.enums.push(place);
        }
        for message in messages {
            let place = next(&self.linked.types.messages);
            self.linked.symbols.insert(message.name.full.clone(), Symbol::Message(place));
            self.linked.types.by_name.insert(message.name.full.clone(), place);
            self.linked.types.messages.push(message_type(message));
            self.linked.messages.push(Declared { file, parent, contents: Contents::default() });
            self.sources.push(message);
            contents.messages.push(place);
            let mut inner = Contents::default();
            self.scope(file, Some(place), &message.messages, &message.enums, &mut inner);
            if let Some(declared) = self.linked.messages.get_mut(place as usize) {
                declared.contents = inner;
            }
        }
    }

    fn field(&self, field: &schema::Field) -> FieldType {
        let presence = match &field.shape {
            schema::Shape::Singular { presence, .. } => presence,
            _ => &schema::Presence::Implicit,
        };
        let (presence, default) = match presence {
            schema::Presence::Implicit => (Presence::Implicit, None),
            schema::Presence::Explicit { default } => (Presence::Explicit, default.as_ref()),
            schema::Presence::Required { default } => (Presence::Required, default.as_ref()),
            schema::Presence::Oneof { index, default } => (Presence::Oneof(*index), default.as_ref()),
        };
        self.any_field(
            Head { number: field.number, name: &field.name, json: &field.json_name, redact: field.redacted },
            &field.shape,
            presence,
            default,
        )
    }

    fn any_field(
        &self,
        head: Head<'_>,
        shape: &schema::Shape,
        presence: Presence,
        default: Option<&Literal>,
    ) -> FieldType {
        let shape = match shape {
            schema::Shape::Singular { kind, .. } => Shape::One(self.of(kind)),
            schema::Shape::Repeated { packed, kind } => Shape::Many { of: self.of(kind), packed: *packed },
            schema::Shape::Map { key, value } => Shape::Map(self.of(&Kind::from(*key)), self.of(value)),
        };
        let (wire, zero) = match shape {
            Shape::One(Type::Enum { place, .. }) => {
                let number = self.linked.types.enumeration(place).default_number();
                (Type::Enum { place, closed: false }.wire(), Slot::Enum(number))
            }
            Shape::One(of) => (of.wire(), TypeKind { types: &self.linked.types, of }.zero()),
            Shape::Many { of, .. } => (of.wire(), Slot::List(List::of(of))),
            Shape::Map(..) => (LEN, Slot::Map(Box::default())),
        };
        FieldType {
            number: head.number,
            tag: head.number << 3 | wire,
            name: head.name.to_owned(),
            json_name: head.json.to_owned(),
            key: MadeKey::of(head.json).map(Box::new),
            redact: head.redact,
            extension: false,
            presence,
            shape,
            default: default.map_or(zero, slot_of),
        }
    }

    /// The linked type. What a field names is there: resolving has seen to that.
    fn of(&self, kind: &Kind) -> Type {
        match kind {
            Kind::Scalar(scalar) => match scalar {
                Scalar::Bool => Type::Bool,
                Scalar::Int32 => Type::Int32,
                Scalar::Int64 => Type::Int64,
                Scalar::Uint32 => Type::Uint32,
                Scalar::Uint64 => Type::Uint64,
                Scalar::Sint32 => Type::Sint32,
                Scalar::Sint64 => Type::Sint64,
                Scalar::Fixed32 => Type::Fixed32,
                Scalar::Fixed64 => Type::Fixed64,
                Scalar::Sfixed32 => Type::Sfixed32,
                Scalar::Sfixed64 => Type::Sfixed64,
                Scalar::Float => Type::Float,
                Scalar::Double => Type::Double,
            },
            Kind::String => Type::Str,
            Kind::Bytes => Type::Blob,
            Kind::Enum { name, closed } => match self.linked.symbols.get(name) {
                Some(Symbol::Enum(place)) => Type::Enum { place: *place, closed: *closed },
                _ => Type::Int32,
            },
            Kind::Message { name, delimited } => match self.linked.symbols.get(name) {
                Some(Symbol::Message(place)) if *delimited => Type::Group(*place),
                Some(Symbol::Message(place)) => Type::Message(*place),
                _ => Type::Blob,
            },
        }
    }

    fn nested_extensions(
        &mut self,
        file: usize,
        path: &str,
        messages: &'s [schema::Message],
        taken: &mut HashMap<(u32, u32), &'s str>,
    ) {
        for message in messages {
            let Some(Symbol::Message(place)) = self.linked.symbols.get(&message.name.full).copied() else {
                continue;
            };
            let places = self.extensions(file, Some(place), path, &message.extensions, taken);
            if let Some(declared) = self.linked.messages.get_mut(place as usize) {
                declared.contents.extensions = places;
            }
            self.nested_extensions(file, path, &message.messages, taken);
        }
    }

    /// Adds extensions to the messages that they extend.
    fn extensions(
        &mut self,
        file: usize,
        parent: Option<u32>,
        path: &str,
        extensions: &'s [schema::Extension],
        taken: &mut HashMap<(u32, u32), &'s str>,
    ) -> Vec<usize> {
        let mut places = Vec::new();
        for extension in extensions {
            let full = &extension.name.full;
            let Some(Symbol::Message(message)) = self.linked.symbols.get(&extension.extendee).copied() else {
                continue;
            };
            let before = match taken.entry((message, extension.number)) {
                Entry::Vacant(free) => {
                    free.insert(full);
                    None
                }
                Entry::Occupied(other) => Some(*other.get()),
            };
            let declared = self.linked.types.message(message);
            let field =
                declared.fields.iter().take(declared.declared).find(|field| field.number == extension.number);
            if let Some(other) = before.or(field.map(|field| field.name.as_str())) {
                let text =
                    format!("number {} of {} is taken by {other}", extension.number, extension.extendee);
                self.errors.push(Problem::new(path, full, text));
                continue;
            }
            // Their tags have no room for more.
            if extension.number >= 1 << 29 {
                continue;
            }
            let name = format!("[{full}]");
            let default = match &extension.shape {
                schema::Shape::Singular { presence: schema::Presence::Explicit { default }, .. } => {
                    default.as_ref()
                }
                _ => None,
            };
            let head =
                Head { number: extension.number, name: &name, json: &name, redact: extension.redacted };
            let field = FieldType {
                extension: true,
                ..self.any_field(head, &extension.shape, Presence::Explicit, default)
            };
            let Some(of) = self.linked.types.messages.get_mut(message as usize) else { continue };
            let place = self.linked.extensions.len();
            self.linked.extensions.push(Extension {
                full_name: full.clone(),
                file,
                parent,
                message,
                field: of.fields.len(),
            });
            of.fields.push(field);
            self.linked.symbols.insert(full.clone(), Symbol::Extension(place));
            places.push(place);
        }
        places
    }

    fn service(&mut self, file: usize, service: &schema::Service) {
        let message = |name: &str| match self.linked.symbols.get(name) {
            Some(Symbol::Message(place)) => Some(*place),
            _ => None,
        };
        let methods = service.methods.iter().filter_map(|method| {
            Some(Method {
                name: method.name.clone(),
                input: message(&method.input)?,
                output: message(&method.output)?,
                kind: method.kind,
            })
        });
        let methods = methods.collect();
        let place = self.linked.services.len();
        self.linked.services.push(Service { full_name: service.name.full.clone(), file, methods });
        self.linked.symbols.insert(service.name.full.clone(), Symbol::Service(place));
        if let Some(contents) = self.linked.files.get_mut(file) {
            contents.services.push(place);
        }
    }
}

/// The place of what is added next. No pool has more than `u32` counts: each
/// declaration takes more than a byte of memory.
pub(super) fn next<T>(declared: &[T]) -> u32 {
    u32::try_from(declared.len()).unwrap_or(u32::MAX)
}

/// What a field and an extension have in common.
struct Head<'f> {
    number: u32,
    name: &'f str,
    json: &'f str,
    redact: bool,
}

fn message_type(message: &schema::Message) -> MessageType {
    let oneofs = message.oneofs.iter();
    let oneofs = oneofs.map(|oneof| Oneof { name: oneof.name.clone(), fields: oneof.fields.clone() });
    MessageType {
        name: message.name.full.clone(),
        fields: Vec::new(),
        declared: 0,
        numbers: Table::new([].into_iter()),
        names: HashMap::new(),
        json_names: HashMap::new(),
        oneofs: oneofs.collect(),
        reserved: message.reserved.clone(),
        set: message.set,
        required: false,
    }
}

fn enum_type(enumeration: &schema::Enum) -> EnumType {
    let values = enumeration.values.iter();
    let mut by_number: Vec<_> =
        values.clone().enumerate().map(|(place, value)| (value.number, place)).collect();
    by_number.sort_unstable();
    by_number.dedup_by_key(|entry| entry.0);
    EnumType {
        name: enumeration.name.full.clone(),
        by_name: values.clone().enumerate().map(|(place, value)| (value.name.clone(), place)).collect(),
        by_number,
        values: values.map(|value| EnumValue { name: value.name.clone(), number: value.number }).collect(),
    }
}

fn slot_of(literal: &Literal) -> Slot {
    match literal {
        Literal::Bool(value) => Slot::Bool(*value),
        Literal::Int32(value) => Slot::I32(*value),
        Literal::Int64(value) => Slot::I64(*value),
        Literal::Uint32(value) => Slot::U32(*value),
        Literal::Uint64(value) => Slot::U64(*value),
        Literal::Float(value) => Slot::F32(*value),
        Literal::Double(value) => Slot::F64(*value),
        Literal::String(value) => Slot::Str(value.as_str().into()),
        Literal::Bytes(value) => Slot::Blob(Box::new(value.clone().into())),
        Literal::Enum { number, .. } => Slot::Enum(*number),
    }
}

/// Puts the extensions of each message in the order of their numbers.
fn sort_extensions(linked: &mut Linked) {
    for of in &mut linked.types.messages {
        if let Some(extensions) = of.fields.get_mut(of.declared..) {
            extensions.sort_by_key(|field| field.number);
        }
    }
    for extension in &mut linked.extensions {
        let of = linked.types.message(extension.message);
        let name = format!("[{}]", extension.full_name);
        let place = of.fields.iter().position(|field| field.extension && field.name == name);
        extension.field = place.unwrap_or(extension.field);
    }
}

/// Fills the tables by which fields are found.
fn index(types: &mut Types) {
    for of in &mut types.messages {
        of.numbers = Table::new(of.fields.iter().map(|field| field.number));
        for (place, field) in of.fields.iter().enumerate() {
            of.names.insert(field.name.clone(), place);
            of.json_names.entry(field.json_name.clone()).or_insert(place);
        }
    }
}

/// Notes which messages may lack something: those with required fields, and
/// those that may contain them.
fn require(types: &mut Types) {
    let mut holders: Vec<Vec<usize>> = vec![Vec::new(); types.messages.len()];
    let mut wanting = Vec::new();
    for (place, of) in types.messages.iter().enumerate() {
        for field in &of.fields {
            if let Type::Message(inner) | Type::Group(inner) = field.shape.of()
                && let Some(holders) = holders.get_mut(inner as usize)
            {
                holders.push(place);
            }
        }
        if of.fields.iter().any(|field| field.presence == Presence::Required) {
            wanting.push(place);
        }
    }
    while let Some(place) = wanting.pop() {
        if let Some(of) = types.messages.get_mut(place)
            && !std::mem::replace(&mut of.required, true)
        {
            wanting.extend(holders.get(place).into_iter().flatten());
        }
    }
}
