//! The table: shape × presence × kind → layout, types and how a value gets in and out.

use super::Planner;
use super::imports::{Scope, Symbol};
use super::model::{Merge, Own, Read};
use super::names::{self, number};
use crate::schema::{Field, Key, Kind, Literal, Presence, Scalar, Shape};

/// What a field is in Rust.
pub(super) struct Column {
    /// `Implicit`, `Packed` …
    pub layout: String,
    /// `Str`; a map's two.
    pub kinds: Vec<String>,
    /// Its type in the message; of a oneof's member what the variant holds.
    pub owned: String,
    /// The same in the view.
    pub view: String,
    /// How the view's value becomes the message's.
    pub own: Own,
    /// How a getter reads it, if it has one, and what it returns.
    pub read: Option<(Read, String)>,
    /// What the schema says instead of zero.
    pub default: Option<String>,
    /// That is a literal of a float.
    pub float: bool,
}

/// What can be said of a field without naming a type.
pub(super) struct Facts {
    /// How a value gets in.
    pub merge: Merge,
    /// Holds a message, in whatever shape.
    pub has_message: bool,
    /// Is a map.
    pub is_map: bool,
    /// It is deprecated, or its type is.
    pub deprecated: bool,
}

/// Looks at a field.
pub(super) fn facts(planner: &Planner<'_>, field: &Field) -> Facts {
    let (kind, many, is_map, member) = match &field.shape {
        Shape::Singular { presence, kind } => {
            (kind, false, false, matches!(presence, Presence::Oneof { .. }))
        }
        Shape::Repeated { kind, .. } => (kind, true, false, false),
        Shape::Map { value, .. } => (value, true, true, false),
    };
    let has_message = matches!(kind, Kind::Message { .. });
    let merge = match (kind, member) {
        (Kind::Enum { closed: true, .. }, true) => Merge::SetKnown,
        (Kind::Enum { closed: true, .. }, false) => Merge::Known,
        (Kind::Message { .. }, true) => Merge::Continue,
        (_, true) => Merge::Set,
        _ if many => Merge::Many,
        _ => Merge::One,
    };
    let deprecated = match kind {
        Kind::Enum { name, .. } | Kind::Message { name, .. } => planner.is_deprecated(name),
        Kind::Scalar(_) | Kind::String | Kind::Bytes => false,
    };
    Facts { merge, has_message, is_map, deprecated: deprecated || field.deprecated }
}

/// What one value of an extension is: its kind and its type.
pub(super) fn element(planner: &Planner<'_>, scope: &Scope, kind: &Kind, inline: bool) -> (String, String) {
    let symbol = |symbol| scope.symbol(symbol).to_string();
    match kind {
        Kind::Enum { name, closed } => {
            let kind = if *closed { Symbol::ClosedEnum } else { Symbol::Enum };
            (symbol(kind), planner.type_name(scope, name))
        }
        Kind::Message { name, delimited } => {
            let kind = if *delimited { Symbol::Group } else { Symbol::Nested };
            (symbol(kind), planner.type_name(scope, name))
        }
        Kind::Scalar(_) | Kind::String | Kind::Bytes => {
            let Value { kind, owned, .. } = value(planner, scope, kind, inline);
            (kind, owned)
        }
    }
}

/// The default of an extension, where it is not what Rust's own default is.
pub(super) fn owned_literal(
    planner: &Planner<'_>,
    scope: &Scope,
    kind: &Kind,
    default: &Literal,
    inline: bool,
) -> Option<String> {
    let token = literal(planner, scope, kind, default)?;
    Some(match default {
        Literal::String(_) if inline => format!("{token}.into()"),
        Literal::String(_) => format!("{token}.to_owned()"),
        Literal::Bytes(_) => {
            let bytes = scope.symbol(Symbol::Bytes);
            format!("{bytes}::from_static({token})")
        }
        _ => token,
    })
}

/// A kind in Rust.
struct Value {
    kind: String,
    owned: String,
    view: String,
    /// The view is what the kind lends by itself: a scalar, text or bytes.
    plain: bool,
    own: Own,
}

