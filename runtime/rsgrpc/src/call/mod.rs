//! What both sides of a call share: typed streams, their framing and packing, the context of a call.

mod bell;
mod cancellation;
mod context;
mod desk;
mod inherit;
mod message;
mod outbox;
mod pack;
mod protocol;
mod reader;
mod requests;
mod room;
mod sender;
mod streaming;
mod tap;
mod timer;

pub use cancellation::Cancellation;
pub use context::{Context, ResponseMetadata};
pub(crate) use context::{Opening, Owned};
pub(crate) use inherit::{inherited_deadline, within};
pub use message::AnyMessage;
pub(crate) use message::{AnyCoding, Held};
pub(crate) use outbox::Outbox;
pub(crate) use protocol::Protocol;
pub(crate) use reader::Reader;
pub(crate) use requests::Requests;
pub use sender::Sender;
pub(crate) use sender::Take;
pub(crate) use streaming::Source;
pub use streaming::Streaming;
pub(crate) use tap::{Decoder, Hooks, Tap};
pub(crate) use timer::{Bounds, Timer, late};
