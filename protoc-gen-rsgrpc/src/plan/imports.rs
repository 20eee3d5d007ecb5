//! What a module calls the things of others: a short name and a `use` line, or a path.
//!
//! The rule is local to a module and does not depend on the order of asking, but for one case: of two types
//! from elsewhere with the same name, the first to be asked for gets the short name.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::names::ident;

macro_rules! symbols {
    ($($path:literal $(($calls:ident))?: $($symbol:ident)*;)*) => {
        /// What generated code takes from Rust and from the runtime.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "they are called what they are")]
        #[allow(non_camel_case_types, reason = "modules among them")]
        pub enum Symbol { $($($symbol,)*)* }

        impl Symbol {
            const ALL: &'static [Symbol] = &[$($(Symbol::$symbol,)*)*];

            fn name(self) -> &'static str {
                match self { $($(Symbol::$symbol => stringify!($symbol),)*)* }
            }

            fn path(self) -> &'static str {
                match self { $($(Symbol::$symbol)|* => $path,)* }
            }

            /// Whether it is of the runtime's call half.
            fn is_of_calls(self) -> bool {
                match self { $($(Symbol::$symbol)|* => symbols!(@calls $($calls)?),)* }
            }
        }
    };
    (@calls) => { false };
    (@calls calls) => { true };
}

symbols! {
    "::std::boxed": Box;
    "::std::convert": From;
    "::std::default": Default;
    "::std::marker": Send Sync;
    "::std::option": Option;
    "::std::option::Option": None Some;
    "::std::result": Result;
    "::std::result::Result": Err Ok;
    "::std::string": String;
    "::std::vec": Vec;

    "::std": fmt;
    "::std::future": Future;
    "::std::sync": Arc LazyLock;

    "::rsgrpc": Bytes Enumeration Extension Map MapView Message RepeatedView UnknownFields UnknownFieldsView View;
    "::rsgrpc": codegen;
    "::rsgrpc::codegen": Blob Bool Boxed Choice ClosedEnum Decode Double Entries Enum Explicit Fault Fields Fixed32
        Fixed64 Float Group Implicit InSet Int32 Int64 Label Member Nested Oneof Own Packed Repeated Required Sfixed32
        Sfixed64 Sint32 Sint64 Source Str Uint32 Uint64 Unknown Visitor;

    "::rsgrpc_prost" (calls): Prost;
    "::rsgrpc_protobuf" (calls): GoogleProtobuf;

    "::rsgrpc" (calls): BidiCall Call CallFuture Channel ClientStreamingCall Context Encoded Kind Method Protobuf
        Sender ServerStreamingCall Service Status Streaming UnaryCall;
}

impl Symbol {
    /// Whether every module has it without asking.
    fn in_prelude(self) -> bool {
        self.path().starts_with("::std::") && !matches!(self, Self::Future | Self::Arc | Self::LazyLock)
    }

    /// Whether only services need it.
    fn of_services(self) -> bool {
        matches!(self, Self::Future | Self::Arc | Self::Send | Self::Sync) || self.is_of_calls()
    }
}

/// Where a type of the schema lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A module of the tree that the plugin writes, from its root.
    Tree(Vec<String>),
    /// Somewhere else: a path that starts with `::` or `crate::`, then modules.
    Elsewhere(String, Vec<String>),
    /// In Rust itself: the name is all of the type.
    Rust,
}

impl Place {
    /// The place and the name of the type that a path starting with `::` or `crate::` leads to.
    pub fn of_path(path: &str) -> (Self, String) {
        let (root, name) = path.rsplit_once("::").unwrap_or(("self", path));
        (Self::Elsewhere(root.to_owned(), Vec::new()), name.to_owned())
    }

    /// The module `name` in this one.
    pub fn child(&self, name: &str) -> Self {
        let mut place = self.clone();
        match &mut place {
            Self::Tree(modules) | Self::Elsewhere(_, modules) => modules.push(name.to_owned()),
            Self::Rust => {}
        }
        place
    }
}

/// A module's view of the names in it.
#[derive(Debug)]
pub struct Scope {
    /// Its path from the root of the tree.
    path: Vec<String>,
    /// What the module defines: types, traits and modules.
    defined: HashSet<String>,
    services: bool,
    /// Short name → where it comes from.
    imports: RefCell<BTreeMap<String, String>>,
    /// Paths among them that lead to something deprecated.
    deprecated: RefCell<HashSet<String>>,
    /// Traits that are needed for their methods only.
    silent: RefCell<BTreeMap<String, String>>,
}

impl Scope {
    /// The scope of the module at `path` that defines these names; `services` if there are services in it.
    pub fn new(path: Vec<String>, defined: HashSet<String>, services: bool) -> Self {
        Self {
            path,
            defined,
            services,
            imports: RefCell::default(),
            deprecated: RefCell::default(),
            silent: RefCell::default(),
        }
    }

