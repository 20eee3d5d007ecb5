//! How calls ended, also those that were dropped.

use std::sync::{Arc, Mutex, PoisonError};

use rsgrpc::{CallEnd, ClientInterceptor, Code};

/// Notes the codes of all calls of a channel; clones share them.
#[derive(Clone, Default)]
pub(crate) struct Outcomes(Arc<Mutex<Vec<Code>>>);

impl Outcomes {
    pub(crate) fn codes(&self) -> Vec<Code> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ClientInterceptor for Outcomes {
    fn end(&self, call: &CallEnd<'_>) {
        let code = call.outcome().map_or_else(|status| status.code(), |()| Code::Ok);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(code);
    }
}
