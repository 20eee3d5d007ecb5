//! The product server with the drills of `conformance/peers/README.md`. Ends when its stdin does.
//! Where `CERTIFICATES` names a folder of certificates it does TLS, and has its clients do so with one of theirs.

mod drills;
mod tokens;

use std::env;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

use product::proto::ecommerce::ProductServiceServer;
use rsgrpc::Server;
use rsgrpc::compression::Compression;
use rsgrpc::tls::{Identity, Roots, ServerTls};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening {}", listener.local_addr()?);
    let stopped = async {
        // An error ends the server as well.
        let _ = tokio::io::stdin().read_to_end(&mut Vec::new()).await;
    };
    let service = ProductServiceServer::new(drills::Drills::default());
    // The products of streams have about 1,000 bytes.
    let server = Server::new().add(service).compression(Compression::new().min_size(500));
    let server = match env::var_os("CERTIFICATES") {
        None => server,
        Some(folder) => {
            let file = |name: &str| Path::new(&folder).join(name);
            let tls = ServerTls::new(Identity::from_files(file("server.pem"), file("server.key"))?);
            server.tls(tls.require_client_certificate(Roots::from_file(file("ca.pem"))?))
        }
    };
    server.serve_with_shutdown(listener, stopped, Duration::from_secs(1)).await?;
    Ok(())
}
