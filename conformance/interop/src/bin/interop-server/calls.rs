//! Tells of calls that come, so that a client's word for it is not the only one.

use rsgrpc::{Call, Interceptor, Next, Outcome};

pub(crate) struct Calls;

impl Interceptor for Calls {
    async fn intercept(&self, call: Call, next: Next<'_>) -> Outcome {
        println!("call {}", call.path());
        next.run(call).await
    }
}
