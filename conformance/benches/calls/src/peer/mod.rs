//! The implementations that are compared, as server and as client.

pub mod connectrpc;
pub mod raw;
pub mod rsgrpc;
pub mod tonic;

use std::io::{Read, Write, stdin, stdout};

use tokio::net::TcpListener;

use crate::load::obey;
use crate::workload::Flavor;

/// The peers, ours last.
pub const PEERS: [&str; 3] = [tonic::NAME, connectrpc::NAME, rsgrpc::NAME];

/// Serves on a port that it says, until its standard input ends.
pub fn serve(peer: &str, flavor: Flavor) -> Result<(), String> {
    // With this process's parent ends the process, whatever the runtime does.
    std::thread::spawn(|| {
        let _ = stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = flavor.runtime();
    let listener = runtime.block_on(listen()).map_err(|error| error.to_string())?;
    match peer {
        tonic::NAME => spawn(&runtime, tonic::serve(listener)),
        connectrpc::NAME => spawn(&runtime, connectrpc::serve(listener)),
        rsgrpc::NAME => spawn(&runtime, rsgrpc::serve(listener)),
        raw::NAME => spawn(&runtime, raw::serve(listener)),
        _ => return Err(format!("unknown peer {peer}")),
    }
    Ok(())
}

/// On a multi-thread runtime a server belongs on one of its threads.
fn spawn(runtime: &tokio::runtime::Runtime, server: impl Future<Output = ()> + Send + 'static) {
    let server = runtime.spawn(server);
    runtime.block_on(server).expect("the server does not panic");
}

async fn listen() -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?.port());
    stdout().flush()?;
    Ok(listener)
}

/// Calls the server at `port` as its standard input orders.
pub fn load(peer: &str, flavor: Flavor, port: &str) -> Result<(), String> {
    let uri = format!("http://127.0.0.1:{port}");
    match peer {
        tonic::NAME => obey(flavor, async || tonic::connect(uri).await),
        connectrpc::NAME => obey(flavor, async || connectrpc::connect(&uri)),
        rsgrpc::NAME => obey(flavor, async || rsgrpc::connect(&uri)),
        raw::NAME => obey(flavor, async || raw::connect(port).await),
        _ => return Err(format!("unknown peer {peer}")),
    }
    Ok(())
}
