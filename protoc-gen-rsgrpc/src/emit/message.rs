//! A message: struct, constants, getters, and what the runtime asks of it.

use super::{INLINE, docs};
use crate::layout::{Text, item, lines};
use crate::plan::names::{number, string};
use crate::plan::{Constant, Field, Getter, Merge, Message, Part, Read, Scope, Symbol};

/// So many parts has a tuple of fields at most.
const TUPLE: usize = 12;

/// Whose `merge` is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Owned,
    View,
}

pub(super) fn emit(text: &mut Text, scope: &Scope, message: &Message) {
    structure(text, scope, message);
    inherent(text, scope, message);
    message_impl(text, scope, message);
    debug(text, scope, message);
    decode(text, scope, message, Side::Owned);
}

fn structure(text: &mut Text, scope: &Scope, message: &Message) {
    let Message { name, unknown, .. } = message;
    let unknown_fields = scope.symbol(Symbol::UnknownFields);
    text.item();
    docs(text, &message.docs);
    lines!(
        text,
        "#[derive(Clone, Default, PartialEq)]
         pub struct {name} {{"
    );
    for slot in &message.slots {
        docs(text, &slot.docs);
        lines!(text, "pub {}: {},", slot.name, slot.owned);
    }
    lines!(
        text,
        "/// Fields that the schema does not know.
         pub {unknown}: {unknown_fields},
         }}"
    );
}

/// Constants and getters.
fn inherent(text: &mut Text, scope: &Scope, message: &Message) {
    if message.constants.is_empty() {
        return;
    }
    item!(text, "impl {} {{", message.name);
    message.constants.iter().for_each(|constant| self::constant(text, "", constant));
    for slot in &message.slots {
        if let Some(getter) = &slot.getter {
            text.blank();
            self::getter(text, scope, getter, &slot.name);
        }
    }
    lines!(text, "}}");
}

/// `const ISBN: Implicit<Str> = Implicit::new(1, "isbn");`
pub(super) fn constant(text: &mut Text, visible: &str, constant: &Constant) {
    let Constant { name, layout, kinds, field, .. } = constant;
    let (kinds, number, field) = (kinds.join(", "), number(constant.number), string(field));
    let json = constant.json.as_ref().map(|json| format!(".json({})", string(json))).unwrap_or_default();
    let redacted = if constant.redacted { ".redacted()" } else { "" };
    lines!(
        text,
        "{visible}const {name}: {layout}<{kinds}> = {layout}::new({number}, {field}){json}{redacted};"
    );
}

fn getter(text: &mut Text, scope: &Scope, getter: &Getter, slot: &str) {
    let Getter { name, field, returns, read, default, float } = getter;
    let or = match default {
        Some(default) => format!(".unwrap_or({default})"),
        None => ".unwrap_or_default()".to_owned(),
    };
    let (what, body) = match read {
        Read::Copy => ("or its default", format!("self.{slot}{or}")),
        Read::Deref => ("or its default", format!("self.{slot}.as_deref(){or}")),
        Read::Message(message, boxed) => {
            scope.bring(Symbol::Message);
            let inner = if *boxed { "as_deref" } else { "as_ref" };
            let body = format!("self.{slot}.{inner}().unwrap_or_else(|| {message}::default_ref())");
            ("or an empty message", body)
        }
    };
    lines!(text, "/// The value of `{field}`, {what}.\n#[must_use]\n#[inline]");
    if *float {
        lines!(text, "#[allow(clippy::approx_constant)]");
    }
    lines!(
        text,
        "pub fn {name}(&self) -> {returns} {{
             {body}
         }}"
    );
}

fn message_impl(text: &mut Text, scope: &Scope, message: &Message) {
    let Message { name, view, unknown, .. } = message;
    let [message_trait, fields, codegen, unknown_fields] =
        [Symbol::Message, Symbol::Fields, Symbol::codegen, Symbol::UnknownFields]
            .map(|symbol| scope.symbol(symbol));
    item!(
        text,
        "impl {message_trait} for {name} {{
             const NAME: &'static str = {};",
        string(&message.full)
    );
    if message.required {
        lines!(text, "const REQUIRED: bool = true;");
    }
    if !message.reserved.is_empty() {
        let reserved = message.reserved.iter().map(|name| string(name)).collect::<Vec<_>>().join(", ");
        lines!(text, "const RESERVED: &'static [&'static str] = &[{reserved}];");
    }
    lines!(
        text,
        "type View<'a> = {view}<'a>;

         #[inline]
         fn default_ref() -> &'static Self {{
             static DEFAULT: {codegen}::Lazy<{name}> = {codegen}::Lazy::new();
             DEFAULT.get()
         }}
         "
    );
    if message.leaf {
        lines!(text, "{INLINE}");
    }
    lines!(
        text,
        "fn fields(&self) -> impl {fields}<'_> {{
             {parts}
         }}

         fn unknown_fields(&self) -> &{unknown_fields} {{
             &self.{unknown}
         }}

         fn unknown_fields_mut(&mut self) -> &mut {unknown_fields} {{
             &mut self.{unknown}
         }}
         }}",
        parts = parts(scope, message)
    );
}

