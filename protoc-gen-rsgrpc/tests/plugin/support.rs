//! protoc, temporary directories and a short notation for schemas.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use protoc_gen_rsgrpc::error::Errors;
use protoc_gen_rsgrpc::schema::{self, Enum, Field, Kind, Message, Presence, Schema, Shape};
use rsgrpc::Message as _;
use rsgrpc::descriptor::FileDescriptorSet;
use rsgrpc::descriptor::compiler::CodeGeneratorRequest;

/// The protoc that comes with the tests.
pub(crate) fn protoc() -> PathBuf {
    protoc_bin_vendored::protoc_bin_path().expect("a protoc for this platform")
}

/// A directory that is gone when this is dropped.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("plugin-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// With these files in it.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let dir = Self::new();
        for (name, text) in files {
            let path = dir.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        dir
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The request that protoc makes for these files, all of them to be generated.
#[track_caller]
pub(crate) fn request(files: &[(&str, &str)]) -> CodeGeneratorRequest {
    let dir = Directory::of(files);
    let set = dir.join("set.binpb");
    let output = Command::new(protoc())
        .current_dir(dir.path())
        .args(["--include_imports", "--include_source_info", "--descriptor_set_out=set.binpb", "-I."])
        .args(files.iter().map(|(name, _)| name))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    CodeGeneratorRequest {
        file_to_generate: files.iter().map(|(name, _)| (*name).to_owned()).collect(),
        proto_file: FileDescriptorSet::decode(&fs::read(set).unwrap()).unwrap().file,
        ..Default::default()
    }
}

/// The generated files of a schema, a line for each element: `  1 isbn: implicit string`.
pub(crate) fn notation(schema: &Schema) -> String {
    let mut text = String::new();
    for file in schema.files.iter().filter(|file| file.generate) {
        file.messages.iter().for_each(|outer| message(&mut text, outer));
        file.enums.iter().for_each(|outer| enumeration(&mut text, outer));
        for service in &file.services {
            writeln!(text, "service {}", service.name.full).unwrap();
            for method in &service.methods {
                let (kind, name) = (method.kind, &method.name);
                writeln!(text, "  {name}: {kind:?} {} -> {}", method.input, method.output).unwrap();
            }
        }
    }
    text
}

fn message(text: &mut String, outer: &Message) {
    writeln!(text, "message {}", outer.name.full).unwrap();
    for field in &outer.fields {
        writeln!(text, "  {} {}: {}", field.number, field.name, shape(field, outer)).unwrap();
    }
    outer.messages.iter().for_each(|inner| message(text, inner));
    outer.enums.iter().for_each(|inner| enumeration(text, inner));
}

fn enumeration(text: &mut String, outer: &Enum) {
    let kind = if outer.closed { "closed" } else { "open" };
    let values: Vec<_> =
        outer.values.iter().map(|value| format!("{}={}", value.name, value.number)).collect();
    writeln!(text, "enum {}: {kind} {}", outer.name.full, values.join(" ")).unwrap();
}

fn shape(field: &Field, message: &Message) -> String {
    match &field.shape {
        Shape::Singular { presence, kind } => {
            let (word, default) = match presence {
                Presence::Implicit => ("implicit".to_owned(), &None),
                Presence::Explicit { default } => ("explicit".to_owned(), default),
                Presence::Required { default } => ("required".to_owned(), default),
                Presence::Oneof { index, default } => {
                    (format!("oneof {}", message.oneofs[*index].name), default)
                }
            };
            let default = default.as_ref().map_or(String::new(), |literal| format!(" = {literal:?}"));
            format!("{word} {}{default}", name(kind))
        }
        Shape::Repeated { packed: true, kind } => format!("packed {}", name(kind)),
        Shape::Repeated { packed: false, kind } => format!("repeated {}", name(kind)),
        Shape::Map { key, value } => format!("map {} {}", name(&Kind::from(*key)), name(value)),
    }
}

fn name(kind: &Kind) -> String {
    match kind {
        Kind::Scalar(scalar) => format!("{scalar:?}").to_lowercase(),
        Kind::String => "string".to_owned(),
        Kind::Bytes => "bytes".to_owned(),
        Kind::Enum { name, closed: true } => format!("closed {name}"),
        Kind::Enum { name, closed: false } => format!("open {name}"),
        Kind::Message { name, delimited: true } => format!("delimited {name}"),
        Kind::Message { name, delimited: false } => name.clone(),
    }
}

/// The schema of all files in the request.
pub(crate) fn resolve(request: &CodeGeneratorRequest) -> Result<Schema, Errors> {
    schema::resolve(request.proto_file.iter(), &request.file_to_generate)
}
