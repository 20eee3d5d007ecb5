//! A plan to text. Nothing is decided here: each function is the shape of one thing, with holes.

mod embedded;
mod enumeration;
mod extension;
mod message;
mod oneof;
mod service;
mod view;

use crate::layout::{Text, item, lines};
use crate::plan::{Docs, Item, Package, Scope, Symbol};

/// The text of a package's file, below these comment lines.
pub fn file(header: &str, package: &Package) -> String {
    let mut text = Text::default();
    text.verbatim(header);
    text.blank();
    let imports = text.here();
    let module = &package.module;
    // The code and the runtime have to fit.
    let (codegen, version) = (module.scope.symbol(Symbol::codegen), env!("CARGO_PKG_VERSION"));
    item!(text, "const _: () = {codegen}::generated_by({version:?});");
    module.items.iter().for_each(|item| self::item(&mut text, &module.scope, item));
    if let Some(embedded) = &package.embedded {
        text.blank();
        embedded::emit(&mut text, &module.scope, embedded);
    }
    // When all is written, the scope knows the imports.
    text.insert(imports, &module.scope.uses());
    text.into_string()
}

fn item(text: &mut Text, scope: &Scope, item: &Item) {
    // Generated code may mention what the schema deprecates; only who uses it is warned.
    let allow = |deprecated: bool| deprecated.then_some("#[allow(deprecated)]");
    match item {
        Item::Message(message) => {
            text.attribute(allow(message.mentions_deprecated));
            message::emit(text, scope, message);
            view::emit(text, scope, message);
            // An attribute would not reach into what the macro makes; that has one of its own.
            text.attribute(None);
            let (codegen, name) = (scope.symbol(Symbol::codegen), &message.name);
            item!(text, "{codegen}::features!({name});");
        }
        Item::Oneof(oneof) => {
            text.attribute(allow(oneof.mentions_deprecated));
            oneof::emit(text, scope, oneof);
        }
        Item::Enum(enumeration) => {
            text.attribute(allow(enumeration.mentions_deprecated));
            enumeration::emit(text, scope, enumeration);
        }
        Item::Extension(extension) => {
            text.attribute(allow(extension.mentions_deprecated));
            extension::emit(text, scope, extension);
        }
        Item::Service(service) => {
            text.attribute(allow(service.mentions_deprecated));
            service::emit(text, scope, service);
        }
        Item::Methods(methods) => service::methods(text, scope, methods),
        Item::Module { docs, name, module, mentions_deprecated } => {
            text.blank();
            self::docs(text, docs);
            text.attribute(None);
            if let Some(allow) = allow(*mentions_deprecated) {
                lines!(text, "{allow}");
            }
            lines!(text, "pub mod {name} {{");
            let imports = text.here();
            module.items.iter().for_each(|item| self::item(text, &module.scope, item));
            text.insert(imports, &module.scope.uses());
            lines!(text, "}}");
        }
    }
    text.attribute(None);
}

/// What stands before an item, a field or a method.
fn docs(text: &mut Text, docs: &Docs) {
    text.docs(&docs.lines);
    if docs.deprecated {
        lines!(text, "#[deprecated]");
    }
}

/// Inlined where it is called, but not in debug builds, where it only costs time.
const INLINE: &str = "#[cfg_attr(not(debug_assertions), inline(always))]";
