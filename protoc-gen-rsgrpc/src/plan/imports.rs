//! What a module calls the things of others: a short name and a `use` line, or a path.
//!
//! The rule is local to a module and does not depend on the order of asking, but for one case: of two types
//! from elsewhere with the same name, the first to be asked for gets the short name.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashSet};
use std::fmt::{self, Display, Formatter};

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

            fn of_name(name: &str) -> Option<Self> {
                match name { $($(stringify!($symbol) => Some(Symbol::$symbol),)*)* _ => None }
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
    "::std::sync": Arc;

    "::rsgrpc": Bytes Enumeration Extension Map MapView Message RepeatedView UnknownFields UnknownFieldsView;
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
        self.path().starts_with("::std::") && !matches!(self, Self::Future | Self::Arc)
    }

    /// Its bit in a set of symbols.
    fn bit(self) -> u128 {
        const { assert!(Symbol::ALL.len() <= 128) };
        1 << self as u32
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
    /// The symbols among these names, a bit each.
    hidden: u128,
    services: bool,
    /// The symbols that are imported.
    symbols: Cell<u128>,
    /// Short name of a type → where it comes from.
    imports: RefCell<BTreeMap<String, String>>,
    /// Paths among them that lead to something deprecated.
    deprecated: RefCell<HashSet<String>>,
    /// Traits that are needed for their methods only.
    silent: RefCell<BTreeMap<String, String>>,
}

impl Scope {
    /// The scope of the module at `path` that defines these names; `services` if there are services in it.
    pub fn new(path: Vec<String>, defined: HashSet<String>, services: bool) -> Self {
        let hidden = defined.iter().filter_map(|name| Symbol::of_name(name));
        let hidden = hidden.fold(0, |bits, symbol| bits | symbol.bit());
        Self {
            path,
            defined,
            hidden,
            services,
            symbols: Cell::new(0),
            imports: RefCell::default(),
            deprecated: RefCell::default(),
            silent: RefCell::default(),
        }
    }

    /// A name for a type parameter that hides none of the module's types.
    pub fn parameter(&self, name: &str) -> String {
        let mut name = name.to_owned();
        while self.defined.contains(&name) {
            name.push('_');
        }
        ident(&name)
    }

    /// Brings a trait into scope for its methods.
    pub fn bring(&self, symbol: Symbol) {
        if self.hidden & symbol.bit() == 0 {
            self.symbols.set(self.symbols.get() | symbol.bit());
        } else {
            self.silent.borrow_mut().insert(symbol.name().to_owned(), symbol.path().to_owned());
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
                above.chain(there.iter().skip(common).map(|part| ident(part))).collect::<Vec<_>>()
            }
            Place::Elsewhere(root, modules) => {
                let modules = modules.iter().map(|part| ident(part));
                [root.clone()].into_iter().chain(modules).collect()
            }
            Place::Rust => Vec::new(),
        };
        parts.into_iter().chain([name.to_owned()]).collect::<Vec<_>>().join("::")
    }

    /// How this module calls the type `name` in `place`. Importing what is deprecated needs to be allowed.
    pub fn type_at(&self, place: &Place, name: &str, deprecated: bool) -> String {
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
            Place::Rust => return name.to_owned(),
        };
        let reserved = Symbol::of_name(name).is_some_and(|symbol| self.services || !symbol.of_services());
        if reserved || self.defined.contains(name) {
            return full(&path, name);
        }
        let mut imports = self.imports.borrow_mut();
        if imports.entry(name.to_owned()).or_insert_with(|| path.clone()) == &path {
            if deprecated {
                self.deprecated.borrow_mut().insert(format!("{path}::{name}"));
            }
            ident(name)
        } else {
            full(&path, name)
        }
    }

    /// The `use` items of the module, for all that was asked so far.
    pub fn uses(&self) -> Vec<String> {
        let (types, silent, symbols) = (self.imports.borrow(), self.silent.borrow(), self.symbols.get());
        let symbols = Symbol::ALL.iter().filter(|symbol| symbols & symbol.bit() != 0);
        let symbols = symbols.map(|symbol| match symbol {
            Symbol::codegen => ("::rsgrpc::codegen", "self"),
            symbol => (symbol.path(), symbol.name()),
        });
        let types = types.iter().map(|(name, path)| (path.as_str(), name.as_str()));
        let mut groups = BTreeMap::<&str, Vec<&str>>::new();
        for (path, name) in symbols.chain(types) {
            groups.entry(path).or_default().push(name);
        }
        let mut uses = Vec::new();
        for (path, mut names) in groups {
            names.sort_by_key(|name| sort_key(name));
            let warns = |name: &&str| self.deprecated.borrow().contains(&format!("{path}::{name}"));
            let allow = if names.iter().any(warns) { "#[allow(deprecated)]\n" } else { "" };
            let spelled = spell(path);
            let (last, text) = match names.as_slice() {
                ["self"] => ("", format!("{allow}use {spelled};")),
                [name] => (*name, format!("{allow}use {spelled}::{};", spell(name))),
                names => {
                    let names = names.iter().map(|name| spell(name)).collect::<Vec<_>>().join(", ");
                    ("{", format!("{allow}use {spelled}::{{{names}}};"))
                }
            };
            let parts = path.split("::").chain([last]).filter(|part| !part.is_empty());
            uses.push((parts.map(sort_key).collect::<Vec<_>>(), text));
        }
        for (name, path) in silent.iter() {
            let parts = path.split("::").chain([name.as_str()]).filter(|part| !part.is_empty());
            let text = format!("use {} as _;", full(path, name));
            uses.push((parts.map(sort_key).collect(), text));
        }
        uses.sort();
        uses.into_iter().map(|(_, text)| text).collect()
    }
}

