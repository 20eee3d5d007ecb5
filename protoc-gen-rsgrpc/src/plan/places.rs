//! Where each type of the schema lives in Rust, and what it is called there.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::foreign::Dialect;
use super::imports::Place;
use super::names::{self, Names, Wish};
use crate::options::Options;
use crate::schema::{Enum, Extension, File, Message, Schema, Service};

/// The names of all types.
#[derive(Debug, Default)]
pub(super) struct Places {
    types: HashMap<String, Type>,
    services: HashMap<String, ServiceNames>,
    packages: HashMap<String, HashSet<String>>,
    /// The constants of extensions, by full name.
    extensions: HashMap<String, String>,
}

/// A message or enum.
#[derive(Debug)]
pub(super) struct Type {
    /// The module it is in.
    pub place: Place,
    /// What it is called there.
    pub name: String,
    /// What a message's view is called there.
    pub view: String,
    /// The module of a message's nested types.
    pub module: String,
    /// A message's oneofs, in order.
    pub oneofs: Vec<OneofNames>,
    /// What the module of a message's nested types defines.
    pub defined: HashSet<String>,
    /// Using it warns.
    pub deprecated: bool,
}

impl Type {
    /// A type of which nothing but its name is needed.
    pub(super) fn named(place: Place, name: String, deprecated: bool) -> Self {
        Self {
            place,
            name,
            view: String::new(),
            module: String::new(),
            oneofs: Vec::new(),
            defined: HashSet::new(),
            deprecated,
        }
    }
}

/// The types of a `oneof`.
#[derive(Debug)]
pub(super) struct OneofNames {
    /// The enum.
    pub name: String,
    /// The enum that borrows.
    pub view: String,
}

/// The names of a service.
#[derive(Clone, Debug)]
pub(super) struct ServiceNames {
    /// The trait.
    pub name: String,
    /// The client.
    pub client: String,
    /// The server.
    pub server: String,
    /// The module of its methods.
    pub module: String,
}

/// The files whose messages the runtime has, and where.
const RUNTIME: &[(&str, &str)] = &[
    ("google/protobuf/any.proto", "::rsgrpc::wkt"),
    ("google/protobuf/api.proto", "::rsgrpc::wkt"),
    ("google/protobuf/compiler/plugin.proto", "::rsgrpc::descriptor::compiler"),
    ("google/protobuf/descriptor.proto", "::rsgrpc::descriptor"),
    ("google/protobuf/duration.proto", "::rsgrpc::wkt"),
    ("google/protobuf/empty.proto", "::rsgrpc::wkt"),
    ("google/protobuf/field_mask.proto", "::rsgrpc::wkt"),
    ("google/protobuf/source_context.proto", "::rsgrpc::wkt"),
    ("google/protobuf/struct.proto", "::rsgrpc::wkt"),
    ("google/protobuf/timestamp.proto", "::rsgrpc::wkt"),
    ("google/protobuf/type.proto", "::rsgrpc::wkt"),
    ("google/protobuf/wrappers.proto", "::rsgrpc::wkt"),
];

impl Places {
    /// Names all types of all files, package by package.
    pub(super) fn new(schema: &Schema, options: &Options) -> Self {
        let mut packages: HashMap<&str, Vec<&File>> = HashMap::new();
        let mut order = Vec::new();
        for file in &schema.files {
            let files = packages.entry(&file.package).or_default();
            if files.is_empty() {
                order.push(file.package.as_str());
            }
            files.push(file);
        }
        let mut children: HashMap<String, BTreeSet<String>> = HashMap::new();
        for package in &order {
            let mut parent = String::new();
            for segment in package.split('.').filter(|segment| !segment.is_empty()) {
                children.entry(parent.clone()).or_default().insert(names::module(segment));
                if !parent.is_empty() {
                    parent.push('.');
                }
                parent.push_str(segment);
            }
        }
        let externs = options.extern_paths.iter().map(|path| (path.name.as_str(), path.path.as_str()));
        let mut externs = externs.collect::<HashMap<_, _>>();
        let dialect = Dialect::of(options.messages);
        dialect.iter().for_each(|dialect| dialect.complete(&mut externs));
        let mut places = Self::default();
        for package in order {
            let files = packages.get(package).map(Vec::as_slice).unwrap_or_default();
            let children = children.remove(package).unwrap_or_default();
            match dialect {
                None => places.package(package, files, &children, &externs, options),
                Some(dialect) => places.services(package, files, &children, &externs, dialect),
            }
        }
        places
    }

    /// The message or enum with this full name.
    pub(super) fn get(&self, full: &str) -> Option<&Type> {
        self.types.get(full)
    }

    /// The names of the service with this full name.
    pub(super) fn service(&self, full: &str) -> Option<&ServiceNames> {
        self.services.get(full)
    }

