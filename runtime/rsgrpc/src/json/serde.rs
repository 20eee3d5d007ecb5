//! Messages in the data model of serde: what [`Parser`] reads and [`Printer`]
//! prints, exactly. With the feature `serde` every message is a value that
//! serde can write and read:
//!
//! ```
//! use rsgrpc::wkt::Duration;
//!
//! #[derive(serde::Serialize, serde::Deserialize)]
//! struct Job {
//!     name: String,
//!     timeout: Duration,
//! }
//!
//! let job: Job = serde_json::from_str(r#"{"name":"a","timeout":"0.25s"}"#)?;
//! assert_eq!(job.timeout.nanos, 250_000_000);
//! assert_eq!(serde_json::to_string(&[job.timeout])?, r#"["0.250s"]"#);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Reading needs a format that says itself what it holds, such as JSON, YAML or
//! MessagePack.

use std::cell::RefCell;
use std::fmt;

use serde_core::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_core::ser::{self, SerializeMap, SerializeSeq};
use serde_core::{Deserializer, Serialize, Serializer};

use super::out::Out;
use super::reader::Reader;
use super::{Parser, Printer};
use crate::error::Fault;
use crate::{Limits, Message};

/// Writes a message.
///
/// # Errors
/// The serializer's; or the message has no form in JSON.
pub fn serialize<M: Message, S: Serializer>(message: &M, serializer: S) -> Result<S::Ok, S::Error> {
    let json = message.to_json().map_err(ser::Error::custom)?;
    let options = Parser::new();
    let reader = RefCell::new(Reader::new(&json, &options));
    Part(&reader).serialize(serializer)
}

/// Reads a message.
///
/// # Errors
/// The deserializer's; or what it holds is not the message's form in JSON.
pub fn deserialize<'de, M: Message, D: Deserializer<'de>>(deserializer: D) -> Result<M, D::Error> {
    let options = Printer::new();
    let mut out = Out::new(&options, Vec::new());
    Build(&mut out).deserialize(deserializer)?;
    Parser::new().parse_bytes(&out.bytes).map_err(|error| de::Error::custom(error.somewhere()))
}

/// The next value of a text that was printed.
struct Part<'r, 'a, 'o>(&'r RefCell<Reader<'a, 'o>>);

impl Part<'_, '_, '_> {
    /// The reader is borrowed for a token at a time: values contain values.
    fn token<T, E: ser::Error>(
        &self,
        read: impl FnOnce(&mut Reader<'_, '_>) -> Result<T, Fault>,
    ) -> Result<T, E> {
        read(&mut self.0.borrow_mut()).map_err(|_| E::custom("not JSON"))
    }
}

impl Serialize for Part<'_, '_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let first = self.0.borrow_mut().peek();
        match first {
            b'{' => {
                let mut map = serializer.serialize_map(None)?;
                let mut more = self.token(|reader| {
                    reader.expect(b'{', "an object")?;
                    Ok(!reader.take(b'}'))
                })?;
                while more {
                    let name = self.token(|reader| {
                        let name = reader.text("a name")?.into_owned();
                        reader.expect(b':', "`:`")?;
                        Ok(name)
                    })?;
                    map.serialize_entry(&name, self)?;
                    more = self.token(|reader| reader.comma(b'}'))?;
                }
                map.end()
            }
            b'[' => {
                let mut list = serializer.serialize_seq(None)?;
                let mut more = self.token(|reader| {
                    reader.expect(b'[', "a list")?;
                    Ok(!reader.take(b']'))
                })?;
                while more {
                    list.serialize_element(self)?;
                    more = self.token(|reader| reader.comma(b']'))?;
                }
                list.end()
            }
            b'"' => {
                serializer.serialize_str(&self.token(|reader| Ok(reader.text("a string")?.into_owned()))?)
            }
            b'n' => {
                self.0.borrow_mut().word("null");
                serializer.serialize_unit()
            }
            b't' | b'f' => {
                let value = self.0.borrow_mut().word("true");
                if !value {
                    self.0.borrow_mut().word("false");
                }
                serializer.serialize_bool(value)
            }
            _ => {
                let number = self.token(|reader| Ok(reader.number(false)?.into_owned()))?;
                // Minus zero is a float.
                match number.parse::<i64>() {
                    Ok(integer) if number != "-0" => serializer.serialize_i64(integer),
                    _ => serializer.serialize_f64(number.parse().map_err(ser::Error::custom)?),
                }
            }
        }
    }
}

