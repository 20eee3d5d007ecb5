//! The plugin's options: `--rsgrpc_opt=key=value`, in buf.gen.yaml `opt: [key=value]`, or from a build.rs.

mod strings;

use std::collections::HashSet;

use crate::error::{Errors, Problem, printable};
use crate::schema::{Schema, is_full_name, is_identifier};

pub use strings::Strings;

/// An option as the documentation shows it.
#[derive(Clone, Copy, Debug)]
pub struct Documented {
    /// What stands before the first `=`.
    pub name: &'static str,
    /// The forms in which it can be written.
    pub usage: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

/// Every option there is. Help, documentation and error messages are made from this list.
pub const LIST: [Documented; 8] = [
    Documented {
        name: "strict",
        usage: "strict",
        meaning: "Server traits have no default bodies: a method that is not implemented is a compile error \
                  instead of UNIMPLEMENTED at run time.",
    },
    Documented {
        name: "request",
        usage: "request=view | request=view:<service or method>",
        meaning: "Handlers get requests still encoded, to read them as views without a copy: of all methods, or \
                  of the service or method with this full name (`shop.v1.Shop`, `shop.v1.Shop.Search`). \
                  Can be given many times.",
    },
    Documented {
        name: "string",
        usage: "string=inline | string=inline:<file, package, message or field>",
        meaning: "`string` fields are of the type `rsgrpc::Str`, which holds up to 23 bytes without an allocation, and \
                  not `String`: all fields, or those in the file with this path (`shop/v1/shop.proto`) or in what has \
                  this full name (`shop.v1`, `shop.v1.Product`, `shop.v1.Product.name`). Can be given many times.",
    },
    Documented {
        name: "extern_path",
        usage: "extern_path=.<package or type>=<::path or crate::path>",
        meaning: "Types of this package or message are found at this path (`extern_path=.shop.v1=::shop_types`) \
                  and not in the generated modules. Can be given many times; the longest match counts.",
    },
    Documented {
        name: "messages",
        usage: "messages=prost | messages=protobuf",
        meaning: "Clients and servers only, over messages that prost or protoc's own `--rust_out` generates: \
                  `extern_path` says where they are, and the code needs the crate `rsgrpc-prost` or \
                  `rsgrpc-protobuf`.",
    },
    Documented {
        name: "custom_options",
        usage: "custom_options",
        meaning: "Extensions of protobuf's own options (`extend google.protobuf.FieldOptions`) become constants like \
                  all others. The code then needs the feature `descriptor` of `rsgrpc`.",
    },
    Documented {
        name: "descriptors",
        usage: "descriptors",
        meaning: "Embeds the files' descriptors, without comments: each package's module gets a function \
                  `descriptors`, and its messages implement `rsgrpc::reflect::Reflect`, where the feature `reflect` \
                  of `rsgrpc` is on. Packages that are imported need the option, too.",
    },
    Documented {
        name: "mod_file",
        usage: "mod_file=true | mod_file=false",
        meaning: "Whether to write mod.rs, which declares the modules (default: true). With false, for runs that \
                  each see a part of the files, `protoc-gen-rsgrpc mod DIR` writes it afterwards; and names in \
                  `request` that are not part of a run are taken to belong to another.",
    },
];

/// The list as text: each option's usage, and its meaning indented below.
pub fn describe() -> String {
    LIST.iter().map(|option| format!("  {}\n      {}\n", option.usage, option.meaning)).collect()
}

/// What the user chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Server traits without default bodies.
    pub strict: bool,
    /// Which requests handlers get as views.
    pub views: Views,
    /// Which strings stand in the message.
    pub strings: Strings,
    /// Where types are that other crates or modules hold.
    pub extern_paths: Vec<ExternPath>,
    /// Whose messages clients and servers carry.
    pub messages: Messages,
    /// Whether extensions of protobuf's own options become constants.
    pub custom_options: bool,
    /// Whether packages embed their descriptors.
    pub descriptors: bool,
    /// Whether to write `mod.rs`.
    pub mod_file: bool,
}

