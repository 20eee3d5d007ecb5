//! The product service: what is generated, and what a server does with it.
//!
//! `src/proto` is what `protoc --rsgrpc_out=src/proto product_service.proto` writes.

pub mod proto;

mod shop;

pub use shop::Shop;
