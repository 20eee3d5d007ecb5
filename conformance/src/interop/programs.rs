//! The clients and servers, and how each is started.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cpp;
use crate::project::Project;
use crate::tools::{self, Missing};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Rust,
    Python,
    Node,
    Cpp,
}

impl Language {
    /// The implementation of gRPC.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rsgrpc",
            Self::Python => "grpcio",
            Self::Node => "grpc-js",
            Self::Cpp => "libgrpc++",
        }
    }
}

/// A language's programs, installed or built.
pub struct Programs {
    language: Language,
    /// Where the programs are, by their names.
    folder: PathBuf,
    /// What runs them, if they do not run themselves.
    interpreter: Option<PathBuf>,
    variables: Vec<(&'static str, OsString)>,
}

impl Programs {
    pub fn prepare(project: &Project, language: Language, log: &Path) -> Result<Self, Missing> {
        let peers = project.root.join("conformance/peers");
        Ok(match language {
            Language::Rust => {
                Self { language, folder: project.program(""), interpreter: None, variables: Vec::new() }
            }
            Language::Python => {
                let schemas =
                    ["empty", "messages", "test"].map(|name| format!("proto/grpc/testing/{name}.proto"));
                let stubs =
                    tools::python_stubs(project, "proto", &schemas.each_ref().map(String::as_str), log)?;
                Self {
                    language,
                    folder: peers.join("python"),
                    interpreter: Some(tools::python(project, log)?),
                    variables: vec![("PYTHONPATH", stubs.into()), ("PYTHONDONTWRITEBYTECODE", "1".into())],
                }
            }
            Language::Node => Self {
                language,
                folder: peers.join("node"),
                variables: vec![("NODE_PATH", tools::node(project, log)?.into())],
                interpreter: Some("node".into()),
            },
            Language::Cpp => Self {
                language,
                folder: cpp::INTEROP.build(project, log)?,
                interpreter: None,
                variables: Vec::new(),
            },
        })
    }

    pub fn client(&self) -> Command {
        self.command("client")
    }

    pub fn server(&self) -> Command {
        self.command("server")
    }

    /// A program of ours beside the two.
    pub fn command(&self, name: &str) -> Command {
        let (prefix, extension) = match self.language {
            Language::Rust => ("interop-", std::env::consts::EXE_SUFFIX),
            Language::Python => ("interop_", ".py"),
            Language::Node => ("interop_", ".js"),
            Language::Cpp => ("interop_", ""),
        };
        let program = self.folder.join(format!("{prefix}{name}{extension}"));
        let mut command = match &self.interpreter {
            Some(interpreter) => {
                let mut command = Command::new(interpreter);
                command.arg(program);
                command
            }
            None => Command::new(program),
        };
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }
}