/// Which requests handlers get as views.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Views {
    all: bool,
    names: HashSet<String>,
}

impl Views {
    /// Whether this method of this service is among them. `service` is a full name, `method` a simple one.
    pub fn contains(&self, service: &str, method: &str) -> bool {
        self.all || self.names.contains(service) || self.names.contains(&format!("{service}.{method}"))
    }
}

/// Whose messages clients and servers carry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Messages {
    /// This plugin's: it writes messages, clients and servers.
    #[default]
    Own,
    /// prost's: clients and servers alone are written.
    Prost,
    /// Those of protoc's own generator, for Google's crate `protobuf`: the same.
    Protobuf,
}

/// A package or type, and the Rust path that stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternPath {
    /// Full name, without a leading dot; empty for everything.
    pub name: String,
    /// Begins with `::` or `crate::`; then identifiers with `::` between them, keywords without `r#`.
    pub path: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            strict: false,
            views: Views::default(),
            strings: Strings::default(),
            extern_paths: Vec::new(),
            messages: Messages::default(),
            custom_options: false,
            descriptors: false,
            mod_file: true,
        }
    }
}

impl Options {
    /// Reads a request's parameter: options with commas between them.
    ///
    /// # Errors
    /// All options that are unknown or have a value that they cannot have.
    pub fn parse(parameter: &str) -> Result<Self, Errors> {
        let mut options = Self::default();
        let mut errors = Errors::default();
        for option in parameter.split(',').map(str::trim).filter(|option| !option.is_empty()) {
            if let Err(text) = options.set(option) {
                errors.push(Problem::new("", "", text));
            }
        }
        if options.messages != Messages::Own && (options.views.all || !options.views.names.is_empty()) {
            let text =
                "option `request=view` needs this plugin's own messages, and option `messages` names others";
            errors.push(Problem::new("", "", text));
        }
        errors.or(options)
    }

    /// Whether what the options name is in the schema.
    ///
    /// # Errors
    /// Each `request=view:<name>` that names neither a service nor a method and each `string=inline:<name>` that
    /// names nothing, unless this run is one of many.
    pub fn check(&self, schema: &Schema) -> Result<(), Errors> {
        if !self.mod_file || self.views.names.is_empty() && self.strings.is_empty() {
            return Ok(());
        }
        let mut missing = self.views.names.clone();
        for service in schema.files.iter().flat_map(|file| &file.services) {
            missing.remove(&service.name.full);
            for method in &service.methods {
                missing.remove(&format!("{}.{}", service.name.full, method.name));
            }
        }
        let mut missing: Vec<_> = missing.into_iter().collect();
        missing.sort();
        let mut errors = Errors::default();
        errors.extend(missing.iter().map(|name| {
            Problem::new(
                "",
                "",
                format!("option `request=view:{name}`: there is no service or method `{name}`"),
            )
        }));
        errors.extend(self.strings.missing(schema).iter().map(|name| {
            let problem = "there is no such file, package, message or field";
            Problem::new("", "", format!("option `string=inline:{name}`: {problem}"))
        }));
        errors.or(())
    }

    /// Whether extensions of the message with this full name become constants.
    pub fn extends(&self, extendee: &str) -> bool {
        let option = extendee
            .strip_prefix("google.protobuf.")
            .is_some_and(|name| name.ends_with("Options") || name == "FeatureSet");
        self.custom_options || !option
    }

