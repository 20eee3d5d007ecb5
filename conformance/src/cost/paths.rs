//! The messages in generated code, whoever generated it.

use std::fs;
use std::path::Path;

/// Rust paths of messages, below the module that `mod.rs` is.
///
/// Files are named after their packages; in them, an item is closed in the column in which it was opened.
pub fn of(folder: &Path, is_message: fn(&str) -> bool) -> Result<Vec<String>, String> {
    let mut paths = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        let package = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "rs") && package != "mod" {
            let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            collect(&package, &text, is_message, &mut paths);
        }
    }
    paths.sort_by_key(|path| key(path));
    Ok(paths)
}

fn collect(package: &str, text: &str, is_message: fn(&str) -> bool, paths: &mut Vec<String>) {
    let mut modules: Vec<&str> = package.split('.').map(raw).collect();
    let outer = modules.len();
    let mut columns = Vec::new();
    let mut message = false;
    for line in text.lines() {
        let item = line.trim_start();
        let column = line.len() - item.len();
        if let Some(name) = item.strip_prefix("pub mod ").and_then(|item| item.strip_suffix(" {")) {
            modules.push(name);
            columns.push(column);
        } else if item == "}" && columns.last() == Some(&column) {
            modules.truncate(outer + columns.len() - 1);
            columns.pop();
        } else if is_message(item) {
            message = true;
        } else if let Some(name) = item.strip_prefix("pub struct ") {
            if std::mem::take(&mut message) {
                let name = name.split([' ', '{', ';']).next().unwrap_or_default();
                paths.push(format!("{}::{name}", modules.join("::")));
            }
        } else if item.starts_with("pub enum ") {
            message = false;
        }
    }
}

/// The one keyword that Google has in a package's name.
fn raw(name: &str) -> &str {
    if name == "type" { "r#type" } else { name }
}

/// The same for the same message, however a generator writes names.
pub fn key(path: &str) -> String {
    path.replace("r#", "").chars().filter(|char| *char != '_').collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_messages_are_found() {
        let text = "#[derive(M)]\npub struct A {\n}\n/// Of A\npub mod a {\n    #[derive(M)]\n    pub struct B {\n    }\n    \
                    pub mod b {\n    }\n    #[derive(E)]\n    pub enum Kind {\n    }\n}\npub struct View {\n}\n#[derive(M)]\npub struct C;\n";
        let mut paths = Vec::new();
        collect("x.type", text, |line| line == "#[derive(M)]", &mut paths);
        assert_eq!(paths, ["x::r#type::A", "x::r#type::a::B", "x::r#type::C"]);
    }

    #[test]
    fn generators_agree() {
        assert_eq!(key("r#type::http_rule::HTTPBody"), key("r#type::httprule::HttpBody"));
    }
}
