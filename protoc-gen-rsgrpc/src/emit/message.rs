//! A message: struct, constants, getters, and what the runtime asks of it.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{docs, inline};
use crate::plan::{Constant, Field, Getter, Merge, Message, Part, Read, Scope, Symbol, names};

/// So many parts has a tuple of fields at most.
const TUPLE: usize = 12;

/// Whose `merge` is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Owned,
    View,
}

pub(super) fn emit(scope: &Scope, message: &Message, items: &mut Vec<TokenStream>) {
    items.push(structure(scope, message));
    items.extend(inherent(scope, message));
    items.push(message_impl(scope, message));
    items.push(debug(scope, message));
    items.push(decode(scope, message, Side::Owned));
}

fn structure(scope: &Scope, message: &Message) -> TokenStream {
    let Message { name, unknown, .. } = message;
    let head = docs(&message.docs);
    let fields = message.slots.iter().map(|slot| {
        let (docs, name, owned) = (docs(&slot.docs), &slot.name, &slot.owned);
        quote!(#docs pub #name: #owned)
    });
    let unknown_fields = scope.symbol(Symbol::UnknownFields);
    quote! {
        #head
        #[derive(Clone, Default, PartialEq)]
        pub struct #name {
            #(#fields,)*
            /// Fields that the schema does not know.
            pub #unknown: #unknown_fields,
        }
    }
}

