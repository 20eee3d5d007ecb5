//! What a call may be told beside its request.

use super::credentials::{CallCredentials, Credentials};
use crate::call::{Bounds, Cancellation, inherited_deadline};
use crate::compression::Encoding;
use crate::deadline::Deadline;
use crate::metadata::{Metadata, MetadataError};
use crate::status::Status;
use std::time::Duration;

/// The options of one call.
#[derive(Clone, Debug, Default)]
pub(super) struct CallOptions {
    timeout: Option<Duration>,
    deadline: Option<Deadline>,
    parent: Option<Cancellation>,
    detached: bool,
    pub(super) metadata: Option<Box<Metadata>>,
    pub(super) wait_for_ready: bool,
    pub(super) receive_limit: Option<usize>,
    /// The call's choice instead of the channel's.
    pub(super) encoding: Option<Option<Encoding>>,
    pub(super) credentials: Vec<Credentials>,
    /// The first metadata that cannot be sent; the call fails with it.
    invalid: Option<Box<MetadataError>>,
}

impl CallOptions {
    pub(super) fn timeout(&mut self, timeout: Duration) {
        self.timeout = Some(timeout);
    }

    pub(super) fn deadline(&mut self, deadline: Deadline) {
        self.deadline = Some(deadline);
    }

    pub(super) fn on_behalf_of(&mut self, call: Cancellation) {
        self.parent = Some(call);
    }

    pub(super) fn detached(&mut self) {
        self.detached = true;
    }

    pub(super) fn credentials(&mut self, credentials: impl CallCredentials) {
        self.credentials.push(Credentials::new(credentials));
    }

    pub(super) fn add(&mut self, add: impl FnOnce(&mut Metadata) -> Result<(), MetadataError>) {
        if let Err(error) = add(self.metadata.get_or_insert_default()) {
            self.invalid.get_or_insert(Box::new(error));
        }
    }

    pub(super) fn check(&mut self) -> Result<(), Status> {
        self.invalid.take().map_or(Ok(()), |error| Err(Status::from(*error)))
    }

    /// What ends the call, if it begins now. Its deadline is the soonest of all that there are; that of the call
    /// whose handler makes it is among them.
    pub(super) fn bounds(&self) -> Bounds {
        let timeout = self.timeout.map(Deadline::after);
        let inherited = if self.detached { None } else { inherited_deadline() };
        let parent = self.parent.as_ref().and_then(Cancellation::deadline);
        let deadline = [self.deadline, timeout, inherited, parent].into_iter().flatten().min();
        Bounds { deadline, parent: self.parent.clone() }
    }
}

/// The methods by which calls of all four kinds are told their options.
macro_rules! options {
    () => {
        /// Ends the call as DEADLINE_EXCEEDED if it is not done within this time, counted from when it is
        /// awaited. The server is told, too.
        pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
            self.options.timeout(timeout);
            self
        }

        /// Ends the call as DEADLINE_EXCEEDED if it is not done by then. With a timeout as well the sooner one
        /// counts; so does the deadline of the call that a handler serves, for calls that it awaits itself,
        /// unless they are [`detached`](Self::detached). A task that it spawns says
        /// [`on_behalf_of`](Self::on_behalf_of).
        pub fn deadline(mut self, deadline: impl Into<Option<crate::Deadline>>) -> Self {
            if let Some(deadline) = deadline.into() {
                self.options.deadline(deadline);
            }
            self
        }

        /// Makes the call on behalf of another one: it inherits that one's deadline, and is cancelled when that
        /// one is over. For tasks that a handler spawns; what it awaits itself inherits the deadline anyway, and
        /// is cancelled when the handler is dropped.
        ///
        /// ```
        /// # use rsgrpc::{Channel, Context, Kind, Method, Protobuf, wkt::{Duration, Timestamp}};
        /// # static METHOD: Method<Duration, Timestamp> = Method::new::<Protobuf>(Kind::Unary, "/clock.v1.Clock/After");
        /// fn warm_up(ctx: &Context, channel: Channel) {
        ///     let call = ctx.cancellation();
        ///     tokio::spawn(async move { channel.unary(&METHOD, Duration::default()).on_behalf_of(call).await });
        /// }
        /// ```
        pub fn on_behalf_of(mut self, call: crate::Cancellation) -> Self {
            self.options.on_behalf_of(call);
            self
        }

        /// Does not inherit the deadline of the call whose handler makes this one: for work that has to be
        /// done whether or not anybody still waits for it. It ends with the handler all the same, unless that
        /// goes on ([`OnCancel`](crate::OnCancel)) or the call is made in a task of its own.
        pub fn detached(mut self) -> Self {
            self.options.detached();
            self
        }

        /// Adds metadata. What cannot be sent makes the call fail as INTERNAL; see
        /// [`Metadata::append`](crate::Metadata::append).
        pub fn metadata(mut self, name: &str, value: &str) -> Self {
            self.options.add(|metadata| metadata.append(name, value));
            self
        }

        /// Adds binary metadata under a name that ends in `-bin`. What cannot be sent makes the call fail as
        /// INTERNAL; see [`Metadata::append_bin`](crate::Metadata::append_bin).
        pub fn metadata_bin(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
            self.options.add(|metadata| metadata.append_bin(name, value));
            self
        }

        /// Adds credentials after those of the channel. Without TLS the call fails as UNAUTHENTICATED; see
        /// [`CallCredentials`](crate::CallCredentials).
        pub fn credentials(mut self, credentials: impl crate::CallCredentials) -> Self {
            self.options.credentials(credentials);
            self
        }

        /// Waits until the server can be reached instead of failing as UNAVAILABLE when it cannot. To be used
        /// with a deadline.
        pub fn wait_for_ready(mut self) -> Self {
            self.options.wait_for_ready = true;
            self
        }

        /// Compresses the requests of this call with this encoding, or with none, instead of the channel's
        /// [choice](crate::compression::Compression::send). The server has to know the encoding; one that does
        /// not fails the call as UNIMPLEMENTED.
        pub fn compress(mut self, encoding: impl Into<Option<crate::compression::Encoding>>) -> Self {
            self.options.encoding = Some(encoding.into());
            self
        }

        /// The largest message that is accepted, decompressed, in bytes, instead of the channel's limit.
        pub fn receive_limit(mut self, bytes: usize) -> Self {
            self.options.receive_limit = Some(bytes);
            self
        }
    };
}

pub(super) use options;
