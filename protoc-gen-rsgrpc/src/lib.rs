//! The protoc plugin of rsgrpc.

pub mod schema;
