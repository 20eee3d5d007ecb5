//! [`Value`], [`Struct`] and [`ListValue`]: data whose shape no schema says.

use std::fmt;

use super::value::Kind;
use super::{ListValue, NullValue, Struct, Value};
use crate::{Map, UnknownFields};

/// Any value that JSON has.
///
/// ```
/// use rsgrpc::wkt::{Struct, Value};
///
/// let settings = Struct::from([
///     ("name", Value::from("router")),
///     ("ports", Value::from(vec![80, 443])),
///     ("tls", Value::from(Struct::new().with("strict", true))),
/// ]);
/// assert_eq!(settings.get("name").and_then(Value::as_str), Some("router"));
/// let tls = settings.get("tls").ok_or("no tls")?;
/// assert_eq!(tls.get("strict").and_then(Value::as_bool), Some(true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Value {
    /// The value that is JSON's `null`. (The default `Value` is none at all,
    /// which no JSON can express.)
    #[must_use]
    pub const fn null() -> Self {
        Self::of(Kind::NullValue(NullValue::NULL_VALUE))
    }

    const fn of(kind: Kind) -> Self {
        Self { kind: Some(kind), unknown_fields: UnknownFields::new() }
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Some(Kind::NullValue(_)))
    }

    /// The boolean, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Some(Kind::BoolValue(value)) = self.kind { Some(value) } else { None }
    }

    /// The number, if it is one.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        if let Some(Kind::NumberValue(value)) = self.kind { Some(value) } else { None }
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Some(Kind::StringValue(value)) = &self.kind { Some(value) } else { None }
    }

    /// The struct, if it is one.
    #[must_use]
    pub fn as_struct(&self) -> Option<&Struct> {
        if let Some(Kind::StructValue(value)) = &self.kind { Some(value) } else { None }
    }

    /// The elements of the list, if it is one.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Some(Kind::ListValue(list)) = &self.kind { Some(&list.values) } else { None }
    }

    /// The field of that name, if it is a struct that has one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_struct()?.get(name)
    }

    fn what(&self) -> &'static str {
        match self.kind {
            None => "nothing",
            Some(Kind::NullValue(_)) => "null",
            Some(Kind::NumberValue(_)) => "a number",
            Some(Kind::StringValue(_)) => "a string",
            Some(Kind::BoolValue(_)) => "a boolean",
            Some(Kind::StructValue(_)) => "a struct",
            Some(Kind::ListValue(_)) => "a list",
        }
    }
}

/// Fields with names, each with any value.
impl Struct {
    /// A struct without fields.
    #[must_use]
    pub const fn new() -> Self {
        Self { fields: Map::new(), unknown_fields: UnknownFields::new() }
    }

    /// The same with one more field, or another value of it.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.insert(name, value);
        self
    }

    /// Sets a field; gives back its old value.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        self.fields.insert(name.into(), value.into())
    }

    /// The field of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.get(name)
    }
}

/// Elements with any values.
///
/// ```
/// use rsgrpc::wkt::{ListValue, Value};
///
/// let mut list = ListValue::from(vec!["a", "b"]);
/// list.push(3);
/// assert_eq!(list.get(2).and_then(Value::as_f64), Some(3.0));
/// ```
impl ListValue {
    /// A list without elements.
    #[must_use]
    pub const fn new() -> Self {
        Self { values: Vec::new(), unknown_fields: UnknownFields::new() }
    }

    /// Adds an element.
    pub fn push(&mut self, value: impl Into<Value>) {
        self.values.push(value.into());
    }

    /// The element at that place, counted from 0.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&Value> {
        self.values.get(place)
    }
}

macro_rules! from {
    ($([$($generics:tt)*] $type:ty, |$value:ident| $kind:ident($inner:expr);)*) => {$(
        impl<$($generics)*> From<$type> for Value {
            fn from($value: $type) -> Self {
                Self::of(Kind::$kind($inner))
            }
        }
    )*};
}

// A 64-bit integer is not always a double: what becomes of it, the user says.
from! {
    [] (), |_value| NullValue(NullValue::NULL_VALUE);
    [] NullValue, |value| NullValue(value);
    [] bool, |value| BoolValue(value);
    [] f64, |value| NumberValue(value);
    [] f32, |value| NumberValue(value.into());
    [] i32, |value| NumberValue(value.into());
    [] u32, |value| NumberValue(value.into());
    [] &str, |value| StringValue(value.to_owned());
    [] String, |value| StringValue(value);
    [] Struct, |value| StructValue(value);
    [] ListValue, |value| ListValue(value);
    [V: Into<Value>] Vec<V>, |values| ListValue(values.into());
    [V: Into<Value>, const N: usize] [V; N], |values| ListValue(values.into_iter().collect());
    [K: Into<String>, V: Into<Value>] Map<K, V>, |fields| StructValue(fields.into_iter().collect());
}

/// `None` is `null`.
impl<V: Into<Value>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::null(), Into::into)
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Struct {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(fields: I) -> Self {
        let mut new = Self::new();
        new.extend(fields);
        new
    }
}

