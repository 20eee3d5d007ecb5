//! From protobuf's names to Rust's: cases, keywords, collisions.
//!
//! A name travels as plain text without `r#`; [`ident`] alone knows how Rust spells it.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// Keywords of all editions, strict and reserved, that a raw identifier can spell.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// What even a raw identifier cannot be.
const NOT_RAW: &[&str] = &["_", "crate", "self", "Self", "super"];

/// Types that a module of the same name would hide.
const PRIMITIVES: &[&str] = &[
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16", "u32",
    "u64", "u128", "usize",
];

/// Macros of every module, which a link to a type of the same name could mean as well.
const DERIVES: &[&str] =
    &["Clone", "Copy", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd"];

/// The identifier for `name`, raw where it is a keyword. What no identifier can hold becomes an underscore,
/// so that no name, however broken, makes this panic.
pub fn ident(name: &str) -> String {
    let mut name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    if NOT_RAW.contains(&name.as_str()) {
        name.push('_');
    }
    if KEYWORDS.contains(&name.as_str()) {
        name.insert_str(0, "r#");
    }
    name
}

/// A link to the type `name` in a doc comment.
pub fn link(name: &str) -> String {
    if DERIVES.contains(&name) { format!("[`{name}`](type@{name})") } else { format!("[`{name}`]") }
}

/// The literal of a whole number, with underscores between groups of digits where there are many.
pub fn number(value: impl ToString) -> String {
    let text = value.to_string();
    let digits = text.trim_start_matches('-');
    let mut literal = if digits.len() < text.len() { "-".to_owned() } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len() > 4 && (digits.len() - at).is_multiple_of(3) {
            literal.push('_');
        }
        literal.push(digit);
    }
    literal
}

/// The literal of a text.
pub fn string(text: &str) -> String {
    if !text.contains('\0') {
        return format!("{text:?}");
    }
    // Not `\0`, which looks like an octal number before a digit.
    let escaped = text.split('\0').map(|part| part.escape_debug().to_string()).collect::<Vec<_>>();
    format!("\"{}\"", escaped.join("\\x00"))
}

/// The literal of bytes.
pub fn bytes(bytes: &[u8]) -> String {
    let mut literal = "b\"".to_owned();
    bytes.iter().for_each(|&byte| push_byte(byte, &mut literal));
    literal.push('"');
    literal
}

/// Writes a byte as it stands in a literal of bytes.
pub fn push_byte(byte: u8, literal: &mut String) {
    match byte {
        b'"' | b'\\' => literal.extend(['\\', char::from(byte)]),
        b' '..=b'~' => literal.push(char::from(byte)),
        b'\n' => literal.push_str("\\n"),
        b'\t' => literal.push_str("\\t"),
        b'\r' => literal.push_str("\\r"),
        0 => literal.push_str("\\0"),
        // Writing to a string does not fail.
        _ => _ = write!(literal, "\\x{byte:02x}"),
    }
}

/// A type's or variant's name. `HTTPRequest` is upper camel enough and stays as it is.
pub fn camel(name: &str) -> String {
    if name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.contains('_') {
        legal(name.to_owned())
    } else {
        legal(name.to_upper_camel_case())
    }
}

/// A field's, method's or oneof's name.
pub fn snake(name: &str) -> String {
    legal(name.to_snake_case())
}

/// A constant's name.
pub fn shouty(name: &str) -> String {
    legal(name.to_shouty_snake_case())
}

/// The module of a package's segment, of a message's nested types or of a service.
pub fn module(name: &str) -> String {
    let name = snake(name);
    if PRIMITIVES.contains(&name.as_str()) { name + "_" } else { name }
}

/// The name of an enum's value without the enum's own, where something remains that can start a name.
pub fn strip_prefix<'a>(value: &'a str, enumeration: &str) -> &'a str {
    let rest =
        value.strip_prefix(&enumeration.to_shouty_snake_case()).and_then(|rest| rest.strip_prefix('_'));
    match rest {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_alphabetic()) => rest,
        _ => value,
    }
}

/// The field, value or variant that must be told apart from others: what it would like to be called, how
/// the file spells it and its number.
pub struct Wish<'a> {
    /// What it shall be called if that is free.
    pub name: String,
    /// How the file spells it: who is spelled as it wishes to be called comes first.
    pub spelled: &'a str,
    /// Tells it apart from those that came first.
    pub number: i64,
}

