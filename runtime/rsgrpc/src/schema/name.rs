//! Protobuf's identifiers and full names.

/// How long a full name may be, in bytes. Keeps what a request unfolds to linear in its size.
const LONGEST: usize = 1000;

/// Whether `text` is what protobuf calls an identifier: `[A-Za-z_][A-Za-z0-9_]*`.
#[must_use]
pub fn is_identifier(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first == b'_' || first.is_ascii_alphabetic())
        && bytes.all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

/// Whether `text` is identifiers with dots between them, and of bearable length.
#[must_use]
pub fn is_full_name(text: &str) -> bool {
    text.len() <= LONGEST && text.split('.').all(is_identifier)
}

/// `scope.name`, or `name` where there is no scope.
pub(super) fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() { name.to_owned() } else { format!("{scope}.{name}") }
}

/// The name that JSON has for a field, as protoc makes it: underscores go, the letter behind each is upper.
#[must_use]
pub fn json_name(field: &str) -> String {
    let mut name = String::with_capacity(field.len());
    let mut upper = false;
    for c in field.chars() {
        if c == '_' {
            upper = true;
        } else {
            name.push(if upper { c.to_ascii_uppercase() } else { c });
            upper = false;
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers() {
        for good in ["a", "_", "A9_", "type"] {
            assert!(is_identifier(good), "{good}");
        }
        for bad in ["", "9a", "a-b", "a b", "ä", "a.b", "r#a", "a\n"] {
            assert!(!is_identifier(bad), "{bad}");
        }
    }

    #[test]
    fn full_names() {
        assert!(is_full_name("a.b.C"));
        for bad in ["", ".a", "a.", "a..b", "a.1"] {
            assert!(!is_full_name(bad), "{bad}");
        }
        assert!(!is_full_name(&"a".repeat(LONGEST + 1)));
    }

    #[test]
    fn json_names() {
        assert_eq!(json_name("ebook_url"), "ebookUrl");
        assert_eq!(json_name("_a__b_"), "AB");
        assert_eq!(json_name("fooBar_1x"), "fooBar1x");
    }
}
