//! A service: client, trait, server, and its methods as constants.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use crate::plan::names::link;
use crate::plan::{Docs, Method, Methods, Scope, Service, Symbol};
use crate::schema::MethodKind;

pub(super) fn emit(scope: &Scope, service: &Service, items: &mut Vec<TokenStream>) {
    items.extend(client(scope, service));
    items.push(server_trait(scope, service));
    items.extend(server(scope, service));
}

/// The constants of a service's methods.
pub(super) fn methods(scope: &Scope, methods: &Methods, items: &mut Vec<TokenStream>) {
    let full = &methods.full;
    items.push(quote! {
        /// The name of the service in the schema, with its package.
        pub const NAME: &str = #full;
    });
    let [method_type, kind, codec, encoded] =
        [Symbol::Method, Symbol::Kind, methods.codec, Symbol::Encoded].map(|symbol| scope.symbol(symbol));
    for method in &methods.methods {
        let (name, input, output) = (&method.name, &method.input, &method.output);
        let variant = match method.kind {
            MethodKind::Unary => quote!(Unary),
            MethodKind::ServerStreaming => quote!(ServerStreaming),
            MethodKind::ClientStreaming => quote!(ClientStreaming),
            MethodKind::Bidi => quote!(Bidi),
        };
        let path = format!("/{full}/{}", method.spelled);
        let (input, doc) = if method.encoded {
            (quote!(#encoded<#input>), format!(" `{}`, with requests that stay encoded.", method.spelled))
        } else {
            (quote!(#input), format!(" `{}`.", method.spelled))
        };
        items.push(quote! {
            #[doc = #doc]
            pub static #name: #method_type<#input, #output> = #method_type::new::<#codec>(#kind::#variant, #path);
        });
    }
}

fn client(scope: &Scope, service: &Service) -> [TokenStream; 2] {
    let Service { client, module, full, .. } = service;
    let channel = scope.symbol(Symbol::Channel);
    let calls = service.methods.iter().map(|method| {
        let Method { name, constant, input, output, .. } = method;
        let docs = docs(&method.docs.clone().or_else(|| format!(" Calls `{}`.", method.spelled)));
        let (call, function) = match method.kind {
            MethodKind::Unary => (Symbol::UnaryCall, quote!(unary)),
            MethodKind::ServerStreaming => (Symbol::ServerStreamingCall, quote!(server_streaming)),
            MethodKind::ClientStreaming => (Symbol::ClientStreamingCall, quote!(client_streaming)),
            MethodKind::Bidi => (Symbol::BidiCall, quote!(bidi)),
        };
        let call = scope.symbol(call);
        let (parameter, argument) = match method.kind {
            MethodKind::Unary | MethodKind::ServerStreaming => (quote!(, request: #input), quote!(, request)),
            MethodKind::ClientStreaming | MethodKind::Bidi => Default::default(),
        };
        quote! {
            #docs
            pub fn #name(&self #parameter) -> #call<#input, #output> {
                self.channel.#function(&#module::#constant #argument)
            }
        }
    });
    let docs = headed(&service.docs, &[&format!(" Client of `{full}`.")]);
    let structure = quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct #client {
            channel: #channel,
        }
    };
    let methods = quote! {
        impl #client {
            /// Calls the service over `channel`, which clients can share.
            #[must_use]
            pub fn new(channel: #channel) -> Self {
                Self { channel }
            }

            #(#calls)*
        }
    };
    [structure, methods]
}

/// The schema's comment below lines of our own.
fn headed(comment: &Docs, head: &[&str]) -> TokenStream {
    let mut lines: Vec<String> = head.iter().map(|&line| line.to_owned()).collect();
    if !comment.lines.is_empty() {
        lines.push(String::new());
        lines.extend(comment.lines.iter().cloned());
    }
    docs(&Docs { lines, deprecated: comment.deprecated })
}

fn server_trait(scope: &Scope, service: &Service) -> TokenStream {
    let Service { name, full, .. } = service;
    let [send, sync, future, result] =
        [Symbol::Send, Symbol::Sync, Symbol::Future, Symbol::Result].map(|symbol| scope.symbol(symbol));
    let [context, status, sender, streaming] =
        [Symbol::Context, Symbol::Status, Symbol::Sender, Symbol::Streaming]
            .map(|symbol| scope.symbol(symbol));
    let (err, encoded) = (scope.symbol(Symbol::Err), scope.symbol(Symbol::Encoded));
    let simple = full.rsplit('.').next().unwrap_or(full);
    let methods = service.methods.iter().map(|method| {
        let Method { name, output, .. } = method;
        let docs = docs(&method.docs.clone().or_else(|| format!(" Answers `{}`.", method.spelled)));
        let input = &method.input;
        let input = if method.encoded.is_some() { quote!(#encoded<#input>) } else { quote!(#input) };
        let (parameters, names, returns) = match method.kind {
            MethodKind::Unary => (quote!(request: #input), quote!(request), quote!(#output)),
            MethodKind::ServerStreaming => {
                (quote!(request: #input, responses: #sender<#output>), quote!(request, responses), quote!(()))
            }
            MethodKind::ClientStreaming => {
                (quote!(requests: #streaming<#input>), quote!(requests), quote!(#output))
            }
            MethodKind::Bidi => (
                quote!(requests: #streaming<#input>, responses: #sender<#output>),
                quote!(requests, responses),
                quote!(()),
            ),
        };
        let body = if service.strict {
            quote!(;)
        } else {
            let message = format!("{simple}/{} is not implemented", method.spelled);
            quote! {{
                let _ = (ctx, #names);
                async { #err(#status::unimplemented(#message)) }
            }}
        };
        quote! {
            #docs
            fn #name(
                &self,
                ctx: &#context,
                #parameters,
            ) -> impl #future<Output = #result<#returns, #status>> + #send #body
        }
    });
    let head = format!(" Server side of `{full}`. Methods can be written as `async fn`.");
    let docs = if service.strict {
        headed(&service.docs, &[&head])
    } else {
        headed(&service.docs, &[&head, " One that is left out answers UNIMPLEMENTED."])
    };
    quote! {
        #docs
        pub trait #name: #send + #sync + 'static {
            #(#methods)*
        }
    }
}

fn server(scope: &Scope, service: &Service) -> [TokenStream; 4] {
    let Service { name, server, module, .. } = service;
    let [arc, from, service_trait, call, future] =
        [Symbol::Arc, Symbol::From, Symbol::Service, Symbol::Call, Symbol::CallFuture]
            .map(|s| scope.symbol(s));
    let parameter = scope.parameter("T");
    let arms = service.methods.iter().map(|method| {
        let Method { name, spelled, .. } = method;
        let constant = method.encoded.as_ref().unwrap_or(&method.constant);
        let (function, arguments) = match method.kind {
            MethodKind::Unary => (quote!(unary), quote!(request)),
            MethodKind::ServerStreaming => (quote!(server_streaming), quote!(request, responses)),
            MethodKind::ClientStreaming => (quote!(client_streaming), quote!(requests)),
            MethodKind::Bidi => (quote!(bidi), quote!(requests, responses)),
        };
        quote! {
            #spelled => call.#function(&#module::#constant, move |ctx, #arguments| async move {
                #parameter::#name(&self.0, &ctx, #arguments).await
            }),
        }
    });
    let doc = format!(" Serves a {}: `Server::new().add({server}::new(service))`.", link(&name.to_string()));
    let deprecated = service.docs.deprecated.then(|| quote!(#[deprecated]));
    let structure = quote! {
        #[doc = #doc]
        #deprecated
        #[derive(Debug)]
        pub struct #server<#parameter>(#arc<#parameter>);
    };
    let new = quote! {
        impl<#parameter: #name> #server<#parameter> {
            /// Serves `service`.
            #[must_use]
            pub fn new(service: #parameter) -> Self {
                Self(#arc::new(service))
            }
        }
    };
    let shared = quote! {
        impl<#parameter: #name> #from<#arc<#parameter>> for #server<#parameter> {
            fn from(service: #arc<#parameter>) -> Self {
                Self(service)
            }
        }
    };
    let body = if service.methods.is_empty() {
        quote!(call.unimplemented())
    } else {
        quote!(match call.method() {
            #(#arms)*
            _ => call.unimplemented(),
        })
    };
    let dispatch = quote! {
        impl<#parameter: #name> #service_trait for #server<#parameter> {
            fn name(&self) -> &'static str {
                #module::NAME
            }

            fn call(&self, call: #call) -> #future<'_> {
                #body
            }
        }
    };
    [structure, new, shared, dispatch]
}
