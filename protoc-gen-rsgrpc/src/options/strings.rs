//! Which strings stand in the message that has them.

use std::collections::HashSet;

use crate::schema::{Message, Schema, is_full_name};

/// Which `string` fields are of the runtime's own type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strings {
    all: bool,
    /// Paths of files, and full names of packages, messages, fields and extensions.
    names: HashSet<String>,
}

impl Strings {
    /// Takes in the option's value; none for one that it cannot have.
    pub(super) fn add(&mut self, value: Option<&str>) -> Option<()> {
        match value?.strip_prefix("inline")? {
            "" => self.all = true,
            rest => {
                let name = rest.strip_prefix(':')?;
                let name = name.strip_prefix('.').unwrap_or(name);
                if !name.ends_with(".proto") && !is_full_name(name) {
                    return None;
                }
                self.names.insert(name.to_owned());
            }
        }
        Some(())
    }

    /// Whether none are named.
    pub(super) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The same with what is in the files.
    #[must_use]
    pub fn with_files_of(&self, schema: &Schema) -> Self {
        let mut strings = self.clone();
        for file in schema.files.iter().filter(|file| self.names.contains(&file.path)) {
            strings.names.extend(file.messages.iter().map(|message| message.name.full.clone()));
            strings.names.extend(file.extensions.iter().map(|extension| extension.name.full.clone()));
        }
        strings
    }

    /// Whether the field or extension with this full name is among them.
    pub fn contains(&self, full: &str) -> bool {
        let mut scopes = std::iter::successors(Some(full), |name| Some(name.rsplit_once('.')?.0));
        self.all || !self.names.is_empty() && scopes.any(|name| self.names.contains(name))
    }

    /// What none of the schema's files has.
    pub(super) fn missing(&self, schema: &Schema) -> Vec<String> {
        let mut missing = self.names.clone();
        for file in &schema.files {
            missing.remove(&file.path);
            let packages = std::iter::successors(Some(&*file.package), |name| Some(name.rsplit_once('.')?.0));
            packages.for_each(|package| _ = missing.remove(package));
            file.extensions.iter().for_each(|extension| _ = missing.remove(&extension.name.full));
            let mut messages: Vec<&Message> = file.messages.iter().collect();
            while let Some(message) = messages.pop() {
                missing.remove(&message.name.full);
                for field in &message.fields {
                    missing.remove(&format!("{}.{}", message.name.full, field.name));
                }
                message.extensions.iter().for_each(|extension| _ = missing.remove(&extension.name.full));
                messages.extend(&message.messages);
            }
        }
        let mut missing: Vec<_> = missing.into_iter().collect();
        missing.sort();
        missing
    }
}

#[cfg(test)]
mod tests {
    use super::super::Options;

    #[test]
    fn strings_are_named_by_file_or_by_any_scope() {
        let strings = |parameter: &str| Options::parse(parameter).unwrap().strings;
        assert!(strings("string=inline").contains("any.Message.field"));
        for name in ["a", "a.b", "a.b.M", ".a.b.M.f"] {
            let strings = strings(&format!("string=inline:{name}"));
            assert!(strings.contains("a.b.M.f"), "{name}");
            assert!(!strings.contains("ab.M.f"), "{name}");
        }
        assert!(!strings("string=inline:a/b.proto").contains("a.M.f"));
        assert!(!strings("").contains("a.M.f"));
        for value in ["", "=inline:", "=inlined", "=inline:a b", "=own"] {
            assert!(Options::parse(&format!("string{value}")).is_err(), "{value}");
        }
    }
}