impl<K: Into<String>, V: Into<Value>> Extend<(K, V)> for Struct {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, fields: I) {
        self.fields.extend(fields.into_iter().map(|(name, value)| (name.into(), value.into())));
    }
}

impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]> for Struct {
    fn from(fields: [(K, V); N]) -> Self {
        fields.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<Value>> From<Map<K, V>> for Struct {
    fn from(fields: Map<K, V>) -> Self {
        fields.into_iter().collect()
    }
}

impl<V: Into<Value>> FromIterator<V> for ListValue {
    fn from_iter<I: IntoIterator<Item = V>>(values: I) -> Self {
        let mut new = Self::new();
        new.extend(values);
        new
    }
}

impl<V: Into<Value>> Extend<V> for ListValue {
    fn extend<I: IntoIterator<Item = V>>(&mut self, values: I) {
        self.values.extend(values.into_iter().map(Into::into));
    }
}

impl<V: Into<Value>> From<Vec<V>> for ListValue {
    fn from(values: Vec<V>) -> Self {
        values.into_iter().collect()
    }
}

impl IntoIterator for ListValue {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.into_iter()
    }
}

impl<'l> IntoIterator for &'l ListValue {
    type Item = &'l Value;
    type IntoIter = std::slice::Iter<'l, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.values.iter()
    }
}

macro_rules! try_from {
    ($($type:ty, $expected:literal, $kind:ident($value:ident) => $inner:expr;)*) => {$(
        #[doc = concat!("Fails where it is not ", $expected, ".")]
        impl TryFrom<Value> for $type {
            type Error = ValueError;

            fn try_from(value: Value) -> Result<Self, ValueError> {
                let found = value.what();
                match value.kind {
                    Some(Kind::$kind($value)) => Ok($inner),
                    _ => Err(ValueError::Kind { expected: $expected, found }),
                }
            }
        }
    )*};
}

try_from! {
    bool, "a boolean", BoolValue(value) => value;
    f64, "a number", NumberValue(value) => value;
    String, "a string", StringValue(value) => value;
    Struct, "a struct", StructValue(value) => value;
    Map<String, Value>, "a struct", StructValue(value) => value.fields;
    ListValue, "a list", ListValue(value) => value;
    Vec<Value>, "a list", ListValue(value) => value.values;
}

/// A [`Value`] that is not what it should be.
///
/// ```
/// use rsgrpc::wkt::Value;
///
/// let error = bool::try_from(Value::from("yes")).unwrap_err();
/// assert_eq!(error.to_string(), "expected a boolean, found a string");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// It is of another kind.
    Kind {
        /// What was asked for.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
    /// It is a number that the other side cannot hold: JSON has no infinity and
    /// no NaN, and [`Value`] none that is beyond an `f64`.
    Number,
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::Number => f.write_str("expected a finite number"),
        }
    }
}

impl std::error::Error for ValueError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_and_back() {
        assert_eq!(bool::try_from(Value::from(true)), Ok(true));
        assert_eq!(f64::try_from(Value::from(-3)), Ok(-3.0));
        assert_eq!(f64::try_from(Value::from(u32::MAX)), Ok(4_294_967_295.0));
        assert_eq!(String::try_from(Value::from("a")), Ok("a".to_owned()));
        let fields = Map::from([("a", 1), ("b", 2)]);
        let value = Value::from(fields.clone());
        assert_eq!(Struct::try_from(value.clone()), Ok(Struct::from(fields)));
        assert_eq!(Map::try_from(value).unwrap()["b"], Value::from(2));
        assert_eq!(Vec::try_from(Value::from([1, 2])), Ok(vec![Value::from(1), Value::from(2)]));
        assert!(
            Value::from(()).is_null() && Value::from(None::<bool>).is_null() && !Value::default().is_null()
        );
        assert_eq!(Value::from(Some(1.5f32)).as_f64(), Some(1.5));
    }

    #[test]
    fn another_kind() {
        for (value, found) in [
            (Value::default(), "nothing"),
            (Value::null(), "null"),
            (Value::from(1.0), "a number"),
            (Value::from("a"), "a string"),
            (Value::from(Struct::new()), "a struct"),
            (Value::from(ListValue::new()), "a list"),
        ] {
            assert_eq!((value.as_bool(), value.get("a")), (None, None));
            assert_eq!(bool::try_from(value), Err(ValueError::Kind { expected: "a boolean", found }));
        }
        assert!(Vec::try_from(Value::from(true)).is_err() && Struct::try_from(Value::null()).is_err());
    }

    #[test]
    fn lists() {
        let list: ListValue = (0..3).collect();
        let sum: f64 = list.into_iter().filter_map(|value| value.as_f64()).sum();
        assert!((sum - 3.0).abs() < f64::EPSILON);
        assert_eq!(Value::from(vec!["a"]).as_list().map(<[_]>::len), Some(1));
        assert_eq!(ListValue::new().get(0), None);
    }

    #[test]
    fn structs() {
        let mut fields = Struct::new().with("a", 1).with("a", "b");
        assert_eq!(fields.insert("a", ()), Some(Value::from("b")));
        fields.extend([("b", 2.0)]);
        assert_eq!(fields.fields.len(), 2);
    }
}