    /// A name for a type parameter that hides none of the module's types.
    pub fn parameter(&self, name: &str) -> Ident {
        let mut name = name.to_owned();
        while self.defined.contains(&name) {
            name.push('_');
        }
        ident(&name)
    }

    /// Brings a trait into scope for its methods.
    pub fn bring(&self, symbol: Symbol) {
        let (name, path) = (symbol.name().to_owned(), symbol.path().to_owned());
        if self.defined.contains(&name) {
            self.silent.borrow_mut().insert(name, path);
        } else {
            self.imports.borrow_mut().insert(name, path);
        }
    }

    /// How this module calls `symbol`. It is imported once the answer is used.
    pub fn symbol(&self, symbol: Symbol) -> Named<'_> {
        Named { scope: self, symbol }
    }

    /// The path from this module to `name` in `place`.
    pub fn path_to(&self, place: &Place, name: &str) -> String {
        let parts = match place {
            Place::Tree(there) => {
                let common = self.path.iter().zip(there).take_while(|(a, b)| a == b).count();
                let above = self.path.iter().skip(common).map(|_| "super".to_owned());
                above.chain(there.iter().skip(common).map(|part| ident(part).to_string())).collect::<Vec<_>>()
            }
            Place::Elsewhere(root, modules) => {
                let modules = modules.iter().map(|part| ident(part).to_string());
                [root.clone()].into_iter().chain(modules).collect()
            }
            Place::Rust => Vec::new(),
        };
        parts.into_iter().chain([name.to_owned()]).collect::<Vec<_>>().join("::")
    }

    /// How this module calls the type `name` in `place`. Importing what is deprecated needs to be allowed.
    pub fn type_at(&self, place: &Place, name: &str, deprecated: bool) -> TokenStream {
        let path = match place {
            Place::Tree(there) => {
                let here = &self.path;
                let common = here.iter().zip(there).take_while(|(a, b)| a == b).count();
                let below = there.iter().skip(common).map(String::as_str);
                if common == here.len() {
                    // Here or in a module of this one: no import reads better than this.
                    return join(below.chain([name]));
                }
                let above = here.iter().skip(common).map(|_| "super");
                above.chain(below).map(str::to_owned).collect::<Vec<_>>().join("::")
            }
            Place::Elsewhere(root, modules) => {
                [root].into_iter().chain(modules).map(String::as_str).collect::<Vec<_>>().join("::")
            }
            Place::Rust => return name.parse().unwrap_or_default(),
        };
        let reserved = Symbol::ALL
            .iter()
            .any(|symbol| symbol.name() == name && (self.services || !symbol.of_services()));
        if reserved || self.defined.contains(name) {
            return full(&path, name);
        }
        let mut imports = self.imports.borrow_mut();
        if imports.entry(name.to_owned()).or_insert_with(|| path.clone()) == &path {
            if deprecated {
                self.deprecated.borrow_mut().insert(format!("{path}::{name}"));
            }
            ident(name).into_token_stream()
        } else {
            full(&path, name)
        }
    }

    /// The `use` items of the module, for all that was asked so far.
    pub fn uses(&self) -> Vec<TokenStream> {
        let mut groups = BTreeMap::<String, Vec<String>>::new();
        for (name, path) in self.imports.borrow().iter() {
            let whole = path == "::rsgrpc" && name == "codegen";
            let (path, name) =
                if whole { ("::rsgrpc::codegen", "self") } else { (path.as_str(), name.as_str()) };
            groups.entry(path.to_owned()).or_default().push(name.to_owned());
        }
        let mut uses = Vec::new();
        for (path, mut names) in groups {
            names.sort_by_key(|name| sort_key(name));
            let tokens = path_tokens(&path);
            let warns = |name: &String| self.deprecated.borrow().contains(&format!("{path}::{name}"));
            let allow = names.iter().any(warns).then(|| quote!(#[allow(deprecated)]));
            let idents = names
                .iter()
                .map(|name| if name == "self" { quote!(self) } else { ident(name).into_token_stream() });
            let (last, tokens) = match names.as_slice() {
                [name] if name == "self" => ("", quote!(#allow use #tokens;)),
                [name] => (name.as_str(), quote!(#allow use #tokens::#(#idents)*;)),
                _ => ("{", quote!(#allow use #tokens::{#(#idents),*};)),
            };
            let parts = path.split("::").chain([last]).filter(|part| !part.is_empty());
            uses.push(((rank(&path), parts.map(sort_key).collect::<Vec<_>>()), tokens));
        }
        uses.sort_by(|a, b| a.0.cmp(&b.0));
        let mut uses = uses.into_iter().map(|(_, tokens)| tokens).collect::<Vec<_>>();
        for (name, path) in self.silent.borrow().iter() {
            let path = full(path, name);
            uses.push(quote!(use #path as _;));
        }
        uses
    }
}

/// A [`Symbol`] as some module calls it.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    scope: &'a Scope,
    symbol: Symbol,
}

impl ToTokens for Named<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (scope, name, path) = (self.scope, self.symbol.name(), self.symbol.path());
        if scope.defined.contains(name) {
            full(path, name).to_tokens(tokens);
            return;
        }
        if !self.symbol.in_prelude() && scope.imports.borrow().get(name).is_none_or(|found| found != path) {
            scope.imports.borrow_mut().insert(name.to_owned(), path.to_owned());
        }
        ident(name).to_tokens(tokens);
    }
}

/// Groups of imports: the runtime, Rust, then the schema's other modules.
fn rank(path: &str) -> u8 {
    match path {
        path if path.starts_with("::rsgrpc") => 0,
        path if path.starts_with("::std") => 1,
        _ => 2,
    }
}

/// Sorts parts of paths as rustfmt does: `self`, modules, types, lists.
fn sort_key(part: &str) -> (u8, String) {
    let group = match part.chars().next() {
        _ if part == "self" => 0,
        Some('{') => 3,
        Some(first) if first.is_ascii_uppercase() => 2,
        _ => 1,
    };
    (group, part.to_owned())
}

fn full(path: &str, name: &str) -> TokenStream {
    let (path, name) = (path_tokens(path), ident(name));
    if path.is_empty() { quote!(#name) } else { quote!(#path::#name) }
}

/// `a::b::C`, with each part as Rust spells it.
pub fn join<'a>(parts: impl IntoIterator<Item = &'a str>) -> TokenStream {
    let parts = parts.into_iter().map(|part| match part {
        "super" => quote!(super),
        "self" => quote!(self),
        "crate" => quote!(crate),
        part => ident(part).into_token_stream(),
    });
    quote!(#(#parts)::*)
}

fn path_tokens(path: &str) -> TokenStream {
    match path.strip_prefix("::") {
        Some(rest) => {
            let rest = join(rest.split("::"));
            quote!(::#rest)
        }
        None if path.is_empty() => TokenStream::new(),
        None => join(path.split("::")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(path: &str) -> Place {
        Place::Tree(path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect())
    }

    /// What the module `a::b`, which defines `Option` and `Own`, calls these, and its imports.
    #[track_caller]
    fn test(ask: impl Fn(&Scope) -> Vec<TokenStream>, names: &[&str], uses: &[&str]) {
        let defined = ["Option", "Own"].map(str::to_owned).into();
        let scope = Scope::new(vec!["a".to_owned(), "b".to_owned()], defined, false);
        let text = |tokens: &TokenStream| {
            tokens.to_string().replace(" :: ", "::").replace(":: ", "::").replace("use::", "use ::")
        };
        assert_eq!(ask(&scope).iter().map(text).collect::<Vec<_>>(), names);
        assert_eq!(scope.uses().iter().map(text).collect::<Vec<_>>(), uses);
    }

    #[test]
    fn symbols() {
        test(
            |scope| {
                scope.bring(Symbol::Own);
                let symbols =
                    [Symbol::Option, Symbol::Vec, Symbol::Map, Symbol::codegen, Symbol::Str, Symbol::Own];
                symbols.map(|symbol| scope.symbol(symbol).into_token_stream()).into()
            },
            &["::std::option::Option", "Vec", "Map", "codegen", "Str", "::rsgrpc::codegen::Own"],
            &[
                "use ::rsgrpc::codegen::{ self , Str } ;",
                "use ::rsgrpc::Map ;",
                "use ::rsgrpc::codegen::Own as _ ;",
            ],
        );
    }

    #[test]
    fn types() {
        test(
            |scope| {
                let types = [
                    ("a::b", "Here"),
                    ("a::b::c", "Below"),
                    ("a", "Above"),
                    ("", "Root"),
                    ("x::y", "Far"),
                    ("x::z", "Far"),
                    ("x", "Option"),
                    ("x", "Map"),
                    ("x", "Status"),
                ];
                types.map(|(path, name)| scope.type_at(&tree(path), name, name == "Root")).into()
            },
            &[
                "Here",
                "c::Below",
                "Above",
                "Root",
                "Far",
                "super::super::x::z::Far",
                "super::super::x::Option",
                "super::super::x::Map",
                "Status",
            ],
            &[
                "use super::super::x::y::Far ;",
                "use super::super::x::Status ;",
                "# [allow (deprecated)] use super::super::Root ;",
                "use super::Above ;",
            ],
        );
    }

    #[test]
    fn a_type_elsewhere() {
        let place = Place::Elsewhere("::shop".to_owned(), vec!["v1".to_owned(), "type".to_owned()]);
        test(
            |scope| vec![scope.type_at(&place, "Money", false), scope.type_at(&place, "Own", false)],
            &["Money", "::shop::v1::r#type::Own"],
            &["use ::shop::v1::r#type::Money ;"],
        );
    }
}