/// The names of one namespace that are given away.
#[derive(Debug, Default, Clone)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// Whether `name` is given away.
    pub fn contains(&self, name: &str) -> bool {
        self.taken.contains(name)
    }

    /// All that are given away.
    pub fn into_set(self) -> HashSet<String> {
        self.taken
    }

    /// Gives `name` away, whoever may have it.
    pub fn reserve(&mut self, name: &str) {
        self.taken.insert(name.to_owned());
    }

    /// Gives away `name`, with as many underscores behind it as it takes.
    pub fn take(&mut self, mut name: String) -> String {
        while !self.taken.insert(name.clone()) {
            name.push('_');
        }
        name
    }

    /// Names things that have no numbers, in order; first those that are spelled as they wish.
    pub fn take_types<'a>(&mut self, spelled: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let wishes = spelled.into_iter().map(|spelled| (camel(spelled), spelled)).collect::<Vec<_>>();
        let mut exact = HashMap::new();
        for (wish, spelled) in &wishes {
            if wish == spelled {
                exact.insert(*spelled, self.take(wish.clone()));
            }
        }
        wishes
            .into_iter()
            .map(|(wish, spelled)| exact.remove(spelled).unwrap_or_else(|| self.take(wish)))
            .collect()
    }

    /// Names things that have numbers. Of those that wish for the same name, the one that is spelled so gets
    /// it, or else the first; the number tells the others apart.
    pub fn take_numbered(&mut self, wishes: &[Wish<'_>]) -> Vec<String> {
        let exact: HashSet<&str> =
            wishes.iter().filter(|wish| wish.name == wish.spelled).map(|wish| wish.spelled).collect();
        let mut first = HashSet::new();
        let keeps = wishes
            .iter()
            .map(|wish| {
                let name = wish.name.as_str();
                let may = wish.spelled == name || !exact.contains(name);
                may && !self.contains(name) && first.insert(name)
            })
            .collect::<Vec<_>>();
        for name in first {
            self.taken.insert(name.to_owned());
        }
        wishes
            .iter()
            .zip(keeps)
            .map(
                |(wish, keeps)| {
                    if keeps { wish.name.clone() } else { self.take(numbered(&wish.name, wish.number)) }
                },
            )
            .collect()
    }
}

/// `name` with `number` behind it, in the name's own case.
fn numbered(name: &str, number: i64) -> String {
    // Two underscores in a row are not in any of Rust's cases.
    let name = Some(name.trim_end_matches('_')).filter(|rest| !rest.is_empty()).unwrap_or("_");
    let magnitude = number.unsigned_abs();
    let camel =
        name.contains(|c: char| c.is_ascii_uppercase()) && name.contains(|c: char| c.is_ascii_lowercase());
    let lower = name.contains(|c: char| c.is_ascii_lowercase());
    match (camel, number < 0) {
        (true, _) if name.ends_with(|c: char| c.is_ascii_digit()) => format!("{name}_{magnitude}"),
        (true, _) => format!("{name}{magnitude}"),
        (false, false) => format!("{name}_{magnitude}"),
        (false, true) if lower => format!("{name}_minus_{magnitude}"),
        (false, true) => format!("{name}_MINUS_{magnitude}"),
    }
}

/// Makes room for what the case conversion took away.
pub(super) fn legal(name: String) -> String {
    match name.chars().next() {
        None => "__".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{name}"),
        Some(_) if NOT_RAW.contains(&name.as_str()) => name + "_",
        Some(_) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases() {
        assert_eq!(camel("HTTPRequest"), "HTTPRequest");
        assert_eq!(camel("http_request"), "HttpRequest");
        assert_eq!(camel("Self"), "Self_");
        assert_eq!(camel("_1"), "_1");
        assert_eq!(snake("fooBar__baz"), "foo_bar_baz");
        assert_eq!(snake("self"), "self_");
        assert_eq!(snake("_"), "__");
        assert_eq!(snake("_1"), "_1");
        assert_eq!(shouty("ebookUrl"), "EBOOK_URL");
        assert_eq!(module("U32"), "u32_");
    }

    #[test]
    fn keywords_are_raw_and_nothing_panics() {
        assert_eq!(ident("type"), "r#type");
        assert_eq!(ident("gen"), "r#gen");
        assert_eq!(ident("self"), "self_");
        assert_eq!(ident("1-ü\u{0}"), "_1___");
        assert_eq!(ident(""), "__");
    }

    #[test]
    fn numbers() {
        for (value, literal) in [
            (0, "0"),
            (-1, "-1"),
            (9999, "9999"),
            (10_000, "10_000"),
            (i64::MIN, "-9_223_372_036_854_775_808"),
        ] {
            assert_eq!(number(value), literal);
        }
    }

    #[test]
    fn literals() {
        assert_eq!(string("it's \"\\0\"\n"), r#""it's \"\\0\"\n""#);
        assert_eq!(string("\u{0}1\\0"), r#""\x001\\0""#);
        assert_eq!(bytes(b"a'\"\\\0\n\xff"), r#"b"a'\"\\\0\n\xff""#);
    }

    #[test]
    fn prefixes() {
        assert_eq!(strip_prefix("GENRE_FICTION", "Genre"), "FICTION");
        assert_eq!(strip_prefix("BOOK_GENRE_FICTION", "BookGenre"), "FICTION");
        assert_eq!(strip_prefix("GENRE", "Genre"), "GENRE");
        assert_eq!(strip_prefix("GENRES_FICTION", "Genre"), "GENRES_FICTION");
        assert_eq!(strip_prefix("VERSION_2", "Version"), "VERSION_2");
        assert_eq!(strip_prefix("VERSION__X", "Version"), "VERSION__X");
    }

    #[test]
    fn the_exact_spelling_wins_and_numbers_tell_the_rest_apart() {
        let mut names = Names::default();
        let wish = |spelled, number| Wish { name: snake(spelled), spelled, number };
        let given = names.take_numbered(&[wish("fooBar", 1), wish("foo_bar", 2), wish("FooBar", 3)]);
        assert_eq!(given, ["foo_bar_1", "foo_bar", "foo_bar_3"]);
        assert_eq!(names.take("foo_bar".into()), "foo_bar_");

        let mut names = Names::default();
        assert_eq!(names.take_types(["foo", "Foo", "FOO"]), ["Foo_", "Foo", "FOO"]);
    }
}
