//! The plugin calls prost's types as prost does: a golden file of its compiles over what prost makes of the same schema.

#![deny(warnings)]

use std::time::Duration;

use rsgrpc::{Channel, Context, Server, Status};
use services::golden::foreign::foo_bar::r#type::{Names, NamesClient, NamesServer};

#[allow(deprecated, missing_docs, unused, clippy::all, reason = "prost's")]
mod messages {
    include!(concat!(env!("OUT_DIR"), "/names.rs"));
}

#[allow(missing_docs, reason = "the schema has no comments")]
mod services {
    include!("../../../protoc-gen-rsgrpc/tests/golden/foreign/prost/mod.rs");
}

struct Bytes;

impl Names for Bytes {
    async fn wrapped(&self, _: &Context, request: String) -> Result<Vec<u8>, Status> {
        Ok(request.into_bytes())
    }
}

#[tokio::test]
async fn well_known_types_are_types_of_rust() -> Result<(), Status> {
    let server = Server::new().add(NamesServer::new(Bytes)).local();
    let client = NamesClient::new(Channel::local(&server));
    let answer = client.wrapped("word".to_owned()).timeout(Duration::from_secs(20)).await?;
    assert_eq!(answer, b"word");
    Ok(())
}
