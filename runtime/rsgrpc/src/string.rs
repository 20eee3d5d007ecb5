//! What [`Str`] has in common with `&str` and `String`.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::convert::Infallible;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::str::FromStr;

use crate::wire::Str;

impl Deref for Str {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Default for Str {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn default() -> Self {
        Self::new()
    }
}

impl AsRef<str> for Str {
    fn as_ref(&self) -> &str {
        self
    }
}

impl AsRef<[u8]> for Str {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Borrow<str> for Str {
    #[inline]
    fn borrow(&self) -> &str {
        self
    }
}

impl Eq for Str {}

impl Ord for Str {
    fn cmp(&self, other: &Self) -> Ordering {
        str::cmp(self, other)
    }
}

impl PartialOrd for Str {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The same as that of a `str`, so that maps find one by the other.
impl Hash for Str {
    fn hash<H: Hasher>(&self, state: &mut H) {
        str::hash(self, state);
    }
}

impl fmt::Debug for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

macro_rules! compared {
    ($($other:ty)*) => {$(
        impl PartialEq<$other> for Str {
            fn eq(&self, other: &$other) -> bool {
                let other: &str = other;
                self.as_str() == other
            }
        }

        impl PartialEq<Str> for $other {
            fn eq(&self, other: &Str) -> bool {
                other == self
            }
        }
    )*};
}
compared!(str &str String);

impl From<String> for Str {
    fn from(text: String) -> Self {
        Self::boxed(text.into_boxed_str())
    }
}

impl From<Box<str>> for Str {
    fn from(text: Box<str>) -> Self {
        Self::boxed(text)
    }
}

impl From<Cow<'_, str>> for Str {
    fn from(text: Cow<'_, str>) -> Self {
        match text {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl From<&String> for Str {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<char> for Str {
    fn from(character: char) -> Self {
        Self::from(&*character.encode_utf8(&mut [0; 4]))
    }
}

impl From<Str> for Box<str> {
    fn from(text: Str) -> Self {
        text.into_boxed()
    }
}

impl From<Str> for String {
    fn from(text: Str) -> Self {
        text.into_boxed().into()
    }
}

impl FromStr for Str {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl FromIterator<char> for Str {
    fn from_iter<I: IntoIterator<Item = char>>(characters: I) -> Self {
        String::from_iter(characters).into()
    }
}

#[cfg(feature = "serde")]
impl serde_core::Serialize for Str {
    fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde_core::Deserialize<'de> for Str {
    fn deserialize<D: serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl serde_core::de::Visitor<'_> for Text {
            type Value = Str;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E>(self, text: &str) -> Result<Str, E> {
                Ok(text.into())
            }

            fn visit_string<E>(self, text: String) -> Result<Str, E> {
                Ok(text.into())
            }
        }

        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Map;

    #[test]
    fn it_is_what_a_str_is() {
        for text in ["", "short", "longer than what stands in place"] {
            let string = Str::from(text);
            assert_eq!(string, text);
            assert_eq!(text.to_owned(), string);
            assert_eq!(string, Str::from(text.to_owned()));
            assert_eq!(format!("{string:>6}{string:?}"), format!("{text:>6}{text:?}"));
            assert_eq!(String::from(string.clone()), text);
            assert_eq!(string.chars().collect::<Str>(), string);
            assert_eq!(text.parse(), Ok(string));
        }
        let [a, b] = ["a", "b"].map(Str::from);
        assert!(a < b);
        assert_eq!(Str::from('ß'), "ß");
        assert_eq!(Str::default(), "");
    }

    #[test]
    fn maps_find_it_by_str() {
        let map: Map<Str, usize> = (0..40).map(|i| (Str::from(format!("{i}{}", "-".repeat(i))), i)).collect();
        for i in 0..40 {
            assert_eq!(map.get(format!("{i}{}", "-".repeat(i)).as_str()), Some(&i));
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn serde_takes_it_for_a_string() {
        for text in ["\"short\"", "\"longer than what stands \\n in place\""] {
            let string: Str = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&string).unwrap(), text);
        }
    }
}
