//! The files: which there are, in what order, and which to generate code for.

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};

use crate::descriptor::FileDescriptorProto;

use super::MAX_NESTING;
use super::features::Features;
use super::name::is_full_name;
use super::problem::{Errors, Problem};

/// What is known of a file before its elements are: descriptors are many times as large.
pub(super) struct Input {
    pub(super) path: String,
    pub(super) package: String,
    /// What its elements inherit.
    pub(super) features: Features,
    pub(super) generate: bool,
}

/// The files in their order: each once, after all that it imports, with a legal path and package.
///
/// A dependency that is not among them is no error: unless a type of it is used, nobody misses it.
pub(super) fn read<F: Borrow<FileDescriptorProto>>(
    files: impl Iterator<Item = F>,
    to_generate: &[String],
) -> Result<Vec<Input>, Errors> {
    let files: Vec<Head> = files.map(|file| Head::of(file.borrow())).collect();
    let mut errors = Errors::default();
    let mut generate: HashSet<&str> = to_generate.iter().map(String::as_str).collect();
    let mut positions = HashMap::new();
    for (position, file) in files.iter().enumerate() {
        if positions.insert(file.path.clone(), position).is_some() {
            errors.push(Problem::new(&file.path, "", "is in the request twice"));
        }
    }
    let mut inputs = Vec::with_capacity(files.len());
    for (position, file) in files.into_iter().enumerate() {
        let Head { path, package, imports, features } = file;
        let mut problem = |text: String| errors.push(Problem::new(&path, "", text));
        if path.is_empty() || path.chars().any(char::is_control) {
            problem("a file's name must not be empty or have control characters".to_owned());
        }
        if !package.is_empty() && !is_full_name(&package) {
            problem("its package is not identifiers with dots between them".to_owned());
        }
        if package.split('.').count() > MAX_NESTING {
            problem(format!("its package is more than {MAX_NESTING} deep"));
        }
        for dependency in &imports {
            if positions.get(dependency.as_str()).is_some_and(|&imported| imported >= position) {
                problem(format!(
                    "imports {dependency}, which does not stand before it: a cycle, or out of order"
                ));
            }
        }
        match features {
            Ok(features) => {
                let generate = generate.remove(path.as_str());
                inputs.push(Input { path, package, features, generate });
            }
            Err(text) => problem(text),
        }
    }
    for missing in to_generate.iter().filter(|path| !positions.contains_key(path.as_str())) {
        errors.push(Problem::new(missing, "", "is to be generated, but not in the request"));
    }
    errors.or(inputs)
}

/// What a file says of itself.
struct Head {
    path: String,
    package: String,
    imports: Vec<String>,
    features: Result<Features, String>,
}

impl Head {
    fn of(file: &FileDescriptorProto) -> Self {
        Self {
            path: file.name().to_owned(),
            package: file.package().to_owned(),
            imports: file.dependency.clone(),
            features: Features::of_file(file),
        }
    }
}
