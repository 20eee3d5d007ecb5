//! Whether a run generates all that its code will need, so that nothing is lost silently.
//!
//! A package is one file, so two runs that each generate a part of it would overwrite each other; and
//! `mod.rs` declares only what its own run generates.

use std::collections::{HashMap, HashSet};

use crate::error::{Errors, Problem};
use crate::options::{Messages, Options};
use crate::schema::{Extension, File, Kind, Message, Schema, Shape};

/// Packages whose types come with the runtime.
const WITH_RUNTIME: [&str; 2] = ["google.protobuf", "google.protobuf.compiler"];

/// Checks that the schema's generated files need nothing from files that are not generated, apart from types
/// of the runtime and those that an `extern_path` names.
///
/// # Errors
/// Each file of a generated package that is itself not generated; each generated file that an `extern_path` says
/// is elsewhere; and, where this run writes `mod.rs`, each use of a type that has no module.
pub fn check(schema: &Schema, options: &Options) -> Result<(), Errors> {
    if options.messages != Messages::Own {
        return services(schema, options);
    }
    let mut errors = Errors::default();
    let generated: HashSet<&str> =
        schema.files.iter().filter(|file| file.generate).map(|file| file.package.as_str()).collect();
    let mut elsewhere = HashMap::new();
    for file in schema.files.iter().filter(|file| !file.generate) {
        if generated.contains(file.package.as_str()) {
            if !options.extern_paths.iter().any(|path| within(&path.name, &file.package)) {
                errors.push(in_parts(file));
            }
        } else if options.mod_file && !WITH_RUNTIME.contains(&file.package.as_str()) {
            types(file, &mut |name| {
                if !options.extern_paths.iter().any(|path| within(name, &path.name)) {
                    elsewhere.insert(name, file);
                }
            });
        }
    }
    for file in schema.files.iter().filter(|file| file.generate) {
        if let Some(path) = options.extern_paths.iter().find(|path| within(&file.package, &path.name)) {
            let text = format!(
                "is to be generated, but `extern_path=.{}={}` says that package `{}` is elsewhere",
                path.name, path.path, file.package
            );
            errors.push(Problem::new(&file.path, "", text));
        }
        uses(file, options, &mut |element, name| {
            if let Some(home) = elsewhere.get(name) {
                let text = format!(
                    "uses `{name}` of {}, which is not generated: add that file to the run (buf: `include_imports` \
                     or `strategy: all`), or say where the type is (`extern_path`), or that other runs generate \
                     it (`mod_file=false`)",
                    home.path
                );
                errors.push(Problem::new(&file.path, &element, text));
            }
        });
    }
    errors.or(())
}

/// The same where services alone are written: each file of services in a package of which others are generated, and
/// each message that no `extern_path` leads to.
fn services(schema: &Schema, options: &Options) -> Result<(), Errors> {
    let mut errors = Errors::default();
    let (generated, imported): (Vec<_>, Vec<_>) =
        schema.files.iter().filter(|file| !file.services.is_empty()).partition(|file| file.generate);
    let packages: HashSet<&str> = generated.iter().map(|file| file.package.as_str()).collect();
    let parts = imported.iter().filter(|file| packages.contains(file.package.as_str()));
    errors.extend(parts.map(|file| in_parts(file)));
    let prost = options.messages == Messages::Prost;
    let known = |name: &str| {
        prost && within(name, "google.protobuf")
            || options.extern_paths.iter().any(|path| within(name, &path.name))
    };
    for file in generated {
        calls(file, &mut |element, name| {
            if !known(name) {
                let text = format!(
                    "uses `{name}`, and no `extern_path` says where its type is: `extern_path=.=crate::…`"
                );
                errors.push(Problem::new(&file.path, &element, text));
            }
        });
    }
    errors.or(())
}

fn in_parts(file: &File) -> Problem {
    let text = format!(
        "is imported but not generated, while other files of package `{}` are: a package has to be \
         generated in one run (protoc: name all its files; buf: `strategy: all`)",
        file.package
    );
    Problem::new(&file.path, "", text)
}

