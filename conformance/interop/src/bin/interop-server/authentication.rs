//! Whose call it is, where a token tells.

use std::collections::HashMap;
use std::fs;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rsgrpc::{Call, Context, Interceptor, Next, Outcome, Status};
use rsgrpc_interop::Result;
use rsgrpc_interop::proto::{SimpleRequest, SimpleResponse};
use rsgrpc_jwt::{Claims, Keys, Verifier};
use serde_json::Value;

/// What tokens are for: accounts name the service by its URL, the token server by its name.
const AUDIENCES: [&str; 2] =
    ["https://foo.test.google.fr/grpc.testing.TestService", "grpc.testing.TestService"];

/// Refuses calls with a token that is not valid, and lets others through: most cases have none.
pub(crate) struct Authentication {
    /// By the issuers of tokens.
    verifiers: HashMap<String, Verifier>,
}

impl Authentication {
    /// Takes the keys from a JSON Web Key Set, in which each says of its `issuer`.
    pub(crate) fn new(path: &str) -> Result<Self> {
        let text = fs::read_to_string(path)?;
        let keys = Keys::from_jwks(&text)?;
        let set: Value = serde_json::from_str(&text)?;
        let list = set.get("keys").and_then(Value::as_array).into_iter().flatten();
        let issuers = list.filter_map(|key| key.get("issuer")?.as_str());
        let [url, name] = AUDIENCES;
        let verifier = |issuer: &str| Verifier::new(keys.clone(), issuer, url).audience(name);
        Ok(Self { verifiers: issuers.map(|issuer| (issuer.to_owned(), verifier(issuer))).collect() })
    }

    /// The one for the issuer that a token claims to have.
    fn verifier(&self, authorization: &str) -> Option<&Verifier> {
        let payload = BASE64_URL_SAFE_NO_PAD.decode(authorization.split('.').nth(1)?).ok()?;
        let claims: Value = serde_json::from_slice(&payload).ok()?;
        self.verifiers.get(claims.get("iss")?.as_str()?)
    }
}

impl Interceptor for Authentication {
    async fn intercept(&self, call: Call, next: Next<'_>) -> Outcome {
        match call.metadata().get("authorization").map(|value| self.verifier(value)) {
            None => next.run(call).await,
            Some(Some(verifier)) => verifier.intercept(call, next).await,
            Some(None) => call.refuse(Status::unauthenticated("the token is of another issuer")),
        }
    }
}

/// Adds to a response what the request wants to know of the caller.
pub(crate) fn fill(ctx: &Context, request: &SimpleRequest, response: &mut SimpleResponse) {
    let Some(claims) = ctx.get::<Claims>() else { return };
    if request.fill_username {
        response.username = claims.subject().unwrap_or_default().to_owned();
    }
    if request.fill_oauth_scope {
        response.oauth_scope = claims.scopes().next().unwrap_or_default().to_owned();
    }
}
