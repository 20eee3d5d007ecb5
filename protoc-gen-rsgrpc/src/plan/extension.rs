//! Plans the constant of an extension.

use super::imports::{Scope, Symbol};
use super::model::Extension;
use super::names::ident;
use super::table;
use super::{Planner, docs};
use crate::schema::{self, Kind, Presence, Shape};

/// Plans `extension` in the words of `scope`, the module that it is in; none for one that is left out.
pub(super) fn plan(
    planner: &Planner<'_>,
    scope: &Scope,
    extension: &schema::Extension,
    deprecated: bool,
) -> Option<Extension> {
    let full = &extension.name.full;
    let name = planner.places.extension(full)?;
    let (layout, kind, default) = match &extension.shape {
        Shape::Singular { presence: Presence::Explicit { default }, kind } => {
            (Symbol::Explicit, kind, default.as_ref())
        }
        Shape::Singular { kind, .. } => (Symbol::Explicit, kind, None),
        Shape::Repeated { packed: true, kind } => (Symbol::Packed, kind, None),
        Shape::Repeated { packed: false, kind } => (Symbol::Repeated, kind, None),
        Shape::Map { .. } => return None,
    };
    let inline = planner.strings.contains(full);
    let (layout, value) = match kind {
        Kind::Message { name, .. } if extension.in_set => {
            (scope.symbol(Symbol::InSet).to_string(), planner.type_name(scope, name))
        }
        _ => {
            let (layout, (kind, value)) =
                (scope.symbol(layout), table::element(planner, scope, kind, inline));
            (format!("{layout}<{kind}>"), value)
        }
    };
    let type_deprecated = match kind {
        Kind::Enum { name, .. } | Kind::Message { name, .. } => planner.is_deprecated(name),
        Kind::Scalar(_) | Kind::String | Kind::Bytes => false,
    };
    Some(Extension {
        docs: docs::of(extension.comment.as_deref(), deprecated || extension.deprecated)
            .or_else(|| format!(" The extension `{full}` of `{}`.", extension.extendee)),
        full: full.clone(),
        name: ident(name),
        extendee: planner.type_name(scope, &extension.extendee),
        layout,
        value,
        number: extension.number,
        default: default.and_then(|default| table::owned_literal(planner, scope, kind, default, inline)),
        redacted: extension.redacted,
        mentions_deprecated: type_deprecated || planner.is_deprecated(&extension.extendee),
    })
}
