//! The outcome of a call that did not succeed.

mod code;
mod percent;
mod trailers;

pub use code::Code;

use crate::DecodeError;
use crate::metadata::Metadata;
use bytes::Bytes;
use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// Why a call failed: a [`Code`], a message for people, and what else the server attached.
///
/// One word wide, so that `Result<T, Status>` costs next to nothing on the way of a call that succeeds.
///
/// A handler may return with `?` a status that it got from another service: its code, message and details
/// travel on, the other service's metadata does not.
///
/// ```
/// use rsgrpc::{Code, Status};
///
/// fn product(id: u32) -> Result<&'static str, Status> {
///     match id {
///         1 => Ok("coffee"),
///         _ => Err(Status::not_found(format!("no product {id}"))),
///     }
/// }
///
/// let status = product(2).unwrap_err();
/// assert_eq!(status.code(), Code::NotFound);
/// assert_eq!(status.to_string(), "NOT_FOUND: no product 2");
/// ```
#[derive(Clone)]
pub struct Status(Box<Inner>);

#[derive(Clone)]
struct Inner {
    /// Never [`Code::Ok`].
    code: Code,
    from_peer: bool,
    message: Cow<'static, str>,
    details: Bytes,
    metadata: Metadata,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl Status {
    /// A status with this code and message.
    ///
    /// An error that says OK is a mistake of whoever made it, and success must not come of it:
    /// [`Code::Ok`] becomes [`Code::Unknown`].
    #[cold]
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        let code = if code == Code::Ok { Code::Unknown } else { code };
        Self(Box::new(Inner {
            code,
            from_peer: false,
            message: message.into(),
            details: Bytes::new(),
            metadata: Metadata::new(),
            source: None,
        }))
    }

    /// Attaches error details: an encoded `google.rpc.Status`, sent as `grpc-status-details-bin`.
    #[must_use]
    pub fn with_details(mut self, details: impl Into<Bytes>) -> Self {
        self.0.details = details.into();
        self
    }

    /// Attaches metadata, which a server sends with the trailers.
    #[must_use]
    pub fn with_metadata(mut self, metadata: Metadata) -> Self {
        self.0.metadata = metadata;
        self
    }

    /// Attaches the error behind this status. It stays in this process.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    /// The code; never [`Code::Ok`].
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The message, for people. Possibly empty.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The details: by convention an encoded `google.rpc.Status`. Empty where there are none.
    #[must_use]
    pub fn details(&self) -> &[u8] {
        &self.0.details
    }

    /// On the client the trailers that came with the status; on the server what will be sent with it.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.0.metadata
    }

    /// Whether the peer reported this status, rather than this process having found it.
    #[must_use]
    pub fn is_from_peer(&self) -> bool {
        self.0.from_peer
    }

    /// Marks the status as one that the peer caused.
    pub(crate) fn by_peer(mut self) -> Self {
        self.0.from_peer = true;
        self
    }

    /// Marks the status of another call as this side's own: without the metadata of that one's peer.
    pub(crate) fn made_here(mut self) -> Self {
        if self.0.from_peer {
            self.0.from_peer = false;
            self.0.metadata = Metadata::new();
        }
        self
    }
}

macro_rules! constructors {
    ($($name:ident $code:ident,)*) => {
        /// A status per code.
        impl Status {
            $(
                #[doc = concat!("A status with [`Code::", stringify!($code), "`].")]
                #[cold]
                pub fn $name(message: impl Into<Cow<'static, str>>) -> Self {
                    Self::new(Code::$code, message)
                }
            )*
        }
    };
}

constructors! {
    cancelled Cancelled,
    unknown Unknown,
    invalid_argument InvalidArgument,
    deadline_exceeded DeadlineExceeded,
    not_found NotFound,
    already_exists AlreadyExists,
    permission_denied PermissionDenied,
    resource_exhausted ResourceExhausted,
    failed_precondition FailedPrecondition,
    aborted Aborted,
    out_of_range OutOfRange,
    unimplemented Unimplemented,
    internal Internal,
    unavailable Unavailable,
    data_loss DataLoss,
    unauthenticated Unauthenticated,
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code().name())?;
        if !self.message().is_empty() {
            write!(f, ": {}", self.message())?;
        }
        Ok(())
    }
}

/// Shows only what is there.
impl fmt::Debug for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { code, from_peer, message, details, metadata, source } = &*self.0;
        let mut out = f.debug_struct("Status");
        out.field("code", code);
        if !message.is_empty() {
            out.field("message", message);
        }
        if !details.is_empty() {
            out.field("details", details);
        }
        if !metadata.is_empty() {
            out.field("metadata", metadata);
        }
        if *from_peer {
            out.field("from_peer", from_peer);
        }
        if let Some(source) = source {
            out.field("source", source);
        }
        out.finish()
    }
}

impl Error for Status {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// Bytes that are no message: INTERNAL, naming what is wrong and where.
impl From<DecodeError> for Status {
    #[cold]
    fn from(error: DecodeError) -> Self {
        Self::internal(format!("cannot decode the message: {error}")).with_source(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_one_word_wide() {
        assert_eq!(size_of::<Status>(), size_of::<usize>());
        assert_eq!(size_of::<Result<(), Status>>(), size_of::<usize>());
    }

    #[test]
    fn ok_is_no_error() {
        assert_eq!(Status::new(Code::Ok, "fine").code(), Code::Unknown);
    }

    #[test]
    fn reads_well() {
        assert_eq!(Status::aborted("").to_string(), "ABORTED");
        assert_eq!(format!("{:?}", Status::aborted("")), "Status { code: Aborted }");
        let status = Status::internal("cannot load").with_details(vec![1]).with_source("disk on fire");
        assert_eq!(
            format!("{status:?}"),
            r#"Status { code: Internal, message: "cannot load", details: b"\x01", source: "disk on fire" }"#
        );
        assert_eq!(status.source().unwrap().to_string(), "disk on fire");
    }
}
