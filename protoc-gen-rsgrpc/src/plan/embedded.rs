//! The descriptors that a package's module embeds.

use std::collections::{BTreeSet, HashMap};

use rsgrpc::Message;
use rsgrpc::descriptor::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto};

use super::imports::{Place, Scope};
use super::model::{Embedded, Item};
use super::places::{self, outside};
use crate::options::Options;
use crate::schema::{File, Schema, json_name};

/// The function that every package has.
const FUNCTION: &str = "descriptors";

/// What describes the schema's files.
pub(super) struct Sources<'a> {
    descriptors: HashMap<&'a str, &'a FileDescriptorProto>,
    files: HashMap<&'a str, &'a File>,
    externs: HashMap<&'a str, &'a str>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(
        schema: &'a Schema,
        descriptors: &'a [FileDescriptorProto],
        options: &'a Options,
    ) -> Self {
        Self {
            descriptors: descriptors.iter().map(|file| (file.name(), file)).collect(),
            files: schema.files.iter().map(|file| (file.path.as_str(), file)).collect(),
            externs: options.extern_paths.iter().map(|one| (one.name.as_str(), one.path.as_str())).collect(),
        }
    }

    /// Where the descriptors of a file are.
    fn place(&self, file: &File) -> Place {
        let tree = Place::Tree(places::path(&file.package));
        let name = if file.package.is_empty() {
            FUNCTION.to_owned()
        } else {
            format!("{}.{FUNCTION}", file.package)
        };
        outside(&name, file, &self.externs, &tree, String::new()).0
    }
}

/// What the package called `name` embeds of these files.
pub(super) fn plan(
    sources: &Sources<'_>,
    scope: &Scope,
    name: &str,
    files: &[&File],
    items: &[Item],
) -> Embedded {
    let descriptors = files.iter().filter_map(|file| sources.descriptors.get(file.path.as_str())).copied();
    let own = Place::Tree(places::path(name));
    let imported = descriptors.clone().flat_map(|file| &file.dependency);
    let imported = imported.filter_map(|path| sources.files.get(path.as_str()));
    let imports: BTreeSet<String> = imported
        .map(|file| sources.place(file))
        .filter(|place| *place != own)
        .map(|place| scope.path_to(&place, FUNCTION))
        .collect();
    let mut messages = Vec::new();
    collect(items, "", &mut messages);
    Embedded {
        files: descriptors.map(|file| compact(file).encode()).collect(),
        imports: imports.into_iter().collect(),
        messages,
    }
}

/// The messages among these items, by their paths.
fn collect(items: &[Item], path: &str, messages: &mut Vec<String>) {
    for item in items {
        match item {
            Item::Message(message) => messages.push(format!("{path}{}", message.name)),
            Item::Module { name, module, .. } => collect(&module.items, &format!("{path}{name}::"), messages),
            _ => {}
        }
    }
}

/// The file without comments, and without names in JSON that can be made again.
fn compact(file: &FileDescriptorProto) -> FileDescriptorProto {
    let mut file = FileDescriptorProto { source_code_info: None, ..file.clone() };
    file.extension.iter_mut().for_each(compact_field);
    file.message_type.iter_mut().for_each(compact_message);
    file
}

/// Messages nest 64 deep at most.
fn compact_message(message: &mut DescriptorProto) {
    message.field.iter_mut().chain(&mut message.extension).for_each(compact_field);
    message.nested_type.iter_mut().for_each(compact_message);
}

fn compact_field(field: &mut FieldDescriptorProto) {
    if field.json_name.as_deref() == Some(&json_name(field.name())) {
        field.json_name = None;
    }
}