/// Constants and getters.
fn inherent(scope: &Scope, message: &Message) -> Option<TokenStream> {
    let name = &message.name;
    let constants = message.constants.iter().map(constant).collect::<Vec<_>>();
    let getters = message.slots.iter().filter_map(|slot| {
        let getter = slot.getter.as_ref()?;
        Some(self::getter(scope, getter, &slot.name))
    });
    let any = !constants.is_empty();
    any.then(|| quote!(impl #name { #(#constants)* #(#getters)* }))
}

/// `const ISBN: Implicit<Str> = Implicit::new(1, "isbn");`
pub(super) fn constant(constant: &Constant) -> TokenStream {
    let Constant { name, layout, kinds, number, field, json, redacted } = constant;
    let number = names::number(number);
    let json = json.as_ref().map(|json| quote!(.json(#json)));
    let redacted = redacted.then(|| quote!(.redacted()));
    quote!(const #name: #layout<#(#kinds),*> = #layout::new(#number, #field)#json #redacted;)
}

fn getter(scope: &Scope, getter: &Getter, slot: &proc_macro2::Ident) -> TokenStream {
    let Getter { name, field, returns, read, default, float } = getter;
    let or = match default {
        Some(default) => quote!(.unwrap_or(#default)),
        None => quote!(.unwrap_or_default()),
    };
    let (what, body) = match read {
        Read::Copy => ("or its default", quote!(self.#slot #or)),
        Read::Deref => ("or its default", quote!(self.#slot.as_deref()#or)),
        Read::Message(message, boxed) => {
            scope.bring(Symbol::Message);
            let inner = if *boxed { quote!(as_deref) } else { quote!(as_ref) };
            ("or an empty message", quote!(self.#slot.#inner().unwrap_or_else(|| #message::default_ref())))
        }
    };
    let allow = float.then(|| quote!(#[allow(clippy::approx_constant)]));
    let doc = format!(" The value of `{field}`, {what}.");
    quote! {
        #[doc = #doc]
        #[must_use]
        #allow
        pub fn #name(&self) -> #returns { #body }
    }
}

fn message_impl(scope: &Scope, message: &Message) -> TokenStream {
    let Message { name, full, view, unknown, reserved, .. } = message;
    let [message_trait, fields, lazy, unknown_fields] =
        [Symbol::Message, Symbol::Fields, Symbol::LazyLock, Symbol::UnknownFields].map(|s| scope.symbol(s));
    let required = message.required.then(|| {
        quote!(
            const REQUIRED: bool = true;
        )
    });
    let reserved = (!reserved.is_empty()).then(|| {
        quote!(
            const RESERVED: &'static [&'static str] = &[#(#reserved),*];
        )
    });
    let inline = message.leaf.then(inline);
    let parts = parts(scope, message);
    quote! {
        impl #message_trait for #name {
            const NAME: &'static str = #full;
            #required
            #reserved
            type View<'a> = #view<'a>;

            fn default_ref() -> &'static Self {
                static DEFAULT: #lazy<#name> = #lazy::new(#name::default);
                &DEFAULT
            }

            #inline
            fn fields(&self) -> impl #fields<'_> {
                #parts
            }

            fn unknown_fields(&self) -> &#unknown_fields {
                &self.#unknown
            }

            fn unknown_fields_mut(&mut self) -> &mut #unknown_fields {
                &mut self.#unknown
            }
        }
    }
}

fn parts(scope: &Scope, message: &Message) -> TokenStream {
    let choice = scope.symbol(Symbol::Choice);
    let (unknown, slot) = (scope.symbol(Symbol::Unknown), &message.unknown);
    let parts = message.parts.iter().map(|part| match part {
        Part::Field { constant, slot } => quote!(Self::#constant.of(&self.#slot)),
        Part::Choice { slot, within: None } => quote!(#choice(&self.#slot)),
        Part::Choice { slot, within: Some((first, last)) } => {
            let [first, last] = [first, last].map(names::number);
            quote!(#choice(&self.#slot).within(#first, #last))
        }
    });
    let mut parts: Vec<TokenStream> = parts.chain([quote!(#unknown.of(&self.#slot))]).collect();
    while parts.len() > TUPLE {
        parts = parts.chunks(TUPLE).map(tuple).collect();
    }
    tuple(&parts)
}

fn tuple(parts: &[TokenStream]) -> TokenStream {
    match parts {
        [part] => part.clone(),
        parts => quote!((#(#parts),*)),
    }
}

fn debug(scope: &Scope, message: &Message) -> TokenStream {
    let (fmt, codegen, name) = (scope.symbol(Symbol::fmt), scope.symbol(Symbol::codegen), &message.name);
    quote! {
        impl #fmt::Debug for #name {
            fn fmt(&self, f: &mut #fmt::Formatter<'_>) -> #fmt::Result {
                #codegen::debug(self, f)
            }
        }
    }
}

/// The way in, of a message or its view.
pub(super) fn decode(scope: &Scope, message: &Message, side: Side) -> TokenStream {
    let [decode, fault, result, source_trait] =
        [Symbol::Decode, Symbol::Fault, Symbol::Result, Symbol::Source].map(|symbol| scope.symbol(symbol));
    let (name, unknown, unknown_slot) = (&message.name, scope.symbol(Symbol::Unknown), &message.unknown);
    let (this, take) = match side {
        Side::Owned => (quote!(#name), format_ident!("merge")),
        Side::View => {
            let view = &message.view;
            (quote!(#view<'a>), format_ident!("lend"))
        }
    };
    let parameter = scope.parameter("S");
    let leaf = message.leaf.then(|| {
        quote!(
            const LEAF: bool = true;
        )
    });
    let inline = inline();
    let rest = quote!(#unknown.#take(tag, &mut self.#unknown_slot, source));
    let arms = message.fields.iter().map(|field| arm(message, field, side));
    let body = if message.fields.is_empty() { rest } else { quote!(match tag { #(#arms)* _ => #rest, }) };
    quote! {
        impl<'a> #decode<'a> for #this {
            type Message = #name;
            #leaf

            #inline
            fn merge<#parameter: #source_trait<'a>>(
                &mut self,
                tag: u32,
                source: &mut #parameter,
            ) -> #result<(), #fault> {
                #body
            }
        }
    }
}

/// `tag if Self::ISBN.takes(tag) => Self::ISBN.merge(&mut self.isbn, source),`
fn arm(message: &Message, field: &Field, side: Side) -> TokenStream {
    let Field { slot, constant, merge, choice } = field;
    let (name, unknown) = (&message.name, &message.unknown);
    let owner = match (choice, side) {
        (Some(choice), _) => choice.owned.clone(),
        (None, Side::Owned) => quote!(Self),
        (None, Side::View) => quote!(#name),
    };
    let known = match side {
        Side::Owned => [format_ident!("merge_known"), format_ident!("set_known")],
        Side::View => [format_ident!("lend_known"), format_ident!("lend_set_known")],
    };
    let [merge_known, set_known] = known;
    let wrap = choice.as_ref().map(|choice| {
        let (variant, this) =
            (&choice.variant, if side == Side::Owned { &choice.owned } else { &choice.view });
        let into = choice.into.as_ref().map(|into| quote!(#this::#into,));
        (quote!(#this::#variant), into)
    });
    let (wrap, into) = wrap.unwrap_or_default();
    let call = match merge {
        Merge::One => quote!(merge(&mut self.#slot, source)),
        Merge::Many => quote!(merge(tag, &mut self.#slot, source)),
        Merge::Known => quote!(#merge_known(tag, &mut self.#slot, &mut self.#unknown, source)),
        Merge::Set => quote!(set(&mut self.#slot, #wrap, source)),
        Merge::Continue => quote!(merge(&mut self.#slot, #wrap, #into source)),
        Merge::SetKnown => quote!(#set_known(tag, &mut self.#slot, #wrap, &mut self.#unknown, source)),
    };
    quote!(tag if #owner::#constant.takes(tag) => #owner::#constant.#call,)
}
