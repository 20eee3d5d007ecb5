//! What is tried: the cases, the calls that a server must have seen, and who cannot do what.

use super::programs::Language::{self, Cpp, Node, Python};

/// A case of `doc/interop-test-descriptions.md` in grpc/grpc.
pub struct Case {
    pub name: &'static str,
    /// The method that it calls, and how often at least it reaches the server. A call that is cancelled or late may
    /// never leave, and one that nobody implements is not seen by every server.
    pub calls: (&'static str, usize),
    pub needs: Needs,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    /// Credentials are not sent without it.
    Tls,
    /// A proxy that answers the second of two equal requests.
    Cache,
}

const fn case(name: &'static str, method: &'static str, calls: usize) -> Case {
    Case { name, calls: (method, calls), needs: Needs::Nothing }
}

pub const CASES: &[Case] = &[
    case("empty_unary", "EmptyCall", 1),
    Case { needs: Needs::Cache, ..case("cacheable_unary", "CacheableUnaryCall", 1) },
    case("large_unary", "UnaryCall", 1),
    case("client_compressed_unary", "UnaryCall", 3),
    case("server_compressed_unary", "UnaryCall", 2),
    case("client_streaming", "StreamingInputCall", 1),
    case("client_compressed_streaming", "StreamingInputCall", 2),
    case("server_streaming", "StreamingOutputCall", 1),
    case("server_compressed_streaming", "StreamingOutputCall", 1),
    case("ping_pong", "FullDuplexCall", 1),
    case("empty_stream", "FullDuplexCall", 1),
    case("custom_metadata", "FullDuplexCall", 1),
    case("status_code_and_message", "FullDuplexCall", 1),
    case("special_status_message", "UnaryCall", 1),
    Case { needs: Needs::Tls, ..case("jwt_token_creds", "UnaryCall", 1) },
    Case { needs: Needs::Tls, ..case("oauth2_auth_token", "UnaryCall", 1) },
    Case { needs: Needs::Tls, ..case("per_rpc_creds", "UnaryCall", 1) },
    case("unimplemented_method", "UnimplementedCall", 0),
    case("unimplemented_service", "UnimplementedCall", 0),
    case("cancel_after_begin", "StreamingInputCall", 0),
    case("cancel_after_first_response", "FullDuplexCall", 1),
    case("timeout_on_sleeping_server", "FullDuplexCall", 0),
    case("concurrent_large_unary", "UnaryCall", 1000),
    case("rpc_soak", "UnaryCall", SOAK),
    case("channel_soak", "UnaryCall", SOAK),
];

/// The calls of a soak: many, and still quick.
pub const SOAK: usize = 100;

/// What an implementation cannot do, and why.
pub struct Unable {
    pub language: Language,
    pub role: Role,
    pub cases: &'static [&'static str],
    pub why: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Client,
    Server,
}

pub const UNABLE: &[Unable] = &[
    Unable {
        language: Python,
        role: Role::Client,
        cases: &["client_compressed_streaming"],
        why: "grpcio compresses all requests of a call or none",
    },
    Unable {
        language: Python,
        role: Role::Server,
        cases: &["client_compressed_unary", "client_compressed_streaming"],
        why: "grpcio does not tell whether a request was compressed",
    },
    Unable {
        language: Node,
        role: Role::Server,
        cases: &["client_compressed_unary", "client_compressed_streaming"],
        why: "grpc-js does not tell whether a request was compressed",
    },
    Unable {
        language: Node,
        role: Role::Server,
        cases: &["server_compressed_unary", "server_compressed_streaming"],
        why: "servers on grpc-js do not compress",
    },
    Unable {
        language: Cpp,
        role: Role::Client,
        cases: &["jwt_token_creds", "oauth2_auth_token", "per_rpc_creds"],
        why: "libgrpc++ 1.51 signs tokens for no service, and pads their parts, which RFC 7515 forbids",
    },
    Unable {
        language: Cpp,
        role: Role::Server,
        cases: &["jwt_token_creds", "oauth2_auth_token", "per_rpc_creds"],
        why: "libgrpc++ does not check tokens",
    },
];

impl Case {
    /// Whether both can do it.
    pub fn able(&self, client: Language, server: Language) -> bool {
        !UNABLE.iter().any(|unable| {
            let party = if unable.role == Role::Client { client } else { server };
            unable.language == party && unable.cases.contains(&self.name)
        })
    }
}
