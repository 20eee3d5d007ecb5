//! The resolved schema: protobuf's own terms, every question about syntax and editions answered.
//!
//! What resolving promises of each value here:
//! - every name is a protobuf identifier (`[A-Za-z_][A-Za-z0-9_]*`, with dots in between in a full name);
//! - every type that a field or a method names is in the [`Schema`], under that full name and of that sort;
//! - full names are unique in the schema, names and numbers of fields in their message, names of values in
//!   their enum;
//! - messages nest at most [`super::MAX_NESTING`] deep.

/// Everything that a request describes: the files to generate and all that they import.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// In the request's order: a file stands after all that it imports.
    pub files: Vec<File>,
}

/// A `.proto` file.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// As protoc names it, relative to the include path; without control characters.
    pub path: String,
    /// `library.v1`; empty for a file without a package.
    pub package: String,
    /// Whether the request asks for this file's code; other files are here for their types.
    pub generate: bool,
    /// The comment at `package`, or else the one at `syntax` or `edition`.
    pub comment: Option<String>,
    /// `option deprecated = true`.
    pub deprecated: bool,
    /// The top-level messages.
    pub messages: Vec<Message>,
    /// The top-level enums.
    pub enums: Vec<Enum>,
    /// The services.
    pub services: Vec<Service>,
    /// What the file declares outside of messages to extend others.
    pub extensions: Vec<Extension>,
}

/// What a message, enum or service is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// `library.v1.Book.Paper`, without a leading dot.
    pub full: String,
    /// `Paper`.
    pub simple: String,
}

/// A message. The entry types of maps are not messages here, they are part of [`Shape::Map`].
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Full and simple name.
    pub name: Name,
    /// The comment before it, or else the one behind it.
    pub comment: Option<String>,
    /// `option deprecated = true`.
    pub deprecated: bool,
    /// `option message_set_wire_format = true`: its extensions are items of a group.
    pub set: bool,
    /// In the order of their numbers.
    pub fields: Vec<Field>,
    /// Names that no field may have, as declared.
    pub reserved: Vec<String>,
    /// As declared. The one that protoc makes up for a proto3 `optional` field is not among them.
    pub oneofs: Vec<Oneof>,
    /// Messages and groups declared inside.
    pub messages: Vec<Message>,
    /// Enums declared inside.
    pub enums: Vec<Enum>,
    /// What it declares to extend others, or itself.
    pub extensions: Vec<Extension>,
}

/// A `oneof`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oneof {
    /// As spelled in the file.
    pub name: String,
    /// The comment before it, or else the one behind it.
    pub comment: Option<String>,
    /// Its members as indices into [`Message::fields`], ascending; at least one. Each of them has
    /// [`Presence::Oneof`] with this oneof's index.
    pub fields: Vec<usize>,
}

/// A field of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// 1 to 536,870,911, without 19,000 to 19,999.
    pub number: u32,
    /// As spelled in the file. A group's is what protoc makes of it: `group Result` is field `result`.
    pub name: String,
    /// The key in JSON: any text.
    pub json_name: String,
    /// The comment before it, or else the one behind it.
    pub comment: Option<String>,
    /// `[deprecated = true]`.
    pub deprecated: bool,
    /// `[debug_redact = true]`: the value must not be shown to a person.
    pub redacted: bool,
    /// How many values of what.
    pub shape: Shape,
}

/// A field that a message gets from elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Extension {
    /// Full and simple name; the scope is the one it is declared in.
    pub name: Name,
    /// Full name of the message that it extends.
    pub extendee: String,
    /// That message is a message set, whose extensions are items of a group.
    pub in_set: bool,
    /// 1 to 536,870,911, or to 2,147,483,647 in a message set.
    pub number: u32,
    /// The comment before it, or else the one behind it.
    pub comment: Option<String>,
    /// `[deprecated = true]`.
    pub deprecated: bool,
    /// `[debug_redact = true]`: the value must not be shown to a person.
    pub redacted: bool,
    /// One value with [`Presence::Explicit`], or many; no map. In a message set one message.
    pub shape: Shape,
}

/// How many values a field holds, and of what kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// At most one.
    Singular {
        /// Whether "unset" differs from the default value. Messages are never [`Presence::Implicit`].
        presence: Presence,
        /// What it holds.
        kind: Kind,
    },
    /// Any number.
    Repeated {
        /// Whether it is written as one length-delimited run. Only scalars and enums can be.
        packed: bool,
        /// What it holds.
        kind: Kind,
    },
    /// Keys and values.
    Map {
        /// The key's kind.
        key: Key,
        /// The value's kind; a message here is never delimited.
        value: Kind,
    },
}

