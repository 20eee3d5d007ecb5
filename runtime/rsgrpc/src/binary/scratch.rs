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

/// Lends an empty writer, whose memory was used before if possible, for what is
/// to become a vector: it is written there first, since its length is known only
/// then.
#[inline]
pub(crate) fn scratch<T>(write: impl FnOnce(&mut Writer) -> T) -> T {
    // While a thread ends there may be none any more.
    let kept = SCRATCH.try_with(Cell::take).ok().flatten();
    let mut writer = kept.unwrap_or_else(|| Box::new(Writer::for_vec()));
    let written = write(&mut writer);
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
            let written = scratch(|outer| {
                outer.prepend(b"outer");
                let inner = scratch(|inner| {
                    inner.prepend(b"inner");
                    inner.to_vec()
                });
                [outer.to_vec(), inner].concat()
            });
            assert_eq!(written, b"outerinner");
        }
    }

    #[test]
    fn much_memory_is_not_kept() {
        scratch(|writer| writer.prepend(&[0; KEPT + 1]));
        assert!(scratch(|writer| writer.capacity()) <= KEPT);
    }
}
