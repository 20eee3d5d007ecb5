//! What both sides of a call share: typed streams, their framing and packing, the context of a call.

mod context;
mod outbox;
mod protocol;
mod reader;
mod sender;
mod streaming;
mod timer;

pub(crate) use context::Opening;
pub use context::{Cancellation, Context, ResponseMetadata};
pub(crate) use outbox::Outbox;
pub(crate) use protocol::Protocol;
pub(crate) use reader::Reader;
pub use sender::Sender;
pub(crate) use streaming::Source;
pub use streaming::Streaming;
pub(crate) use timer::Timer;
