//! The files: which there are, in what order, and which to generate code for.

use std::collections::{HashMap, HashSet};

use crate::descriptor::FileDescriptorProto;

use super::MAX_NESTING;
use super::features::Features;
use super::name::is_full_name;
use super::problem::{Errors, Problem};

/// A file that is described.
pub(super) struct Input<'a> {
    pub(super) descriptor: &'a FileDescriptorProto,
    /// What its elements inherit.
    pub(super) features: Features,
    pub(super) generate: bool,
}

/// The files in their order: each once, after all that it imports, with a legal path and package.
///
/// A dependency that is not among them is no error: unless a type of it is used, nobody misses it.
pub(super) fn read<'a>(
    files: impl IntoIterator<Item = &'a FileDescriptorProto>,
    to_generate: &[String],
) -> Result<Vec<Input<'a>>, Errors> {
    let files: Vec<&FileDescriptorProto> = files.into_iter().collect();
    let mut errors = Errors::default();
    let mut generate: HashSet<&str> = to_generate.iter().map(String::as_str).collect();
    let mut positions = HashMap::new();
    for (position, file) in files.iter().enumerate() {
        if positions.insert(file.name(), position).is_some() {
            errors.push(Problem::new(file.name(), "", "is in the request twice"));
        }
    }
    let mut inputs = Vec::with_capacity(files.len());
    for (position, file) in files.into_iter().enumerate() {
        let mut problem = |text: String| errors.push(Problem::new(file.name(), "", text));
        if file.name().is_empty() || file.name().chars().any(char::is_control) {
            problem("a file's name must not be empty or have control characters".to_owned());
        }
        if !file.package().is_empty() && !is_full_name(file.package()) {
            problem("its package is not identifiers with dots between them".to_owned());
        }
        if file.package().split('.').count() > MAX_NESTING {
            problem(format!("its package is more than {MAX_NESTING} deep"));
        }
        for dependency in &file.dependency {
            if positions.get(dependency.as_str()).is_some_and(|&imported| imported >= position) {
                problem(format!(
                    "imports {dependency}, which does not stand before it: a cycle, or out of order"
                ));
            }
        }
        match Features::of_file(file) {
            Ok(features) => {
                let generate = generate.remove(file.name());
                inputs.push(Input { descriptor: file, features, generate });
            }
            Err(text) => problem(text),
        }
    }
    for missing in to_generate.iter().filter(|path| !positions.contains_key(path.as_str())) {
        errors.push(Problem::new(missing, "", "is to be generated, but not in the request"));
    }
    errors.or(inputs)
}
