//! gRPC for Rust: the runtime of code that `protoc-gen-rsgrpc` generates.

#[cfg(feature = "call")]
mod deadline;
#[cfg(feature = "call")]
mod metadata;
#[cfg(feature = "call")]
mod status;
#[cfg(feature = "call")]
mod transport;

#[cfg(feature = "call")]
pub use deadline::Deadline;
#[cfg(feature = "call")]
pub use metadata::{Metadata, MetadataError, MetadataValue};
#[cfg(feature = "call")]
pub use status::{Code, Status};
#[cfg(feature = "call")]
pub use transport::{Local, Peer};
