//! The type of a `oneof`, and the one that borrows.

use super::docs;
use super::message::{Side, constant};
use crate::layout::{Text, item, lines};
use crate::plan::names::link;
use crate::plan::{Oneof, Own, Scope, Symbol, Variant};

pub(super) fn emit(text: &mut Text, scope: &Scope, oneof: &Oneof) {
    enumeration(text, scope, oneof, Side::Owned, &oneof.name);
    inherent(text, scope, oneof);
    visit(text, scope, oneof);
    if let Some(view) = &oneof.view {
        enumeration(text, scope, oneof, Side::View, view);
        if oneof.variants.iter().any(|variant| variant.into.is_some()) {
            item!(text, "impl<'a> {view}<'a> {{");
            into_methods(text, scope, oneof, Side::View);
            lines!(text, "}}");
        }
        own(text, scope, oneof, view);
    }
}

/// The enum, with a `Debug` that keeps redacted members to itself.
fn enumeration(text: &mut Text, scope: &Scope, oneof: &Oneof, side: Side, name: &str) {
    let redacted = oneof.variants.iter().any(|variant| variant.constant.redacted);
    let debug = if redacted { "" } else { ", Debug" };
    text.item();
    match side {
        Side::Owned => {
            docs(text, &oneof.docs);
            lines!(text, "#[derive(Clone{debug}, PartialEq)]");
        }
        Side::View => lines!(
            text,
            "/// A view of {}: it borrows from the bytes it was decoded from.
             #[derive(Clone{debug})]",
            link(&oneof.name)
        ),
    }
    if oneof.uneven {
        lines!(text, "#[allow(clippy::large_enum_variant)]");
    }
    match side {
        Side::Owned => lines!(text, "pub enum {name} {{"),
        Side::View => lines!(text, "pub enum {name}<'a> {{"),
    }
    for variant in &oneof.variants {
        docs(text, &variant.docs);
        lines!(text, "{}({}),", variant.name, held(variant, side));
    }
    lines!(text, "}}");
    if !redacted {
        return;
    }
    let (fmt, lifetime) = (scope.symbol(Symbol::fmt), if side == Side::Owned { "" } else { "<'_>" });
    item!(
        text,
        "impl {fmt}::Debug for {name}{lifetime} {{
             #[inline]
             fn fmt(&self, f: &mut {fmt}::Formatter<'_>) -> {fmt}::Result {{
                 match self {{"
    );
    for variant in &oneof.variants {
        let name = &variant.name;
        if variant.constant.redacted {
            lines!(text, "Self::{name}(_) => f.write_str(\"{name}([REDACTED])\"),");
        } else {
            lines!(text, "Self::{name}(value) => f.debug_tuple(\"{name}\").field(value).finish(),");
        }
    }
    lines!(text, "}}\n}}\n}}");
}

fn held(variant: &Variant, side: Side) -> &str {
    match side {
        Side::Owned => &variant.owned,
        Side::View => &variant.view,
    }
}

/// Constants, and methods that take messages out.
fn inherent(text: &mut Text, scope: &Scope, oneof: &Oneof) {
    item!(text, "impl {} {{", oneof.name);
    oneof.variants.iter().for_each(|variant| constant(text, "pub(super) ", &variant.constant));
    into_methods(text, scope, oneof, Side::Owned);
    lines!(text, "}}");
}

fn into_methods(text: &mut Text, scope: &Scope, oneof: &Oneof, side: Side) {
    let [option, some, none] =
        [Symbol::Option, Symbol::Some, Symbol::None].map(|symbol| scope.symbol(symbol));
    for variant in &oneof.variants {
        let Some(into) = &variant.into else { continue };
        let (name, value) = (&variant.name, held(variant, side));
        text.blank();
        lines!(
            text,
            "/// The value, if it is `{name}`.
             #[must_use]
             #[inline]
             pub fn {into}(self) -> {option}<{value}> {{"
        );
        if oneof.variants.len() == 1 {
            lines!(
                text,
                "let Self::{name}(value) = self;
                 {some}(value)
                 }}"
            );
        } else {
            lines!(
                text,
                "if let Self::{name}(value) = self {{
                     {some}(value)
                 }} else {{
                     {none}
                 }}
                 }}"
            );
        }
    }
}

fn visit(text: &mut Text, scope: &Scope, oneof: &Oneof) {
    let [oneof_trait, visitor, label] =
        [Symbol::Oneof, Symbol::Visitor, Symbol::Label].map(|symbol| scope.symbol(symbol));
    let (name, parameter) = (&oneof.name, scope.parameter("V"));
    let labels = oneof.variants.iter().map(|variant| format!("Self::{}.label()", variant.constant.name));
    let labels = labels.collect::<Vec<_>>().join(", ");
    item!(
        text,
        "impl {oneof_trait} for {name} {{
             const LABELS: &'static [&'static {label}] = &[{labels}];

             fn visit<'m, {parameter}: {visitor}<'m>>(&'m self, visitor: &mut {parameter}) {{
                 match self {{"
    );
    for variant in &oneof.variants {
        let (name, constant) = (&variant.name, &variant.constant.name);
        lines!(text, "Self::{name}(value) => Self::{constant}.visit(value, visitor),");
    }
    lines!(text, "}}\n}}\n}}");
}

fn own(text: &mut Text, scope: &Scope, oneof: &Oneof, view: &str) {
    let (own, boxed, name) = (scope.symbol(Symbol::Own), scope.symbol(Symbol::Box), &oneof.name);
    item!(
        text,
        "impl {own}<{name}> for {view}<'_> {{
             #[inline]
             fn own(&self) -> {name} {{
                 match self {{"
    );
    for variant in &oneof.variants {
        let this = &variant.name;
        match variant.own {
            Own::Copy | Own::Clone => lines!(text, "Self::{this}(value) => {name}::{this}(*value),"),
            Own::Own => lines!(text, "Self::{this}(value) => {name}::{this}(value.own()),"),
            Own::Boxed => lines!(text, "Self::{this}(value) => {name}::{this}({boxed}::new(value.own())),"),
        }
    }
    lines!(text, "}}\n}}\n}}");
}