    fn set(&mut self, option: &str) -> Result<(), String> {
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (option, None),
        };
        match name {
            "strict" => self.strict = truth(name, value)?,
            "custom_options" => self.custom_options = truth(name, value)?,
            "descriptors" => self.descriptors = truth(name, value)?,
            "mod_file" => self.mod_file = truth(name, value)?,
            "request" => match value.and_then(|value| value.strip_prefix("view")) {
                Some("") => self.views.all = true,
                Some(rest) => {
                    let method = rest.strip_prefix(':').map(|name| name.strip_prefix('.').unwrap_or(name));
                    let method =
                        method.filter(|name| is_full_name(name)).ok_or_else(|| invalid(name, value))?;
                    self.views.names.insert(method.to_owned());
                }
                None => return Err(invalid(name, value)),
            },
            "string" => self.strings.add(value).ok_or_else(|| invalid(name, value))?,
            "messages" => {
                self.messages = match value {
                    Some("prost") => Messages::Prost,
                    Some("protobuf") => Messages::Protobuf,
                    _ => return Err(invalid(name, value)),
                }
            }
            "extern_path" => {
                let path = value.and_then(extern_path).ok_or_else(|| invalid(name, value))?;
                self.extern_paths.push(path);
            }
            _ => {
                let known: Vec<_> = LIST.iter().map(|option| format!("`{}`", option.name)).collect();
                return Err(format!(
                    "unknown option `{}`; the options are {}",
                    printable(name),
                    known.join(", ")
                ));
            }
        }
        Ok(())
    }
}

fn truth(name: &str, value: Option<&str>) -> Result<bool, String> {
    match value {
        None | Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(invalid(name, value)),
    }
}

fn extern_path(value: &str) -> Option<ExternPath> {
    let (name, path) = value.split_once('=')?;
    let name = name.strip_prefix('.')?;
    // Generated modules lie at many depths: only these two ways of beginning mean the same in all of them.
    let (start, rest) = match path.strip_prefix("::") {
        Some(rest) => ("::", rest),
        None => ("crate::", path.strip_prefix("crate::")?),
    };
    let segments: Vec<_> =
        rest.split("::").map(|segment| segment.strip_prefix("r#").unwrap_or(segment)).collect();
    let fits = (name.is_empty() || is_full_name(name))
        && segments.iter().all(|segment| is_identifier(segment) && !UNUSABLE.contains(segment));
    fits.then(|| ExternPath { name: name.to_owned(), path: format!("{start}{}", segments.join("::")) })
}

/// What cannot stand within a path, not even as a raw identifier.
const UNUSABLE: [&str; 5] = ["_", "self", "Self", "super", "crate"];

