//! What signatures are checked with.

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;
use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// The keys of an issuer, as it publishes them: a JSON Web Key Set (RFC 7517). They may be replaced while they are
/// used. Clones share them.
///
/// A token names its key (`kid`), and an algorithm that has to be one that the key is for. RSA (PKCS #1 and PSS),
/// ECDSA on P-256 and P-384, Ed25519 and HMAC are understood; other keys of a set are left out.
#[derive(Clone)]
pub struct Keys(Arc<RwLock<Arc<Set>>>);

/// The keys at one time.
pub(crate) struct Set {
    keys: Vec<Key>,
    by_id: HashMap<String, usize>,
}

/// One key, and what it may be used with.
pub(crate) struct Key {
    pub(crate) key: DecodingKey,
    pub(crate) algorithms: Vec<Algorithm>,
}

impl Keys {
    /// From JSON: `{"keys": […]}`.
    ///
    /// # Errors
    /// It is no key set, or none of its keys can be used.
    pub fn from_jwks(json: impl AsRef<[u8]>) -> Result<Self, KeysError> {
        Set::parse(json.as_ref()).map(|set| Self(Arc::new(RwLock::new(Arc::new(set)))))
    }

    /// Replaces all keys. Tokens that older ones have signed are not valid any more.
    ///
    /// # Errors
    /// As [`from_jwks`](Self::from_jwks); the keys stay as they are then.
    pub fn replace(&self, json: impl AsRef<[u8]>) -> Result<(), KeysError> {
        let set = Arc::new(Set::parse(json.as_ref())?);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = set;
        Ok(())
    }

    pub(crate) fn current(&self) -> Arc<Set> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Set {
    fn parse(json: &[u8]) -> Result<Self, KeysError> {
        let set: Value = serde_json::from_slice(json)
            .map_err(|error| KeysError { problem: "it is not JSON", source: Some(error) })?;
        let listed = set.get("keys").and_then(Value::as_array);
        let listed = listed.ok_or(KeysError { problem: "it has no array \"keys\"", source: None })?;
        let mut found = Self { keys: Vec::new(), by_id: HashMap::new() };
        for jwk in listed {
            // RFC 7517 §5: keys that are not understood are ignored.
            let Ok(jwk) = serde_json::from_value::<Jwk>(jwk.clone()) else { continue };
            let Some(key) = Key::new(&jwk) else { continue };
            if let Some(id) = jwk.common.key_id {
                found.by_id.insert(id, found.keys.len());
            }
            found.keys.push(key);
        }
        match found.keys.is_empty() {
            true => Err(KeysError { problem: "it has no key that can be used", source: None }),
            false => Ok(found),
        }
    }

    /// The key of that name; without a name the only one.
    pub(crate) fn find(&self, id: Option<&str>) -> Option<&Key> {
        match (id, &*self.keys) {
            (Some(id), keys) => keys.get(*self.by_id.get(id)?),
            (None, [key]) => Some(key),
            (None, _) => None,
        }
    }
}

impl Key {
    fn new(jwk: &Jwk) -> Option<Self> {
        if jwk.common.public_key_use.as_ref().is_some_and(|used| *used != PublicKeyUse::Signature) {
            return None;
        }
        let key = DecodingKey::from_jwk(jwk).ok()?;
        let family = key.family();
        let of_family = family.algorithms();
        let algorithms = match jwk.common.key_algorithm {
            None => of_family.to_vec(),
            Some(named) => {
                let named = Algorithm::try_from(named).ok()?;
                of_family.contains(&named).then(|| vec![named])?
            }
        };
        Some(Self { key, algorithms })
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("keys", &self.current().keys.len()).finish_non_exhaustive()
    }
}

/// A key set that cannot be used.
#[derive(Debug)]
pub struct KeysError {
    problem: &'static str,
    source: Option<serde_json::Error>,
}

impl fmt::Display for KeysError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the key set: {}", self.problem)?;
        self.source.as_ref().map_or(Ok(()), |source| write!(f, ": {source}"))
    }
}

impl Error for KeysError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
