//! A service: client, trait, server, and its methods as constants.

use super::docs;
use crate::layout::{Text, item, lines};
use crate::plan::names::{link, string};
use crate::plan::{Docs, Method, Methods, Scope, Service, Symbol};
use crate::schema::MethodKind;

pub(super) fn emit(text: &mut Text, scope: &Scope, service: &Service) {
    client(text, scope, service);
    server_trait(text, scope, service);
    server(text, scope, service);
}

/// The constants of a service's methods.
pub(super) fn methods(text: &mut Text, scope: &Scope, methods: &Methods) {
    let full = &methods.full;
    item!(
        text,
        "/// The name of the service in the schema, with its package.
         pub const NAME: &str = {};",
        string(full)
    );
    let [method_type, kind, codec, encoded] =
        [Symbol::Method, Symbol::Kind, methods.codec, Symbol::Encoded].map(|symbol| scope.symbol(symbol));
    for method in &methods.methods {
        let (name, spelled, output) = (&method.name, &method.spelled, &method.output);
        let variant = match method.kind {
            MethodKind::Unary => "Unary",
            MethodKind::ServerStreaming => "ServerStreaming",
            MethodKind::ClientStreaming => "ClientStreaming",
            MethodKind::Bidi => "Bidi",
        };
        let (input, more) = if method.encoded {
            (format!("{encoded}<{}>", method.input), ", with requests that stay encoded")
        } else {
            (method.input.clone(), "")
        };
        let path = string(&format!("/{full}/{spelled}"));
        item!(
            text,
            "/// `{spelled}`{more}.
             pub static {name}: {method_type}<{input}, {output}> = {method_type}::new::<{codec}>({kind}::{variant}, {path});"
        );
    }
}

fn client(text: &mut Text, scope: &Scope, service: &Service) {
    let Service { client, module, full, .. } = service;
    let channel = scope.symbol(Symbol::Channel);
    text.item();
    headed(text, &service.docs, &[&format!(" Client of `{full}`.")]);
    lines!(
        text,
        "#[derive(Clone, Debug)]
         pub struct {client} {{
             channel: {channel},
         }}"
    );
    item!(
        text,
        "impl {client} {{
             /// Calls the service over `channel`, which clients can share.
             #[must_use]
             pub fn new(channel: {channel}) -> Self {{
                 Self {{ channel }}
             }}"
    );
    for method in &service.methods {
        let Method { name, constant, input, output, .. } = method;
        let (call, function) = match method.kind {
            MethodKind::Unary => (Symbol::UnaryCall, "unary"),
            MethodKind::ServerStreaming => (Symbol::ServerStreamingCall, "server_streaming"),
            MethodKind::ClientStreaming => (Symbol::ClientStreamingCall, "client_streaming"),
            MethodKind::Bidi => (Symbol::BidiCall, "bidi"),
        };
        let call = scope.symbol(call);
        let (parameter, argument) = match method.kind {
            MethodKind::Unary | MethodKind::ServerStreaming => (format!(", request: {input}"), ", request"),
            MethodKind::ClientStreaming | MethodKind::Bidi => Default::default(),
        };
        text.blank();
        docs(text, &method.docs.clone().or_else(|| format!(" Calls `{}`.", method.spelled)));
        lines!(
            text,
            "pub fn {name}(&self{parameter}) -> {call}<{input}, {output}> {{
                 self.channel.{function}(&{module}::{constant}{argument})
             }}"
        );
    }
    lines!(text, "}}");
}

/// The schema's comment below lines of our own.
fn headed(text: &mut Text, comment: &Docs, head: &[&str]) {
    let mut lines: Vec<String> = head.iter().map(|&line| line.to_owned()).collect();
    if !comment.lines.is_empty() {
        lines.push(String::new());
        lines.extend(comment.lines.iter().cloned());
    }
    docs(text, &Docs { lines, deprecated: comment.deprecated });
}

