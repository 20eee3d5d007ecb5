//! A plan to tokens. Nothing is decided here: each function is the shape of one thing, with holes.

mod enumeration;
mod extension;
mod message;
mod oneof;
mod service;
mod view;

use proc_macro2::TokenStream;
use quote::quote;

use crate::plan::{Docs, Item, Module, Package, Scope, Symbol};

/// A part of a module.
#[derive(Debug)]
pub enum Piece<'a> {
    /// One item.
    Item(TokenStream),
    /// A module: what stands before `{`, and what it holds.
    Module(TokenStream, &'a Module),
}

/// What stands at the head of a package's file: the code and the runtime have to fit.
pub fn guard(package: &Package) -> TokenStream {
    let codegen = package.module.scope.symbol(Symbol::codegen);
    let version = env!("CARGO_PKG_VERSION");
    quote!(const _: () = #codegen::generated_by(#version);)
}

/// Writes what a module holds, one thing after the other. When all is written, its scope knows the imports.
pub fn pieces(module: &Module) -> impl Iterator<Item = Piece<'_>> {
    module.items.iter().flat_map(|item| self::item(&module.scope, item))
}

fn item<'a>(scope: &Scope, item: &'a Item) -> Vec<Piece<'a>> {
    let mut items = Vec::new();
    let deprecated = match item {
        Item::Message(message) => {
            message::emit(scope, message, &mut items);
            view::emit(scope, message, &mut items);
            message.mentions_deprecated
        }
        Item::Oneof(oneof) => {
            oneof::emit(scope, oneof, &mut items);
            oneof.mentions_deprecated
        }
        Item::Enum(enumeration) => {
            enumeration::emit(scope, enumeration, &mut items);
            enumeration.mentions_deprecated
        }
        Item::Extension(extension) => {
            extension::emit(scope, extension, &mut items);
            extension.mentions_deprecated
        }
        Item::Service(service) => {
            service::emit(scope, service, &mut items);
            service.mentions_deprecated
        }
        Item::Methods(methods) => {
            service::methods(scope, methods, &mut items);
            false
        }
        Item::Module { docs: text, name, module, mentions_deprecated } => {
            let docs = docs(text);
            let allow = mentions_deprecated.then(allow_deprecated);
            return vec![Piece::Module(quote!(#docs #allow pub mod #name), module)];
        }
    };
    let allow = deprecated.then(allow_deprecated);
    let pieces = items.into_iter().map(|item| Piece::Item(quote!(#allow #item)));
    // An attribute would not reach into what the macro makes; that has one of its own.
    pieces.chain(features(scope, item)).collect()
}

/// The line that implements for a message what features of the runtime promise.
fn features<'a>(scope: &Scope, item: &Item) -> Option<Piece<'a>> {
    let Item::Message(message) = item else { return None };
    let (codegen, name) = (scope.symbol(Symbol::codegen), &message.name);
    Some(Piece::Item(quote!(#codegen::features!(#name);)))
}

/// Generated code may mention what the schema deprecates; only who uses it is warned.
fn allow_deprecated() -> TokenStream {
    quote!(#[allow(deprecated)])
}

/// What stands between the lines of a doc comment. Comments have no control characters of their own.
pub const LINE: char = '\u{1}';

/// A doc comment is one attribute, however many lines it has: comments are most of many schemas, and as tokens much
/// dearer than as text. They become lines when all else is laid out.
fn docs(docs: &Docs) -> TokenStream {
    let lines = (!docs.lines.is_empty()).then(|| docs.lines.join(LINE.encode_utf8(&mut [0; 4])));
    let lines = lines.iter();
    let deprecated = docs.deprecated.then(|| quote!(#[deprecated]));
    quote!(#(#[doc = #lines])* #deprecated)
}

/// Inlined where it is called, but not in debug builds, where it only costs time.
fn inline() -> TokenStream {
    quote!(#[cfg_attr(not(debug_assertions), inline(always))])
}
