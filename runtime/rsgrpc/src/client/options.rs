//! What a call may be told beside its request.

use super::credentials::{CallCredentials, Credentials};
use crate::call::{Bounds, Cancellation, inherited_deadline};
use crate::compression::Encoding;
use crate::deadline::Deadline;
use crate::metadata::{Draft, Metadata, MetadataError};
use crate::status::Status;
use std::time::Duration;
use tokio::time::Instant;

/// The options of one call.
///
/// They are moved from builder to builder, and lie in the future of the call; so what few calls have is in a box.
#[derive(Clone, Debug, Default)]
pub(super) struct CallOptions {
    timeout: Option<Duration>,
    /// The metadata as the caller has written it.
    pub(super) draft: Draft,
    pub(super) wait_for_ready: bool,
    detached: bool,
    rare: Option<Box<Rare>>,
}

#[derive(Clone, Debug, Default)]
struct Rare {
    deadline: Option<Deadline>,
    parent: Option<Cancellation>,
    /// What interceptors have made of the draft, which is empty then.
    metadata: Option<Metadata>,
    receive_limit: Option<usize>,
    /// The call's choice instead of the channel's.
    encoding: Option<Option<Encoding>>,
    credentials: Vec<Credentials>,
    /// The first metadata that cannot be sent; the call fails with it.
    invalid: Option<MetadataError>,
}

impl CallOptions {
    pub(super) fn timeout(&mut self, timeout: Duration) {
        self.timeout = Some(timeout);
    }

    pub(super) fn deadline(&mut self, deadline: Deadline) {
        self.rare().deadline = Some(deadline);
    }

    pub(super) fn on_behalf_of(&mut self, call: Cancellation) {
        self.rare().parent = Some(call);
    }

    pub(super) fn detached(&mut self) {
        self.detached = true;
    }

    pub(super) fn receive_limit(&mut self, bytes: usize) {
        self.rare().receive_limit = Some(bytes);
    }

    pub(super) fn compress(&mut self, encoding: Option<Encoding>) {
        self.rare().encoding = Some(encoding);
    }

    pub(super) fn credentials(&mut self, credentials: impl CallCredentials) {
        self.rare().credentials.push(Credentials::new(credentials));
    }

    pub(super) fn add(&mut self, add: impl FnOnce(&mut Draft) -> Result<(), MetadataError>) {
        if let Err(error) = add(&mut self.draft) {
            self.rare().invalid.get_or_insert(error);
        }
    }

    /// The metadata, to be looked up and changed.
    pub(super) fn metadata_mut(&mut self) -> &mut Metadata {
        let draft = &mut self.draft;
        let rare = self.rare.get_or_insert_default();
        rare.metadata.get_or_insert_with(|| std::mem::take(draft).into())
    }

    /// The metadata that is not in the draft.
    pub(super) fn metadata(&self) -> Option<&Metadata> {
        self.rare.as_ref()?.metadata.as_ref()
    }

    pub(super) fn chosen_receive_limit(&self) -> Option<usize> {
        self.rare.as_ref()?.receive_limit
    }

    /// The call's choice instead of the channel's.
    pub(super) fn chosen_encoding(&self) -> Option<&Option<Encoding>> {
        self.rare.as_ref()?.encoding.as_ref()
    }

    pub(super) fn own_credentials(&self) -> &[Credentials] {
        self.rare.as_ref().map_or(&[], |rare| &rare.credentials)
    }

    pub(super) fn check(&mut self) -> Result<(), Status> {
        let invalid = self.rare.as_mut().and_then(|rare| rare.invalid.take());
        invalid.map_or(Ok(()), |error| Err(Status::from(error)))
    }

    fn rare(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// What ends the call, which begins now. Its deadline is the soonest of all that there are; that of the call
    /// whose handler makes it is among them.
    pub(super) fn bounds(&self, now: Instant) -> Bounds {
        let timeout = self.timeout.map(|timeout| Deadline::after_that(now, timeout));
        let inherited = if self.detached { None } else { inherited_deadline() };
        let (given, parent) = match &self.rare {
            Some(rare) => (rare.deadline, rare.parent.clone()),
            None => (None, None),
        };
        let parents = parent.as_ref().and_then(Cancellation::deadline);
        let deadline = [given, timeout, inherited, parents].into_iter().flatten().min();
        Bounds { deadline, parent }
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
            self.options.add(|draft| draft.append(name, value));
            self
        }

        /// Adds binary metadata under a name that ends in `-bin`. What cannot be sent makes the call fail as
        /// INTERNAL; see [`Metadata::append_bin`](crate::Metadata::append_bin).
        pub fn metadata_bin(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
            self.options.add(|draft| draft.append_bin(name, value.as_ref()));
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
            self.options.compress(encoding.into());
            self
        }

        /// The largest message that is accepted, decompressed, in bytes, instead of the channel's limit.
        pub fn receive_limit(mut self, bytes: usize) -> Self {
            self.options.receive_limit(bytes);
            self
        }
    };
}

pub(super) use options;
