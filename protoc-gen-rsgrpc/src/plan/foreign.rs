//! Messages that another generator writes: where it puts them and what it calls them.

use std::collections::HashMap;

use heck::ToUpperCamelCase;

use super::imports::Place;
use super::names;
use super::places::{Type, extern_of};
use crate::options::Messages;
use crate::schema::{File, Message};

/// A generator's way of naming.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dialect {
    /// prost: a module for each segment of a package, and for each message around another.
    Prost,
    /// protoc's `--rust_out`: a module for each file, and for each message around another; packages do not show.
    Protobuf,
}

/// Where prost looks for the well-known types, unless it is told otherwise.
const PROST_TYPES: &str = "::prost_types";

/// Those that are types of Rust's there.
const PROST_RUST: [(&str, &str); 10] = [
    ("BoolValue", "bool"),
    ("BytesValue", "::std::vec::Vec<u8>"),
    ("DoubleValue", "f64"),
    ("Empty", "()"),
    ("FloatValue", "f32"),
    ("Int32Value", "i32"),
    ("Int64Value", "i64"),
    ("StringValue", "::std::string::String"),
    ("UInt32Value", "u32"),
    ("UInt64Value", "u64"),
];

impl Dialect {
    /// Who names these messages, if it is not this plugin.
    pub(super) fn of(messages: Messages) -> Option<Self> {
        match messages {
            Messages::Own => None,
            Messages::Prost => Some(Self::Prost),
            Messages::Protobuf => Some(Self::Protobuf),
        }
    }

    /// Adds the path that goes without saying.
    pub(super) fn complete(self, externs: &mut HashMap<&str, &str>) {
        if matches!(self, Self::Prost) {
            externs.entry("google.protobuf").or_insert(PROST_TYPES);
        }
    }

    /// The messages of a file, by full name. Those that no path leads to are left out.
    pub(super) fn messages(self, file: &File, externs: &HashMap<&str, &str>) -> Vec<(String, Type)> {
        let mut types = Vec::new();
        for message in &file.messages {
            if let Some((place, name)) = self.place(file, message, externs) {
                self.message(message, file.deprecated, place, name, &mut types);
            }
        }
        types
    }

    /// Where a message at the top of a file is, and what it is called there.
    fn place(self, file: &File, message: &Message, externs: &HashMap<&str, &str>) -> Option<(Place, String)> {
        let (path, rest) = extern_of(&message.name.full, externs)?;
        if rest.is_empty() {
            return Some(Place::of_path(path));
        }
        if path == PROST_TYPES
            && let Some((_, rust)) = PROST_RUST.iter().find(|(name, _)| *name == rest)
        {
            return Some((Place::Rust, (*rust).to_owned()));
        }
        let modules = match self {
            Self::Prost => {
                let packages = rest.split('.').rev().skip(1).map(|package| self.module(package));
                packages.collect::<Vec<_>>().into_iter().rev().collect()
            }
            Self::Protobuf => vec![file_module(&file.path)],
        };
        Some((Place::Elsewhere(path.to_owned(), modules), self.camel(&message.name.simple)))
    }

    fn message(
        self,
        message: &Message,
        deprecated: bool,
        place: Place,
        name: String,
        types: &mut Vec<(String, Type)>,
    ) {
        let inside = place.child(&self.module(&message.name.simple));
        for nested in &message.messages {
            self.message(nested, deprecated, inside.clone(), self.camel(&nested.name.simple), types);
        }
        let deprecated = deprecated || message.deprecated;
        types.push((message.name.full.clone(), Type::named(place, name, deprecated)));
    }

    fn camel(self, name: &str) -> String {
        match self {
            Self::Prost => names::legal(name.to_upper_camel_case()),
            Self::Protobuf => protobuf(name.to_owned()),
        }
    }

    fn module(self, name: &str) -> String {
        match self {
            // The one keyword that prost does not spell as a raw identifier, though it could.
            Self::Prost => {
                Some(names::snake(name)).filter(|name| name != "extern").unwrap_or("extern_".into())
            }
            Self::Protobuf => protobuf(underscored(name)),
        }
    }
}

/// What a raw identifier cannot be, and `new`, have an underscore behind them.
fn protobuf(name: String) -> String {
    if name == "new" { name + "_" } else { names::legal(name) }
}

/// The module of a file: `a/b-c.proto` is `a_b_c_proto`, what no identifier can hold is written in hexadecimal.
fn file_module(path: &str) -> String {
    let mut module = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'/' | b'.' | b'-' => module.push('_'),
            b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => module.push(char::from(byte)),
            _ => module.push_str(&format!("_{byte:02x}_")),
        }
    }
    if module.starts_with(|c: char| c.is_ascii_alphabetic()) { module } else { format!("pb_{module}") }
}

/// `HTTPRequest` to `h_t_t_p_request`.
fn underscored(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_both() {
        for (name, prost, protobuf) in [
            ("HTTPRequest", ("HttpRequest", "http_request"), ("HTTPRequest", "h_t_t_p_request")),
            ("lower_case", ("LowerCase", "lower_case"), ("lower_case", "lower_case")),
            ("Sha256Sum", ("Sha256Sum", "sha256_sum"), ("Sha256Sum", "sha256_sum")),
            ("Type", ("Type", "type"), ("Type", "type")),
            ("Extern", ("Extern", "extern_"), ("Extern", "extern")),
        ] {
            let of = |dialect: Dialect| (dialect.camel(name), dialect.module(name));
            let text = |(camel, module): (&str, &str)| (camel.to_owned(), module.to_owned());
            assert_eq!((of(Dialect::Prost), of(Dialect::Protobuf)), (text(prost), text(protobuf)), "{name}");
        }
        assert_eq!(Dialect::Prost.module("self"), "self_");
        assert_eq!(Dialect::Prost.camel("Self"), "Self_");
        assert_eq!(Dialect::Protobuf.camel("Self"), "Self_");
        assert_eq!(Dialect::Protobuf.module("New"), "new_");
    }

    #[test]
    fn modules_of_files() {
        for (path, module) in [
            ("shop/v1/shop-types.proto", "shop_v1_shop_types_proto"),
            ("Foo/BarBaz.proto", "Foo_BarBaz_proto"),
            ("9/x@y.proto", "pb_9_x_40_y_proto"),
            ("ü.proto", "pb__c3__bc__proto"),
        ] {
            assert_eq!(file_module(path), module);
        }
    }
}
