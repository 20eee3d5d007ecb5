//! The C++ peers: compiled below the target folder, again only when their sources change.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::debian;
use crate::process;
use crate::project::Project;
use crate::tools::{LIMIT, Missing, once, system};

/// Debian's gRPC and protobuf, with what they depend on.
const PACKAGES: &[&str] = &[
    "libabsl-dev",
    "libabsl20220623",
    "libc-ares2",
    "libgrpc++-dev",
    "libgrpc++1.51",
    "libgrpc-dev",
    "libgrpc29",
    "libprotobuf-dev",
    "libprotobuf32",
    "libprotoc32",
    "libre2-9",
    "protobuf-compiler",
    "protobuf-compiler-grpc",
];
/// The library paths of the programs are DT_RPATH, which holds for what the libraries need, too; headers use more
/// libraries than the two that are named.
const OPTIONS: &[&str] = &["-std=c++17", "-O2", "-Wl,--disable-new-dtags", "-Wl,--copy-dt-needed-entries"];

/// A client and a server from `conformance/peers/cpp`: `PURPOSE_client.cc` and `PURPOSE_server.cc`.
pub struct Programs {
    purpose: &'static str,
    /// A folder of the project.
    schemas: &'static str,
    files: &'static [&'static str],
    /// The one of the files that has a service.
    service: &'static str,
}

/// gRPC's interoperability tests.
pub const INTEROP: Programs = Programs {
    purpose: "interop",
    schemas: "proto",
    files: &["grpc/testing/empty", "grpc/testing/messages", "grpc/testing/test"],
    service: "grpc/testing/test",
};

/// The peer of `bench calls`.
pub const BENCH: Programs = Programs {
    purpose: "bench",
    schemas: "conformance/benches/proto",
    files: &["shapes", "echo"],
    service: "echo",
};

impl Programs {
    /// The folder that they are in.
    pub fn build(&'static self, project: &Project, log: &Path) -> Result<PathBuf, Missing> {
        let folder = project.target.join("tools/cpp");
        let root = folder.join("debian");
        once(&root, PACKAGES, || debian::unpack(&root, None, PACKAGES, log))?;
        let (sources, out) = (project.root.join("conformance/peers/cpp"), folder.join(self.purpose));
        let schemas = project.root.join(self.schemas);
        let files = self.files.iter().map(|file| schemas.join(file).with_extension("proto"));
        let hash = hash(self.sources(&sources)?.into_iter().chain(files))?;
        once(&out, &[&[hash.as_str()], OPTIONS].concat(), || {
            system("g++", &["--version"], &["g++"], log)?;
            let build =
                Build { programs: self, schemas: &schemas, sources: &sources, root: &root, out: &out };
            build.generate(log)?;
            thread::scope(|scope| {
                let compiling = ["client", "server"].map(|role| {
                    let program = format!("{}_{role}", self.purpose);
                    let log = log.with_extension(format!("{program}.log"));
                    let build = &build;
                    scope.spawn(move || build.compile(&program, log))
                });
                for program in compiling {
                    program.join().map_err(|_| "a thread panicked")??;
                }
                Ok(String::new())
            })
        })?;
        Ok(out)
    }

    /// Everything that is for the same purpose, in the order of names.
    fn sources(&self, folder: &Path) -> Result<Vec<PathBuf>, String> {
        let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let own = |path: &PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(self.purpose))
        };
        let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(own).collect();
        files.sort();
        Ok(files)
    }
}

struct Build<'a> {
    programs: &'a Programs,
    schemas: &'a Path,
    sources: &'a Path,
    /// Debian's packages.
    root: &'a Path,
    out: &'a Path,
}

impl Build<'_> {
    fn generate(&self, log: &Path) -> Result<String, String> {
        fs::create_dir_all(self.out).map_err(|error| error.to_string())?;
        let mut protoc = Command::new(self.root.join("usr/bin/protoc"));
        protoc.env("LD_LIBRARY_PATH", debian::libraries(self.root)).current_dir(self.schemas).arg("-I.");
        for (option, path) in [("cpp_out", self.out), ("grpc_out", self.out)] {
            protoc.arg(format!("--{option}={}", path.display()));
        }
        let plugin = self.root.join("usr/bin/grpc_cpp_plugin");
        protoc.arg(format!("--plugin=protoc-gen-grpc={}", plugin.display()));
        let files = self.programs.files.iter().map(|file| format!("{file}.proto"));
        process::run(protoc.args(files), log, LIMIT)
    }

    fn compile(&self, program: &str, log: PathBuf) -> Result<String, String> {
        let libraries = debian::libraries(self.root);
        let mut compiler = Command::new("g++");
        compiler.current_dir(self.out).args(OPTIONS).arg("-I.");
        compiler.arg("-I").arg(self.root.join("usr/include")).arg("-I").arg(self.sources);
        compiler.arg(self.sources.join(format!("{program}.cc")));
        compiler
            .args(self.programs.files.iter().map(|file| format!("{file}.pb.cc")))
            .arg(format!("{}.grpc.pb.cc", self.programs.service));
        compiler.arg("-L").arg(&libraries).arg(format!("-Wl,-rpath,{}", libraries.display()));
        compiler.args(["-lgrpc++", "-lprotobuf", "-o", program]);
        process::run(&mut compiler, &log, LIMIT)
    }
}

/// Tells whether any of these files has changed.
fn hash(files: impl Iterator<Item = PathBuf>) -> Result<String, String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}
