//! The view of a message.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::message::{Side, decode};
use crate::plan::names::link;
use crate::plan::{Message, Own, Scope, Symbol};

pub(super) fn emit(scope: &Scope, message: &Message, items: &mut Vec<TokenStream>) {
    items.push(structure(scope, message));
    items.push(decode(scope, message, Side::View));
    items.extend(owned(scope, message));
    items.push(debug(scope, message));
}

fn structure(scope: &Scope, message: &Message) -> TokenStream {
    let Message { name, view, unknown, .. } = message;
    let doc =
        format!(" A view of {}: it borrows from the bytes it was decoded from.", link(&name.to_string()));
    let deprecated = message.docs.deprecated.then(|| quote!(#[deprecated]));
    let fields = message.slots.iter().map(|slot| {
        let (docs, name, view) = (docs(&slot.docs), &slot.name, &slot.view);
        quote!(#docs pub #name: #view)
    });
    let unknown_fields = scope.symbol(Symbol::UnknownFieldsView);
    quote! {
        #[doc = #doc]
        #deprecated
        #[derive(Clone, Default)]
        pub struct #view<'a> {
            #(#fields,)*
            /// Fields that the schema does not know.
            pub #unknown: #unknown_fields<'a>,
        }
    }
}

fn owned(scope: &Scope, message: &Message) -> [TokenStream; 2] {
    let Message { name, view, unknown, .. } = message;
    let [own, view_trait, boxed] =
        [Symbol::Own, Symbol::View, Symbol::Box].map(|symbol| scope.symbol(symbol));
    let fields = message.slots.iter().map(|slot| {
        let name = &slot.name;
        match slot.own {
            Own::Copy => quote!(#name: self.#name),
            Own::Clone => quote!(#name: self.#name.clone()),
            Own::Own => quote!(#name: self.#name.own()),
            Own::Boxed => quote!(#name: self.#name.as_ref().map(|value| #boxed::new(value.own()))),
        }
    });
    let own_impl = quote! {
        impl #own<#name> for #view<'_> {
            fn own(&self) -> #name {
                #name {
                    #(#fields,)*
                    #unknown: self.#unknown.own(),
                }
            }
        }
    };
    [quote!(impl<'a> #view_trait<'a> for #view<'a> {}), own_impl]
}

fn debug(scope: &Scope, message: &Message) -> TokenStream {
    // An implementation of the trait has its method in scope, others have to bring it.
    scope.bring(Symbol::Own);
    let (fmt, view) = (scope.symbol(Symbol::fmt), &message.view);
    quote! {
        impl #fmt::Debug for #view<'_> {
            fn fmt(&self, f: &mut #fmt::Formatter<'_>) -> #fmt::Result {
                #fmt::Debug::fmt(&self.own(), f)
            }
        }
    }
}
