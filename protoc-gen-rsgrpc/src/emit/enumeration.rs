//! An enum: a number with constants.

use super::docs;
use crate::layout::{Text, item, lines};
use crate::plan::names::{number, string};
use crate::plan::{Enum, Scope, Symbol};

pub(super) fn emit(text: &mut Text, scope: &Scope, plan: &Enum) {
    let Enum { name, default, .. } = plan;
    let [enumeration, from, default_trait] =
        [Symbol::Enumeration, Symbol::From, Symbol::Default].map(|symbol| scope.symbol(symbol));
    let (fmt, codegen) = (scope.symbol(Symbol::fmt), scope.symbol(Symbol::codegen));
    let derived = if default.is_none() { "Default, " } else { "" };
    text.item();
    docs(text, &plan.docs);
    lines!(
        text,
        "#[derive(Clone, Copy, {derived}PartialEq, Eq, Hash, PartialOrd, Ord)]
         #[repr(transparent)]
         pub struct {name}(i32);"
    );
    constants(text, plan);
    item!(
        text,
        "impl {enumeration} for {name} {{
             const NAME: &'static str = {};",
        string(&plan.full)
    );
    let names = plan.names.iter().map(|(of, name)| format!("({}, {})", number(of), string(name)));
    let names = names.collect::<Vec<_>>().join(", ");
    lines!(
        text,
        "const NAMES: &'static [(i32, &'static str)] = &[{names}];
         }}"
    );
    if let Some(default) = default {
        item!(
            text,
            "impl {default_trait} for {name} {{
                 fn default() -> Self {{
                     Self::{default}
                 }}
             }}"
        );
    }
    item!(
        text,
        "impl {from}<i32> for {name} {{
             fn from(number: i32) -> Self {{
                 Self(number)
             }}
         }}"
    );
    item!(
        text,
        "impl {from}<{name}> for i32 {{
             fn from(value: {name}) -> Self {{
                 value.0
             }}
         }}"
    );
    item!(
        text,
        "impl {fmt}::Debug for {name} {{
             #[inline]
             fn fmt(&self, f: &mut {fmt}::Formatter<'_>) -> {fmt}::Result {{
                 {codegen}::debug_enum(*self, f)
             }}
         }}"
    );
}

/// The values, with blank lines around those that have a comment.
fn constants(text: &mut Text, plan: &Enum) {
    item!(text, "impl {} {{", plan.name);
    let mut apart = false;
    for value in &plan.values {
        let stands_apart = !value.docs.lines.is_empty() || value.docs.deprecated;
        if apart || stands_apart {
            text.blank();
        }
        apart = stands_apart;
        docs(text, &value.docs);
        lines!(text, "pub const {}: Self = Self({});", value.name, number(value.number));
    }
    lines!(text, "}}");
}
