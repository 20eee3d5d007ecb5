//! A resolved schema to a plan: every Rust decision, taken once.
//!
//! `places` names all types of all files, `recursion` finds where boxes are needed; then each package is
//! planned module by module, in the words of the module's own [`Scope`]. Time is linear in the schema.

pub mod docs;
mod embedded;
mod enumeration;
mod extension;
mod foreign;
mod imports;
mod message;
mod model;
pub mod names;
mod oneof;
mod places;
mod recursion;
mod service;
mod table;

use std::collections::HashMap;

pub use embedded::Sources;
pub use imports::{Scope, Symbol};
pub use model::{
    Choice, Constant, Docs, Embedded, Enum, Extension, Field, Getter, Item, Merge, Message, Method,
    MethodConstant, Methods, Module, Oneof, Own, Package, Part, Read, Service, Slot, Value, Variant,
};

use crate::options::{Messages, Options, Strings};
use crate::schema::{self, Schema};
use imports::Place;
use names::ident;
use places::Places;
use recursion::Graph;

/// A package that will be a file, and what it is made of.
pub struct PackageFiles<'a> {
    /// `library.v1`; empty for files without a package.
    pub name: &'a str,
    files: Vec<&'a schema::File>,
}

/// Every package that has a file to generate, and anything to write into it.
pub fn packages<'a>(schema: &'a Schema, options: &Options) -> Vec<PackageFiles<'a>> {
    let mut packages: Vec<PackageFiles<'_>> = Vec::new();
    let mut index = HashMap::new();
    let own = options.messages == Messages::Own;
    for file in schema.files.iter().filter(|file| file.generate && (own || !file.services.is_empty())) {
        let at = *index.entry(file.package.as_str()).or_insert_with(|| {
            packages.push(PackageFiles { name: &file.package, files: Vec::new() });
            packages.len() - 1
        });
        if let Some(package) = packages.get_mut(at) {
            package.files.push(file);
        }
    }
    packages
}

/// What the planning of all packages shares.
pub struct Planner<'a> {
    options: &'a Options,
    places: Places,
    graph: Graph,
    /// The constant of each value of each enum, by full name and the value's name.
    values: HashMap<&'a str, HashMap<&'a str, String>>,
    /// Which strings stand in the message.
    strings: Strings,
    /// What packages embed, if they do.
    sources: Option<&'a Sources>,
    /// All files, by path.
    files: HashMap<&'a str, &'a schema::File>,
}

impl<'a> Planner<'a> {
    /// Names all types of all files.
    pub fn new(schema: &'a Schema, options: &'a Options, sources: Option<&'a Sources>) -> Self {
        let mut values = HashMap::new();
        for file in &schema.files {
            enumeration::collect(&file.enums, &file.messages, &mut values);
        }
        let files = schema.files.iter().map(|file| (file.path.as_str(), file)).collect();
        let (places, graph) = (Places::new(schema, options), Graph::new(schema));
        let strings = options.strings.with_files_of(schema);
        Self { options, places, graph, values, strings, sources, files }
    }

    /// Plans one package.
    pub fn package(&self, PackageFiles { name, files }: &PackageFiles<'_>) -> Package {
        let path = places::path(name);
        let services = files.iter().any(|file| !file.services.is_empty());
        let scope = Scope::new(path.clone(), self.places.defined(name), services);
        let mut items = Vec::new();
        for file in files {
            for message in &file.messages {
                self.message(&scope, &path, message, file.deprecated, &mut items);
            }
            for enumeration in &file.enums {
                if self.is_here(&enumeration.name.full) {
                    items.push(Item::Enum(enumeration::plan(self, enumeration, file.deprecated)));
                }
            }
            let extensions = file.extensions.iter();
            items.extend(
                extensions
                    .filter_map(|one| extension::plan(self, &scope, one, file.deprecated))
                    .map(Item::Extension),
            );
            for service in &file.services {
                service::plan(self, &scope, &path, service, file.deprecated, &mut items);
            }
        }
        let embedded = self.sources.map(|sources| embedded::plan(self, sources, &scope, name, files, &items));
        let sources = files.iter().map(|file| file.path.clone()).collect();
        Package { name: (*name).to_owned(), path, sources, module: Module { scope, items }, embedded }
    }

    /// A message and the module of its nested types.
    fn message(
        &self,
        scope: &Scope,
        path: &[String],
        message: &schema::Message,
        deprecated: bool,
        items: &mut Vec<Item>,
    ) {
        let Some(named) = self.places.get(&message.name.full) else { return };
        if !self.is_here(&message.name.full) {
            return;
        }
        items.push(Item::Message(message::plan(self, scope, message, deprecated)));
        if named.module.is_empty() {
            return;
        }
        let inside = [path, std::slice::from_ref(&named.module)].concat();
        let nested = Scope::new(inside.clone(), named.defined.clone(), false);
        let mut module = Vec::new();
        for index in 0..message.oneofs.len() {
            module.extend(oneof::plan(self, &nested, message, index).map(Item::Oneof));
        }
        for message in &message.messages {
            self.message(&nested, &inside, message, deprecated, &mut module);
        }
        for enumeration in &message.enums {
            module.push(Item::Enum(enumeration::plan(self, enumeration, deprecated)));
        }
        let extensions = message.extensions.iter();
        module.extend(
            extensions.filter_map(|one| extension::plan(self, &nested, one, deprecated)).map(Item::Extension),
        );
        items.push(Item::Module {
            docs: Docs {
                lines: vec![format!(" Types that belong to {}.", names::link(&named.name))],
                deprecated: false,
            },
            name: ident(&named.module),
            module: Module { scope: nested, items: module },
            mentions_deprecated: false,
        });
    }

    /// Whether strings in this field of this message are of the runtime's own type.
    fn is_inline(&self, message: &str, field: &str) -> bool {
        self.strings.contains(&format!("{message}.{field}"))
    }

    /// Whether the type is written by this run, and not found elsewhere.
    fn is_here(&self, full: &str) -> bool {
        self.places.get(full).is_some_and(|named| matches!(named.place, Place::Tree(_)))
    }

    /// How `scope` calls the type with this full name.
    fn type_name(&self, scope: &Scope, full: &str) -> String {
        // Every name is resolved; were one not, rustc would say so.
        self.places
            .get(full)
            .map_or_else(|| ident(full), |named| scope.type_at(&named.place, &named.name, named.deprecated))
    }

    /// How `scope` calls the view of the message with this full name.
    fn view_name(&self, scope: &Scope, full: &str) -> String {
        self.places
            .get(full)
            .map_or_else(|| ident(full), |named| scope.type_at(&named.place, &named.view, named.deprecated))
    }

    /// Whether using the type warns.
    fn is_deprecated(&self, full: &str) -> bool {
        self.places.get(full).is_some_and(|named| named.deprecated)
    }

    /// The constant of an enum's value.
    fn value(&self, full: &str, value: &str) -> Option<String> {
        self.values.get(full)?.get(value).map(|name| ident(name))
    }
}
