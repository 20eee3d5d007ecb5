//! A program that uses all messages of a schema, as one of the generators makes them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Cost, paths};
use crate::cargo;
use crate::large::Schemas;
use crate::process;
use crate::tools;

/// Whose messages, and how they are used.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Decoded and encoded.
    Prost,
    /// The same.
    Owned,
    /// The same with JSON, text format, reflection, serde and random messages compiled in and not used.
    Formats,
    /// Views are decoded, too, and copied into messages, for which their lists are walked.
    Views,
}

/// How a program is built.
#[derive(Clone, Copy)]
pub enum Profile {
    Debug,
    Release,
}

/// A package with generated code as its library, and a small program that uses it.
pub struct Package {
    pub kind: Kind,
    folder: PathBuf,
    /// Where the messages are, by [`paths::key`].
    messages: BTreeMap<String, String>,
}

/// What a build has come to.
pub struct Built {
    /// Seconds of all processors, without what it depends on.
    pub cpu: f64,
    /// Bytes of machine code in the program.
    pub code: u64,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Prost, Self::Owned, Self::Formats, Self::Views];

    fn name(self) -> &'static str {
        match self {
            Self::Prost => "cost_prost",
            Self::Owned => "cost_owned",
            Self::Formats => "cost_formats",
            Self::Views => "cost_views",
        }
    }

    fn dependencies(self, cost: &Cost<'_>) -> String {
        let features = match self {
            Self::Prost => return PROST.to_owned(),
            Self::Owned | Self::Views => "",
            Self::Formats => "\"json\", \"text\", \"reflect\", \"serde\", \"arbitrary\"",
        };
        let runtime = cost.project.root.join("runtime/rsgrpc");
        format!(
            "rsgrpc = {{ path = \"{}\", default-features = false, features = [{features}] }}",
            runtime.display()
        )
    }

    fn using(self) -> &'static str {
        match self {
            Self::Prost => USING_PROST,
            Self::Owned | Self::Formats => USING_MESSAGES,
            Self::Views => USING_VIEWS,
        }
    }
}

const PROST: &str = "bytes = \"1\"\nprost = \"=0.14.4\"\nprost-types = \"=0.14.4\"\n\n[build-dependencies]\n\
                     prost-build = { version = \"=0.14.4\", default-features = false }";

/// Generates with prost-build what the list beside it names, into a folder beside it.
const BUILD: &str = r#"fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=files");
    let files = include_str!("files").lines().map(|file| format!("ROOT/{file}")).collect::<Vec<_>>();
    std::fs::create_dir_all("src/proto")?;
    let mut config = prost_build::Config::new();
    config.bytes(["."]).out_dir("src/proto").include_file("mod.rs").compile_protos(&files, &["ROOT"])
}
"#;

/// The library: what is generated, and each message with its size and what is done with it.
const LIBRARY: &str = "#![allow(deprecated)]

PROTO

pub type Use = fn(&[u8]) -> Result<Vec<u8>, GENERATOR::DecodeError>;

pub static MESSAGES: &[(&str, usize, Use)] = &[
ROWS];

";

const USING_PROST: &str =
    "fn recode<M: prost::Message + Default>(input: &[u8]) -> Result<Vec<u8>, prost::DecodeError> {
    Ok(M::decode(input)?.encode_to_vec())
}
";

const USING_MESSAGES: &str =
    "fn recode<M: rsgrpc::Message>(input: &[u8]) -> Result<Vec<u8>, rsgrpc::DecodeError> {
    Ok(M::decode(input)?.encode())
}
";