fn parts(scope: &Scope, message: &Message) -> String {
    let choice = scope.symbol(Symbol::Choice);
    let (unknown, slot) = (scope.symbol(Symbol::Unknown), &message.unknown);
    let parts = message.parts.iter().map(|part| match part {
        Part::Field { constant, slot } => format!("Self::{constant}.of(&self.{slot})"),
        Part::Choice { slot, within: None } => format!("{choice}(&self.{slot})"),
        Part::Choice { slot, within: Some((first, last)) } => {
            format!("{choice}(&self.{slot}).within({}, {})", number(first), number(last))
        }
    });
    let mut parts: Vec<String> = parts.chain([format!("{unknown}.of(&self.{slot})")]).collect();
    while parts.len() > TUPLE {
        parts = parts.chunks(TUPLE).map(tuple).collect();
    }
    tuple(&parts)
}

fn tuple(parts: &[String]) -> String {
    match parts {
        [part] => part.clone(),
        parts => format!("({})", parts.join(", ")),
    }
}

fn debug(text: &mut Text, scope: &Scope, message: &Message) {
    let (fmt, codegen, name) = (scope.symbol(Symbol::fmt), scope.symbol(Symbol::codegen), &message.name);
    item!(
        text,
        "impl {fmt}::Debug for {name} {{
             #[inline]
             fn fmt(&self, f: &mut {fmt}::Formatter<'_>) -> {fmt}::Result {{
                 {codegen}::debug(self, f)
             }}
         }}"
    );
}

/// The way in, of a message or its view.
pub(super) fn decode(text: &mut Text, scope: &Scope, message: &Message, side: Side) {
    let [decode, fault, result, source] =
        [Symbol::Decode, Symbol::Fault, Symbol::Result, Symbol::Source].map(|symbol| scope.symbol(symbol));
    let Message { name, view, unknown: slot, .. } = message;
    let unknown = scope.symbol(Symbol::Unknown);
    let parameter = scope.parameter("S");
    match side {
        Side::Owned => item!(text, "impl<'a> {decode}<'a> for {name} {{"),
        Side::View => item!(text, "impl<'a> {decode}<'a> for {view}<'a> {{"),
    }
    lines!(text, "type Message = {name};");
    if message.leaf {
        lines!(text, "const LEAF: bool = true;");
    }
    lines!(
        text,
        "
         {INLINE}
         fn merge<{parameter}: {source}<'a>>(&mut self, tag: u32, source: &mut {parameter}) -> {result}<(), {fault}> {{"
    );
    let take = if side == Side::Owned { "merge" } else { "lend" };
    if message.fields.is_empty() {
        lines!(text, "{unknown}.{take}(tag, &mut self.{slot}, source)");
    } else {
        lines!(text, "match tag {{");
        message.fields.iter().for_each(|field| arm(text, message, field, side));
        lines!(
            text,
            "_ => {unknown}.{take}(tag, &mut self.{slot}, source),
             }}"
        );
    }
    lines!(text, "}}\n}}");
}

/// `tag if Self::ISBN.takes(tag) => Self::ISBN.merge(&mut self.isbn, source),`
fn arm(text: &mut Text, message: &Message, field: &Field, side: Side) {
    let Field { slot, constant, merge, choice } = field;
    let unknown = &message.unknown;
    let owner = match (choice, side) {
        (Some(choice), _) => choice.owned.as_str(),
        (None, Side::Owned) => "Self",
        (None, Side::View) => &message.name,
    };
    let [merge_known, set_known] = match side {
        Side::Owned => ["merge_known", "set_known"],
        Side::View => ["lend_known", "lend_set_known"],
    };
    let (variant, into) = match choice {
        Some(choice) => {
            let this = if side == Side::Owned { &choice.owned } else { &choice.view };
            let into = choice.into.as_ref().map(|into| format!("{this}::{into}, "));
            (format!("{this}::{}", choice.variant), into.unwrap_or_default())
        }
        None => Default::default(),
    };
    let call = match merge {
        Merge::One => format!("merge(&mut self.{slot}, source)"),
        Merge::Many => format!("merge(tag, &mut self.{slot}, source)"),
        Merge::Known => format!("{merge_known}(tag, &mut self.{slot}, &mut self.{unknown}, source)"),
        Merge::Set => format!("set(&mut self.{slot}, {variant}, source)"),
        Merge::Continue => format!("merge(&mut self.{slot}, {variant}, {into}source)"),
        Merge::SetKnown => {
            format!("{set_known}(tag, &mut self.{slot}, {variant}, &mut self.{unknown}, source)")
        }
    };
    lines!(text, "tag if {owner}::{constant}.takes(tag) => {owner}::{constant}.{call},");
}
