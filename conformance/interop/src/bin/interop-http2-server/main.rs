//! The server that plays tricks below gRPC (`doc/negative-http2-interop-test-descriptions.md`).
//!
//! `--test_case` names the trick. Prints `listening ADDRESS`, a line `call` for each call that comes, and `wrong: …`
//! where a client breaks the rules. Ends at an interrupt.

#![allow(clippy::expect_used, reason = "what a client breaks ends its connection, and is told")]

mod connection;
mod tricks;

use std::env;

use connection::Connection;
use rsgrpc_interop::{Flags, Result, listen};
use tricks::Trick;

#[tokio::main]
async fn main() -> Result {
    let flags = Flags::parse(env::args().skip(1), &["port", "test_case"])?;
    let trick = Trick::named(flags.required("test_case")?)?;
    let listener = listen(flags.required("port")?.parse()?).await?;
    println!("listening {}", listener.local_addr()?);
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (socket, _) = accepted?;
                tokio::spawn(async move {
                    let served = async move { trick.serve(Connection::new(socket).await).await };
                    if let Err(error) = tokio::spawn(served).await {
                        println!("wrong: {error}");
                    }
                });
            }
            _ = tokio::signal::ctrl_c() => return Ok(()),
        }
    }
}
