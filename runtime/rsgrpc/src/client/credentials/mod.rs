//! What calls prove who makes them with.

mod bearer;
mod refresh;

pub use bearer::BearerToken;
pub use refresh::AccessToken;

use crate::metadata::Metadata;
use crate::status::{Code, Status};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Adds to each call what proves who makes it: a token, for instance.
///
/// Credentials of a channel ([`ChannelBuilder::credentials`](crate::ChannelBuilder::credentials)) come before
/// those of a call (`.credentials(…)`). They are asked for each call anew, within its deadline, and never on a
/// channel that others could listen to: without TLS a call with credentials fails as UNAUTHENTICATED.
///
/// ```
/// use rsgrpc::{CallCredentials, CallTarget, Metadata, Status};
///
/// /// Signs what is called.
/// struct Signed(fn(&str) -> String);
///
/// impl CallCredentials for Signed {
///     async fn attach(&self, call: &CallTarget<'_>, metadata: &mut Metadata) -> Result<(), Status> {
///         metadata.insert("signature", &(self.0)(call.path()))?;
///         Ok(())
///     }
/// }
/// ```
pub trait CallCredentials: Send + Sync + 'static {
    /// Adds to the metadata that a call will carry.
    ///
    /// # Errors
    /// The call is not sent and fails with this status. UNAVAILABLE says that a later call may do better,
    /// UNAUTHENTICATED that it will not. Codes that would be taken for the server's own are replaced by
    /// INTERNAL (gRFC A54).
    fn attach(
        &self,
        call: &CallTarget<'_>,
        metadata: &mut Metadata,
    ) -> impl Future<Output = Result<(), Status>> + Send;
}

/// What credentials are for.
#[derive(Clone, Copy, Debug)]
pub struct CallTarget<'a> {
    authority: &'a str,
    path: &'static str,
}

impl<'a> CallTarget<'a> {
    pub(super) fn new(authority: &'a str, path: &'static str) -> Self {
        Self { authority, path }
    }

    /// The host that the call is addressed to, with its port if the target named one.
    #[must_use]
    pub fn authority(&self) -> &'a str {
        self.authority
    }

    /// The method's path, such as `/library.v1.Library/GetBook`.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The service as an audience of tokens, such as `https://example.com/library.v1.Library`. The port is left
    /// out where it is 443.
    #[must_use]
    pub fn service_url(&self) -> String {
        let host = self.authority.strip_suffix(":443").unwrap_or(self.authority);
        let service = self.path.rsplit_once('/').map_or(self.path, |(service, _)| service);
        format!("https://{host}{service}")
    }
}

/// Credentials as an object.
#[derive(Clone)]
pub(super) struct Credentials(Arc<dyn Erased>);

impl Credentials {
    pub(super) fn new(credentials: impl CallCredentials) -> Self {
        Self(Arc::new(credentials))
    }

    pub(super) async fn attach(&self, call: &CallTarget<'_>, metadata: &mut Metadata) -> Result<(), Status> {
        self.0.attach(call, metadata).await.map_err(restricted)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

trait Erased: Send + Sync {
    fn attach<'a>(
        &'a self,
        call: &'a CallTarget<'_>,
        metadata: &'a mut Metadata,
    ) -> Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'a>>;
}

impl<T: CallCredentials> Erased for T {
    fn attach<'a>(
        &'a self,
        call: &'a CallTarget<'_>,
        metadata: &'a mut Metadata,
    ) -> Pin<Box<dyn Future<Output = Result<(), Status>> + Send + 'a>> {
        Box::pin(CallCredentials::attach(self, call, metadata))
    }
}

/// The status of a call for which there are no credentials. Even where it is of a server that gives tokens, it is not
/// of the one that was called.
fn restricted(status: Status) -> Status {
    use Code::*;
    match status.code() {
        InvalidArgument | NotFound | AlreadyExists | FailedPrecondition | Aborted | OutOfRange | DataLoss => {
            Status::internal(format!("the credentials failed with {status}")).with_source(status)
        }
        _ => status.made_here(),
    }
}

/// The status of a call whose credentials others could read.
#[cold]
pub(super) fn exposed() -> Status {
    Status::unauthenticated("credentials are not sent in plaintext: the channel has no TLS")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_urls() {
        for (authority, url) in [
            ("example.com", "https://example.com/library.v1.Library"),
            ("example.com:443", "https://example.com/library.v1.Library"),
            ("example.com:8443", "https://example.com:8443/library.v1.Library"),
        ] {
            assert_eq!(CallTarget::new(authority, "/library.v1.Library/GetBook").service_url(), url);
        }
    }

    #[test]
    fn codes_that_would_mislead_become_internal() {
        for code in Code::ALL {
            let status = restricted(Status::new(code, "why"));
            let number = i32::from(code);
            let expected = match number {
                0 => Code::Unknown,
                3 | 5 | 6 | 9 | 10 | 11 | 15 => Code::Internal,
                _ => code,
            };
            assert_eq!(status.code(), expected);
        }
        let status = restricted(Status::unavailable("try later").by_peer());
        assert_eq!((status.to_string().as_str(), status.is_from_peer()), ("UNAVAILABLE: try later", false));
        let status = restricted(Status::not_found("no key"));
        assert_eq!(status.message(), "the credentials failed with NOT_FOUND: no key");
    }
}