/// Prints a value that serde hands over.
struct Build<'w, 'o>(&'w mut Out<'o>);

impl Build<'_, '_> {
    /// Enters an object or a list.
    fn enter<E: de::Error>(&mut self) -> Result<(), E> {
        self.0.depth += 1;
        // A message is at most two levels of JSON.
        if self.0.depth > 2 * Limits::default().levels() {
            return Err(E::custom("messages are nested too deeply"));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Build<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! integers {
    ($($method:ident: $type:ty;)*) => {$(
        fn $method<E>(self, value: $type) -> Result<(), E> {
            self.0.integer(value, false);
            Ok(())
        }
    )*};
}

impl<'de> Visitor<'de> for Build<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message in its form in JSON")
    }

    integers! {
        visit_i64: i64;
        visit_u64: u64;
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.0.float(value);
        Ok(())
    }

    fn visit_f32<E>(self, value: f32) -> Result<(), E> {
        self.0.float(value);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.0.bytes.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.0.string(value);
        Ok(())
    }

    fn visit_bytes<E>(self, value: &[u8]) -> Result<(), E> {
        self.0.blob(value);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.bytes.extend_from_slice(b"null");
        Ok(())
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        self.enter()?;
        self.0.open(b'[');
        while list.next_element_seed(Element(self.0))?.is_some() {}
        self.0.close(b']');
        self.0.depth -= 1;
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.enter()?;
        self.0.open(b'{');
        while map.next_key_seed(Name(self.0))?.is_some() {
            self.0.colon();
            map.next_value_seed(Build(self.0))?;
        }
        self.0.close(b'}');
        self.0.depth -= 1;
        Ok(())
    }
}

/// An element of a list, behind its comma.
struct Element<'w, 'o>(&'w mut Out<'o>);

impl<'de> DeserializeSeed<'de> for Element<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.part();
        Build(self.0).deserialize(deserializer)
    }
}

/// The name of a member, behind its comma.
struct Name<'w, 'o>(&'w mut Out<'o>);

impl<'de> DeserializeSeed<'de> for Name<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.part();
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.0.string(value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_str, from_value, to_string, to_value};

    use super::*;
    use crate::sample::Sample;
    use crate::wkt;

    #[test]
    fn exactly_the_same_json() {
        let json = concat!(
            r#"{"id":"-7","name":"a\"\n","tags":["a",""],"counts":{"":-1,"k":1},"numbers":["1","-1"],"#,
            r#""reals":[0.5,1,-2,"NaN",1e+300],"child":{},"colors":["COLOR_BLUE"],"palette":{"3":"COLOR_RED"},"#,
            r#""part":{"label":"p"},"text":"","blob":"AQI="}"#
        );
        let message = Sample::from_json(json).unwrap();
        assert_eq!(message.to_json().unwrap(), json);
        assert_eq!(to_string(&message).unwrap(), json);
        assert_eq!(from_str::<Sample>(json).unwrap().to_json().unwrap(), json);
        let value: Value = from_str(json).unwrap();
        assert_eq!(to_value(message).unwrap(), value);
        assert_eq!(from_value::<Sample>(value).unwrap().to_json().unwrap(), json);
    }

    #[test]
    fn other_forms() {
        for json in ["null", "true", "[1,-0.0,{\"a\":[]},\"é\"]", "18446744073709551616.0"] {
            let value: wkt::Value = from_str(json).unwrap();
            assert_eq!(to_value(&value).unwrap(), from_str::<Value>(json).unwrap(), "{json}");
        }
    }

    #[test]
    fn what_is_refused() {
        for json in [
            "{\"name\":1}",
            "{\"nope\":1}",
            "{\"name\":\"\",\"name\":\"\"}",
            "{\"counts\":{\"a\":1,\"a\":1}}",
            "{\"text\":\"\",\"colorChoice\":0}",
            "{\"part\":{}}",
        ] {
            assert!(from_str::<Sample>(json).is_err(), "{json}");
        }
        let error = from_str::<Sample>("{\"child\":{\"tags\":[1]}}").unwrap_err();
        assert!(
            error.to_string().starts_with("test.Sample, child.tags[0]: expected a string, found a number"),
            "{error}"
        );
        assert!(to_string(&wkt::Value::default()).is_err());
        assert!(from_str::<wkt::Value>(&"[".repeat(1000)).is_err());
    }
}
