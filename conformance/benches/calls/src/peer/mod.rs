//! The implementations that are compared, as server and as client.

pub mod connectrpc;
pub mod cpp;
pub mod grpc;
pub mod raw;
pub mod rsgrpc;
pub mod tonic;

use std::io::{self, Read, Write, stdin, stdout};
use std::net::{Ipv4Addr, SocketAddr};
use std::thread;

use tokio::net::{TcpListener, TcpSocket};

use crate::call::{Call, WORK};
use crate::load::obey;
use crate::rest;
use crate::setup::{Setup, Threads};
use crate::workload::{Side, Workload};

/// The peers that take part in a workload, ours last.
pub fn of(workload: &Workload) -> Vec<&'static str> {
    let Workload { side, call, setup, .. } = workload;
    let bare = !setup.tls && !setup.gzip;
    let mut peers = vec![tonic::NAME, connectrpc::NAME];
    match side {
        // A client's messages are made in advance, and sent back as they come.
        Side::Server
            if matches!(call, Call::Small | Call::Large | Call::Huge | Call::Repeat | Call::Bidi) =>
        {
            peers.push(raw::NAME);
        }
        Side::Server => {}
        Side::Client => {
            peers.push(raw::NAME);
            if bare {
                peers.push(grpc::NAME);
            }
        }
    }
    if cpp::takes(workload) {
        peers.push(cpp::NAME);
    }
    peers.push(rsgrpc::NAME);
    peers
}

/// Serves on a port that it says, until its standard input ends.
pub fn serve(peer: &str, setup: Setup) -> Result<(), String> {
    // With this process's parent ends the process, whatever the runtime does.
    thread::spawn(|| {
        let _ = stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = setup.runtime();
    let listener = runtime.block_on(listen(0)).map_err(|error| error.to_string())?;
    let port = listener.local_addr().map_err(|error| error.to_string())?.port();
    let others = match setup.threads {
        Threads::Each(count) => (1..count).map(|_| runtime.block_on(listen(port))).collect(),
        _ => Ok(Vec::new()),
    };
    let others = others.map_err(|error: io::Error| error.to_string())?;
    println!("{port}");
    stdout().flush().map_err(|error| error.to_string())?;
    match peer {
        tonic::NAME => spawn(&runtime, tonic::serve(listener, setup)),
        connectrpc::NAME => spawn(&runtime, connectrpc::serve(listener, setup)),
        rsgrpc::NAME => thread::scope(|scope| {
            for listener in others {
                scope.spawn(move || serve_apart(listener, setup));
            }
            spawn(&runtime, rsgrpc::serve(listener, setup));
        }),
        raw::NAME => spawn(&runtime, raw::serve(listener, setup)),
        rest::REST => spawn(&runtime, rest::serve_rest(listener)),
        rest::GRPC => spawn(&runtime, rest::serve_grpc(listener)),
        _ => return Err(format!("unknown server {peer}")),
    }
    Ok(())
}

/// On a multi-thread runtime a server belongs on one of its threads.
fn spawn(runtime: &tokio::runtime::Runtime, server: impl Future<Output = ()> + Send + 'static) {
    let server = runtime.spawn(server);
    runtime.block_on(server).expect("the server does not panic");
}

/// Serves on this thread, with a runtime and a listener of its own: the kernel
/// deals connections out (`SO_REUSEPORT`).
fn serve_apart(listener: TcpListener, setup: Setup) {
    let listener = listener.into_std().expect("a socket");
    setup.runtime().block_on(async {
        rsgrpc::serve(TcpListener::from_std(listener).expect("a socket"), setup).await;
    });
}

async fn listen(port: u16) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseport(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(16_384)
}

/// Computes for as long as [`WORK`].
fn work() {
    let start = std::time::Instant::now();
    while start.elapsed() < WORK {
        std::hint::spin_loop();
    }
}

/// Calls the server at `port` as its standard input orders.
pub fn load(peer: &str, setup: Setup, port: u16, connections: usize) -> Result<(), String> {
    let uri = format!("{}://127.0.0.1:{port}", if setup.tls { "https" } else { "http" });
    match peer {
        tonic::NAME => obey(setup, connections, async || tonic::connect(&uri, setup).await),
        connectrpc::NAME => obey(setup, connections, async || connectrpc::connect(&uri, setup)),
        grpc::NAME => obey(setup, connections, async || grpc::connect(port)),
        rsgrpc::NAME => obey(setup, connections, async || rsgrpc::connect(&uri, setup)),
        rest::REST => obey(setup, connections, async || rest::Rest::new(port)),
        rest::GRPC => obey(setup, connections, async || rest::Grpc::new(port)),
        raw::NAME => {
            let exchanges = raw::Exchanges::new(port, setup);
            obey(setup, connections, async || raw::connect(&exchanges, setup).await);
        }
        _ => return Err(format!("unknown client {peer}")),
    }
    Ok(())
}
