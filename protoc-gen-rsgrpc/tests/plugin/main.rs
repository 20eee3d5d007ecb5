//! The plugin from outside: real and hostile requests in, schema, files or errors out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

mod binary;
mod build;
mod errors;
mod hostile;
mod own_output;
mod samples;
mod support;