/// A [`Symbol`] as some module calls it.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    scope: &'a Scope,
    symbol: Symbol,
}

impl Display for Named<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (scope, name, bit) = (self.scope, self.symbol.name(), self.symbol.bit());
        if scope.hidden & bit != 0 {
            return write!(f, "{}::{name}", self.symbol.path());
        }
        if !self.symbol.in_prelude() {
            scope.symbols.set(scope.symbols.get() | bit);
        }
        f.write_str(name)
    }
}

/// Sorts a part of a path as rustfmt does in the edition of 2024: `super`, `crate`, names, lists; and in names
/// underscores first, and numbers by value.
fn sort_key(part: &str) -> (u8, Vec<(u8, usize, &str)>) {
    let rank = match part {
        "self" => 0,
        "super" => 1,
        "crate" => 2,
        "{" => 4,
        _ => 3,
    };
    let mut runs = Vec::new();
    let mut rest = part;
    while let Some(first) = rest.bytes().next() {
        let length = match first {
            b'_' => 1,
            b'0'..=b'9' => rest.bytes().take_while(u8::is_ascii_digit).count(),
            _ => rest.bytes().take_while(|byte| *byte != b'_' && !byte.is_ascii_digit()).count(),
        };
        let (run, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        runs.push(match first {
            b'_' => (0, 0, run),
            // More digits are a larger number.
            b'0'..=b'9' => (1, length, run),
            _ => (2, 0, run),
        });
        rest = after;
    }
    (rank, runs)
}

fn full(path: &str, name: &str) -> String {
    let name = ident(name);
    if path.is_empty() { name } else { format!("{}::{name}", spell(path)) }
}

/// `a::b::C`, with each part as Rust spells it.
fn join<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut path = String::new();
    for part in parts {
        if !path.is_empty() {
            path.push_str("::");
        }
        match part {
            "super" | "self" | "crate" => path.push_str(part),
            part => path.push_str(&ident(part)),
        }
    }
    path
}

/// A path with each part as Rust spells it.
fn spell(path: &str) -> String {
    match path.strip_prefix("::") {
        Some(rest) => format!("::{}", join(rest.split("::"))),
        None => join(path.split("::").filter(|part| !part.is_empty())),
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
    fn test(ask: impl Fn(&Scope) -> Vec<String>, names: &[&str], uses: &[&str]) {
        let defined = ["Option", "Own"].map(str::to_owned).into();
        let scope = Scope::new(vec!["a".to_owned(), "b".to_owned()], defined, false);
        assert_eq!(ask(&scope), names);
        assert_eq!(scope.uses(), uses);
    }

    #[test]
    fn symbols() {
        test(
            |scope| {
                scope.bring(Symbol::Own);
                let symbols =
                    [Symbol::Option, Symbol::Vec, Symbol::Map, Symbol::codegen, Symbol::Str, Symbol::Own];
                symbols.map(|symbol| scope.symbol(symbol).to_string()).into()
            },
            &["::std::option::Option", "Vec", "Map", "codegen", "Str", "::rsgrpc::codegen::Own"],
            &[
                "use ::rsgrpc::Map;",
                "use ::rsgrpc::codegen::Own as _;",
                "use ::rsgrpc::codegen::{self, Str};",
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
                "#[allow(deprecated)]\nuse super::super::Root;",
                "use super::super::x::Status;",
                "use super::super::x::y::Far;",
                "use super::Above;",
            ],
        );
    }

    #[test]
    fn a_type_elsewhere() {
        let place = Place::Elsewhere("::shop".to_owned(), vec!["v1".to_owned(), "type".to_owned()]);
        test(
            |scope| vec![scope.type_at(&place, "Money", false), scope.type_at(&place, "Own", false)],
            &["Money", "::shop::v1::r#type::Own"],
            &["use ::shop::v1::r#type::Money;"],
        );
    }
}
