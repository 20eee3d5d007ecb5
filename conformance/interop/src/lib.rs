//! What the client and the server of gRPC's interoperability tests share: generated code, flags, payloads.
//!
//! The cases and the services are those of `doc/interop-test-descriptions.md`,
//! `doc/negative-http2-interop-test-descriptions.md` and `doc/connection-backoff-interop-test-description.md`
//! in grpc/grpc.

mod flags;

pub use flags::Flags;
pub use grpc::testing as proto;

include!(concat!(env!("OUT_DIR"), "/mod.rs"));

use proto::Payload;
use tokio::net::TcpListener;

/// Anything that goes wrong in a program or a case.
pub type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Where the certificates and keys of the tests lie in a checkout of grpc/grpc.
pub const CREDENTIALS: &str = "src/core/tsi/test_creds";
/// What the server sends back as initial metadata.
pub const ECHO_INITIAL: &str = "x-grpc-test-echo-initial";
/// What the server sends back as trailing metadata.
pub const ECHO_TRAILING: &str = "x-grpc-test-echo-trailing-bin";

/// Listens on all addresses, of IPv6 as well where the system has it.
///
/// # Errors
/// The port is taken.
pub async fn listen(port: u16) -> std::io::Result<TcpListener> {
    match TcpListener::bind(("::", port)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind(("0.0.0.0", port)).await,
    }
}

/// A payload of so many zeros.
#[must_use]
pub fn zeros(size: usize) -> Payload {
    Payload { body: vec![0; size].into(), ..Default::default() }
}
