//! Tokens that have been verified: the same one comes with each call of a client, and a signature costs far more
//! than a call.

use crate::claims::Claims;
use crate::keys::Set;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The most tokens that are kept.
const TOKENS: usize = 1024;

/// Longer tokens are verified each time.
const TOKEN_SIZE: usize = 4096;

#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<Box<str>, Verified>>);

struct Verified {
    claims: Claims,
    /// In seconds since 1970.
    expires: u64,
    keys: Arc<Set>,
}

impl Cache {
    /// What a token says that these keys have verified and that has not expired.
    pub(crate) fn get(&self, token: &str, keys: &Arc<Set>, now: u64) -> Option<Claims> {
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let verified = tokens.get(token)?;
        let valid = now < verified.expires && Arc::ptr_eq(&verified.keys, keys);
        valid.then(|| verified.claims.clone())
    }

    pub(crate) fn put(&self, token: &str, keys: &Arc<Set>, claims: &Claims, expires: u64) {
        if token.len() > TOKEN_SIZE {
            return;
        }
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= TOKENS {
            // Begun anew: a list in order of use would cost each call more than this does in the long run.
            tokens.clear();
        }
        let verified = Verified { claims: claims.clone(), expires, keys: keys.clone() };
        tokens.insert(token.into(), verified);
    }
}
