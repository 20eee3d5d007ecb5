//! Paths as text: order, containment, case.

use super::ALL;

/// Whether `path` is the field at `outer`, or one inside it.
pub(super) fn covers(outer: &str, path: &str) -> bool {
    outer == ALL || path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The least paths for the same fields: none covers another. A path comes
/// before what it covers, the rest in the order of their fields' names.
pub(super) fn normalized(mut paths: Vec<&str>) -> Vec<&str> {
    if paths.contains(&ALL) {
        return vec![ALL];
    }
    paths.sort_unstable_by(|a, b| compare(a, b));
    paths.dedup_by(|path, before| covers(before, path));
    paths
}

/// What two normalized lists both cover.
pub(super) fn intersection<'p>(a: &[&'p str], b: &[&'p str]) -> Vec<&'p str> {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut both = Vec::new();
    while let (Some(left), Some(right)) = (a.peek(), b.peek()) {
        if covers(left, right) {
            both.extend(b.next());
        } else if covers(right, left) {
            both.extend(a.next());
        } else if compare(left, right).is_lt() {
            a.next();
        } else {
            b.next();
        }
    }
    both
}

/// Field by field: so nothing stands between a path and what it covers.
fn compare(a: &str, b: &str) -> std::cmp::Ordering {
    a.split('.').cmp(b.split('.'))
}

/// Writes a path in lower camel case; false where it would not come back the
/// same.
pub(super) fn push_camel_case(path: &str, text: &mut String) -> bool {
    let mut underscore = false;
    for letter in path.chars() {
        match letter {
            'a'..='z' if underscore => text.push(letter.to_ascii_uppercase()),
            _ if underscore => return false,
            '_' => {}
            'A'..='Z' | ',' => return false,
            _ => text.push(letter),
        }
        underscore = letter == '_';
    }
    !underscore && !path.is_empty()
}

/// Reads a path in lower camel case; none where it would not come back the
/// same.
pub(super) fn snake_case(path: &str) -> Option<String> {
    let mut text = String::with_capacity(path.len() + 4);
    for letter in path.chars() {
        match letter {
            '_' => return None,
            'A'..='Z' => text.extend(['_', letter.to_ascii_lowercase()]),
            _ => text.push(letter),
        }
    }
    (!text.is_empty()).then_some(text)
}
