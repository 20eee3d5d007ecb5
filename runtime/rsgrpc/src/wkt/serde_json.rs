//! [`Value`], [`Struct`] and [`ListValue`] from and to `serde_json::Value`.

use ::serde_json::{Number, Value as Json};

use super::value::Kind;
use super::{ListValue, Struct, Value, ValueError};

/// Numbers become an `f64`, as near as it comes. One that is beyond it, which
/// serde_json holds with its feature `arbitrary_precision` alone, is an error.
///
/// ```
/// use rsgrpc::wkt::{Struct, Value};
/// use serde_json::json;
///
/// let value = Value::try_from(json!({ "ports": [80, 443], "tls": null }))?;
/// assert_eq!(value.get("ports").and_then(Value::as_list).map(<[_]>::len), Some(2));
/// assert_eq!(serde_json::Value::try_from(value)?, json!({ "tls": null, "ports": [80, 443] }));
///
/// let error = Struct::try_from(json!([])).unwrap_err();
/// assert_eq!(error.to_string(), "expected a struct, found a list");
/// # Ok::<(), rsgrpc::wkt::ValueError>(())
/// ```
impl TryFrom<Json> for Value {
    type Error = ValueError;

    fn try_from(json: Json) -> Result<Self, ValueError> {
        Ok(match json {
            Json::Null => Self::null(),
            Json::Bool(value) => value.into(),
            Json::Number(number) => number.as_f64().ok_or(ValueError::Number)?.into(),
            Json::String(value) => value.into(),
            Json::Array(values) => {
                let values: Result<ListValue, _> = values.into_iter().map(Self::try_from).collect();
                values?.into()
            }
            Json::Object(fields) => Struct::try_from(fields)?.into(),
        })
    }
}

impl TryFrom<::serde_json::Map<String, Json>> for Struct {
    type Error = ValueError;

    fn try_from(fields: ::serde_json::Map<String, Json>) -> Result<Self, ValueError> {
        fields.into_iter().map(|(name, json)| Ok((name, Value::try_from(json)?))).collect()
    }
}

/// Whole numbers up to 2^53 become integers, as ProtoJSON prints them. A value
/// that is none at all, a NaN and an infinity are errors.
impl TryFrom<Value> for Json {
    type Error = ValueError;

    fn try_from(value: Value) -> Result<Self, ValueError> {
        Ok(match value.kind {
            None => return Err(ValueError::Kind { expected: "a value", found: "nothing" }),
            Some(Kind::NullValue(_)) => Self::Null,
            Some(Kind::NumberValue(value)) => Self::Number(number(value)?),
            Some(Kind::StringValue(value)) => Self::String(value),
            Some(Kind::BoolValue(value)) => Self::Bool(value),
            Some(Kind::StructValue(value)) => value.try_into()?,
            Some(Kind::ListValue(list)) => list.try_into()?,
        })
    }
}

impl TryFrom<Struct> for Json {
    type Error = ValueError;

    fn try_from(value: Struct) -> Result<Self, ValueError> {
        let field = |(name, value)| Ok((name, Self::try_from(value)?));
        value.fields.into_iter().map(field).collect::<Result<_, _>>().map(Self::Object)
    }
}

impl TryFrom<ListValue> for Json {
    type Error = ValueError;

    fn try_from(list: ListValue) -> Result<Self, ValueError> {
        list.into_iter().map(Self::try_from).collect::<Result<_, _>>().map(Self::Array)
    }
}

macro_rules! by_way_of_value {
    ($($type:ty)*) => {$(
        impl TryFrom<Json> for $type {
            type Error = ValueError;

            fn try_from(json: Json) -> Result<Self, ValueError> {
                Value::try_from(json)?.try_into()
            }
        }
    )*};
}
by_way_of_value!(Struct ListValue);

fn number(value: f64) -> Result<Number, ValueError> {
    // Up to here each whole number is a double of its own.
    const MOST: f64 = 9_007_199_254_740_992.0;
    let minus_zero = value == 0.0 && value.is_sign_negative();
    if value.trunc() == value && value.abs() <= MOST && !minus_zero {
        return Ok((value as i64).into());
    }
    Number::from_f64(value).ok_or(ValueError::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::serde_json::json;

    #[track_caller]
    fn number_becomes(value: f64, text: &str) {
        let json = Json::try_from(Value::from(value)).unwrap();
        assert_eq!(json.to_string(), text);
        assert_eq!(Value::try_from(json).unwrap().as_f64().map(f64::to_bits), Some(value.to_bits()));
    }

    #[test]
    fn there_and_back() {
        let json = json!({ "a": [null, true, "x", 1, -2.5, {}, []], "b": { "c": 1e300 } });
        let value = Value::try_from(json.clone()).unwrap();
        assert_eq!(Json::try_from(value), Ok(json.clone()));
        assert_eq!(Json::try_from(Struct::try_from(json.clone()).unwrap()), Ok(json.clone()));
        let list = ListValue::try_from(json["a"].clone()).unwrap();
        assert_eq!(Json::try_from(list), Ok(json["a"].clone()));
    }

    #[test]
    fn numbers() {
        number_becomes(0.0, "0");
        number_becomes(-0.0, "-0.0");
        number_becomes(1.5, "1.5");
        number_becomes(-9_007_199_254_740_992.0, "-9007199254740992");
        number_becomes(9_007_199_254_740_994.0, "9007199254740994.0");
        number_becomes(f64::MAX, "1.7976931348623157e+308");
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(Json::try_from(Value::from(vec![value])), Err(ValueError::Number));
        }
    }

    #[test]
    fn mismatches() {
        let nothing = ValueError::Kind { expected: "a value", found: "nothing" };
        assert_eq!(Json::try_from(Struct::new().with("a", Value::default())), Err(nothing));
        let number = ValueError::Kind { expected: "a list", found: "a number" };
        assert_eq!(ListValue::try_from(json!(1)), Err(number));
    }
}
