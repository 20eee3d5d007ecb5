//! Files, messages, enums and services, all that they refer to looked up.

use std::borrow::Borrow;
use std::collections::HashSet;

use crate::descriptor::feature_set::EnumType;
use crate::descriptor::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto, OneofDescriptorProto,
    ServiceDescriptorProto,
};

use super::comments::Comments;
use super::features::Features;
use super::field::{self, Entries, Oneofs};
use super::input::{self, Input};
use super::name::{is_identifier, join};
use super::problem::{Errors, Problem, printable};
use super::symbols::{Symbol, Symbols};
use super::types::{
    Enum, EnumValue, Extension, Field, File, Message, Method, MethodKind, Name, Oneof, Presence, Schema,
    Service, Shape,
};

/// The schema of these files, each behind all that it imports. Code is wanted for those whose names are in
/// `generate`.
///
/// The files are gone through once for each stage, and one is let go before the next is asked for: so an iterator that
/// makes them as they are wanted keeps them from being in memory together.
///
/// # Errors
/// Everything that protoc would not have let through, with file and element.
pub fn resolve<F: Borrow<FileDescriptorProto>>(
    files: impl Iterator<Item = F> + Clone,
    generate: &[String],
) -> Result<Schema, Errors> {
    let inputs = input::read(files.clone(), generate)?;
    let symbols = Symbols::collect(&inputs, files.clone())?;
    let mut errors = Errors::default();
    let files = inputs.iter().zip(files).map(|(input, file)| {
        let file = file.borrow();
        Resolver::new(file, &symbols, &mut errors).file(input, file)
    });
    let files = files.collect();
    errors.or(Schema { files })
}

/// Resolves the elements of one file.
///
/// An element that is wrong is left out and reported; the schema is used only if there was none.
struct Resolver<'a> {
    file: &'a str,
    symbols: &'a Symbols,
    comments: Comments<'a>,
    errors: &'a mut Errors,
    /// Where the element stands that is being resolved, as `SourceCodeInfo` counts.
    path: Vec<i32>,
}

impl<'a> Resolver<'a> {
    fn new(file: &'a FileDescriptorProto, symbols: &'a Symbols, errors: &'a mut Errors) -> Self {
        let comments = Comments::of(file);
        Self { file: file.name(), symbols, comments, errors, path: Vec::new() }
    }

    fn file(mut self, input: &Input, file: &'a FileDescriptorProto) -> File {
        const PACKAGE: i32 = 2;
        const SYNTAX: i32 = 12;
        const EDITION: i32 = 14;
        const MESSAGES: i32 = 4;
        const ENUMS: i32 = 5;
        const SERVICES: i32 = 6;
        const EXTENSIONS: i32 = 7;
        let package = file.package();
        File {
            path: file.name().to_owned(),
            package: package.to_owned(),
            generate: input.generate,
            comment: [PACKAGE, SYNTAX, EDITION].iter().find_map(|&field| self.comments.at(&[field])),
            deprecated: file.options().deprecated(),
            messages: self.each(MESSAGES, &file.message_type, |this, message| {
                this.message(message, package, input.features)
            }),
            enums: self.each(ENUMS, &file.enum_type, |this, enumeration| {
                this.enumeration(enumeration, package, input.features)
            }),
            services: self.each(SERVICES, &file.service, |this, service| this.service(service, package)),
            extensions: self.extensions(EXTENSIONS, &file.extension, package, input.features),
        }
    }

