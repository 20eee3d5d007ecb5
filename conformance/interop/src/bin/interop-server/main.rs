//! The server of gRPC's interoperability tests.
//!
//! Prints `listening ADDRESS`, then a line `call PATH` for each call that comes. Ends at an interrupt.

mod calls;
mod echo;
mod service;

use std::env;
use std::time::Duration;

use calls::Calls;
use rsgrpc::Server;
use rsgrpc::tls::{Identity, ServerTls};
use rsgrpc_interop::proto::TestServiceServer;
use rsgrpc_interop::{CREDENTIALS, Flags, Result};
use service::TestService;
use tokio::net::TcpListener;

const FLAGS: &[&str] = &["port", "use_tls", "tls_cert_file", "tls_key_file"];

#[tokio::main]
async fn main() -> Result {
    let flags = Flags::parse(env::args().skip(1), FLAGS)?;
    let listener = listen(flags.required("port")?.parse()?).await?;
    let mut server = Server::new().intercept(Calls).add(TestServiceServer::new(TestService));
    if flags.parsed("use_tls", false)? {
        let file = |flag, name| match flags.get(flag) {
            Some(path) => path.to_owned(),
            None => format!("{CREDENTIALS}/{name}"),
        };
        let chain = file("tls_cert_file", "server1.pem");
        server =
            server.tls(ServerTls::new(Identity::from_files(chain, file("tls_key_file", "server1.key"))?));
    }
    println!("listening {}", listener.local_addr()?);
    // An error ends the server as well.
    let stopped = async { drop(tokio::signal::ctrl_c().await) };
    server.serve_with_shutdown(listener, stopped, Duration::from_secs(1)).await?;
    Ok(())
}

/// On all addresses, of IPv6 as well where the system has it.
async fn listen(port: u16) -> Result<TcpListener> {
    match TcpListener::bind(("::", port)).await {
        Ok(listener) => Ok(listener),
        Err(_) => Ok(TcpListener::bind(("0.0.0.0", port)).await?),
    }
}