fn server_trait(text: &mut Text, scope: &Scope, service: &Service) {
    let Service { name, full, .. } = service;
    let [send, sync, future, result] =
        [Symbol::Send, Symbol::Sync, Symbol::Future, Symbol::Result].map(|symbol| scope.symbol(symbol));
    let [context, status, sender, streaming] =
        [Symbol::Context, Symbol::Status, Symbol::Sender, Symbol::Streaming]
            .map(|symbol| scope.symbol(symbol));
    let (err, encoded) = (scope.symbol(Symbol::Err), scope.symbol(Symbol::Encoded));
    let simple = full.rsplit('.').next().unwrap_or(full);
    let head = format!(" Server side of `{full}`. Methods can be written as `async fn`.");
    let head = [head.as_str(), " One that is left out answers UNIMPLEMENTED."];
    text.item();
    headed(text, &service.docs, if service.strict { &head[..1] } else { &head });
    if service.methods.is_empty() {
        return lines!(text, "pub trait {name}: {send} + {sync} + 'static {{}}");
    }
    lines!(text, "pub trait {name}: {send} + {sync} + 'static {{");
    for method in &service.methods {
        let Method { name, input, output, .. } = method;
        let input = if method.encoded.is_some() { format!("{encoded}<{input}>") } else { input.clone() };
        let (parameters, names) = match method.kind {
            MethodKind::Unary => (format!("request: {input}"), "request"),
            MethodKind::ServerStreaming => {
                (format!("request: {input}, responses: {sender}<{output}>"), "request, responses")
            }
            MethodKind::ClientStreaming => (format!("requests: {streaming}<{input}>"), "requests"),
            MethodKind::Bidi => (
                format!("requests: {streaming}<{input}>, responses: {sender}<{output}>"),
                "requests, responses",
            ),
        };
        let returns = match method.kind {
            MethodKind::Unary | MethodKind::ClientStreaming => output.as_str(),
            MethodKind::ServerStreaming | MethodKind::Bidi => "()",
        };
        let end = if service.strict { ";" } else { " {" };
        text.blank();
        docs(text, &method.docs.clone().or_else(|| format!(" Answers `{}`.", method.spelled)));
        lines!(
            text,
            "fn {name}(&self, ctx: &{context}, {parameters}) -> impl {future}<Output = {result}<{returns}, {status}>> + {send}{end}"
        );
        if !service.strict {
            let message = format!("{simple}/{} is not implemented", method.spelled);
            lines!(
                text,
                "let _ = (ctx, {names});
                 async {{ {err}({status}::unimplemented({message:?})) }}
                 }}"
            );
        }
    }
    lines!(text, "}}");
}

fn server(text: &mut Text, scope: &Scope, service: &Service) {
    let Service { name, server, module, .. } = service;
    let [arc, from, service_trait, call, future] =
        [Symbol::Arc, Symbol::From, Symbol::Service, Symbol::Call, Symbol::CallFuture]
            .map(|s| scope.symbol(s));
    let parameter = scope.parameter("T");
    item!(text, "/// Serves a {}: `Server::new().add({server}::new(service))`.", link(name));
    if service.docs.deprecated {
        lines!(text, "#[deprecated]");
    }
    lines!(
        text,
        "#[derive(Debug)]
         pub struct {server}<{parameter}>({arc}<{parameter}>);"
    );
    item!(
        text,
        "impl<{parameter}: {name}> {server}<{parameter}> {{
             /// Serves `service`.
             #[must_use]
             pub fn new(service: {parameter}) -> Self {{
                 Self({arc}::new(service))
             }}
         }}"
    );
    item!(
        text,
        "impl<{parameter}: {name}> {from}<{arc}<{parameter}>> for {server}<{parameter}> {{
             fn from(service: {arc}<{parameter}>) -> Self {{
                 Self(service)
             }}
         }}"
    );
    item!(
        text,
        "impl<{parameter}: {name}> {service_trait} for {server}<{parameter}> {{
             fn name(&self) -> &'static str {{
                 {module}::NAME
             }}

             fn call(&self, call: {call}) -> {future}<'_> {{"
    );
    if service.methods.is_empty() {
        lines!(text, "call.unimplemented()");
    } else {
        lines!(text, "match call.method() {{");
        service.methods.iter().for_each(|method| dispatch(text, module, &parameter, method));
        lines!(
            text,
            "_ => call.unimplemented(),
             }}"
        );
    }
    lines!(text, "}}\n}}");
}

/// The arm that hands a call to its method.
fn dispatch(text: &mut Text, module: &str, parameter: &str, method: &Method) {
    let Method { name, spelled, .. } = method;
    let constant = method.encoded.as_ref().unwrap_or(&method.constant);
    let (function, arguments) = match method.kind {
        MethodKind::Unary => ("unary", "request"),
        MethodKind::ServerStreaming => ("server_streaming", "request, responses"),
        MethodKind::ClientStreaming => ("client_streaming", "requests"),
        MethodKind::Bidi => ("bidi", "requests, responses"),
    };
    lines!(
        text,
        "{spelled:?} => call.{function}(&{module}::{constant}, move |ctx, {arguments}| async move {{ \
         {parameter}::{name}(&self.0, &ctx, {arguments}).await }}),"
    );
}