/// Whether `name` is `scope` or in it.
fn within(name: &str, scope: &str) -> bool {
    scope.is_empty() || name.strip_prefix(scope).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The full name of each message and enum in a file.
fn types<'a>(file: &'a File, see: &mut impl FnMut(&'a str)) {
    fn message<'a>(outer: &'a Message, see: &mut impl FnMut(&'a str)) {
        see(&outer.name.full);
        outer.enums.iter().for_each(|inner| see(&inner.name.full));
        outer.messages.iter().for_each(|inner| message(inner, see));
    }
    file.enums.iter().for_each(|outer| see(&outer.name.full));
    file.messages.iter().for_each(|outer| message(outer, see));
}

/// Each element of a file that names a message or enum, and that name.
fn uses<'a>(file: &'a File, options: &Options, see: &mut impl FnMut(String, &'a str)) {
    fn message<'a>(outer: &'a Message, options: &Options, see: &mut impl FnMut(String, &'a str)) {
        for field in &outer.fields {
            let (Shape::Singular { kind, .. }
            | Shape::Repeated { kind, .. }
            | Shape::Map { value: kind, .. }) = &field.shape;
            if let Kind::Enum { name, .. } | Kind::Message { name, .. } = kind {
                see(format!("{}.{}", outer.name.full, field.name), name);
            }
        }
        extensions(&outer.extensions, options, see);
        outer.messages.iter().for_each(|inner| message(inner, options, see));
    }
    fn extensions<'a>(list: &'a [Extension], options: &Options, see: &mut impl FnMut(String, &'a str)) {
        for extension in list.iter().filter(|extension| options.extends(&extension.extendee)) {
            see(extension.name.full.clone(), &extension.extendee);
            if let Shape::Singular { kind, .. } | Shape::Repeated { kind, .. } = &extension.shape
                && let Kind::Enum { name, .. } | Kind::Message { name, .. } = kind
            {
                see(extension.name.full.clone(), name);
            }
        }
    }
    extensions(&file.extensions, options, see);
    file.messages.iter().for_each(|outer| message(outer, options, see));
    calls(file, see);
}

/// Each method of a file, and the messages that it takes and gives.
fn calls<'a>(file: &'a File, see: &mut impl FnMut(String, &'a str)) {
    for service in &file.services {
        for method in &service.methods {
            let element = format!("{}.{}", service.name.full, method.name);
            see(element.clone(), &method.input);
            see(element, &method.output);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Field, Method, MethodKind, Name, Presence, Service};

    /// A file with one message `M`, which has a field of message `uses`.
    fn file(path: &str, package: &str, generate: bool, uses: &str) -> File {
        let kind = Kind::Message { name: uses.to_owned(), delimited: false };
        let field = Field {
            number: 1,
            name: "other".into(),
            json_name: "other".into(),
            comment: None,
            deprecated: false,
            redacted: false,
            shape: Shape::Singular { presence: Presence::Explicit { default: None }, kind },
        };
        let message = Message {
            name: Name { full: format!("{package}.M"), simple: "M".into() },
            comment: None,
            deprecated: false,
            fields: vec![field],
            set: false,
            reserved: Vec::new(),
            extensions: Vec::new(),
            oneofs: vec![],
            messages: vec![],
            enums: vec![],
        };
        File {
            path: path.into(),
            package: package.into(),
            generate,
            comment: None,
            deprecated: false,
            messages: vec![message],
            enums: vec![],
            services: vec![],
            extensions: vec![],
        }
    }

    #[track_caller]
    fn test(files: Vec<File>, options: &str, expected: &str) {
        let options = Options::parse(options).unwrap();
        let found =
            check(&Schema { files }, &options).err().map_or(String::new(), |errors| errors.to_string());
        assert!(if expected.is_empty() { found.is_empty() } else { found.starts_with(expected) }, "{found}");
    }

    #[test]
    fn a_package_in_parts() {
        let files = || vec![file("x/a.proto", "p", false, "p.M"), file("y/b.proto", "p", true, "p.M")];
        let expected =
            "x/a.proto: is imported but not generated, while other files of package `p` are: a package has";
        test(files(), "", expected);
        test(files(), "mod_file=false", expected);
        test(files(), "extern_path=.p.M=::p::M", "");
    }

    #[test]
    fn a_type_without_a_module() {
        let files = || vec![file("a.proto", "a", false, "a.M"), file("b.proto", "b", true, "a.M")];
        test(files(), "", "b.proto: b.M.other: uses `a.M` of a.proto, which is not generated: add that file");
        test(files(), "mod_file=false", "");
        test(files(), "extern_path=.a=::a", "");
        test(files(), "extern_path=.=::all", "b.proto: is to be generated, but `extern_path=.=::all` says");
        test(files(), "extern_path=.a.M=::a::M", "");
        test(files(), "extern_path=.ab=::ab", "b.proto");
    }

    #[test]
    fn messages_of_others() {
        let files = || {
            let mut file = file("a.proto", "a", true, "b.M");
            let method = |name: &str, input: &str| Method {
                name: name.into(),
                comment: None,
                deprecated: false,
                input: input.into(),
                output: "google.protobuf.Empty".into(),
                kind: MethodKind::Unary,
            };
            let name = Name { full: "a.S".into(), simple: "S".into() };
            let methods = vec![method("Get", "b.M")];
            file.services = vec![Service { name, comment: None, deprecated: false, methods }];
            vec![file]
        };
        let expected = "a.proto: a.S.Get: uses `b.M`, and no `extern_path` says where its type is";
        test(files(), "messages=prost", expected);
        test(files(), "messages=prost,extern_path=.b=crate::b", "");
        test(files(), "messages=prost,extern_path=.=crate::all", "");
        let expected = "a.proto: a.S.Get: uses `google.protobuf.Empty`, and";
        test(files(), "messages=protobuf,extern_path=.b=crate::b", expected);

        let mut parts = files();
        parts.extend(files());
        parts[1].path = "b.proto".into();
        parts[1].generate = false;
        let options = "messages=prost,extern_path=.=crate::all";
        test(
            parts.clone(),
            options,
            "b.proto: is imported but not generated, while other files of package `a` are",
        );
        parts[1].services.clear();
        test(parts, options, "");
    }

    #[test]
    fn the_runtime_brings_its_own() {
        let wkt = file("google/protobuf/any.proto", "google.protobuf", false, "google.protobuf.M");
        test(vec![wkt, file("b.proto", "b", true, "google.protobuf.M")], "", "");
    }
}
