//! The plan: what will be written, every decision taken. Types, paths and names are text already, as Rust spells
//! them and as the module that holds them calls them.

use super::imports::{Scope, Symbol};
use crate::schema::MethodKind;

/// A package: one file of Rust.
#[derive(Debug)]
pub struct Package {
    /// `library.v1`; empty for files without a package.
    pub name: String,
    /// The modules that lead to it, from the root of the tree.
    pub path: Vec<String>,
    /// The `.proto` files it was made of.
    pub sources: Vec<String>,
    /// What it holds.
    pub module: Module,
    /// What it embeds.
    pub embedded: Option<Embedded>,
}

/// Descriptors in a package's module.
#[derive(Debug)]
pub struct Embedded {
    /// The files, encoded.
    pub files: Vec<Vec<u8>>,
    /// Paths of the functions that give those of the packages that they import.
    pub imports: Vec<String>,
    /// Paths of the messages.
    pub messages: Vec<String>,
}

/// A module and what it holds.
#[derive(Debug)]
pub struct Module {
    /// Its names.
    pub scope: Scope,
    /// In the order of the schema: a message, its view, its nested types, the next message …
    pub items: Vec<Item>,
}

/// What a module holds.
#[derive(Debug)]
pub enum Item {
    /// A message and its view.
    Message(Message),
    /// The type of a `oneof`.
    Oneof(Oneof),
    /// An enum.
    Enum(Enum),
    /// An extension.
    Extension(Extension),
    /// Client, server trait and server of a service.
    Service(Service),
    /// The methods of a service, as constants.
    Methods(Methods),
    /// A module for the types nested in a message, or for a service's methods.
    Module {
        /// What stands before it.
        docs: Docs,
        /// Its name.
        name: String,
        /// What it holds.
        module: Module,
        /// It mentions deprecated types.
        mentions_deprecated: bool,
    },
}

/// What stands before an item.
#[derive(Clone, Debug, Default)]
pub struct Docs {
    /// Lines of its doc comment.
    pub lines: Vec<String>,
    /// Whether it says `#[deprecated]`.
    pub deprecated: bool,
}

impl Docs {
    /// With a line of our own where the schema says nothing.
    #[must_use]
    pub fn or_else(mut self, line: impl FnOnce() -> String) -> Self {
        if self.lines.is_empty() {
            self.lines.push(line());
        }
        self
    }
}

/// A message and its view.
#[derive(Debug)]
pub struct Message {
    /// What stands before it.
    pub docs: Docs,
    /// The name in the schema, with its package.
    pub full: String,
    /// The struct.
    pub name: String,
    /// The struct that borrows.
    pub view: String,
    /// The struct's fields.
    pub slots: Vec<Slot>,
    /// The struct's last field: what the schema does not know.
    pub unknown: String,
    /// The constants of the fields that are in no `oneof`, by number.
    pub constants: Vec<Constant>,
    /// The arms of `merge`, one for each field of the schema, by number.
    pub fields: Vec<Field>,
    /// The parts of `fields()`.
    pub parts: Vec<Part>,
    /// Names that the schema reserves.
    pub reserved: Vec<String>,
    /// Small and without messages: `fields` and `merge` are worth inlining.
    pub leaf: bool,
    /// Whether it or a message in it has required fields.
    pub required: bool,
    /// It is deprecated or mentions what is.
    pub mentions_deprecated: bool,
}

/// A field of a message's struct: a field or a `oneof` of the schema.
#[derive(Debug)]
pub struct Slot {
    /// What stands before it.
    pub docs: Docs,
    /// Its name, in the message and in the view.
    pub name: String,
    /// Its type in the message.
    pub owned: String,
    /// Its type in the view.
    pub view: String,
    /// How the view's value becomes the message's.
    pub own: Own,
    /// The method that reads it.
    pub getter: Option<Getter>,
}

/// How an owned value comes out of a borrowed one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// It is the same number.
    Copy,
    /// It is the same type.
    Clone,
    /// Through the runtime.
    Own,
    /// The same in a box.
    Boxed,
}

/// A method that gives a field's value or its default.
#[derive(Debug)]
pub struct Getter {
    /// Its name.
    pub name: String,
    /// The field in the schema.
    pub field: String,
    /// What it returns.
    pub returns: String,
    /// How it reads the field.
    pub read: Read,
    /// What the schema says instead of zero.
    pub default: Option<String>,
    /// That is a float, which may look like a well-known constant.
    pub float: bool,
}

/// How a getter reads its field.
#[derive(Debug)]
pub enum Read {
    /// By value.
    Copy,
    /// By reference: text and bytes.
    Deref,
    /// By reference, a message: its type, and whether it is in a box.
    Message(String, bool),
}

/// What a field of the schema is to `merge`.
#[derive(Debug)]
pub struct Field {
    /// The slot it goes to.
    pub slot: String,
    /// Its constant, in the message or the `oneof`.
    pub constant: String,
    /// How a value gets in.
    pub merge: Merge,
    /// The `oneof` it is in.
    pub choice: Option<Choice>,
}

/// `const ISBN: Implicit<Str> = Implicit::new(1, "isbn");`
#[derive(Clone, Debug)]
pub struct Constant {
    /// Its name.
    pub name: String,
    /// `Implicit`.
    pub layout: String,
    /// `Str`, or a map's two.
    pub kinds: Vec<String>,
    /// The field's number.
    pub number: u32,
    /// The field's name in the schema.
    pub field: String,
    /// The field's name in JSON, where the runtime does not make it of the other.
    pub json: Option<String>,
    /// Whether its value is kept out of debug output.
    pub redacted: bool,
}

