//! The product service: what is generated, and what a server does with it.
//!
//! Start with [`Shop`]; its server and its client are in `src/bin`.

/// What `protoc --rsgrpc_out=src/proto product_service.proto` writes.
pub mod proto;

mod shop;

pub use shop::Shop;
