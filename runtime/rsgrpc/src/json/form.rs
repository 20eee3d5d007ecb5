//! The messages that have a form of their own in JSON.

use crate::fill::Fill;
use crate::visit::Shown;

/// How a message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Its fields by name: all but these.
    Object,
    /// `google.protobuf.Any`: the fields of what it holds, and `@type`.
    Any,
    /// `google.protobuf.Timestamp`: RFC 3339.
    Timestamp,
    /// `google.protobuf.Duration`: seconds and an `s`.
    Duration,
    /// `google.protobuf.FieldMask`: paths between commas.
    FieldMask,
    /// `google.protobuf.Struct`: its map.
    Struct,
    /// `google.protobuf.ListValue`: its list.
    List,
    /// `google.protobuf.Value`: what it holds.
    Value,
    /// `google.protobuf.Int32Value` and the like: the value.
    Wrapper,
}

/// The form of a message that is written: known where it is compiled, unless
/// the message is dynamic.
#[inline]
pub(super) fn of_shown<'m, M: Shown<'m>>(message: M) -> Form {
    const { of_static(M::STATIC_NAME) }.unwrap_or_else(|| of_name(message.name()))
}

/// The form of a message that is read.
#[inline]
pub(super) fn of_filled<'a, M: Fill<'a>>(message: &M) -> Form {
    const { of_static(M::STATIC_NAME) }.unwrap_or_else(|| of_name(message.name()))
}

/// The form of a message whose name is known at run time: a look at the package
/// is enough for most.
#[inline]
fn of_name(name: &str) -> Form {
    if name.starts_with("google.protobuf.") { form(name) } else { Form::Object }
}

const fn of_static(name: Option<&'static str>) -> Option<Form> {
    match name {
        Some(name) => Some(form(name)),
        None => None,
    }
}

/// Whether the enum of this name is written as `null`.
pub(super) const fn is_null(name: &str) -> bool {
    is(name, "google.protobuf.NullValue")
}

const fn form(name: &str) -> Form {
    const FORMS: [(&str, Form); 16] = [
        ("google.protobuf.Any", Form::Any),
        ("google.protobuf.Timestamp", Form::Timestamp),
        ("google.protobuf.Duration", Form::Duration),
        ("google.protobuf.FieldMask", Form::FieldMask),
        ("google.protobuf.Struct", Form::Struct),
        ("google.protobuf.ListValue", Form::List),
        ("google.protobuf.Value", Form::Value),
        ("google.protobuf.DoubleValue", Form::Wrapper),
        ("google.protobuf.FloatValue", Form::Wrapper),
        ("google.protobuf.Int64Value", Form::Wrapper),
        ("google.protobuf.UInt64Value", Form::Wrapper),
        ("google.protobuf.Int32Value", Form::Wrapper),
        ("google.protobuf.UInt32Value", Form::Wrapper),
        ("google.protobuf.BoolValue", Form::Wrapper),
        ("google.protobuf.StringValue", Form::Wrapper),
        ("google.protobuf.BytesValue", Form::Wrapper),
    ];
    let mut forms = FORMS.as_slice();
    while let Some((first, rest)) = forms.split_first() {
        if is(name, first.0) {
            return first.1;
        }
        forms = rest;
    }
    Form::Object
}

/// Equality, in constants.
const fn is(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let (Some((x, a_rest)), Some((y, b_rest))) = (a.split_first(), b.split_first()) {
        if *x != *y {
            return false;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.is_empty() && b.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert_eq!(of_shown(&crate::wkt::Timestamp::default()), Form::Timestamp);
        assert_eq!(of_filled(&crate::wkt::Int32Value::default()), Form::Wrapper);
        assert_eq!(of_filled(&crate::wkt::Empty::default()), Form::Object);
        assert_eq!(form("google.protobuf.Val"), Form::Object);
        assert!(is_null("google.protobuf.NullValue") && !is_null(""));
    }
}
