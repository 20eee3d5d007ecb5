//! Which call's handler is being polled: calls made meanwhile inherit its deadline.

use super::Context;
use crate::deadline::Deadline;
use std::cell::Cell;

/// The call on whose behalf this thread works at the moment.
#[derive(Clone, Copy)]
struct Current {
    deadline: Option<Deadline>,
    /// [`Context::id`].
    id: usize,
}

thread_local! {
    static CURRENT: Cell<Option<Current>> = const { Cell::new(None) };
}

/// The deadline of the call whose handler is being polled on this thread.
pub(crate) fn inherited_deadline() -> Option<Deadline> {
    CURRENT.get().and_then(|current| current.deadline)
}

/// Whether the handler of this very call is being polled on this thread.
pub(super) fn is_current(call: &Context) -> bool {
    CURRENT.get().is_some_and(|current| current.id == call.id())
}

/// Runs a part of a handler: calls that begin meanwhile inherit its deadline.
pub(crate) fn within<T>(call: &Context, part: impl FnOnce() -> T) -> T {
    /// Puts back what was before, in a panic as well.
    struct Reset(Option<Current>);
    impl Drop for Reset {
        fn drop(&mut self) {
            CURRENT.set(self.0);
        }
    }
    let current = Current { deadline: call.deadline(), id: call.id() };
    let _reset = Reset(CURRENT.replace(Some(current)));
    part()
}