/// Which of a layout's methods takes a value in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// `merge(slot, source)`
    One,
    /// `merge(tag, slot, source)`
    Many,
    /// `merge_known(tag, slot, unknown, source)`
    Known,
    /// Of a oneof's member: `set`, which replaces.
    Set,
    /// Of a oneof's member: `merge`, which goes on with a message that is there.
    Continue,
    /// Of a oneof's member: `set_known`.
    SetKnown,
}

/// Where the parts of a `oneof`'s member are.
#[derive(Clone, Debug)]
pub struct Choice {
    /// `book::Format`.
    pub owned: String,
    /// `book::FormatView`, or the same.
    pub view: String,
    /// `Paper`.
    pub variant: String,
    /// `into_paper`.
    pub into: Option<String>,
}

/// A part of `fields()`.
#[derive(Debug)]
pub enum Part {
    /// `Self::ISBN.of(&self.isbn)`
    Field {
        /// `ISBN`.
        constant: String,
        /// `isbn`.
        slot: String,
    },
    /// `Choice(&self.format)`, or a run of its members, from one number to another.
    Choice {
        /// `format`.
        slot: String,
        /// Where other fields stand between the members.
        within: Option<(u32, u32)>,
    },
}

/// The type of a `oneof`, and the one that borrows.
#[derive(Debug)]
pub struct Oneof {
    /// What stands before it.
    pub docs: Docs,
    /// The enum.
    pub name: String,
    /// The enum that borrows, if anything in it does.
    pub view: Option<String>,
    /// By number.
    pub variants: Vec<Variant>,
    /// Whether variants may differ much in size.
    pub uneven: bool,
    /// It mentions what is deprecated.
    pub mentions_deprecated: bool,
}

/// A member of a `oneof`.
#[derive(Debug)]
pub struct Variant {
    /// What stands before it.
    pub docs: Docs,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub owned: String,
    /// What it holds in the view.
    pub view: String,
    /// How the view's value becomes the message's.
    pub own: Own,
    /// Its constant.
    pub constant: Constant,
    /// The method that takes a message out.
    pub into: Option<String>,
}

/// An enum.
#[derive(Debug)]
pub struct Enum {
    /// What stands before it.
    pub docs: Docs,
    /// The name in the schema, with its package.
    pub full: String,
    /// The type.
    pub name: String,
    /// As declared.
    pub values: Vec<Value>,
    /// By number, aliases as declared.
    pub names: Vec<(i32, String)>,
    /// The constant that is the default, where it is not zero.
    pub default: Option<String>,
    /// It mentions what is deprecated.
    pub mentions_deprecated: bool,
}

/// A value of an enum.
#[derive(Debug)]
pub struct Value {
    /// What stands before it.
    pub docs: Docs,
    /// Its constant.
    pub name: String,
    /// Its number.
    pub number: i32,
}

/// `pub const UNIT: Extension<Field, Explicit<Str>, String> = Extension::new(1000, "acme.unit");`
#[derive(Debug)]
pub struct Extension {
    /// What stands before it.
    pub docs: Docs,
    /// The name in the schema, with its scope.
    pub full: String,
    /// The constant.
    pub name: String,
    /// The message that it extends.
    pub extendee: String,
    /// `Explicit<Str>`.
    pub layout: String,
    /// `String`: of one value.
    pub value: String,
    /// Its number.
    pub number: u32,
    /// What the schema says instead of zero, of the value's type.
    pub default: Option<String>,
    /// Whether its value is kept out of text for people.
    pub redacted: bool,
    /// It mentions what is deprecated.
    pub mentions_deprecated: bool,
}

/// A service.
#[derive(Debug)]
pub struct Service {
    /// What stands before trait and client.
    pub docs: Docs,
    /// The name in the schema, with its package.
    pub full: String,
    /// The trait.
    pub name: String,
    /// The client.
    pub client: String,
    /// What makes a trait's implementation a service.
    pub server: String,
    /// The module of its methods.
    pub module: String,
    /// Whether its methods have no default bodies.
    pub strict: bool,
    /// As declared.
    pub methods: Vec<Method>,
    /// It is deprecated or mentions what is.
    pub mentions_deprecated: bool,
}

/// A method of a service.
#[derive(Debug)]
pub struct Method {
    /// What stands before it.
    pub docs: Docs,
    /// The name in the schema.
    pub spelled: String,
    /// In trait and client.
    pub name: String,
    /// In the module of the service's methods.
    pub constant: String,
    /// The same for the server, if the handler gets the request encoded.
    pub encoded: Option<String>,
    /// Who streams.
    pub kind: MethodKind,
    /// What is sent, as the package's module calls it.
    pub input: String,
    /// What comes back.
    pub output: String,
}

/// The methods of a service, as constants in a module of their own.
#[derive(Debug)]
pub struct Methods {
    /// The service's name in the schema, with its package.
    pub full: String,
    /// What encodes and decodes messages.
    pub codec: Symbol,
    /// As declared.
    pub methods: Vec<MethodConstant>,
}

/// `pub static GET: Method<GetRequest, Product> = …`
#[derive(Debug)]
pub struct MethodConstant {
    /// Its name.
    pub name: String,
    /// The name in the schema.
    pub spelled: String,
    /// Who streams.
    pub kind: MethodKind,
    /// What is sent, as the module calls it.
    pub input: String,
    /// What comes back.
    pub output: String,
    /// Whether what is sent stays encoded.
    pub encoded: bool,
}