    /// The constant of the extension with this full name, unless it is left out.
    pub(super) fn extension(&self, full: &str) -> Option<&str> {
        self.extensions.get(full).map(String::as_str)
    }

    /// What the module of a package defines.
    pub(super) fn defined(&self, package: &str) -> HashSet<String> {
        self.packages.get(package).cloned().unwrap_or_default()
    }

    fn package(
        &mut self,
        package: &str,
        files: &[&File],
        children: &BTreeSet<String>,
        externs: &HashMap<&str, &str>,
        options: &Options,
    ) {
        let mut names = Names::default();
        children.iter().for_each(|child| names.reserve(child));
        let messages =
            files.iter().flat_map(|file| file.messages.iter().map(move |message| (*file, message)));
        let enums =
            files.iter().flat_map(|file| file.enums.iter().map(move |enumeration| (*file, enumeration)));
        let services = files.iter().flat_map(|file| &file.services).collect::<Vec<_>>();
        let (messages, enums) = (messages.collect::<Vec<_>>(), enums.collect::<Vec<_>>());
        let spelled = (messages.iter().map(|(_, message)| &message.name))
            .chain(enums.iter().map(|(_, enumeration)| &enumeration.name))
            .chain(services.iter().map(|service| &service.name));
        let mut given = names.take_types(spelled.map(|name| name.simple.as_str())).into_iter();

        let tree = Place::Tree(path(package));
        let mut named = Vec::new();
        for (file, message) in messages {
            let (place, name) =
                outside(&message.name.full, file, externs, &tree, given.next().unwrap_or_default());
            named.push((file, message, place, name));
        }
        for (file, enumeration) in enums {
            let (place, name) =
                outside(&enumeration.name.full, file, externs, &tree, given.next().unwrap_or_default());
            self.enumeration(enumeration, file.deprecated, place, name);
        }
        let traits = given.collect::<Vec<_>>();
        let views = views(&mut names, named.iter().map(|(.., name)| name.as_str()));
        self.clients_and_servers(&mut names, &services, traits);
        let mut modules = Vec::new();
        for (_, message, ..) in &named {
            modules.push(module(&mut names, message, options));
        }
        self.service_modules(&mut names, &services);
        for (((file, message, place, name), view), module) in named.into_iter().zip(views).zip(modules) {
            self.message(message, file.deprecated, place, [name, view, module], options);
        }
        self.extensions(&mut names, files.iter().flat_map(|file| &file.extensions), options);
        self.packages.insert(package.to_owned(), names.into_set());
    }

    /// Names the services of a package, and its messages as the generator that writes them does.
    fn services(
        &mut self,
        package: &str,
        files: &[&File],
        children: &BTreeSet<String>,
        externs: &HashMap<&str, &str>,
        dialect: Dialect,
    ) {
        let mut names = Names::default();
        children.iter().for_each(|child| names.reserve(child));
        let services = files.iter().flat_map(|file| &file.services).collect::<Vec<_>>();
        let traits = names.take_types(services.iter().map(|service| service.name.simple.as_str()));
        self.clients_and_servers(&mut names, &services, traits);
        self.service_modules(&mut names, &services);
        self.types.extend(files.iter().flat_map(|file| dialect.messages(file, externs)));
        self.packages.insert(package.to_owned(), names.into_set());
    }

    fn clients_and_servers(&mut self, names: &mut Names, services: &[&Service], traits: Vec<String>) {
        for (service, name) in services.iter().zip(traits) {
            let base = names::camel(&service.name.simple);
            let base = base.trim_end_matches('_');
            let client = names.take(format!("{base}Client"));
            let server = names.take(format!("{base}Server"));
            let given = ServiceNames { name, client, server, module: String::new() };
            self.services.insert(service.name.full.clone(), given);
        }
    }

    fn service_modules(&mut self, names: &mut Names, services: &[&Service]) {
        for service in services {
            if let Some(given) = self.services.get_mut(&service.name.full) {
                given.module = names.take(names::module(&service.name.simple));
            }
        }
    }

    fn enumeration(&mut self, enumeration: &Enum, deprecated: bool, place: Place, name: String) {
        let this = Type::named(place, name, deprecated || enumeration.deprecated);
        self.types.insert(enumeration.name.full.clone(), this);
    }

