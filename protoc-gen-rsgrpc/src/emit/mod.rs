//! A plan to tokens. Nothing is decided here: each function is the shape of one thing, with holes.

mod enumeration;
mod message;
mod oneof;
mod service;
mod view;

use proc_macro2::TokenStream;
use quote::quote;

use crate::plan::{Docs, Item, Module, Package, Symbol};

/// What a module holds, item by item.
#[derive(Debug, Default)]
pub struct Contents {
    /// Its `use` items.
    pub uses: Vec<TokenStream>,
    /// The others, in order.
    pub pieces: Vec<Piece>,
}

/// A part of a module.
#[derive(Debug)]
pub enum Piece {
    /// One item.
    Item(TokenStream),
    /// A module: what stands before `{`, and what it holds.
    Module(TokenStream, Contents),
}

/// Writes a package.
pub fn package(package: &Package) -> Contents {
    let codegen = package.module.scope.symbol(Symbol::codegen);
    let version = env!("CARGO_PKG_VERSION");
    let guard = quote!(const _: () = #codegen::generated_by(#version););
    let mut contents = Contents { uses: Vec::new(), pieces: vec![Piece::Item(guard)] };
    module(&package.module, &mut contents);
    contents
}

fn module(plan: &Module, contents: &mut Contents) {
    let scope = &plan.scope;
    for item in &plan.items {
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
            Item::Service(service) => {
                service::emit(scope, service, &mut items);
                service.mentions_deprecated
            }
            Item::Methods(methods) => {
                service::methods(scope, methods, &mut items);
                false
            }
            Item::Module { docs: text, name, module: inner, mentions_deprecated } => {
                let mut inside = Contents::default();
                module(inner, &mut inside);
                let docs = docs(text);
                let allow = mentions_deprecated.then(allow_deprecated);
                contents.pieces.push(Piece::Module(quote!(#docs #allow pub mod #name), inside));
                continue;
            }
        };
        let allow = deprecated.then(allow_deprecated);
        contents.pieces.extend(items.into_iter().map(|item| Piece::Item(quote!(#allow #item))));
    }
    contents.uses = scope.uses();
}

/// Generated code may mention what the schema deprecates; only who uses it is warned.
fn allow_deprecated() -> TokenStream {
    quote!(#[allow(deprecated)])
}

fn docs(docs: &Docs) -> TokenStream {
    let lines = &docs.lines;
    let deprecated = docs.deprecated.then(|| quote!(#[deprecated]));
    quote!(#(#[doc = #lines])* #deprecated)
}

/// Inlined where it is called, but not in debug builds, where it only costs time.
fn inline() -> TokenStream {
    quote!(#[cfg_attr(not(debug_assertions), inline(always))])
}
