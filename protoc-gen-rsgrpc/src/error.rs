//! What is wrong with a request, collected over a stage and reported together.

pub(crate) use rsgrpc::schema::printable;
pub use rsgrpc::schema::{Errors, Problem};
