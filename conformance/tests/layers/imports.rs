//! What a source file names: modules of its own crate, and other crates.

use std::collections::{BTreeMap, BTreeSet};

/// The code of a file: comments, literals and test modules are blanked.
pub fn code(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("r#\"") {
            rest.get(3..).and_then(|text| text.find("\"#")).map_or(rest.len(), |end| end + 5)
        } else if first == '"' {
            literal(rest)
        } else {
            0
        };
        if skipped == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            code.push(' ');
            rest = &rest[skipped..];
        }
    }
    match code.find("#[cfg(test)]\nmod tests {") {
        Some(tests) => code[..tests].to_owned(),
        None => code,
    }
}

/// The length of the string literal that `text` starts with.
fn literal(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, char)| {
        let ends = *char == '"' && !escaped;
        escaped = *char == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(end, _)| end + 1)
}

/// The first names behind each `crate::`, of a group all of them.
///
/// ```text
/// use crate::{a::B, c};   // a, c
/// crate::d::e()           // d
/// ```
pub fn own_names(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, found) in code.match_indices("crate::") {
        if code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            continue;
        }
        let after = code[at + found.len()..].trim_start();
        match after.strip_prefix('{') {
            Some(group) => names.extend(members(group)),
            None => names.extend(identifier(after)),
        }
    }
    names
}

/// The first names of a group's members, up to its closing brace.
fn members(group: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let (mut depth, mut fresh) = (1, true);
    for (at, char) in group.char_indices() {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => fresh = true,
            _ if fresh && !char.is_whitespace() => {
                names.extend(identifier(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn identifier(text: &str) -> Option<String> {
    let end = text.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}

/// Whether the code names this path of another crate: `h2`, `tokio::net`.
pub fn names(code: &str, path: &str) -> bool {
    code.match_indices(path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let inside = before.is_some_and(|char| char.is_alphanumeric() || "_.#".contains(char));
        let absolute =
            code[..at].strip_suffix("::").is_none_or(|head| !head.ends_with(char::is_alphanumeric));
        !inside && absolute && code[at + path.len()..].starts_with("::")
    })
}

/// Which module each name at the crate's root comes from: `pub use message::{Message, View};`.
pub fn root_names(code: &str) -> BTreeMap<String, String> {
    let mut modules = BTreeMap::new();
    for statement in code.split(';') {
        let Some((head, tree)) = statement.rsplit_once("use ").and_then(|(_, path)| path.split_once("::"))
        else {
            continue;
        };
        let names = match tree.strip_prefix('{') {
            Some(group) => members(group),
            None => identifier(tree).into_iter().collect(),
        };
        modules.extend(names.into_iter().map(|name| (name, head.to_owned())));
    }
    modules
}
