//! The product client in Rust: `drill-client ADDRESS [CASE ...]` runs the cases of `conformance/peers/cases.txt`.
//! Where `CERTIFICATES` names a folder of certificates it does so over TLS, and runs `secured-cases.txt` as well.

mod compressed;
mod errors;
mod kinds;
mod large;
mod limits;
mod secured;

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use product::proto::ecommerce::{GetProductRequest, Product, ProductServiceClient};
use rsgrpc::{Channel, Code, Metadata, Status};
use rsgrpc_testees::MESSAGE;
use secured::Secured;
use tokio::time::timeout;

const CASES: &str = include_str!("../../../../peers/cases.txt");
const SECURED_CASES: &str = include_str!("../../../../peers/secured-cases.txt");
const LIMIT: Duration = Duration::from_secs(120);

/// Anything that goes wrong in a case. An assertion that fails panics instead.
type Result<T = ()> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The service, called over one connection.
#[derive(Clone)]
struct Client {
    products: ProductServiceClient,
    channel: Channel,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let address = env::args().nth(1).ok_or("which address?")?;
    let secured = Secured::new(&address).map(Arc::new);
    let channel = match &secured {
        None => Channel::connect(&format!("http://{address}"))?,
        Some(secured) => secured.channel()?,
    };
    let client = Client { products: ProductServiceClient::new(channel.clone()), channel };
    let chosen: Vec<String> = env::args().skip(2).collect();
    let mut code = ExitCode::SUCCESS;
    let cases = CASES.lines().chain(SECURED_CASES.lines().filter(|_| secured.is_some()));
    for name in cases.filter(|name| chosen.is_empty() || chosen.iter().any(|chosen| chosen == name)) {
        // A task of its own, so that a panic is this case's alone.
        let case = tokio::spawn(timeout(LIMIT, run(name, client.clone(), secured.clone())));
        let why = match case.await {
            Ok(Ok(Ok(()))) => {
                println!("ok {name}");
                continue;
            }
            Ok(Ok(Err(error))) => error.to_string(),
            Ok(Err(_)) => "timed out".to_owned(),
            Err(panic) => panic.to_string(),
        };
        println!("FAIL {name}: {why}");
        code = ExitCode::FAILURE;
    }
    Ok(code)
}

async fn run(name: &'static str, client: Client, secured: Option<Arc<Secured>>) -> Result {
    match name {
        "unary" => kinds::unary(client).await,
        "server-streaming" => kinds::server_streaming(client).await,
        "server-streaming-empty" => kinds::server_streaming_empty(client).await,
        "client-streaming" => kinds::client_streaming(client).await,
        "client-streaming-empty" => kinds::client_streaming_empty(client).await,
        "bidi" => kinds::bidi(client).await,
        "bidi-empty" => kinds::bidi_empty(client).await,
        "metadata" => kinds::metadata(client).await,
        "not-found" => errors::not_found(client).await,
        "invalid-argument" => errors::invalid_argument(client).await,
        "error-statuses" => errors::error_statuses(client).await,
        "error-details" => errors::error_details(client).await,
        "unimplemented-method" => errors::unimplemented_method(client).await,
        "unimplemented-service" => errors::unimplemented_service(client).await,
        "server-streaming-error" => errors::server_streaming_error(client).await,
        "client-streaming-error" => errors::client_streaming_error(client).await,
        "deadline-seen-by-server" => limits::deadline_seen_by_server(client).await,
        "deadline-exceeded" => limits::deadline_exceeded(client).await,
        "deadline-exceeded-stream" => limits::deadline_exceeded_stream(client).await,
        "cancel-unary" => limits::cancel_unary(client).await,
        "cancel-server-streaming" => limits::cancel_server_streaming(client).await,
        "cancel-bidi" => limits::cancel_bidi(client).await,
        "unary-large" => large::unary_large(client).await,
        "request-too-large" => large::request_too_large(client).await,
        "response-too-large" => large::response_too_large(client).await,
        "compressed-request" => compressed::request(client).await,
        "compressed-response" => compressed::response(client).await,
        "compressed-streams" => compressed::streams(client).await,
        "compressed-too-large" => compressed::too_large(client).await,
        "concurrent-1000" => large::concurrent_1000(client).await,
        "download-100000" => large::download_100000(client).await,
        "upload-100000" => large::upload_100000(client).await,
        _ => match secured {
            Some(secured) => secured.run(name).await,
            None => Err("there is no such case here".into()),
        },
    }
}

impl Client {
    /// A unary call with a generous deadline.
    async fn drill(&self, id: &str) -> std::result::Result<Product, Status> {
        self.products.get_product(get(id)).timeout(Duration::from_secs(20)).await
    }

    /// Waits until the server has noted this token.
    async fn noted(&self, token: &str) -> Result {
        assert_eq!(self.drill(&format!("seen-{token}")).await?.id, token);
        Ok(())
    }
}

fn get(id: &str) -> GetProductRequest {
    GetProductRequest { product_id: id.to_owned(), ..Default::default() }
}

/// A name that no other case, client or run uses.
fn token() -> String {
    use std::hash::{BuildHasher, RandomState};
    format!("{:016x}", RandomState::new().hash_one(std::process::id()))
}

/// The status with which a call failed, which must have this code.
#[track_caller]
fn fails<T>(code: Code, result: std::result::Result<T, Status>) -> Status {
    match result {
        Ok(_) => panic!("succeeded, where {code} was expected"),
        Err(status) => {
            assert_eq!(status.code(), code, "{status}");
            status
        }
    }
}

/// Whether this is the error that a drill provokes, with its trailers.
#[track_caller]
fn provoked(status: &Status) {
    assert_eq!(status.message(), MESSAGE);
    has(status.metadata(), "x-reason", "out of stock");
    assert_eq!(status.metadata().get_bin("x-reason-bin").as_deref(), Some(&[0x00, 0xff, 0x80][..]));
}

/// Several values of a text name may arrive as one, joined by a comma.
#[track_caller]
fn has(metadata: &Metadata, name: &str, value: &str) {
    let values: Vec<&str> = metadata.get_all(name).flat_map(|values| values.split(", ")).collect();
    assert!(values.contains(&value), "{name} is {values:?}");
}
