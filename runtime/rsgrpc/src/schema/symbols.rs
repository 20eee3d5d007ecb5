//! What a request declares: every message, enum, service and extension by its full name.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::descriptor::feature_set::EnumType;
use crate::descriptor::{DescriptorProto, EnumDescriptorProto, FileDescriptorProto};

use super::MAX_NESTING;
use super::features::Features;
use super::input::Input;
use super::name::{is_full_name, is_identifier, join};
use super::problem::{Errors, Problem};

/// What a full name stands for.
pub(super) enum Symbol {
    Package,
    Message {
        /// Its extensions are items of a group.
        set: bool,
    },
    /// The message that stands for a key and a value of a map field, in the message that has the field.
    MapEntry,
    Enum {
        closed: bool,
        numbers: HashMap<String, i32>,
    },
    Service,
    Extension,
}

/// Every name of a request.
///
/// Invariant: what is in here has a legal name that nothing else has, and messages nest at most
/// [`MAX_NESTING`] deep.
pub(super) struct Symbols(HashMap<String, Symbol>);

impl Symbols {
    /// Reads the files that the inputs were made of.
    pub(super) fn collect<F: Borrow<FileDescriptorProto>>(
        inputs: &[Input],
        files: impl Iterator<Item = F>,
    ) -> Result<Self, Errors> {
        let mut collector = Collector { symbols: Self(HashMap::new()), errors: Errors::default(), file: "" };
        for input in inputs {
            collector.package(&input.package);
        }
        for (input, file) in inputs.iter().zip(files) {
            let (file, package) = (file.borrow(), input.package.as_str());
            collector.file = &input.path;
            for message in &file.message_type {
                collector.message(message, package, input.features, 1);
            }
            for enumeration in &file.enum_type {
                collector.enumeration(enumeration, package, input.features);
            }
            for service in &file.service {
                collector.add(package, service.name(), Symbol::Service);
            }
            for extension in &file.extension {
                collector.add(package, extension.name(), Symbol::Extension);
            }
        }
        collector.errors.or(collector.symbols)
    }

    /// What a reference stands for: a full name behind a dot, as protoc writes it.
    pub(super) fn get<'n>(&self, reference: &'n str) -> Option<(&'n str, &Symbol)> {
        let name = reference.strip_prefix('.')?;
        Some((name, self.0.get(name)?))
    }
}

struct Collector<'a> {
    symbols: Symbols,
    errors: Errors,
    /// The one that is being read.
    file: &'a str,
}

impl Collector<'_> {
    /// A package and those that it is in. Many files may name the same.
    fn package(&mut self, package: &str) {
        let dots = package.match_indices('.').map(|(at, _)| at);
        for end in dots.chain((!package.is_empty()).then_some(package.len())) {
            if let Some(prefix) = package.get(..end) {
                self.symbols.0.entry(prefix.to_owned()).or_insert(Symbol::Package);
            }
        }
    }

    fn message(&mut self, message: &DescriptorProto, scope: &str, features: Features, depth: usize) {
        let options = message.options();
        let symbol = if options.map_entry() {
            Symbol::MapEntry
        } else {
            Symbol::Message { set: options.message_set_wire_format() }
        };
        let Some(full) = self.add(scope, message.name(), symbol) else { return };
        if options.map_entry()
            && (depth == 1 || !message.nested_type.is_empty() || !message.enum_type.is_empty())
        {
            self.problem(&full, "a map's entry must be in a message and have no types of its own");
        }
        if depth == MAX_NESTING && !message.nested_type.is_empty() {
            self.problem(&full, &format!("messages nest more than {MAX_NESTING} deep"));
            return;
        }
        let features = features.with(options.features.as_ref());
        for nested in &message.nested_type {
            self.message(nested, &full, features, depth + 1);
        }
        for enumeration in &message.enum_type {
            self.enumeration(enumeration, &full, features);
        }
        for extension in &message.extension {
            self.add(&full, extension.name(), Symbol::Extension);
        }
    }

    fn enumeration(&mut self, enumeration: &EnumDescriptorProto, scope: &str, features: Features) {
        let features = features.with(enumeration.options().features.as_ref());
        let numbers =
            enumeration.value.iter().map(|value| (value.name().to_owned(), value.number())).collect();
        let symbol = Symbol::Enum { closed: features.enum_type == EnumType::CLOSED, numbers };
        self.add(scope, enumeration.name(), symbol);
    }

    /// The full name, unless it cannot be one.
    fn add(&mut self, scope: &str, name: &str, symbol: Symbol) -> Option<String> {
        let full = join(scope, name);
        // protoc calls the entry of a map `_1` `1Entry`, a name that nobody else sees.
        let digit = matches!(symbol, Symbol::MapEntry) && name.starts_with(|c: char| c.is_ascii_digit());
        let checked = format!("{}{name}", if digit { "_" } else { "" });
        if !is_identifier(&checked) || !is_full_name(&join(scope, &checked)) {
            self.problem(&full, "is not a name: it has to be an identifier, and not too long");
            return None;
        }
        match self.symbols.0.entry(full.clone()) {
            Entry::Vacant(vacant) => {
                vacant.insert(symbol);
                Some(full)
            }
            Entry::Occupied(_) => {
                self.problem(
                    &full,
                    "there is already a package, message, enum, service or extension of this name",
                );
                None
            }
        }
    }

    fn problem(&mut self, element: &str, text: &str) {
        self.errors.push(Problem::new(self.file, element, text));
    }
}
