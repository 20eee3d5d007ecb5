//! The constant of an extension.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::plan::{Extension, Scope, Symbol, names};

pub(super) fn emit(scope: &Scope, extension: &Extension, items: &mut Vec<TokenStream>) {
    let Extension { full, name, extendee, layout, value, .. } = extension;
    let (docs, of) = (docs(&extension.docs), scope.symbol(Symbol::Extension));
    let number = names::number(extension.number);
    let default = extension.default.as_ref().map(|default| quote!(.or(|| #default)));
    let redacted = extension.redacted.then(|| quote!(.redacted()));
    items.push(quote! {
        #docs
        pub const #name: #of<#extendee, #layout, #value> = #of::new(#number, #full)#default #redacted;
    });
}
