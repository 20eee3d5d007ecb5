//! The constant of an extension.

use super::docs;
use crate::layout::{Text, lines};
use crate::plan::names::{number, string};
use crate::plan::{Extension, Scope, Symbol};

pub(super) fn emit(text: &mut Text, scope: &Scope, extension: &Extension) {
    let Extension { name, extendee, layout, value, .. } = extension;
    let (of, number, full) =
        (scope.symbol(Symbol::Extension), number(extension.number), string(&extension.full));
    let default = extension.default.as_ref().map(|default| format!(".or(|| {default})")).unwrap_or_default();
    let redacted = if extension.redacted { ".redacted()" } else { "" };
    text.item();
    docs(text, &extension.docs);
    lines!(
        text,
        "pub const {name}: {of}<{extendee}, {layout}, {value}> = {of}::new({number}, {full}){default}{redacted};"
    );
}
