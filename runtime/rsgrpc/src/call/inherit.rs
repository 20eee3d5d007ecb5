//! The deadline that calls made from a handler inherit.

use crate::deadline::Deadline;
use std::cell::Cell;

thread_local! {
    static CURRENT: Cell<Option<Deadline>> = const { Cell::new(None) };
}

/// The deadline of the call whose handler is being polled on this thread.
pub(crate) fn inherited_deadline() -> Option<Deadline> {
    CURRENT.get()
}

/// Runs a part of a handler: calls that begin meanwhile inherit its deadline.
pub(crate) fn within<T>(deadline: Option<Deadline>, part: impl FnOnce() -> T) -> T {
    /// Puts back what was before, in a panic as well.
    struct Reset(Option<Deadline>);
    impl Drop for Reset {
        fn drop(&mut self) {
            CURRENT.set(self.0);
        }
    }
    let _reset = Reset(CURRENT.replace(deadline));
    part()
}