/// Looks a field of `message` up, in the words of the module `scope`.
pub(super) fn column(planner: &Planner<'_>, scope: &Scope, message: &str, field: &Field) -> Column {
    let inline = planner.is_inline(message, &field.name);
    match &field.shape {
        Shape::Singular { presence, kind } => {
            let boxed = planner.graph.is_boxed(message, field.number);
            singular(planner, scope, presence, kind, boxed, inline)
        }
        Shape::Repeated { packed, kind } => repeated(planner, scope, *packed, kind, inline),
        Shape::Map { key, value } => map(planner, scope, *key, value, inline),
    }
}

fn singular(
    planner: &Planner<'_>,
    scope: &Scope,
    presence: &Presence,
    kind: &Kind,
    boxed: bool,
    inline: bool,
) -> Column {
    let value = value(planner, scope, kind, inline);
    let inner = value.owned.clone();
    let (mut kinds, mut owned, mut view) = (value.kind, value.owned, value.view);
    if boxed {
        let (named, boxed) = (scope.symbol(Symbol::Box), scope.symbol(Symbol::Boxed));
        (kinds, owned, view) =
            (format!("{boxed}<{kinds}>"), format!("{named}<{owned}>"), format!("{named}<{view}>"));
    }
    let (layout, default) = match presence {
        Presence::Implicit => (Symbol::Implicit, &None),
        Presence::Explicit { default } => (Symbol::Explicit, default),
        Presence::Required { default } => (Symbol::Required, default),
        Presence::Oneof { default, .. } => (Symbol::Member, default),
    };
    let mut read = None;
    if let Presence::Explicit { .. } | Presence::Required { .. } = presence {
        let option = scope.symbol(Symbol::Option);
        (owned, view) = (format!("{option}<{owned}>"), format!("{option}<{view}>"));
        read = Some(match kind {
            Kind::Message { .. } => (Read::Message(inner.clone(), boxed), format!("&{inner}")),
            Kind::String => (Read::Deref, "&str".to_owned()),
            Kind::Bytes => (Read::Deref, "&[u8]".to_owned()),
            Kind::Scalar(_) | Kind::Enum { .. } => (Read::Copy, inner),
        });
    }
    Column {
        layout: scope.symbol(layout).to_string(),
        kinds: vec![kinds],
        owned,
        view,
        own: if boxed { Own::Boxed } else { value.own },
        read,
        default: default.as_ref().and_then(|default| literal(planner, scope, kind, default)),
        float: matches!(default, Some(Literal::Float(_) | Literal::Double(_))),
    }
}

fn repeated(planner: &Planner<'_>, scope: &Scope, packed: bool, kind: &Kind, inline: bool) -> Column {
    let Value { kind, owned, view, plain, .. } = value(planner, scope, kind, inline);
    let (vec, repeated) = (scope.symbol(Symbol::Vec), scope.symbol(Symbol::RepeatedView));
    let layout = if packed { Symbol::Packed } else { Symbol::Repeated };
    Column {
        layout: scope.symbol(layout).to_string(),
        view: if plain {
            format!("{repeated}<'a, {kind}>")
        } else {
            format!("{repeated}<'a, {kind}, {view}>")
        },
        kinds: vec![kind],
        owned: format!("{vec}<{owned}>"),
        own: Own::Own,
        read: None,
        default: None,
        float: false,
    }
}

fn map(planner: &Planner<'_>, scope: &Scope, key: Key, kind: &Kind, inline: bool) -> Column {
    let key = value(planner, scope, &key.into(), inline);
    let value = value(planner, scope, kind, inline);
    let (map, map_view) = (scope.symbol(Symbol::Map), scope.symbol(Symbol::MapView));
    let (a, b) = (key.kind, value.kind);
    let (owned_key, owned_value, view_key, view_value) = (key.owned, value.owned, key.view, value.view);
    Column {
        layout: scope.symbol(Symbol::Entries).to_string(),
        view: if value.plain {
            format!("{map_view}<'a, {a}, {b}>")
        } else {
            format!("{map_view}<'a, {a}, {b}, {view_key}, {view_value}>")
        },
        kinds: vec![a, b],
        owned: format!("{map}<{owned_key}, {owned_value}>"),
        own: Own::Own,
        read: None,
        default: None,
        float: false,
    }
}

