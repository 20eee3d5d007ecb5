//! The client of gRPC's interoperability tests.
//!
//! `--test_case` may name several cases, separated by commas; they run one after the other. For each that has
//! passed a line `ok CASE` is printed, for another one `FAIL CASE: why`. The exit code tells of failures, too.

mod account;
mod compression;
mod credentials;
mod errors;
mod http2;
mod limits;
mod load;
mod outcomes;
mod reconnect;
mod streaming;
mod target;
mod unary;

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use rsgrpc::{Channel, Code, Status};
use rsgrpc_interop::proto::TestServiceClient;
use rsgrpc_interop::{Flags, Result};
use target::Target;
use tokio::time::timeout;

const FLAGS: &[&str] = &[
    "server_host",
    "server_port",
    "server_control_port",
    "server_retry_port",
    "server_host_override",
    "test_case",
    "use_tls",
    "use_test_ca",
    "ca_file",
    "service_account_key_file",
    "oauth_scope",
    "default_service_account",
    "custom_credentials_type",
    "max_reconnect_backoff_ms",
    "reconnect_seconds",
    "soak_iterations",
    "soak_max_failures",
    "soak_per_iteration_max_acceptable_latency_ms",
    "soak_overall_timeout_seconds",
    "soak_min_time_ms_between_rpcs",
    "soak_request_size",
    "soak_response_size",
];

/// The longest that a case may take; soaks and `reconnect` have limits of their own.
const LIMIT: Duration = Duration::from_secs(120);

/// What a case is given.
#[derive(Clone)]
struct Client {
    service: TestServiceClient,
    channel: Channel,
    target: Target,
    flags: Flags,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let flags = Flags::parse(env::args().skip(1), FLAGS)?;
    let mut code = ExitCode::SUCCESS;
    for name in flags.required("test_case")?.split(',') {
        // A task of its own, so that a panic is this case's alone.
        let why = match tokio::spawn(run(name.to_owned(), flags.clone())).await {
            Ok(Ok(())) => {
                println!("ok {name}");
                continue;
            }
            Ok(Err(error)) => error.to_string(),
            Err(panic) => panic.to_string(),
        };
        println!("FAIL {name}: {}", why.replace('\n', " "));
        code = ExitCode::FAILURE;
    }
    Ok(code)
}

async fn run(name: String, flags: Flags) -> Result {
    if name == "reconnect" {
        return reconnect::reconnect(&flags).await;
    }
    let target = Target::new(&flags, "server_port")?;
    let channel = target.connect()?;
    let service = TestServiceClient::new(channel.clone());
    let client = Client { service, channel, target, flags };
    match name.as_str() {
        "rpc_soak" => load::rpc_soak(client).await,
        "channel_soak" => load::channel_soak(client).await,
        _ => timeout(LIMIT, case(&name, client)).await?,
    }
}

async fn case(name: &str, client: Client) -> Result {
    match name {
        "empty_unary" => unary::empty(client).await,
        "cacheable_unary" => unary::cacheable(client).await,
        "large_unary" => unary::large(&client).await,
        "client_compressed_unary" => compression::client_unary(client).await,
        "server_compressed_unary" => compression::server_unary(client).await,
        "client_compressed_streaming" => compression::client_streaming(client).await,
        "server_compressed_streaming" => compression::server_streaming(client).await,
        "client_streaming" => streaming::client(client).await,
        "server_streaming" => streaming::server(client).await,
        "ping_pong" => streaming::ping_pong(client).await,
        "empty_stream" => streaming::empty(client).await,
        "custom_metadata" => unary::custom_metadata(client).await,
        "status_code_and_message" => errors::status_code_and_message(client).await,
        "special_status_message" => errors::special_status_message(client).await,
        "jwt_token_creds" => credentials::jwt_token_creds(client).await,
        "oauth2_auth_token" => credentials::oauth2_auth_token(client).await,
        "per_rpc_creds" => credentials::per_rpc_creds(client).await,
        "unimplemented_method" => errors::unimplemented_method(client).await,
        "unimplemented_service" => errors::unimplemented_service(client).await,
        "cancel_after_begin" => limits::cancel_after_begin(client).await,
        "cancel_after_first_response" => limits::cancel_after_first_response(client).await,
        "timeout_on_sleeping_server" => limits::timeout_on_sleeping_server(client).await,
        "concurrent_large_unary" => load::concurrent_large_unary(client).await,
        "goaway" => http2::goaway(client).await,
        "rst_after_header" | "rst_during_data" | "rst_after_data" => http2::reset(client).await,
        "ping" | "data_frame_padding" | "no_df_padding_sanity_test" => unary::large(&client).await,
        "max_streams" => http2::max_streams(client).await,
        _ => Err("there is no such case here".into()),
    }
}

/// The status with which a call failed, which must have this code.
fn fails<T>(code: Code, result: std::result::Result<T, Status>) -> Result<Status> {
    match result {
        Ok(_) => Err(format!("succeeded, where {code} was expected").into()),
        Err(status) if status.code() == code => Ok(status),
        Err(status) => Err(format!("{status}, where {code} was expected").into()),
    }
}
