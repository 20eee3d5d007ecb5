//! An enum: a number with constants.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::plan::{Enum, Scope, Symbol, names};

pub(super) fn emit(scope: &Scope, plan: &Enum, items: &mut Vec<TokenStream>) {
    let Enum { full, name, default, .. } = plan;
    let [enumeration, from, default_trait] =
        [Symbol::Enumeration, Symbol::From, Symbol::Default].map(|symbol| scope.symbol(symbol));
    let (fmt, codegen) = (scope.symbol(Symbol::fmt), scope.symbol(Symbol::codegen));
    let head = docs(&plan.docs);
    let derived = default.is_none().then(|| quote!(Default,));
    let values = plan.values.iter().map(|value| {
        let (docs, name, number) = (docs(&value.docs), &value.name, names::number(value.number));
        quote!(#docs pub const #name: Self = Self(#number);)
    });
    let names = plan.names.iter().map(|(number, name)| {
        let number = names::number(number);
        quote!((#number, #name))
    });
    items.push(quote! {
        #head
        #[derive(Clone, Copy, #derived PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(transparent)]
        pub struct #name(i32);
    });
    items.push(quote!(impl #name { #(#values)* }));
    items.push(quote! {
        impl #enumeration for #name {
            const NAME: &'static str = #full;
            const NAMES: &'static [(i32, &'static str)] = &[#(#names),*];
        }
    });
    items.extend(default.as_ref().map(|default| {
        quote! {
            impl #default_trait for #name {
                fn default() -> Self {
                    Self::#default
                }
            }
        }
    }));
    items.push(quote! {
        impl #from<i32> for #name {
            fn from(number: i32) -> Self {
                Self(number)
            }
        }
    });
    items.push(quote! {
        impl #from<#name> for i32 {
            fn from(value: #name) -> Self {
                value.0
            }
        }
    });
    items.push(quote! {
        impl #fmt::Debug for #name {
            fn fmt(&self, f: &mut #fmt::Formatter<'_>) -> #fmt::Result {
                #codegen::debug_enum(*self, f)
            }
        }
    });
}
