//! The interceptor.

use crate::cache::Cache;
use crate::claims::Claims;
use crate::keys::{Keys, Set};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Validation, decode, decode_header, get_current_timestamp};
use rsgrpc::{Call, Interceptor, Next, Outcome, Status};
use serde_json::Value;
use std::collections::HashSet;
use std::fmt;

/// How far the issuer's clock may be from this one, in seconds.
const LEEWAY: u64 = 60;

/// Lets calls with a valid token through, as an interceptor of a server.
///
/// The token is in `authorization: Bearer …`. Its signature has to be by one of the [`Keys`], its issuer (`iss`)
/// and one of its audiences (`aud`) have to be those that are expected, it must have an expiry (`exp`), which has
/// not passed, nor may it be used before its time (`nbf`); clocks may be a minute apart. Handlers find its
/// [`Claims`] in their context. Other calls fail as UNAUTHENTICATED.
///
/// A token that was valid is remembered, so that only the first call with it pays for the signature.
pub struct Verifier {
    keys: Keys,
    issuer: String,
    audiences: HashSet<String>,
    open: HashSet<String>,
    cache: Cache,
}

impl Verifier {
    /// Accepts tokens of this issuer for this audience, which is a name that the two have agreed on: of the
    /// service, usually.
    #[must_use]
    pub fn new(keys: Keys, issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        // Where another crate of the program brings other cryptography along, jsonwebtoken wants to be told. An
        // application that has chosen already has its way.
        let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
        let (open, cache) = (HashSet::new(), Cache::default());
        Self { keys, issuer: issuer.into(), audiences: HashSet::from([audience.into()]), open, cache }
    }

    /// Accepts tokens for this audience as well.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.insert(audience.into());
        self
    }

    /// Lets calls of this service through without a token: `grpc.health.v1.Health`, for instance. Claims of those
    /// that have one are not looked at.
    #[must_use]
    pub fn open(mut self, service: impl Into<String>) -> Self {
        self.open.insert(service.into());
        self
    }

    fn verify(&self, authorization: Option<&str>) -> Result<Claims, Status> {
        let token = authorization
            .and_then(|value| value.split_once(' '))
            // RFC 9110 §11.1: the scheme is case-insensitive.
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or_else(|| Status::unauthenticated("a bearer token is needed"))?;
        let (keys, now) = (self.keys.current(), get_current_timestamp());
        if let Some(claims) = self.cache.get(token, &keys, now) {
            return Ok(claims);
        }
        let (claims, expires) = self.check(token, &keys).map_err(|error| refused(&error))?;
        self.cache.put(token, &keys, &claims, expires);
        Ok(claims)
    }

    /// What a token says, and when it expires.
    fn check(&self, token: &str, keys: &Set) -> Result<(Claims, u64), Problem> {
        let header = decode_header(token)?;
        if header.crit.is_some() {
            // RFC 7515 §4.1.11: what is named there has to be understood, and nothing of it is.
            return Err(Problem::Critical);
        }
        let key = keys.find(header.kid.as_deref()).ok_or(Problem::UnknownKey)?;
        let mut validation = Validation::new(header.alg);
        validation.algorithms.clone_from(&key.algorithms);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        validation.leeway = LEEWAY;
        validation.iss = Some(HashSet::from([self.issuer.clone()]));
        validation.aud = Some(self.audiences.clone());
        let Value::Object(claims) = decode::<Value>(token, &key.key, &validation)?.claims else {
            return Err(Problem::Token(ErrorKind::InvalidToken.into()));
        };
        let expires = claims.get("exp").and_then(Value::as_f64).unwrap_or_default();
        // Saturates where a number is no time.
        let expires = (expires as u64).saturating_add(LEEWAY);
        Ok((Claims::new(claims), expires))
    }
}

/// Why a token is refused.
enum Problem {
    UnknownKey,
    Critical,
    Token(Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Token(error)
    }
}

#[cold]
fn refused(problem: &Problem) -> Status {
    let error = match problem {
        Problem::UnknownKey => {
            return Status::unauthenticated("the token is signed with a key that is not known");
        }
        Problem::Critical => {
            return Status::unauthenticated("the token needs an extension that is not known");
        }
        Problem::Token(error) => error,
    };
    Status::unauthenticated(match error.kind() {
        ErrorKind::InvalidSignature => "the token's signature is wrong",
        ErrorKind::ExpiredSignature => "the token has expired",
        ErrorKind::ImmatureSignature => "the token is not valid yet",
        ErrorKind::InvalidIssuer => "the token is of another issuer",
        ErrorKind::InvalidAudience => "the token is for another audience",
        ErrorKind::InvalidAlgorithm => "the token is signed in a way that its key is not for",
        ErrorKind::MissingRequiredClaim(claim) => {
            return Status::unauthenticated(format!("the token has no {claim:?}"));
        }
        _ => "the token is malformed",
    })
    .with_source(error.clone())
}

impl Interceptor for Verifier {
    async fn intercept(&self, mut call: Call, next: Next<'_>) -> Outcome {
        if !self.open.contains(call.service()) {
            match self.verify(call.metadata().get("authorization")) {
                Ok(claims) => call.insert(claims),
                Err(status) => return call.refuse(status),
            }
        }
        next.run(call).await
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("keys", &self.keys)
            .field("issuer", &self.issuer)
            .field("audiences", &self.audiences)
            .field("open", &self.open)
            .finish_non_exhaustive()
    }
}