/// With `inline`, strings are of the runtime's own type.
fn value(planner: &Planner<'_>, scope: &Scope, kind: &Kind, inline: bool) -> Value {
    let symbol = |symbol| scope.symbol(symbol).to_string();
    let plain = |kind, owned, view, own| Value { kind: symbol(kind), owned, view, plain: true, own };
    match kind {
        Kind::Scalar(scalar) => {
            let (kind, name) = scalar_kind(*scalar);
            let name = name.to_owned();
            plain(kind, name.clone(), name, Own::Copy)
        }
        // By its path, since the kind has the same name.
        Kind::String if inline => {
            plain(Symbol::Str, "::rsgrpc::Str".to_owned(), "&'a str".to_owned(), Own::Own)
        }
        Kind::String => plain(Symbol::Str, symbol(Symbol::String), "&'a str".to_owned(), Own::Own),
        Kind::Bytes => plain(Symbol::Blob, symbol(Symbol::Bytes), "&'a [u8]".to_owned(), Own::Own),
        Kind::Enum { name, closed } => {
            let owned = planner.type_name(scope, name);
            Value {
                kind: symbol(if *closed { Symbol::ClosedEnum } else { Symbol::Enum }),
                view: owned.clone(),
                owned,
                plain: false,
                own: Own::Copy,
            }
        }
        Kind::Message { name, delimited } => {
            let view = planner.view_name(scope, name);
            Value {
                kind: symbol(if *delimited { Symbol::Group } else { Symbol::Nested }),
                owned: planner.type_name(scope, name),
                view: format!("{view}<'a>"),
                plain: false,
                own: Own::Own,
            }
        }
    }
}

fn scalar_kind(scalar: Scalar) -> (Symbol, &'static str) {
    match scalar {
        Scalar::Bool => (Symbol::Bool, "bool"),
        Scalar::Int32 => (Symbol::Int32, "i32"),
        Scalar::Int64 => (Symbol::Int64, "i64"),
        Scalar::Uint32 => (Symbol::Uint32, "u32"),
        Scalar::Uint64 => (Symbol::Uint64, "u64"),
        Scalar::Sint32 => (Symbol::Sint32, "i32"),
        Scalar::Sint64 => (Symbol::Sint64, "i64"),
        Scalar::Fixed32 => (Symbol::Fixed32, "u32"),
        Scalar::Fixed64 => (Symbol::Fixed64, "u64"),
        Scalar::Sfixed32 => (Symbol::Sfixed32, "i32"),
        Scalar::Sfixed64 => (Symbol::Sfixed64, "i64"),
        Scalar::Float => (Symbol::Float, "f32"),
        Scalar::Double => (Symbol::Double, "f64"),
    }
}

/// A default as an expression, where it is not what Rust's own default is.
fn literal(planner: &Planner<'_>, scope: &Scope, kind: &Kind, literal: &Literal) -> Option<String> {
    let token = match literal {
        Literal::Bool(true) => "true".to_owned(),
        Literal::Int32(value) if *value != 0 => number(value),
        Literal::Int64(value) if *value != 0 => number(value),
        Literal::Uint32(value) if *value != 0 => number(value),
        Literal::Uint64(value) if *value != 0 => number(value),
        Literal::Float(value) if value.to_bits() != 0 => {
            match constant(value.is_nan(), value.is_infinite(), *value < 0.0) {
                Some(name) => format!("f32::{name}"),
                None => float(value.to_string()),
            }
        }
        Literal::Double(value) if value.to_bits() != 0 => {
            match constant(value.is_nan(), value.is_infinite(), *value < 0.0) {
                Some(name) => format!("f64::{name}"),
                None => float(value.to_string()),
            }
        }
        Literal::String(value) if !value.is_empty() => names::string(value),
        Literal::Bytes(value) if !value.is_empty() => names::bytes(value),
        Literal::Enum { name, .. } => {
            let Kind::Enum { name: full, .. } = kind else { return None };
            let constant = planner.value(full, name)?;
            let named = planner.type_name(scope, full);
            format!("{named}::{constant}")
        }
        _ => return None,
    };
    Some(token)
}

/// The literal of a float that is a number.
fn float(digits: String) -> String {
    if digits.contains('.') { digits } else { digits + ".0" }
}

fn constant(nan: bool, infinite: bool, negative: bool) -> Option<&'static str> {
    match (nan, infinite, negative) {
        (true, ..) => Some("NAN"),
        (_, true, false) => Some("INFINITY"),
        (_, true, true) => Some("NEG_INFINITY"),
        _ => None,
    }
}
