//! A context without a call.

use crate::call::{Context, Opening, Owned, Protocol};
use crate::compression::{Compression, Terms};
use crate::deadline::Deadline;
use crate::metadata::Metadata;
use crate::transport::{Peer, RequestHead};
use std::fmt;
use std::ops::Deref;
use std::time::Duration;

/// A [`Context`] for a handler that a test calls itself.
///
/// `&TestContext` is good wherever `&Context` is. What the handler leaves there can be looked at afterwards. When it
/// is dropped, or with [`cancel`](Self::cancel), the call is over; what the test calls is not dropped with it.
///
/// ```
/// use rsgrpc::testing::TestContext;
/// use std::time::Duration;
///
/// let ctx = TestContext::new()
///     .with_path("/shop.Shop/Buy")
///     .with_metadata("user", "ada")
///     .with_timeout(Duration::from_secs(1));
/// ctx.trailers().insert("cost", "3")?;
/// assert_eq!((ctx.method(), ctx.metadata().get("user")), ("Buy", Some("ada")));
/// assert_eq!(ctx.trailers().get("cost"), Some("3"));
/// # Ok::<(), rsgrpc::MetadataError>(())
/// ```
pub struct TestContext(Owned);

impl TestContext {
    /// The context of a call without metadata and deadline, from this process.
    #[must_use]
    pub fn new() -> Self {
        Self(Owned(Context::new(Opening {
            head: RequestHead::bare(),
            peer: Peer::memory(),
            deadline: None,
            protocol: Protocol::Grpc,
            compression: Terms::new(&Compression::new(), Metadata::new().headers()),
        })))
    }

    /// What is called, such as `/library.v1.Library/GetBook`.
    ///
    /// # Panics
    /// That is no path.
    #[must_use]
    pub fn with_path(self, path: &str) -> Self {
        self.with(|opening| assert!(opening.head.set_path(path), "{path:?} is no path"))
    }

    /// Adds metadata of the request.
    ///
    /// # Panics
    /// That cannot be sent; see [`Metadata::append`].
    #[must_use]
    pub fn with_metadata(self, name: &str, value: &str) -> Self {
        self.with(|opening| {
            let added = opening.head.metadata_mut().append(name, value);
            assert!(added.is_ok(), "{name}: {value}: {added:?}");
        })
    }

    /// Adds binary metadata of the request.
    ///
    /// # Panics
    /// That cannot be sent; see [`Metadata::append_bin`].
    #[must_use]
    pub fn with_metadata_bin(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.with(|opening| {
            let added = opening.head.metadata_mut().append_bin(name, value);
            assert!(added.is_ok(), "{name}: {added:?}");
        })
    }

    /// When the client stops waiting. Nothing ends the handler then, but it is told so.
    #[must_use]
    pub fn with_deadline(self, deadline: Deadline) -> Self {
        self.with(|opening| opening.deadline = Some(deadline))
    }

    /// As [`with_deadline`](Self::with_deadline), from now on.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        self.with_deadline(Deadline::after(timeout))
    }

    /// Who calls.
    #[must_use]
    pub fn with_peer(self, peer: impl Into<Peer>) -> Self {
        self.with(|opening| opening.peer = peer.into())
    }

    /// Leaves a value for the handler, as an interceptor does with [`Call::insert`](crate::Call::insert).
    #[must_use]
    pub fn with_value<T: Send + Sync + 'static>(self, value: T) -> Self {
        self.0.insert(value);
        self
    }

    /// The call is over: the handler sees it in [`Context::cancelled`].
    pub fn cancel(&self) {
        self.0.end();
    }

    fn with(mut self, change: impl FnOnce(&mut Opening)) -> Self {
        // Nobody has a share of a context that no handler has seen.
        if let Some(opening) = self.0.0.opening_mut() {
            change(opening);
        }
        self
    }
}

impl Default for TestContext {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for TestContext {
    type Target = Context;

    fn deref(&self) -> &Context {
        &self.0
    }
}

impl fmt::Debug for TestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
