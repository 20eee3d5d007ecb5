//! Memory to encode in, kept from one message to the next.

use std::cell::Cell;

use crate::Writer;

/// A thread keeps no more than this.
const KEPT: usize = 64 * 1024;

thread_local! {
    /// Nothing before the first message, and while it is in use. Boxed, because
    /// it moves out and in for each message.
    static SCRATCH: Cell<Option<Box<Writer>>> = const { Cell::new(None) };
}

/// An empty writer, whose memory was used before if possible, for what is to
/// become a vector: it is written there first, since its length is known only
/// then.
pub(super) fn take() -> Box<Writer> {
    // While a thread ends there may be none any more.
    let kept = SCRATCH.try_with(Cell::take).ok().flatten();
    kept.unwrap_or_else(|| Box::new(Writer::for_vec()))
}

/// What was written; the writer is kept for the next message.
pub(super) fn finish(mut writer: Box<Writer>) -> Vec<u8> {
    let written = writer.to_vec();
    writer.clear();
    if writer.capacity() <= KEPT {
        let _ = SCRATCH.try_with(|scratch| scratch.set(Some(writer)));
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_use_starts_empty_even_within_another() {
        for _ in 0..2 {
            let mut outer = take();
            outer.prepend(b"outer");
            let mut inner = take();
            inner.prepend(b"inner");
            assert_eq!(finish(inner), b"inner");
            assert_eq!(finish(outer), b"outer");
        }
    }

    #[test]
    fn much_memory_is_not_kept() {
        let mut writer = take();
        writer.prepend(&[0; KEPT + 1]);
        finish(writer);
        assert!(take().capacity() <= KEPT);
    }
}