fn invalid(name: &str, value: Option<&str>) -> String {
    let usage = LIST.iter().find(|option| option.name == name).map_or(name, |option| option.usage);
    match value {
        Some(value) => format!("option `{name}` cannot be `{}`; write {usage}", printable(value)),
        None => format!("option `{name}` needs a value; write {usage}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{File, Method, MethodKind, Name, Service};

    #[track_caller]
    fn error(parameter: &str, expected: &str) {
        assert_eq!(Options::parse(parameter).unwrap_err().to_string(), expected);
    }

    #[test]
    fn nothing_is_the_default() {
        assert_eq!(Options::parse("").unwrap(), Options::default());
        assert_eq!(Options::parse(" , ,").unwrap(), Options::default());
    }

    #[test]
    fn each_option() {
        let options = Options::parse(
            "strict,request=view:a.Shop,request=view:.a.Other.Get,extern_path=.a.b=::b::r#type,extern_path=.=crate::x,mod_file=false",
        )
        .unwrap();
        assert!(options.strict);
        assert!(!options.mod_file);
        assert!(options.views.contains("a.Shop", "Anything"));
        assert!(options.views.contains("a.Other", "Get"));
        assert!(!options.views.contains("a.Other", "Put"));
        let paths: Vec<_> = options.extern_paths.iter().map(|p| (p.name.as_str(), p.path.as_str())).collect();
        assert_eq!(paths, [("a.b", "::b::type"), ("", "crate::x")]);
        assert!(Options::parse("request=view").unwrap().views.contains("any.Service", "Method"));
        assert!(!Options::parse("strict=false").unwrap().strict);
    }

    #[test]
    fn custom_options_are_left_out_unless_asked_for() {
        let (default, all) = (Options::default(), Options::parse("custom_options").unwrap());
        for (extendee, left_out) in [
            ("google.protobuf.FieldOptions", true),
            ("google.protobuf.FeatureSet", true),
            ("google.protobuf.Any", false),
            ("shop.v1.FieldOptions", false),
        ] {
            assert_eq!(default.extends(extendee), !left_out, "{extendee}");
            assert!(all.extends(extendee), "{extendee}");
        }
    }

    #[test]
    fn an_unknown_option_names_the_known_ones() {
        error(
            "paths=source_relative",
            "unknown option `paths`; the options are `strict`, `request`, `string`, `extern_path`, `messages`, `custom_options`, `descriptors`, `mod_file`",
        );
    }

    #[test]
    fn all_bad_values_at_once() {
        error(
            "strict=maybe,request,request=owned,messages=serde,mod_file=no",
            "option `strict` cannot be `maybe`; write strict\n\
             option `request` needs a value; write request=view | request=view:<service or method>\n\
             option `request` cannot be `owned`; write request=view | request=view:<service or method>\n\
             option `messages` cannot be `serde`; write messages=prost | messages=protobuf\n\
             option `mod_file` cannot be `no`; write mod_file=true | mod_file=false",
        );
        for value in [
            "a=::b",
            ".a",
            ".a=",
            ".a=::",
            ".a=::b c",
            ".a..b=::c",
            ".a=::b::",
            ".a=b",
            ".a=self::b",
            ".a=::b::super",
        ] {
            let usage = "write extern_path=.<package or type>=<::path or crate::path>";
            error(
                &format!("extern_path={value}"),
                &format!("option `extern_path` cannot be `{value}`; {usage}"),
            );
        }
        for value in ["view:", "view:a b", "viewed"] {
            assert!(Options::parse(&format!("request={value}")).is_err(), "{value}");
        }
    }

    #[test]
    fn messages_of_others_have_no_views() {
        assert_eq!(Options::parse("messages=prost").unwrap().messages, Messages::Prost);
        assert_eq!(Options::parse("messages=protobuf").unwrap().messages, Messages::Protobuf);
        error(
            "request=view:a.Shop.Put,messages=prost",
            "option `request=view` needs this plugin's own messages, and option `messages` names others",
        );
    }

    #[test]
    fn a_name_must_exist_unless_the_run_is_one_of_many() {
        let name = |full: &str, simple: &str| Name { full: full.into(), simple: simple.into() };
        let method = Method {
            name: "Get".into(),
            comment: None,
            deprecated: false,
            input: "a.M".into(),
            output: "a.M".into(),
            kind: MethodKind::Unary,
        };
        let service =
            Service { name: name("a.Shop", "Shop"), comment: None, deprecated: false, methods: vec![method] };
        let file = File {
            path: "a.proto".into(),
            package: "a".into(),
            generate: true,
            comment: None,
            deprecated: false,
            messages: vec![],
            enums: vec![],
            services: vec![service],
            extensions: vec![],
        };
        let schema = Schema { files: vec![file] };
        let check = |parameter: &str| Options::parse(parameter).unwrap().check(&schema);
        assert!(check("request=view:a.Shop,request=view:a.Shop.Get").is_ok());
        assert_eq!(
            check("request=view:a.Shop.Put,request=view:a.Shp").unwrap_err().to_string(),
            "option `request=view:a.Shop.Put`: there is no service or method `a.Shop.Put`\n\
             option `request=view:a.Shp`: there is no service or method `a.Shp`"
        );
        assert!(check("request=view:b.Elsewhere,mod_file=false").is_ok());
    }

    #[test]
    fn the_readme_has_them_all() {
        let readme = include_str!("../README.md");
        for option in LIST {
            let line = format!("- `{}`: {}\n", option.usage, option.meaning);
            assert!(readme.contains(&line), "README.md has no line {line}");
        }
    }
}