    /// Names the constants of extensions, which share a namespace with some types.
    fn extensions<'a>(
        &mut self,
        names: &mut Names,
        extensions: impl Iterator<Item = &'a Extension>,
        options: &Options,
    ) {
        let extensions =
            extensions.filter(|extension| options.extends(&extension.extendee)).collect::<Vec<_>>();
        let spelled =
            extensions.iter().map(|extension| (extension.name.simple.as_str(), extension.number.into()));
        let given = numbered(names, spelled, names::shouty);
        let fulls = extensions.iter().map(|extension| extension.name.full.clone());
        self.extensions.extend(fulls.zip(given));
    }

    /// Names what is nested in `message`. Messages nest 64 deep at most.
    fn message(
        &mut self,
        message: &Message,
        deprecated: bool,
        place: Place,
        [name, view, own]: [String; 3],
        options: &Options,
    ) {
        let inside = place.child(&own);
        let mut names = Names::default();
        let spelled = (message.messages.iter().map(|message| &message.name))
            .chain(message.enums.iter().map(|enumeration| &enumeration.name));
        let mut given = names.take_types(spelled.map(|name| name.simple.as_str())).into_iter();
        let messages = given.by_ref().take(message.messages.len()).collect::<Vec<_>>();
        for (enumeration, name) in message.enums.iter().zip(given) {
            self.enumeration(enumeration, deprecated, inside.clone(), name);
        }
        let wishes = message.oneofs.iter().map(|oneof| (names::camel(&oneof.name), oneof.name.as_str()));
        let wishes = wishes.collect::<Vec<_>>();
        let oneofs = wishes.iter().map(|(wish, _)| names.take(wish.clone())).collect::<Vec<_>>();
        let view_names = views(&mut names, messages.iter().map(String::as_str));
        let oneofs = oneofs
            .into_iter()
            .zip(&wishes)
            .map(|(name, (wish, _))| OneofNames { name, view: names.take(view_name(wish)) })
            .collect();
        let modules = message.messages.iter().map(|message| module(&mut names, message, options));
        let modules = modules.collect::<Vec<_>>();
        for (((message, name), view), own) in
            message.messages.iter().zip(messages).zip(view_names).zip(modules)
        {
            self.message(message, deprecated, inside.clone(), [name, view, own], options);
        }
        self.extensions(&mut names, message.extensions.iter(), options);
        let defined = names.into_set();
        let deprecated = deprecated || message.deprecated;
        let this = Type { place, name, view, module: own, oneofs, defined, deprecated };
        self.types.insert(message.name.full.clone(), this);
    }
}

/// The modules of a package, from the root.
pub(super) fn path(package: &str) -> Vec<String> {
    package.split('.').filter(|segment| !segment.is_empty()).map(names::module).collect()
}

/// Where a top-level type is and what it is called there: in the tree as `name`, unless an option or the
/// runtime says otherwise.
pub(super) fn outside(
    full: &str,
    file: &File,
    externs: &HashMap<&str, &str>,
    tree: &Place,
    name: String,
) -> (Place, String) {
    if let Some((path, rest)) = extern_of(full, externs) {
        if rest.is_empty() {
            return Place::of_path(path);
        }
        let modules = rest.rsplit_once('.').map(|(modules, _)| self::path(modules)).unwrap_or_default();
        return (Place::Elsewhere(path.to_owned(), modules), name);
    }
    let runtime = RUNTIME.iter().find(|(path, _)| !file.generate && *path == file.path);
    match runtime {
        Some((_, module)) => (Place::Elsewhere((*module).to_owned(), Vec::new()), name),
        None => (tree.clone(), name),
    }
}

/// The path of the longest name that `full` is in or is, and what of `full` is left.
pub(super) fn extern_of<'a, 'n>(
    full: &'n str,
    externs: &HashMap<&str, &'a str>,
) -> Option<(&'a str, &'n str)> {
    let mut prefix = full;
    loop {
        if let Some(path) = externs.get(prefix) {
            let rest = full.get(prefix.len()..).unwrap_or_default();
            return Some((path, rest.strip_prefix('.').unwrap_or(rest)));
        }
        match prefix.rsplit_once('.') {
            Some((shorter, _)) => prefix = shorter,
            None if prefix.is_empty() => return None,
            None => prefix = "",
        }
    }
}

/// Names the variants of a oneof or the values of an enum or the fields of a message.
pub(super) fn numbered<'a>(
    names: &mut Names,
    things: impl IntoIterator<Item = (&'a str, i64)>,
    wish: impl Fn(&str) -> String,
) -> Vec<String> {
    let wishes = things.into_iter().map(|(spelled, number)| Wish { name: wish(spelled), spelled, number });
    names.take_numbered(&wishes.collect::<Vec<_>>())
}

/// Names the views. `Foo_` has the view `FooView` if that is free.
fn views<'a>(names: &mut Names, messages: impl Iterator<Item = &'a str>) -> Vec<String> {
    messages.map(|name| names.take(view_name(name))).collect()
}

fn view_name(name: &str) -> String {
    format!("{}View", name.trim_end_matches('_'))
}

fn module(names: &mut Names, message: &Message, options: &Options) -> String {
    let extends = message.extensions.iter().any(|extension| options.extends(&extension.extendee));
    if message.messages.is_empty() && message.enums.is_empty() && message.oneofs.is_empty() && !extends {
        return String::new();
    }
    names.take(names::module(&message.name.simple))
}
