//! The descriptors that a package's module embeds.

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap, HashSet};

use rsgrpc::Message;
use rsgrpc::descriptor::{DescriptorProto, FieldDescriptorProto, FileDescriptorProto};

use super::Planner;
use super::imports::{Place, Scope};
use super::model::{Embedded, Item};
use super::places::{self, outside};
use crate::options::Options;
use crate::schema::{File, json_name};

/// The function that every package has.
const FUNCTION: &str = "descriptors";

/// What describes the files to generate.
#[derive(Debug)]
pub struct Sources(HashMap<String, Source>);

#[derive(Debug)]
struct Source {
    /// The descriptor, encoded.
    bytes: Vec<u8>,
    imports: Vec<String>,
}

impl Sources {
    /// Encodes the descriptors of the files to generate.
    pub fn new<F: Borrow<FileDescriptorProto>>(files: impl Iterator<Item = F>, generate: &[String]) -> Self {
        let generate: HashSet<&str> = generate.iter().map(String::as_str).collect();
        let mut sources = HashMap::new();
        for file in files {
            let file = file.borrow();
            if generate.contains(file.name()) {
                let source = Source { bytes: compact(file).encode(), imports: file.dependency.clone() };
                sources.insert(file.name().to_owned(), source);
            }
        }
        Self(sources)
    }
}

/// What the package called `name` embeds of these files.
pub(super) fn plan(
    planner: &Planner<'_>,
    sources: &Sources,
    scope: &Scope,
    name: &str,
    files: &[&File],
    items: &[Item],
) -> Embedded {
    let sources = files.iter().filter_map(|file| sources.0.get(&file.path));
    let own = Place::Tree(places::path(name));
    let imported = sources.clone().flat_map(|source| &source.imports);
    let imported = imported.filter_map(|path| planner.files.get(path.as_str()));
    let imports: BTreeSet<String> = imported
        .map(|file| place(planner.options, file))
        .filter(|place| *place != own)
        .map(|place| scope.path_to(&place, FUNCTION))
        .collect();
    let mut messages = Vec::new();
    collect(items, "", &mut messages);
    Embedded {
        files: sources.map(|source| source.bytes.clone()).collect(),
        imports: imports.into_iter().collect(),
        messages,
    }
}

/// Where the descriptors of a file are.
fn place(options: &Options, file: &File) -> Place {
    let externs = options.extern_paths.iter().map(|one| (one.name.as_str(), one.path.as_str())).collect();
    let tree = Place::Tree(places::path(&file.package));
    let name = [file.package.as_str(), FUNCTION].join(".");
    outside(name.trim_start_matches('.'), file, &externs, &tree, String::new()).0
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
