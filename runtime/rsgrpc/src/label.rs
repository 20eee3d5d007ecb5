//! What a format may want to know about a field.

/// A field, apart from its value, as generated code names it.
pub type Label = FieldLabel<'static>;

/// A field, apart from its value.
#[derive(Clone, Copy, Debug)]
pub struct FieldLabel<'n> {
    /// The field's number, 1 to 536,870,911.
    pub number: u32,
    /// The field's name in the schema.
    pub name: &'n str,
    /// The schema says `debug_redact`.
    pub redact: bool,
    /// The tag of an unpacked value: number × 8 + wire type.
    pub tag: u32,
    /// It is a member of a `oneof`.
    pub in_oneof: bool,
    json: Key<'n>,
}

impl Label {
    pub(crate) const fn new(number: u32, wire: u32, name: &'static str) -> Self {
        assert!(number >= 1 && number <= 536_870_911);
        Self { number, name, redact: false, tag: number << 3 | wire, in_oneof: false, json: Key::of(name) }
    }

    /// An item of a message set, whose numbers have 31 bits.
    pub(crate) const fn item(number: u32, name: &'static str) -> Self {
        assert!(number >= 1 && number < 1 << 31);
        Self { number, name, redact: false, tag: 1 << 3 | 3, in_oneof: false, json: Key::of(name) }
    }

    pub(crate) const fn member(mut self) -> Self {
        self.in_oneof = true;
        self
    }

    pub(crate) const fn with_json(mut self, name: &'static str) -> Self {
        self.json = Key::Given(name);
        self
    }
}

impl<'n> FieldLabel<'n> {
    /// A label whose key in JSON was made before: see [`key`](Self::key).
    #[cfg(feature = "reflect")]
    pub(crate) const fn with_key(
        number: u32,
        tag: u32,
        name: &'n str,
        key: Result<&'n MadeKey, &'n str>,
        redact: bool,
        in_oneof: bool,
    ) -> Self {
        let json = match key {
            Ok(key) => Key::Shared(key),
            Err(name) => Key::Given(name),
        };
        Self { number, name, redact, tag, in_oneof, json }
    }

    /// The field's name in JSON.
    #[must_use]
    pub const fn json(&self) -> &str {
        match &self.json {
            Key::Given(name) => name,
            Key::Made(made) => made.name(),
            Key::Shared(made) => made.name(),
        }
    }

    /// The name in JSON, in quotes and with its colon; the name alone where it
    /// is not known to be free of what JSON escapes.
    #[cfg(feature = "json")]
    #[inline]
    pub(crate) fn key(&self) -> Result<&[u8], &'n str> {
        match &self.json {
            Key::Made(made) => Ok(made.key()),
            Key::Shared(made) => Ok(made.key()),
            Key::Given(name) => Err(name),
        }
    }

    /// The key, where it is known to be free of what JSON escapes.
    #[cfg(feature = "json")]
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn made_key(&self) -> Option<&MadeKey> {
        match &self.json {
            Key::Made(made) => Some(made),
            Key::Shared(made) => Some(made),
            Key::Given(_) => None,
        }
    }

    /// The same with a comma before it, unless it is the `first`: so many of
    /// these bytes as the number says. All of them are copied faster than some.
    /// None where it was not made at compile time.
    #[cfg(feature = "json")]
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn key_padded(&self, first: bool) -> Option<(&[u8; AROUND + MADE], usize)> {
        match &self.json {
            Key::Made(made) => made.padded(first),
            Key::Shared(made) => made.padded(first),
            Key::Given(_) => None,
        }
    }

    /// Whether this is the field's name in JSON.
    #[cfg(feature = "json")]
    #[inline]
    pub(crate) fn json_is(&self, name: &[u8]) -> bool {
        match &self.json {
            Key::Made(made) => made.name().as_bytes() == name,
            Key::Shared(made) => made.name().as_bytes() == name,
            Key::Given(given) => given.as_bytes() == name,
        }
    }
}

/// Longer names are given by generated code.
const MADE: usize = 46;

/// What stands around a name: a comma, quotes and a colon.
const AROUND: usize = 4;

/// A key's bytes, and one more so that there are `AROUND + MADE` behind the
/// comma, too.
type Text = [u8; AROUND + MADE + 1];

/// A name as it is written in JSON, `,"name":`, so that one copy does.
//
// Invariant: 4 <= `len` <= 50, and the first `len` bytes are ASCII.
#[cfg_attr(not(feature = "json"), allow(unreachable_pub, reason = "readers of JSON alone ask for it"))]
#[derive(Clone, Copy)]
pub struct MadeKey {
    text: Text,
    len: u8,
}

impl MadeKey {
    /// The key of a name, made at run time. None where the name is too long, or
    /// may have what JSON escapes.
    #[cfg(feature = "reflect")]
    pub(crate) fn of(name: &str) -> Option<Self> {
        let plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
        if name.len() > MADE || !name.bytes().all(plain) {
            return None;
        }
        let mut text = [0; AROUND + MADE + 1];
        let len = name.len() + AROUND;
        let key = [b",\"", name.as_bytes(), b"\":"].concat();
        text.get_mut(..len)?.copy_from_slice(&key);
        Some(Self { text, len: u8::try_from(len).ok()? })
    }

