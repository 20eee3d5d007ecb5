//! Empty messages, which getters lend where a field is not set.

use std::mem::ManuallyDrop;
use std::sync::OnceLock;

/// An empty message for a static: made when it is first asked for, and never dropped.
#[derive(Debug)]
pub struct Lazy<M: 'static>(ManuallyDrop<OnceLock<M>>);

impl<M: Default> Lazy<M> {
    /// Not made yet.
    #[must_use]
    pub const fn new() -> Self {
        // A static is not dropped in any case, but the compiler would make the code for it.
        Self(ManuallyDrop::new(OnceLock::new()))
    }

    /// The message.
    pub fn get(&'static self) -> &'static M {
        self.0.get_or_init(M::default)
    }
}

impl<M: Default> Default for Lazy<M> {
    fn default() -> Self {
        Self::new()
    }
}
