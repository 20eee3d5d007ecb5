//! The server of gRPC's interoperability tests.
//!
//! With `--port` it serves the cases, with `--control_port` and `--retry_port` the test of reconnection. Prints
//! `listening ADDRESS`, then a line `call PATH` for each call that comes. Ends at an interrupt.

mod authentication;
mod calls;
mod echo;
mod reconnect;
mod service;

use std::env;
use std::time::Duration;

use authentication::Authentication;
use calls::Calls;
use reconnect::Reconnect;
use rsgrpc::Server;
use rsgrpc::tls::{Identity, ServerTls};
use rsgrpc_interop::proto::{ReconnectServiceServer, TestServiceServer};
use rsgrpc_interop::{CREDENTIALS, Flags, Result, listen};
use service::TestService;

const FLAGS: &[&str] =
    &["port", "use_tls", "tls_cert_file", "tls_key_file", "token_keys_file", "control_port", "retry_port"];

#[tokio::main]
async fn main() -> Result {
    let flags = Flags::parse(env::args().skip(1), FLAGS)?;
    let server = Server::new().intercept(Calls);
    let (port, server) = match flags.get("control_port") {
        Some(port) => {
            let service = Reconnect::new(flags.required("retry_port")?.parse()?);
            (port, server.add(ReconnectServiceServer::new(service)))
        }
        None => (flags.required("port")?, cases(server, &flags)?),
    };
    let listener = listen(port.parse()?).await?;
    println!("listening {}", listener.local_addr()?);
    // An error ends the server as well.
    let stopped = async { drop(tokio::signal::ctrl_c().await) };
    server.serve_with_shutdown(listener, stopped, Duration::from_secs(1)).await?;
    Ok(())
}

/// A server of the cases, with or without TLS.
fn cases(mut server: Server, flags: &Flags) -> Result<Server> {
    if flags.parsed("use_tls", false)? {
        let file = |flag, name| match flags.get(flag) {
            Some(path) => path.to_owned(),
            None => format!("{CREDENTIALS}/{name}"),
        };
        let (chain, key) = (file("tls_cert_file", "server1.pem"), file("tls_key_file", "server1.key"));
        server = server.tls(ServerTls::new(Identity::from_files(chain, key)?));
    }
    if let Some(path) = flags.get("token_keys_file") {
        server = server.intercept(Authentication::new(path)?);
    }
    Ok(server.add(TestServiceServer::new(TestService)))
}