/// Whether and how a singular field knows "unset".
#[derive(Clone, Debug, PartialEq)]
pub enum Presence {
    /// Unset and zero are the same.
    Implicit,
    /// Unset differs from every value.
    Explicit {
        /// What reading the unset field gives, if the file says.
        default: Option<Literal>,
    },
    /// As explicit, and a message without it is not complete (proto2's `required`).
    Required {
        /// What reading the unset field gives, if the file says.
        default: Option<Literal>,
    },
    /// Set only while no other member of the oneof is.
    Oneof {
        /// Which of [`Message::oneofs`].
        index: usize,
        /// What reading the unset field gives, if the file says.
        default: Option<Literal>,
    },
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number or a bool.
    Scalar(Scalar),
    /// UTF-8 text.
    String,
    /// Bytes.
    Bytes,
    /// An enum.
    Enum {
        /// Full name, without a leading dot.
        name: String,
        /// Whether numbers without a name go to the unknown fields.
        closed: bool,
    },
    /// A message.
    Message {
        /// Full name, without a leading dot.
        name: String,
        /// Whether it stands between a start and an end tag (a group) and not behind its length.
        delimited: bool,
    },
}

/// The kinds of number on the wire, and bool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "protobuf's own names")]
pub enum Scalar {
    Bool,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Float,
    Double,
}

/// What the key of a map can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// Any scalar but [`Scalar::Float`] and [`Scalar::Double`].
    Scalar(Scalar),
    /// UTF-8 text.
    String,
}

impl From<Key> for Kind {
    fn from(key: Key) -> Self {
        match key {
            Key::Scalar(scalar) => Self::Scalar(scalar),
            Key::String => Self::String,
        }
    }
}

/// A default value as the file gives it, of the field's own kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// Of a bool.
    Bool(bool),
    /// Of the signed 32-bit kinds.
    Int32(i32),
    /// Of the signed 64-bit kinds.
    Int64(i64),
    /// Of the unsigned 32-bit kinds.
    Uint32(u32),
    /// Of the unsigned 64-bit kinds.
    Uint64(u64),
    /// Of a float; may be infinite or NaN.
    Float(f32),
    /// Of a double; may be infinite or NaN.
    Double(f64),
    /// Of a string.
    String(String),
    /// Of bytes.
    Bytes(Vec<u8>),
    /// Of an enum: a value that it has.
    Enum {
        /// As spelled in the file.
        name: String,
        /// Its number.
        number: i32,
    },
}

/// An enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enum {
    /// Full and simple name.
    pub name: Name,
    /// The comment before it, or else the one behind it.
    pub comment: Option<String>,
    /// `option deprecated = true`.
    pub deprecated: bool,
    /// Whether numbers without a name go to the unknown fields.
    pub closed: bool,
    /// As declared; at least one. The first is the default, and is 0 in an open enum. A number that occurs
    /// again is an alias.
    pub values: Vec<EnumValue>,
}

/// A value of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumValue {
    /// As spelled in the file.
    pub name: String,
    /// May be negative.
    pub number: i32,
    /// The comment before it, or else the one behind it.
    pub comment: Option<String>,
    /// `[deprecated = true]`.
    pub deprecated: bool,
}

/// A service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Full and simple name.
    pub name: Name,
    /// The comment before it, or else the one behind it.
    pub comment: Option<String>,
    /// `option deprecated = true`.
    pub deprecated: bool,
    /// As declared; their names are unique.
    pub methods: Vec<Method>,
}

/// A method of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// As spelled in the file.
    pub name: String,
    /// The comment before it, or else the one behind it.
    pub comment: Option<String>,
    /// `option deprecated = true`.
    pub deprecated: bool,
    /// Full name of the request message.
    pub input: String,
    /// Full name of the response message.
    pub output: String,
    /// Who streams.
    pub kind: MethodKind,
}

/// Which sides of a call send any number of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MethodKind {
    /// One request, one response.
    Unary,
    /// One request, many responses.
    ServerStreaming,
    /// Many requests, one response.
    ClientStreaming,
    /// Many of both.
    Bidi,
}
