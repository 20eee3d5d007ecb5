//! The view of a message.

use super::docs;
use super::message::{Side, decode};
use crate::layout::{Text, item, lines};
use crate::plan::names::link;
use crate::plan::{Message, Own, Scope, Symbol};

pub(super) fn emit(text: &mut Text, scope: &Scope, message: &Message) {
    structure(text, scope, message);
    decode(text, scope, message, Side::View);
    owned(text, scope, message);
    debug(text, scope, message);
}

fn structure(text: &mut Text, scope: &Scope, message: &Message) {
    let Message { name, view, unknown, .. } = message;
    item!(text, "/// A view of {}: it borrows from the bytes it was decoded from.", link(name));
    if message.docs.deprecated {
        lines!(text, "#[deprecated]");
    }
    lines!(
        text,
        "#[derive(Clone, Default)]
         pub struct {view}<'a> {{"
    );
    for slot in &message.slots {
        docs(text, &slot.docs);
        lines!(text, "pub {}: {},", slot.name, slot.view);
    }
    let unknown_fields = scope.symbol(Symbol::UnknownFieldsView);
    lines!(
        text,
        "/// Fields that the schema does not know.
         pub {unknown}: {unknown_fields}<'a>,
         }}"
    );
}

fn owned(text: &mut Text, scope: &Scope, message: &Message) {
    let Message { name, view, unknown, .. } = message;
    let (own, boxed) = (scope.symbol(Symbol::Own), scope.symbol(Symbol::Box));
    item!(
        text,
        "impl {own}<{name}> for {view}<'_> {{
             #[inline]
             fn own(&self) -> {name} {{
                 {name} {{"
    );
    for slot in &message.slots {
        let name = &slot.name;
        match slot.own {
            Own::Copy => lines!(text, "{name}: self.{name},"),
            Own::Clone => lines!(text, "{name}: self.{name}.clone(),"),
            Own::Own => lines!(text, "{name}: self.{name}.own(),"),
            Own::Boxed => {
                lines!(text, "{name}: self.{name}.as_ref().map(|value| {boxed}::new(value.own())),");
            }
        }
    }
    lines!(
        text,
        "{unknown}: self.{unknown}.own(),
         }}
         }}
         }}"
    );
}

fn debug(text: &mut Text, scope: &Scope, message: &Message) {
    // An implementation of the trait has its method in scope, others have to bring it.
    scope.bring(Symbol::Own);
    let (fmt, view) = (scope.symbol(Symbol::fmt), &message.view);
    item!(
        text,
        "impl {fmt}::Debug for {view}<'_> {{
             #[inline]
             fn fmt(&self, f: &mut {fmt}::Formatter<'_>) -> {fmt}::Result {{
                 {fmt}::Debug::fmt(&self.own(), f)
             }}
         }}"
    );
}
