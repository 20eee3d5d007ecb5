//! The product service, from its .proto file to a running server and client.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::cargo;
use crate::generate;
use crate::process::{self, Server};
use crate::project::Project;

const LIMIT: Duration = Duration::from_secs(60);

/// Generates and builds the example, calls its server from its client and shows what they say.
pub fn run(project: &Project) -> Result<(), String> {
    let log = prepare(project)?;
    let server_log = log.with_file_name("demo-server.log");
    println!("$ product-server 127.0.0.1:0");
    let server =
        Server::start(Command::new(project.program("product-server")).arg("127.0.0.1:0"), &server_log)?;
    println!("listening on {}\n", server.address);
    println!("$ product-client {}", server.address);
    let mut client = Command::new(project.program("product-client"));
    print!("{}", process::run(client.arg(&server.address), &log, LIMIT)?);
    drop(server);
    println!("\nWhat the server's logging interceptor wrote:");
    print!("{}", fs::read_to_string(&server_log).unwrap_or_default());
    Ok(())
}

/// Keeps the example's server on its port until it is ended from outside.
pub fn serve(project: &Project) -> Result<(), String> {
    prepare(project)?;
    let status = Command::new(project.program("product-server")).arg("127.0.0.1:50051").status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the server ended with {status}")),
        Err(error) => Err(error.to_string()),
    }
}

fn prepare(project: &Project) -> Result<std::path::PathBuf, String> {
    fs::create_dir_all(project.logs()).map_err(|error| error.to_string())?;
    let log = project.logs().join("demo.log");
    for stale in [&log, &project.logs().join("demo-server.log")] {
        remove(stale)?;
    }
    println!("$ cargo build --package protoc-gen-rsgrpc");
    cargo::build(project, "protoc-gen-rsgrpc", &log)?;
    println!("$ {}", generate::example(project, &log)?);
    println!("$ cargo build --package product");
    cargo::build(project, "product", &log)?;
    println!();
    Ok(log)
}

fn remove(file: &Path) -> Result<(), String> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", file.display()))
        }
        _ => Ok(()),
    }
}
