//! The type of a `oneof`, and the one that borrows.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::docs;
use super::message::{Side, constant};
use crate::plan::names::link;
use crate::plan::{Oneof, Own, Scope, Symbol, Variant};

pub(super) fn emit(scope: &Scope, oneof: &Oneof, items: &mut Vec<TokenStream>) {
    enumeration(scope, oneof, Side::Owned, &oneof.name, items);
    items.push(inherent(scope, oneof));
    items.push(visit(scope, oneof));
    if let Some(view) = &oneof.view {
        enumeration(scope, oneof, Side::View, view, items);
        let methods = into_methods(scope, oneof, Side::View);
        if !methods.is_empty() {
            items.push(quote!(impl<'a> #view<'a> { #(#methods)* }));
        }
        items.push(own(scope, oneof, view));
    }
}

/// The enum, with a `Debug` that keeps redacted members to itself.
fn enumeration(scope: &Scope, oneof: &Oneof, side: Side, name: &Ident, items: &mut Vec<TokenStream>) {
    let variants = oneof.variants.iter().map(|variant| {
        let (docs, name, value) = (docs(&variant.docs), &variant.name, held(variant, side));
        quote!(#docs #name(#value))
    });
    let redacted = oneof.variants.iter().any(|variant| variant.constant.redacted);
    let debug = (!redacted).then(|| quote!(Debug,));
    let allow = oneof.uneven.then(|| quote!(#[allow(clippy::large_enum_variant)]));
    match side {
        Side::Owned => {
            let docs = docs(&oneof.docs);
            items.push(quote! {
                #docs
                #[derive(Clone, #debug PartialEq)]
                #allow
                pub enum #name { #(#variants,)* }
            });
        }
        Side::View => {
            let doc = format!(
                " A view of {}: it borrows from the bytes it was decoded from.",
                link(&oneof.name.to_string())
            );
            items.push(quote! {
                #[doc = #doc]
                #[derive(Clone, #debug)]
                #allow
                pub enum #name<'a> { #(#variants,)* }
            });
        }
    }
    if redacted {
        let fmt = scope.symbol(Symbol::fmt);
        let this = if side == Side::Owned { quote!(#name) } else { quote!(#name<'_>) };
        let arms = oneof.variants.iter().map(|variant| {
            let (name, text) = (&variant.name, variant.name.to_string());
            if variant.constant.redacted {
                let text = format!("{text}([REDACTED])");
                quote!(Self::#name(_) => f.write_str(#text))
            } else {
                quote!(Self::#name(value) => f.debug_tuple(#text).field(value).finish())
            }
        });
        items.push(quote! {
            impl #fmt::Debug for #this {
                fn fmt(&self, f: &mut #fmt::Formatter<'_>) -> #fmt::Result {
                    match self { #(#arms,)* }
                }
            }
        });
    }
}

fn held(variant: &Variant, side: Side) -> &TokenStream {
    match side {
        Side::Owned => &variant.owned,
        Side::View => &variant.view,
    }
}

/// Constants, and methods that take messages out.
fn inherent(scope: &Scope, oneof: &Oneof) -> TokenStream {
    let name = &oneof.name;
    let constants = oneof.variants.iter().map(|variant| constant(&variant.constant));
    let methods = into_methods(scope, oneof, Side::Owned);
    quote!(impl #name { #(pub(super) #constants)* #(#methods)* })
}

fn into_methods(scope: &Scope, oneof: &Oneof, side: Side) -> Vec<TokenStream> {
    let [option, some, none] =
        [Symbol::Option, Symbol::Some, Symbol::None].map(|symbol| scope.symbol(symbol));
    let method = |variant: &Variant| {
        let (into, name, value) = (variant.into.as_ref()?, &variant.name, held(variant, side));
        let doc = format!(" The value, if it is `{name}`.");
        let body = if oneof.variants.len() == 1 {
            quote! {
                let Self::#name(value) = self;
                #some(value)
            }
        } else {
            quote!(if let Self::#name(value) = self { #some(value) } else { #none })
        };
        Some(quote! {
            #[doc = #doc]
            #[must_use]
            pub fn #into(self) -> #option<#value> { #body }
        })
    };
    oneof.variants.iter().filter_map(method).collect()
}

fn visit(scope: &Scope, oneof: &Oneof) -> TokenStream {
    let (oneof_trait, visitor) = (scope.symbol(Symbol::Oneof), scope.symbol(Symbol::Visitor));
    let (name, parameter) = (&oneof.name, scope.parameter("V"));
    let arms = oneof.variants.iter().map(|variant| {
        let (name, constant) = (&variant.name, &variant.constant.name);
        quote!(Self::#name(value) => Self::#constant.visit(value, visitor),)
    });
    let label = scope.symbol(Symbol::Label);
    let labels = oneof.variants.iter().map(|variant| {
        let constant = &variant.constant.name;
        quote!(Self::#constant.label())
    });
    quote! {
        impl #oneof_trait for #name {
            const LABELS: &'static [&'static #label] = &[#(#labels),*];
            fn visit<'m, #parameter: #visitor<'m>>(&'m self, visitor: &mut #parameter) {
                match self { #(#arms)* }
            }
        }
    }
}

fn own(scope: &Scope, oneof: &Oneof, view: &Ident) -> TokenStream {
    let (own, boxed, name) = (scope.symbol(Symbol::Own), scope.symbol(Symbol::Box), &oneof.name);
    let arms = oneof.variants.iter().map(|variant| {
        let value = match variant.own {
            Own::Copy | Own::Clone => quote!(*value),
            Own::Own => quote!(value.own()),
            Own::Boxed => quote!(#boxed::new(value.own())),
        };
        let variant = &variant.name;
        quote!(Self::#variant(value) => #name::#variant(#value),)
    });
    quote! {
        impl #own<#name> for #view<'_> {
            fn own(&self) -> #name {
                match self { #(#arms)* }
            }
        }
    }
}
