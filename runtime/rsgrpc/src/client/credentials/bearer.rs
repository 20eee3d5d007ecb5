//! Bearer tokens (RFC 6750).

use super::refresh::{AccessToken, Refreshed};
use super::{CallCredentials, CallTarget};
use crate::metadata::{Metadata, MetadataError};
use crate::status::Status;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

const AUTHORIZATION: &str = "authorization";

/// Sends a token with each call, as `authorization: Bearer …`. Clones share the token.
///
/// ```
/// use rsgrpc::{AccessToken, BearerToken, ChannelBuilder};
/// use std::time::Duration;
///
/// # async fn ask_the_token_server() -> std::io::Result<String> { Ok("eyJhbGciOi".into()) }
/// let token = BearerToken::refreshed(|| async {
///     let token = ask_the_token_server().await?;
///     Ok::<_, std::io::Error>(AccessToken::new(token).expires_in(Duration::from_secs(3600)))
/// });
/// # #[cfg(feature = "webpki-roots")]
/// let channel = ChannelBuilder::new().credentials(token).connect("https://shop.example.com")?;
/// # Ok::<(), rsgrpc::ChannelError>(())
/// ```
#[derive(Clone)]
pub struct BearerToken(Token);

#[derive(Clone)]
enum Token {
    Fixed(Arc<str>),
    Refreshed(Arc<Refreshed>),
}

impl BearerToken {
    /// A token that stays the same.
    ///
    /// # Errors
    /// The token has characters that are not printable ASCII.
    pub fn new(token: &str) -> Result<Self, MetadataError> {
        let value = value(token);
        Metadata::new().insert(AUTHORIZATION, &value)?;
        Ok(Self(Token::Fixed(value)))
    }

    /// A token that `fetch` gets when the first call needs it, and then ahead of its expiry: in the last fifth of
    /// its time, or its last five minutes if that is shorter, while calls go on with the old one. One fetch is
    /// under way at a time, whatever number of calls waits for it; after one that failed the next begins a
    /// second later at the earliest.
    ///
    /// Calls that have no token fail with the [`Status`] that `fetch` fails with, and as UNAVAILABLE with any
    /// other error.
    pub fn refreshed<F, Fut, E>(fetch: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<AccessToken, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        Self(Token::Refreshed(Refreshed::new(fetch)))
    }
}

pub(super) fn value(token: &str) -> Arc<str> {
    format!("Bearer {token}").into()
}

impl CallCredentials for BearerToken {
    async fn attach(&self, _: &CallTarget<'_>, metadata: &mut Metadata) -> Result<(), Status> {
        let value = match &self.0 {
            Token::Fixed(value) => value.clone(),
            Token::Refreshed(refreshed) => refreshed.get().await?,
        };
        metadata.append(AUTHORIZATION, &value)?;
        Ok(())
    }
}

/// Does not show the token.
impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BearerToken").finish_non_exhaustive()
    }
}
