//! How calls ended, also those that were dropped.

use std::sync::{Arc, Mutex, PoisonError};

use rsgrpc::{ClientCall, ClientInterceptor, ClientNext, ClientOutcome, Code};

/// Notes the codes of all calls of a channel; clones share them.
#[derive(Clone, Default)]
pub(crate) struct Outcomes(Arc<Mutex<Vec<Code>>>);

impl Outcomes {
    pub(crate) fn codes(&self) -> Vec<Code> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ClientInterceptor for Outcomes {
    async fn intercept(&self, call: &mut ClientCall, next: ClientNext<'_>) -> ClientOutcome {
        let outcome = next.run(call).await;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(outcome.code());
        outcome
    }
}