    /// Resolves the elements of a list that is field number `list` of the one around it.
    fn each<D, T>(
        &mut self,
        list: i32,
        descriptors: &'a [D],
        mut resolve: impl FnMut(&mut Self, &'a D) -> Option<T>,
    ) -> Vec<T> {
        let mut resolved = Vec::with_capacity(descriptors.len());
        for (index, descriptor) in (0..).zip(descriptors) {
            self.path.extend([list, index]);
            resolved.extend(resolve(self, descriptor));
            self.path.truncate(self.path.len().saturating_sub(2));
        }
        resolved
    }

    fn message(&mut self, message: &'a DescriptorProto, scope: &str, features: Features) -> Option<Message> {
        const FIELDS: i32 = 2;
        const MESSAGES: i32 = 3;
        const ENUMS: i32 = 4;
        const EXTENSIONS: i32 = 6;
        const ONEOFS: i32 = 8;
        let options = message.options();
        if options.map_entry() {
            return None;
        }
        let full = join(scope, message.name());
        let features = features.with(options.features.as_ref());
        let oneofs = Oneofs::of(message, features);
        let entries = Entries::of(&full, message);
        let mut fields = self.each(FIELDS, &message.field, |this, descriptor| {
            match field::resolve(descriptor, this.symbols, &oneofs, &entries, features) {
                Ok(field) => Some(Field { comment: this.comment(), ..field }),
                Err(text) => this.wrong(&join(&full, descriptor.name()), text),
            }
        });
        fields.sort_by_key(|field| field.number);
        let mut names = HashSet::with_capacity(fields.len());
        let mut last = 0;
        for field in &fields {
            if !names.insert(field.name.as_str()) {
                self.problem(&join(&full, &field.name), "there is already a field of this name");
            }
            if field.number == last {
                let text = format!("number {last} is already taken");
                self.problem(&join(&full, &field.name), text);
            }
            last = field.number;
        }
        let mut members = vec![Vec::new(); message.oneof_decl.len()];
        for (position, field) in fields.iter().enumerate() {
            if let Shape::Singular { presence: Presence::Oneof { index, .. }, .. } = field.shape
                && let Some(members) = members.get_mut(index)
            {
                members.push(position);
            }
        }
        let mut members = members.into_iter();
        let mut oneof_names = HashSet::new();
        let mut index = 0;
        let oneofs = self.each(ONEOFS, &message.oneof_decl, |this, oneof| {
            let synthetic = oneofs.is_synthetic(index);
            index += 1;
            if synthetic { None } else { this.oneof(oneof, &full, &mut oneof_names, members.next()?) }
        });
        Some(Message {
            comment: self.comment(),
            deprecated: options.deprecated(),
            set: options.message_set_wire_format(),
            fields,
            reserved: message.reserved_name.iter().filter(|name| is_identifier(name)).cloned().collect(),
            oneofs,
            messages: self
                .each(MESSAGES, &message.nested_type, |this, nested| this.message(nested, &full, features)),
            enums: self
                .each(ENUMS, &message.enum_type, |this, nested| this.enumeration(nested, &full, features)),
            extensions: self.extensions(EXTENSIONS, &message.extension, &full, features),
            name: Name { full, simple: message.name().to_owned() },
        })
    }

    fn extensions(
        &mut self,
        list: i32,
        extensions: &'a [FieldDescriptorProto],
        scope: &str,
        features: Features,
    ) -> Vec<Extension> {
        self.each(list, extensions, |this, extension| {
            let name = Name { full: join(scope, extension.name()), simple: extension.name().to_owned() };
            let full = name.full.clone();
            match field::extension(extension, name, this.symbols, features) {
                Ok(extension) => Some(Extension { comment: this.comment(), ..extension }),
                Err(text) => this.wrong(&full, text),
            }
        })
    }

    fn oneof(
        &mut self,
        oneof: &'a OneofDescriptorProto,
        message: &str,
        names: &mut HashSet<&'a str>,
        fields: Vec<usize>,
    ) -> Option<Oneof> {
        let full = join(message, oneof.name());
        if !is_identifier(oneof.name()) {
            return self.wrong(&full, "a oneof's name has to be an identifier");
        }
        if !names.insert(oneof.name()) {
            return self.wrong(&full, "there is already a oneof of this name");
        }
        if fields.is_empty() {
            return self.wrong(&full, "a oneof has to have a field");
        }
        Some(Oneof { name: oneof.name().to_owned(), comment: self.comment(), fields })
    }

    fn enumeration(
        &mut self,
        enumeration: &'a EnumDescriptorProto,
        scope: &str,
        features: Features,
    ) -> Option<Enum> {
        const VALUES: i32 = 2;
        let full = join(scope, enumeration.name());
        let features = features.with(enumeration.options().features.as_ref());
        let closed = features.enum_type == EnumType::CLOSED;
        match enumeration.value.first() {
            None => return self.wrong(&full, "an enum has to have a value"),
            Some(first) if !closed && first.number() != 0 => {
                return self.wrong(&full, "the first value of an open enum has to be 0");
            }
            Some(_) => {}
        }
        let mut names = HashSet::with_capacity(enumeration.value.len());
        let values = self.each(VALUES, &enumeration.value, |this, value| {
            if !is_identifier(value.name()) {
                return this.wrong(&join(&full, value.name()), "a value's name has to be an identifier");
            }
            if !names.insert(value.name()) {
                return this.wrong(&join(&full, value.name()), "there is already a value of this name");
            }
            let Some(number) = value.number else {
                return this.wrong(&join(&full, value.name()), "has no number");
            };
            let deprecated = value.options().deprecated();
            Some(EnumValue { name: value.name().to_owned(), number, comment: this.comment(), deprecated })
        });
        Some(Enum {
            name: Name { full, simple: enumeration.name().to_owned() },
            comment: self.comment(),
            deprecated: enumeration.options().deprecated(),
            closed,
            values,
        })
    }

    fn service(&mut self, service: &'a ServiceDescriptorProto, package: &str) -> Option<Service> {
        const METHODS: i32 = 2;
        let full = join(package, service.name());
        let mut names = HashSet::with_capacity(service.method.len());
        let methods = self.each(METHODS, &service.method, |this, method| {
            let element = join(&full, method.name());
            if !is_identifier(method.name()) {
                return this.wrong(&element, "a method's name has to be an identifier");
            }
            if !names.insert(method.name()) {
                return this.wrong(&element, "there is already a method of this name");
            }
            let input = this.message_name(&element, method.input_type());
            let output = this.message_name(&element, method.output_type());
            Some(Method {
                name: method.name().to_owned(),
                comment: this.comment(),
                deprecated: method.options().deprecated(),
                input: input?,
                output: output?,
                kind: match (method.client_streaming(), method.server_streaming()) {
                    (false, false) => MethodKind::Unary,
                    (false, true) => MethodKind::ServerStreaming,
                    (true, false) => MethodKind::ClientStreaming,
                    (true, true) => MethodKind::Bidi,
                },
            })
        });
        Some(Service {
            comment: self.comment(),
            deprecated: service.options().deprecated(),
            methods,
            name: Name { full, simple: service.name().to_owned() },
        })
    }

    fn message_name(&mut self, element: &str, reference: &str) -> Option<String> {
        match self.symbols.get(reference) {
            Some((name, Symbol::Message { .. })) => Some(name.to_owned()),
            _ => self.wrong(element, format!("there is no message `{}`", printable(reference))),
        }
    }

    /// The comment of the element that is being resolved.
    fn comment(&self) -> Option<String> {
        self.comments.at(&self.path)
    }

    fn problem(&mut self, element: &str, text: impl Into<String>) {
        self.errors.push(Problem::new(self.file, element, text));
    }

    fn wrong<T>(&mut self, element: &str, text: impl Into<String>) -> Option<T> {
        self.problem(element, text);
        None
    }
}