    /// `"name":`
    #[inline]
    pub(crate) const fn key(&self) -> &[u8] {
        self.text.split_at(self.len as usize).0.split_at(1).1
    }

    /// How many bytes of `text` the key `"name":` takes that it begins with.
    #[cfg(feature = "json")]
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn begins(&self, text: &[u8]) -> Option<usize> {
        let len = usize::from(self.len) - 1;
        let (Some(head), Some(key)) = (text.first_chunk::<16>(), self.text.get(1..17)) else {
            return text.starts_with(self.key()).then_some(len);
        };
        // In words: a call would take longer. There are three bytes at least.
        let word = |bytes: &[u8], at: usize| {
            bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |word| u64::from_le_bytes(*word))
        };
        let [low, high] = [0, 8].map(|at| word(head, at) ^ word(key, at));
        let same = match len {
            ..=8 => low << (64 - 8 * len) == 0,
            9..=16 => low == 0 && high << (128 - 8 * len) == 0,
            _ => low | high == 0 && text.starts_with(self.key()),
        };
        same.then_some(len)
    }

    /// `name`
    const fn name(&self) -> &str {
        let [_, name @ .., _, _] = self.key() else { return "" };
        match std::str::from_utf8(name) {
            Ok(name) => name,
            Err(_) => "",
        }
    }

    /// See [`FieldLabel::key_padded`].
    #[cfg(feature = "json")]
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn padded(&self, first: bool) -> Option<(&[u8; AROUND + MADE], usize)> {
        let bytes = if first { self.text.last_chunk() } else { self.text.first_chunk() }?;
        Some((bytes, usize::from(self.len) - usize::from(first)))
    }
}

impl std::fmt::Debug for MadeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\"{}\"", self.name())
    }
}

/// A name in JSON: the schema's in lower camel case, made at compile time, or
/// another.
#[derive(Clone, Copy)]
enum Key<'n> {
    Made(MadeKey),
    /// Made at run time.
    #[cfg_attr(not(feature = "reflect"), allow(dead_code, reason = "for dynamic messages"))]
    Shared(&'n MadeKey),
    Given(&'n str),
}

impl Key<'static> {
    /// What protoc makes of `name`: underscores go, and the letter behind one is
    /// a capital.
    #[allow(clippy::indexing_slicing, reason = "runs at compile time; the bounds stand before each access")]
    const fn of(name: &'static str) -> Self {
        let name_bytes = name.as_bytes();
        let (mut text, mut len, mut at, mut capital) = ([0; AROUND + MADE + 1], 2, 0, false);
        text[0] = b',';
        text[1] = b'"';
        while at < name_bytes.len() {
            let byte = name_bytes[at];
            at += 1;
            if byte == b'_' {
                capital = true;
                continue;
            }
            if len == MADE + 2 || !byte.is_ascii() {
                return Self::Given(name);
            }
            text[len] = if capital { byte.to_ascii_uppercase() } else { byte };
            len += 1;
            capital = false;
        }
        text[len] = b'"';
        text[len + 1] = b':';
        Self::Made(MadeKey { text, len: len as u8 + 2 })
    }
}

impl std::fmt::Debug for Key<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Made(made) => made.fmt(f),
            Self::Shared(made) => made.fmt(f),
            Self::Given(name) => write!(f, "{name:?}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_json() {
        for (name, json) in [
            ("id", "id"),
            ("page_size", "pageSize"),
            ("foo_1bar_", "foo1bar"),
            ("_leading", "Leading"),
            ("FOO_bar", "FOOBar"),
            ("a__b", "aB"),
            ("exactly_as_long_as_a_made_name_can_be_without_it", "exactlyAsLongAsAMadeNameCanBeWithoutIt"),
        ] {
            assert_eq!(Label::new(1, 0, name).json(), json);
        }
        assert_eq!(Label::new(1, 0, "x_y").with_json("other").json(), "other");
    }

    #[cfg(feature = "json")]
    #[test]
    fn keys_are_recognised() {
        for name in [
            "a",
            "abcd",
            "abcde",
            "abcdefghi",
            "abcdefghijklm",
            "abcdefghijklmn",
            "a_name_that_is_rather_long",
        ] {
            let label = Label::new(1, 0, name);
            let key = label.made_key().unwrap();
            let text = format!("\"{}\":", label.json());
            for behind in ["", "1", "                 "] {
                assert_eq!(key.begins(format!("{text}{behind}").as_bytes()), Some(text.len()), "{text}");
            }
            for at in 0..text.len() {
                let mut other = format!("{text}                 ").into_bytes();
                other[at] ^= 1;
                assert_eq!(key.begins(&other), None, "{text} {at}");
                assert_eq!(key.begins(&text.as_bytes()[..at]), None, "{text} {at}");
            }
        }
    }

    #[test]
    fn tags() {
        assert_eq!(Label::new(2, 5, "x").tag, 21);
    }
}