const USING_VIEWS: &str =
    "fn recode<M: rsgrpc::Message>(input: &[u8]) -> Result<Vec<u8>, rsgrpc::DecodeError> {
    if input.starts_with(b\"view\") {
        return Ok(rsgrpc::View::to_message(&<M::View<'_> as rsgrpc::View>::decode(input)?).encode());
    }
    Ok(M::decode(input)?.encode())
}
";

/// Nobody can know what it is called with, so all is compiled.
const PROGRAM: &str = "fn main() {
    let input = std::env::args().nth(1);
    for (name, size, recode) in NAME::MESSAGES {
        let len = input.as_ref().and_then(|input| recode(input.as_bytes()).ok()).map_or(0, |output| output.len());
        println!(\"{name} {size} {len}\");
    }
}
";

impl Package {
    pub fn write(cost: &Cost<'_>, kind: Kind, schemas: &Schemas) -> Result<Self, String> {
        let name = kind.name();
        let folder = cost.project.fresh(&format!("cost/{name}"))?;
        let manifest = format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[dependencies]\n{}\n\n[workspace]\n",
            kind.dependencies(cost)
        );
        let proto = cost.project.fresh(&format!("cost/{name}/src/proto"))?;
        let files = [
            ("Cargo.toml", manifest),
            ("src/main.rs", PROGRAM.replace("NAME", name)),
            ("files", schemas.files.join("\n")),
            ("build.rs", BUILD.replace("ROOT", &schemas.root.display().to_string())),
        ];
        for (name, text) in files {
            if name != "build.rs" || kind == Kind::Prost {
                write(&folder, name, &text)?;
            }
        }
        let mut package = Self { kind, folder, messages: BTreeMap::new() };
        if kind == Kind::Prost {
            // Its generator is run by its build script, before the messages are known.
            package.build(cost, Profile::Debug)?;
        } else {
            let lock = package.folder.join("Cargo.lock");
            fs::copy(cost.project.root.join("Cargo.lock"), lock).map_err(|error| error.to_string())?;
            let mut protoc = Command::new(tools::protoc()?);
            protoc
                .current_dir(&schemas.root)
                .arg(format!("--plugin=protoc-gen-rsgrpc={}", cost.plugin.display()))
                .arg(format!("--rsgrpc_out={}", proto.display()))
                .args(["-I.", &format!("-I{}", tools::well_known()?.display())])
                .args(&schemas.files);
            process::run(&mut protoc, &cost.log, cargo::LIMIT)?;
        }
        let is_message: fn(&str) -> bool = if kind == Kind::Prost {
            |line| line.starts_with("#[derive(") && line.contains("::prost::Message)")
        } else {
            |line| line == "#[derive(Clone, Default, PartialEq)]"
        };
        let found = paths::of(&proto, is_message)?;
        package.messages = found.into_iter().map(|path| (paths::key(&path), path)).collect();
        Ok(package)
    }

    /// The same program with a schema that is empty.
    pub fn without_messages(&self) -> Self {
        Self { kind: self.kind, folder: self.folder.clone(), messages: BTreeMap::new() }
    }

    /// Builds the program, and before that what it depends on, where that is not built.
    pub fn build(&self, cost: &Cost<'_>, profile: Profile) -> Result<Built, String> {
        // Written anew, it is compiled anew.
        self.write_library()?;
        let cpu = self.cargo(cost, profile)?;
        Ok(Built { cpu, code: self.code(cost, profile)? })
    }

    /// How large each message is in memory, in bytes, by [`paths::key`].
    pub fn sizes(&self, cost: &Cost<'_>) -> Result<BTreeMap<String, usize>, String> {
        let mut program = Command::new(self.program(cost, Profile::Debug));
        let printed = process::run(&mut program, &cost.log, cargo::LIMIT)?;
        let lines = printed.lines().filter_map(|line| {
            let (name, rest) = line.split_once(' ')?;
            Some((name.to_owned(), rest.split_once(' ')?.0.parse().ok()?))
        });
        Ok(lines.collect())
    }

    fn write_library(&self) -> Result<(), String> {
        let row = |(key, path): (&String, &String)| {
            format!("    (\"{key}\", size_of::<proto::{path}>(), recode::<proto::{path}>),\n")
        };
        let rows: String = self.messages.iter().map(row).collect();
        let (proto, using) =
            if self.messages.is_empty() { ("", "") } else { ("pub mod proto;", self.kind.using()) };
        let generator = if self.kind == Kind::Prost { "prost" } else { "rsgrpc" };
        let library = LIBRARY.replace("GENERATOR", generator).replace("PROTO", proto).replace("ROWS", &rows);
        write(&self.folder, "src/lib.rs", &format!("{library}{using}"))
    }

    fn cargo(&self, cost: &Cost<'_>, profile: Profile) -> Result<f64, String> {
        let line = match profile {
            Profile::Debug => "cargo build",
            Profile::Release => "cargo build --release",
        };
        let mut shell = Command::new("sh");
        shell
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", cost.folder.join("target"))
            .env("CARGO_INCREMENTAL", "0")
            .env_remove("CARGO_PROFILE_DEV_DEBUG")
            .env("PROTOC", tools::protoc()?)
            .env("PROTOC_INCLUDE", tools::well_known()?);
        cost.timed(&mut shell, line)
    }

    fn program(&self, cost: &Cost<'_>, profile: Profile) -> PathBuf {
        let folder = match profile {
            Profile::Debug => "target/debug",
            Profile::Release => "target/release",
        };
        cost.folder.join(folder).join(self.kind.name())
    }

    /// The section `.text`, in bytes.
    fn code(&self, cost: &Cost<'_>, profile: Profile) -> Result<u64, String> {
        let mut size = Command::new("size");
        let printed = process::run(size.arg("-A").arg(self.program(cost, profile)), &cost.log, cargo::LIMIT)?;
        let line = printed.lines().find_map(|line| line.strip_prefix(".text "));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.ok_or_else(|| format!("size says {printed:?}"))
    }
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), String> {
    fs::write(folder.join(name), text).map_err(|error| format!("{name}: {error}"))
}
